"""Who stands where to a ballot: who presides, whose office it is, who votes."""

import sqlalchemy as sa

from engine.access import Actor, Permission, in_scope
from engine.db import Transaction
from engine.errors import NotAllowed
from engine.review_meeting.tables import ExpertPost, meeting_expert, meeting_staff, review_meeting

m, x, s = review_meeting.c, meeting_expert.c, meeting_staff.c


def presiding_login(tx: Transaction, meeting: int) -> str | None:
    """The account of whoever holds the chair now (Q3)."""
    query = sa.select(x.login).join(review_meeting, sa.and_(m.case_key == x.meeting, m.presiding == x.expert))
    login: str | None = tx.value(query.where(x.meeting == meeting))
    return login


def presides(tx: Transaction, actor: Actor, meeting: int) -> bool:
    return presiding_login(tx, meeting) == actor.login


def is_on_board(tx: Transaction, actor: Actor, meeting: int) -> bool:
    """Whether the actor is the chair or a deputy: who does not preside reads along (Q3)."""
    board = sa.select(x.expert).where(x.meeting == meeting, x.login == actor.login, x.post != ExpertPost.MEMBER)
    return tx.row(board) is not None


def is_office(tx: Transaction, actor: Actor, meeting: int) -> bool:
    """Whether the actor sees to the meeting: the convening unit's office and those above it, and the meeting's staff."""
    manages = actor.may(Permission.MEETINGS_MANAGE) or actor.may(Permission.RESULTS_APPROVE)
    unit = sa.select(m.case_key).where(m.case_key == meeting, in_scope(actor, m.unit))
    if manages and tx.row(unit) is not None:
        return True
    staff = sa.select(s.account).where(s.meeting == meeting, s.account == actor.account)
    return tx.row(staff) is not None


def is_follower(tx: Transaction, actor: Actor, meeting: int) -> bool:
    """Whether the actor presides, sits on the board or sees to the meeting: who follows its ballots."""
    return is_on_board(tx, actor, meeting) or is_office(tx, actor, meeting)


def is_helper(tx: Transaction, actor: Actor, meeting: int) -> bool:
    """Whether the actor presides or helps from the office: who makes the roll (Q18)."""
    return presides(tx, actor, meeting) or is_office(tx, actor, meeting)


def require_follower(tx: Transaction, actor: Actor, meeting: int) -> None:
    """Raise `NotAllowed` unless the actor follows the ballots of the meeting."""
    if not is_follower(tx, actor, meeting):
        raise NotAllowed("投票情况由会议主任、副主任和会议经办人查看。")


def require_helper(tx: Transaction, actor: Actor, meeting: int) -> None:
    """Raise `NotAllowed` unless the actor presides or helps from the office (Q18)."""
    if not is_helper(tx, actor, meeting):
        raise NotAllowed("票源由主持会议的主任或会议经办人办理。")
