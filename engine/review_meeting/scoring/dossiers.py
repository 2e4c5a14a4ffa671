"""The dossiers of a meeting as one expert sees them: what is theirs in which part, how far they are, what stands around one."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.db import Transaction
from engine.declaration.tables import declaration
from engine.flow.tables import task, task_draft
from engine.review_meeting.conflicts.listing import Recusal, own_recusals
from engine.review_meeting.conflicts.tables import RecusalState, dossier_recusal, interest_statement
from engine.review_meeting.scoring.parts import (
    ELEMENTS,
    Part,
    parts_of,
)
from engine.review_meeting.scoring.tables import dossier_score
from engine.review_meeting.seats import Seat, need_seat
from engine.review_meeting.tables import DossierStage, meeting_dossier

d, n, t, f, s = meeting_dossier.c, declaration.c, task.c, task_draft.c, dossier_score.c
r, i = dossier_recusal.c, interest_statement.c


@dataclass(frozen=True, slots=True)
class Mine:
    """A dossier in an expert's list. `task_key` is the task that waits for them, `barred` that they keep out of it."""

    declaration: int
    number: str
    applicant: str
    unit_name: str
    title_name: str
    title_level: str
    specialty: str
    group: int | None
    stage: DossierStage
    part: Part
    score: float | None
    task_key: int | None
    drafted: bool
    stated: bool
    recusal: Recusal | None

    @property
    def barred(self) -> bool:
        return self.recusal is not None and self.recusal.state is RecusalState.ACTIVE

    @property
    def asked(self) -> bool:
        """Whether the facts have left a question that the expert has not answered."""
        return self.recusal is not None and self.recusal.state is RecusalState.ASKED


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a part of the work is: how many dossiers, how many wait for the expert now, how many they are done with; how many
    lack the statement, from how many the expert keeps out."""

    part: Part
    total: int
    waiting: int
    done: int
    unstated: int
    barred: int


def my_dossiers(
    tx: Transaction,
    actor: Actor,
    meeting: int,
    part: Part,
    *,
    waiting: bool = False,
    only: Collection[int] | None = None,
    page: int = 1,
    size: int | None = None,
) -> list[Mine]:
    """What is the actor's in a part, what waits for them first, then by number: all, or a page of `size`.

    `waiting` leaves out what does not wait for the actor, or what they keep out of, `only` names declarations. In a masked
    meeting neither name nor unit is told. Raises `NotFound` for who does not sit in it.
    """
    seat = need_seat(tx, actor, meeting)
    query = _lines(seat, part).order_by(t.key.is_(None), d.declaration_no)
    if waiting:
        query = query.where(t.key.is_not(None), ~_barred(seat))
    if only is not None:
        query = query.where(d.declaration.in_(sorted(only)))
    if size is not None:
        query = query.limit(size).offset((max(page, 1) - 1) * size)
    rows = tx.rows(query)
    shown = [row.declaration for row in rows] if len(rows) <= AT_ONCE else None
    recusals = own_recusals(tx, meeting, seat.expert, only=shown)
    return [_row(row, seat, part, recusals) for row in rows]


#: so many are asked for by their keys
AT_ONCE = 500


def progress_of(tx: Transaction, actor: Actor, meeting: int) -> list[Progress]:
    """How far the actor is, part by part; parts without dossiers are left out. Raises `NotFound` as `my_dossiers`."""
    seat = need_seat(tx, actor, meeting)
    found = [_progress(tx, seat, part) for part in parts_of(seat)]
    return [one for one in found if one.total]


def _progress(tx: Transaction, seat: Seat, part: Part) -> Progress:
    barred = _barred(seat)
    stated = sa.exists().where(i.meeting == d.meeting, i.declaration == d.declaration, i.expert == seat.expert)
    columns = (d.stage, t.key.is_not(None).label("waits"), stated.label("stated"), barred.label("barred"))
    query = sa.select(*columns, sa.func.count().label("number")).select_from(_joined(seat, part))
    rows = tx.rows(query.where(*_is_mine(seat, part)).group_by(*columns))
    return Progress(
        part=part,
        total=sum(row.number for row in rows),
        waiting=sum(row.number for row in rows if row.waits and not row.barred),
        done=sum(row.number for row in rows if _ORDER.index(row.stage) >= _ORDER.index(_DONE_FROM[part])),
        unstated=sum(row.number for row in rows if not row.stated and not row.barred),
        barred=sum(row.number for row in rows if row.barred),
    )


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The dossiers before and after one among an expert's own of a part, the first that waits, and how many wait."""

    before: int | None
    after: int | None
    next_waiting: int | None
    waiting: int


