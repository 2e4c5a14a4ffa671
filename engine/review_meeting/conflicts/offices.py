"""Who decides on recusals."""

from engine.access import Actor
from engine.db import Transaction
from engine.errors import NotAllowed
from engine.review_meeting.seats import keeps_meeting, need_seat


def need_office(tx: Transaction, actor: Actor, meeting: int) -> None:
    """Raise `NotFound` for strangers, `NotAllowed` for experts who do not preside."""
    if keeps_meeting(tx, actor, meeting):
        return
    seat = need_seat(tx, actor, meeting)
    if not seat.is_chair:
        raise NotAllowed("回避由评审办公室或者主任决定。")
