"""What becomes of a unit's announcements when it is merged into another."""

import sqlalchemy as sa

from engine.bulletin.tables import announcement
from engine.db import Transaction

A = announcement.c


def inherit_announcements(tx: Transaction, old: int, new: int) -> None:
    """The heir of the announcements: those not taken down yet are the receiving unit's to change, and are read there.

    What was for the old unit and those below it is for the receiving one: its people are there now. Past ones stay as history.
    """
    going_on = sa.or_(A.shown_until.is_(None), A.shown_until > tx.now)
    tx.execute(sa.update(announcement).where(A.unit == old, going_on).values(unit=new))
    tx.execute(sa.update(announcement).where(A.by_unit == old, going_on).values(by_unit=new))