def neighbours_of(tx: Transaction, seat: Seat, part: Part, number: str) -> Neighbours:
    """Around the dossier with that number; what the expert keeps out of is passed over."""
    mine = sa.select(d.declaration).select_from(_joined(seat, part)).where(*_is_mine(seat, part), ~_barred(seat))
    waiting = mine.where(t.key.is_not(None))
    return Neighbours(
        before=tx.value(mine.where(d.declaration_no < number).order_by(d.declaration_no.desc()).limit(1)),
        after=tx.value(mine.where(d.declaration_no > number).order_by(d.declaration_no).limit(1)),
        next_waiting=tx.value(waiting.order_by(d.declaration_no).limit(1)),
        waiting=int(tx.value(sa.select(sa.func.count()).select_from(waiting.subquery())) or 0),
    )


def _barred(seat: Seat) -> sa.Exists:
    """The expert keeps out of the dossier."""
    return sa.exists().where(_own(seat), r.state == RecusalState.ACTIVE)


def _own(seat: Seat) -> sa.ColumnElement[bool]:
    return sa.and_(r.meeting == d.meeting, r.declaration == d.declaration, r.expert == seat.expert)


_ORDER = list(DossierStage)
_DONE_FROM: Mapping[Part, DossierStage] = {
    Part.PRIMARY: DossierStage.SCORED,
    Part.SECONDARY: DossierStage.SECONDARY_CONFIRMED,
    Part.LEADER: DossierStage.LEADER_CONFIRMED,
    Part.CHAIR: DossierStage.CHAIR_CONFIRMED,
    Part.MEMBER: DossierStage.CHAIR_CONFIRMED,
}


def _is_mine(seat: Seat, part: Part) -> list[sa.ColumnElement[bool]]:
    where: dict[Part, sa.ColumnElement[bool]] = {
        Part.PRIMARY: d.primary_expert == seat.expert,
        Part.SECONDARY: d.secondary_expert == seat.expert,
        Part.LEADER: d.group.in_(sorted(seat.leads)),
        Part.CHAIR: sa.true(),
        # what is scored is read for the ballot
        Part.MEMBER: sa.and_(d.committee == seat.committee, d.stage == DossierStage.CHAIR_CONFIRMED),
    }
    return [d.meeting == seat.meeting["case_key"], d.live.is_(True), where[part]]


def _joined(seat: Seat, part: Part) -> sa.FromClause:
    """The dossiers with the task that waits for the expert in that part."""
    waits = sa.and_(t.case_key == d.review_case, t.assignee == seat.login, t.element_id == ELEMENTS.get(part, ""))
    return meeting_dossier.outerjoin(task, waits)


def _lines(seat: Seat, part: Part) -> sa.Select[Any]:
    joined = (
        _joined(seat, part)
        .join(declaration, n.case_key == d.declaration)
        .outerjoin(dossier_score, sa.and_(s.meeting == d.meeting, s.declaration == d.declaration))
    )
    stated = sa.exists().where(i.meeting == d.meeting, i.declaration == d.declaration, i.expert == seat.expert)
    columns = (d.declaration, d.declaration_no, d.group, d.stage, s.total, n.name, n.unit_name, n.title_name)
    more = (n.title_level, n.specialty, t.key.label("task_key"), stated.label("stated"))
    drafted = sa.exists().where(f.task_key == t.key)
    return sa.select(*columns, *more, drafted.label("drafted")).select_from(joined).where(*_is_mine(seat, part))


def _row(row: sa.Row[Any], seat: Seat, part: Part, recusals: Mapping[int, Recusal]) -> Mine:
    masked = bool(seat.meeting["masked"])
    return Mine(
        declaration=row.declaration,
        number=row.declaration_no,
        applicant="" if masked else row.name,
        unit_name="" if masked else row.unit_name,
        title_name=row.title_name or "",
        title_level=row.title_level or "",
        specialty=row.specialty or "",
        group=row.group,
        stage=row.stage,
        part=part,
        score=None if row.total is None else float(row.total),
        task_key=row.task_key,
        drafted=bool(row.drafted) and row.task_key is not None,
        stated=bool(row.stated),
        recusal=recusals.get(row.declaration),
    )
