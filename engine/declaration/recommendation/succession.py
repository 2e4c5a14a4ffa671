"""What becomes of a unit's rounds and approved posts when it is merged into another."""

from typing import Any

import sqlalchemy as sa

from engine.clock import local
from engine.db import Transaction
from engine.declaration.recommendation.tables import post_quota, recommendation_round
from engine.flow.contexts import Succession
from engine.organisation.unit_following import following

_follow = following("unit")
q = post_quota.c


def follow_round(tx: Transaction, told: Succession) -> dict[str, Any]:
    """The follower of the process `recommendation_round`: an open round is the receiving unit's."""
    changed = dict(_follow(tx, told))
    if changed:
        this = recommendation_round.c.case_key == told.case_key
        tx.execute(sa.update(recommendation_round).where(this).values(unit=told.new))
    return changed


def inherit_quotas(tx: Transaction, old: int, new: int) -> None:
    """The heir of the approved posts: this year's are added to those of the receiving unit, past years stay."""
    for row in tx.rows(sa.select(post_quota).where(q.unit == old, q.year >= local(tx.now).year)):
        same = sa.and_(q.year == row.year, q.title_level == row.title_level, q.specialty == row.specialty)
        both = {"posts": q.posts + row.posts, "filled": q.filled + row.filled}
        if tx.execute(sa.update(post_quota).where(q.unit == new, same).values(both)).rowcount:
            tx.execute(sa.delete(post_quota).where(q.unit == old, same))
        else:
            tx.execute(sa.update(post_quota).where(q.unit == old, same).values(unit=new))
