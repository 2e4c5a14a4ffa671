"""Opening one dossier: for whom, as what, and not before the expert has stated to have no interest in it (J13)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.db import Transaction
from engine.errors import NotAllowed, NotFound
from engine.flow.tables import task
from engine.review_meeting.conflicts.listing import Recusal, own_recusals, stated
from engine.review_meeting.conflicts.tables import RecusalState
from engine.review_meeting.scoring.parts import Part
from engine.review_meeting.seats import Seat, need_seat
from engine.review_meeting.tables import DossierStage, meeting_dossier

d, t = meeting_dossier.c, task.c


@dataclass(frozen=True, slots=True)
class Opened:
    """A dossier that may be read: by whom, as what, at which step of its review."""

    seat: Seat
    row: Mapping[str, Any]
    part: Part
    task: Mapping[str, Any] | None

    @property
    def masked(self) -> bool:
        return bool(self.seat.meeting["masked"])


def open_dossier(tx: Transaction, actor: Actor, meeting: int, declaration_key: int) -> Opened:
    """One dossier of the meeting, for an expert it is assigned to, or, once it is scored, of its committee (for the ballot).

    Raises `NotFound` for every other expert, `NotAllowed` for one who keeps out, `StatementNeeded` before they have stated to
    have no interest in it.
    """
    seat, row, part = place_in_dossier(tx, actor, meeting, declaration_key)
    known = own_recusals(tx, meeting, seat.expert).get(declaration_key)
    if known is not None and known.state is RecusalState.ACTIVE:
        raise NotAllowed("您须回避这份材料，不能查阅。")
    if declaration_key not in stated(tx, meeting, seat.expert):
        raise StatementNeeded(known)
    here = sa.and_(t.case_key == row["review_case"], t.assignee == seat.login)
    waiting = tx.row(sa.select(task).where(here)) if row["review_case"] is not None else None
    return Opened(seat, row, part, None if waiting is None else dict(waiting._mapping))


class StatementNeeded(NotAllowed):
    """请先作回避说明，再查阅材料。

    `recusal` is what the facts have asked, where they have.
    """

    def __init__(self, recusal: Recusal | None) -> None:
        super().__init__("请先作回避说明，再查阅材料。")
        self.recusal = recusal


def place_in_dossier(
    tx: Transaction, actor: Actor, meeting: int, declaration_key: int
) -> tuple[Seat, Mapping[str, Any], Part]:
    """What the actor is to a dossier. Raises `NotFound` where that is nothing."""
    seat = need_seat(tx, actor, meeting)
    found = tx.row(
        sa.select(meeting_dossier).where(d.meeting == meeting, d.declaration == declaration_key, d.live.is_(True))
    )
    if found is None:
        raise NotFound
    row = dict(found._mapping)
    part = _part(seat, row)
    if part is None:
        raise NotFound
    return seat, row, part


def _part(seat: Seat, row: Mapping[str, Any]) -> Part | None:
    if row["primary_expert"] == seat.expert:
        return Part.PRIMARY
    if row["secondary_expert"] == seat.expert:
        return Part.SECONDARY
    if row["group"] in seat.leads:
        return Part.LEADER
    if seat.is_chair:
        return Part.CHAIR
    at_ballot = row["committee"] == seat.committee and row["stage"] is DossierStage.CHAIR_CONFIRMED
    return Part.MEMBER if at_ballot else None
