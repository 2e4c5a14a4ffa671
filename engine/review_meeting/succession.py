"""What becomes of open meetings when their unit, or one that approves their plan, is merged into another."""

from typing import Any

import sqlalchemy as sa

from engine.db import Transaction
from engine.flow.contexts import Succession
from engine.organisation.unit_following import following
from engine.review_meeting.tables import review_meeting

APPROVERS = "plan_approvers"
_follow = following("unit")


def follow_meeting(tx: Transaction, told: Succession) -> dict[str, Any]:
    """The follower of the process `review_meeting`: an open meeting is the receiving unit's, as its committees are; who approves
    its plan follows too."""
    if told.old == told.new:
        return {}
    changed = dict(_follow(tx, told))
    if changed:
        this = review_meeting.c.case_key == told.case_key
        tx.execute(sa.update(review_meeting).where(this).values(unit=told.new))
    approvers = told.variables.get(APPROVERS) or []
    renamed = list(dict.fromkeys(_renamed(group, told) for group in approvers))
    return changed if renamed == approvers else {**changed, APPROVERS: renamed}


def _renamed(group: str, told: Succession) -> str:
    role, _, unit = group.partition("@")
    return f"{role}@{told.new}" if unit == str(told.old) else group
