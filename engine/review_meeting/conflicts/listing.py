"""Recusals as the office, chairs and leaders read them, and what concerns one expert."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.committee.tables import expert
from engine.db import Transaction
from engine.errors import NotFound
from engine.review_meeting.conflicts.tables import RecusalSource, RecusalState, dossier_recusal, interest_statement
from engine.review_meeting.seats import keeps_meeting, seat_of
from engine.review_meeting.tables import meeting_dossier

r, s, d = dossier_recusal.c, interest_statement.c, meeting_dossier.c


@dataclass(frozen=True, slots=True)
class Recusal:
    """One row as pages show it."""

    declaration: int
    declaration_no: str
    expert: int
    expert_name: str
    group: int | None
    source: RecusalSource
    state: RecusalState
    reason: str
    evidence: Sequence[str]
    at: datetime
    decision: str
    #: the expert is to review this very dossier
    reviews: bool


@dataclass(frozen=True, slots=True)
class RecusalPage:
    """A page of recusals; `counts` by state, `touching` how many of those in force keep out a reviewer of that very dossier."""

    rows: Sequence[Recusal]
    counts: Mapping[RecusalState, int]
    touching: int


_same_dossier = sa.and_(d.meeting == r.meeting, d.declaration == r.declaration)


_reviews = sa.func.coalesce(sa.or_(d.primary_expert == r.expert, d.secondary_expert == r.expert), sa.false())


def reads_recusals(tx: Transaction, actor: Actor, meeting: int) -> bool:
    """Whether the actor reads recusals of the meeting: its office, its chair, and leaders those of their groups."""
    seat = seat_of(tx, actor, meeting)
    return keeps_meeting(tx, actor, meeting) or (seat is not None and (seat.is_chair or bool(seat.leads)))


def list_recusals(
    tx: Transaction,
    actor: Actor,
    meeting: int,
    *,
    state: RecusalState | None = None,
    page: int = 1,
    size: int = 50,
) -> RecusalPage:
    """The recusals of a meeting, those that touch an assignment first; leaders read those of their groups. Raises `NotFound`."""
    seat = seat_of(tx, actor, meeting)
    mine = [r.meeting == meeting]
    if not keeps_meeting(tx, actor, meeting) and not (seat is not None and seat.is_chair):
        if seat is None or not seat.leads:
            raise NotFound
        mine.append(d.group.in_(sorted(seat.leads)))
    counted = (
        sa.select(r.state, _reviews.label("reviews"), sa.func.count().label("number"))
        .join(meeting_dossier, _same_dossier)
        .where(*mine)
        .group_by(r.state, _reviews)
    )
    counts = tx.rows(counted)
    query = _listed().where(*mine)
    if state is not None:
        query = query.where(r.state == state)
    rows = _recusals(tx, query.limit(size).offset((max(page, 1) - 1) * size))
    touching = sum(row.number for row in counts if row.reviews and row.state is RecusalState.ACTIVE)
    return RecusalPage(
        rows, {one: sum(row.number for row in counts if row.state is one) for one in RecusalState}, touching
    )


def own_recusals(
    tx: Transaction, meeting: int, expert_id: int, *, only: Collection[int] | None = None
) -> dict[int, Recusal]:
    """What is known of one expert, by declaration. The caller is that expert, or has authorised."""
    query = _listed().where(r.meeting == meeting, r.expert == expert_id)
    if only is not None:
        query = query.where(r.declaration.in_(sorted(only)))
    return {one.declaration: one for one in _recusals(tx, query)}


def stated(tx: Transaction, meeting: int, expert_id: int) -> set[int]:
    """The dossiers the expert has stated to have nothing to do with."""
    query = sa.select(s.declaration).where(s.meeting == meeting, s.expert == expert_id)
    return {row.declaration for row in tx.rows(query)}


def _listed() -> sa.Select[Any]:
    return (
        sa.select(
            dossier_recusal, d.declaration_no, d.group, expert.c.name.label("expert_name"), _reviews.label("reviews")
        )
        .join(meeting_dossier, _same_dossier)
        .join(expert, expert.c.id == r.expert)
        .order_by(_reviews.desc(), r.state, d.declaration_no, r.expert)
    )


def _recusals(tx: Transaction, query: sa.Select[Any]) -> list[Recusal]:
    return [
        Recusal(
            declaration=row.declaration,
            declaration_no=row.declaration_no,
            expert=row.expert,
            expert_name=row.expert_name,
            group=row.group,
            source=row.source,
            state=row.state,
            reason=row.reason,
            evidence=row.evidence,
            at=row.at,
            decision=row.decision,
            reviews=bool(row.reviews) and row.state is RecusalState.ACTIVE,
        )
        for row in tx.rows(query)
    ]
