"""The dossiers of a meeting as one expert sees them: what is theirs in which role, and opening one of them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.db import Transaction
from engine.declaration.tables import declaration
from engine.errors import NotAllowed, NotFound
from engine.flow.tables import task, task_draft
from engine.review_meeting.conflicts.recusing import Recusal, own_recusals, stated
from engine.review_meeting.conflicts.tables import RecusalState, dossier_recusal, interest_statement
from engine.review_meeting.scoring.tables import dossier_score
from engine.review_meeting.seats import Seat, need_seat
from engine.review_meeting.tables import DossierStage, meeting_dossier

SHEET_FORM, CONFIRMATION_FORM = "score_sheet", "score_confirmation"


class Part(StrEnum):
    """What an expert is to a dossier."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    LEADER = "leader"
    CHAIR = "chair"
    MEMBER = "member"


WORDS: Mapping[Part, str] = {
    Part.PRIMARY: "主审",
    Part.SECONDARY: "副审",
    Part.LEADER: "组长",
    Part.CHAIR: "主任",
    Part.MEMBER: "评委",
}
#: the element whose task each part does
ELEMENTS: Mapping[Part, str] = {
    Part.PRIMARY: "score_dossier",
    Part.SECONDARY: "confirm_by_secondary",
    Part.LEADER: "confirm_by_leader",
    Part.CHAIR: "confirm_by_chair",
}
STAGE_WORDS: Mapping[DossierStage, str] = {
    DossierStage.WAITING: "待分配",
    DossierStage.ASSIGNED: "待打分",
    DossierStage.SCORED: "待副审确认",
    DossierStage.SECONDARY_CONFIRMED: "待组长确认",
    DossierStage.LEADER_CONFIRMED: "待主任确认",
    DossierStage.CHAIR_CONFIRMED: "主任已确认",
}

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

    `waiting` leaves out what does not wait for the actor, `only` names declarations. In a masked meeting neither name nor unit is
    told. Raises `NotFound` for who does not sit in it.
    """
    seat = need_seat(tx, actor, meeting)
    query = _lines(seat, part).order_by(t.key.is_(None), d.declaration_no)
    if waiting:
        query = query.where(t.key.is_not(None))
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


def parts_of(seat: Seat) -> list[Part]:
    """The parts that can be an expert's."""
    leads = [Part.LEADER] if seat.leads else []
    return [Part.PRIMARY, Part.SECONDARY, *leads, Part.CHAIR if seat.is_chair else Part.MEMBER]


def progress_of(tx: Transaction, actor: Actor, meeting: int) -> list[Progress]:
    """How far the actor is, part by part; parts without dossiers are left out. Raises `NotFound` as `my_dossiers`."""
    seat = need_seat(tx, actor, meeting)
    found = [_progress(tx, seat, part) for part in parts_of(seat)]
    return [one for one in found if one.total]


def _progress(tx: Transaction, seat: Seat, part: Part) -> Progress:
    barred = sa.exists().where(_own(seat), r.state == RecusalState.ACTIVE)
    stated = sa.exists().where(i.meeting == d.meeting, i.declaration == d.declaration, i.expert == seat.expert)
    columns = (d.stage, t.key.is_not(None).label("waits"), stated.label("stated"), barred.label("barred"))
    query = sa.select(*columns, sa.func.count().label("number")).select_from(_joined(seat, part))
    rows = tx.rows(query.where(*_is_mine(seat, part)).group_by(*columns))
    return Progress(
        part=part,
        total=sum(row.number for row in rows),
        waiting=sum(row.number for row in rows if row.waits),
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
    barred = sa.exists().where(_own(seat), r.state == RecusalState.ACTIVE)
    mine = sa.select(d.declaration).select_from(_joined(seat, part)).where(*_is_mine(seat, part), ~barred)
    waiting = mine.where(t.key.is_not(None))
    return Neighbours(
        before=tx.value(mine.where(d.declaration_no < number).order_by(d.declaration_no.desc()).limit(1)),
        after=tx.value(mine.where(d.declaration_no > number).order_by(d.declaration_no).limit(1)),
        next_waiting=tx.value(waiting.order_by(d.declaration_no).limit(1)),
        waiting=int(tx.value(sa.select(sa.func.count()).select_from(waiting.subquery())) or 0),
    )


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
