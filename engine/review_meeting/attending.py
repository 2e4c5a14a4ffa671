"""签到: an expert signs in with the code shown in the meeting room, or the office notes who is there."""

from collections.abc import Collection
from hmac import compare_digest

import sqlalchemy as sa

from engine.access import Actor
from engine.db import Transaction
from engine.errors import InvalidInput, NotFound, Refused
from engine.review_meeting.creating import editable_meeting
from engine.review_meeting.meetings import Meeting, meeting_of
from engine.review_meeting.planning import is_settled
from engine.review_meeting.tables import Invitation, meeting_expert

NOT_YET = "评审方案审核通过以后才能签到。"
OVER = "会议已经结束，不能再签到。"
WRONG = "签到码不对，请核对会场屏幕上的六位数字。"

x = meeting_expert.c


def sign_in(tx: Transaction, actor: Actor, meeting: int, code: str) -> None:
    """An expert of the meeting is there. Raises `InvalidInput` for a wrong code, `Refused` before the plan is approved."""
    held = meeting_of(tx, actor, meeting)
    mine = tx.row(sa.select(meeting_expert).where(x.meeting == meeting, x.login == actor.login, _comes))
    if mine is None:
        raise NotFound
    _refuse_untimely(held)
    if not compare_digest(code.strip().encode(), str(held.row["sign_in_code"]).encode()):
        raise InvalidInput(fields={"code": [WRONG]})
    _note(tx, meeting, [mine.expert], present=True)


def sign_out(tx: Transaction, actor: Actor, meeting: int) -> None:
    """An expert leaves. Raises `Refused` where they have not signed in."""
    held = meeting_of(tx, actor, meeting)
    _refuse_untimely(held)
    mine = tx.row(sa.select(meeting_expert).where(x.meeting == meeting, x.login == actor.login, _comes))
    if mine is None or mine.signed_in_at is None:
        raise Refused("您还没有签到。")
    _note(tx, meeting, [mine.expert], present=False)


def note_attendance(tx: Transaction, actor: Actor, meeting: int, experts: Collection[int], *, present: bool) -> int:
    """The office notes that these are there, or have left; how many. Raises `Refused` before the plan is approved.

    It goes on after the roll is made: a quorum that failed waits for those who come late, and a round that is open has fixed
    who votes in it.
    """
    held = editable_meeting(tx, actor, meeting)
    _refuse_untimely(held)
    return _note(tx, meeting, experts, present=present)


def _note(tx: Transaction, meeting: int, experts: Collection[int], *, present: bool) -> int:
    """Whoever is there has come; signing in again takes back that they left."""
    these = sa.and_(x.meeting == meeting, x.expert.in_(sorted(experts)), _comes)
    if present:
        values = {
            "signed_in_at": sa.func.coalesce(x.signed_in_at, sa.literal(tx.now, x.signed_in_at.type)),
            "signed_out_at": None,
            "invited": Invitation.CONFIRMED,
        }
        return tx.execute(sa.update(meeting_expert).where(these).values(values)).rowcount
    there = sa.and_(these, x.signed_in_at.is_not(None))
    return tx.execute(sa.update(meeting_expert).where(there).values(signed_out_at=tx.now)).rowcount


def _refuse_untimely(meeting: Meeting) -> None:
    if not meeting.is_open:
        raise Refused(OVER)
    if not is_settled(meeting.status):
        raise Refused(NOT_YET)


_comes = x.invited != Invitation.DECLINED
