"""What somebody is in a meeting when dossiers are assigned and scored: an expert with a post, groups to lead, the chair for now."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.access import Actor, Permission, in_scope
from engine.db import Transaction
from engine.errors import NotFound
from engine.review_meeting.tables import (
    ExpertPost,
    Invitation,
    meeting_expert,
    meeting_group,
    review_meeting,
)

x, m, g = meeting_expert.c, review_meeting.c, meeting_group.c

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Seat:
    """An expert's place in a meeting. `leads` are the groups; `presides` is whoever holds the chair now (Q3)."""

    meeting: Row
    expert: int
    name: str
    login: str
    committee: int
    group: int | None
    post: ExpertPost
    leads: frozenset[int]
    presides: bool

    @property
    def is_chair(self) -> bool:
        """Whether this is the chair or a deputy, who stand in for one another (Q3)."""
        return self.presides or self.post is not ExpertPost.MEMBER


def seat_of(tx: Transaction, actor: Actor, meeting: int) -> Seat | None:
    """The actor's place in the meeting; nothing for staff, officers and whoever declined."""
    held = tx.row(
        sa.select(meeting_expert).where(x.meeting == meeting, x.login == actor.login, x.invited != Invitation.DECLINED)
    )
    about = tx.row(sa.select(review_meeting).where(m.case_key == meeting)) if held is not None else None
    if held is None or about is None:
        return None
    leads = tx.rows(sa.select(g.id).where(g.meeting == meeting, g.leader == held.expert))
    return Seat(
        meeting=dict(about._mapping),
        expert=held.expert,
        name=held.name,
        login=held.login,
        committee=held.committee,
        group=held.group,
        post=held.post,
        leads=frozenset(row.id for row in leads),
        presides=about.presiding == held.expert,
    )


def need_seat(tx: Transaction, actor: Actor, meeting: int) -> Seat:
    """The same. Raises `NotFound` for everybody who has none."""
    seat = seat_of(tx, actor, meeting)
    if seat is None:
        raise NotFound
    return seat


def keeps_meeting(tx: Transaction, actor: Actor, meeting: int) -> bool:
    """Whether the meeting is one of the actor's office: officers of its unit and those above."""
    if not actor.may(Permission.MEETINGS_MANAGE):
        return False
    return tx.row(sa.select(m.case_key).where(m.case_key == meeting, in_scope(actor, m.unit))) is not None


def meeting_row(tx: Transaction, meeting: int) -> Row:
    """The columns of a meeting. The caller has authorised. Raises `NotFound`."""
    row = tx.row(sa.select(review_meeting).where(m.case_key == meeting))
    if row is None:
        raise NotFound
    return dict(row._mapping)


def seated_experts(tx: Transaction, meeting: int) -> dict[int, Row]:
    """Everybody who sits in the meeting, by expert."""
    rows = tx.rows(sa.select(meeting_expert).where(x.meeting == meeting, x.invited != Invitation.DECLINED))
    return {row.expert: dict(row._mapping) for row in rows}
