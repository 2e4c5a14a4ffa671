"""What becomes of a unit's open meetings when it is merged into another."""

from typing import Any

import sqlalchemy as sa

from engine.db import Transaction
from engine.flow.contexts import Succession
from engine.organisation.unit_following import following
from engine.review_meeting.tables import review_meeting

_follow = following("unit")


def follow_meeting(tx: Transaction, told: Succession) -> dict[str, Any]:
    """The follower of the process `review_meeting`: an open meeting is the receiving unit's, as its committees are."""
    changed = dict(_follow(tx, told))
    if changed:
        this = review_meeting.c.case_key == told.case_key
        tx.execute(sa.update(review_meeting).where(this).values(unit=told.new))
    return changed
