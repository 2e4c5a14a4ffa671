"""评审后处理 as its pages read it: the handlings one sees, one of them whole, the people in it page by page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from engine.access import Actor, Permission
from engine.db import Transaction
from engine.errors import NotAllowed, NotFound
from engine.flow.actions import Action, task_actions
from engine.flow.queries import TaskView, case_tasks
from engine.flow.tables import case, task
from engine.flow.variables import read_variables
from engine.flow.visibility import is_visible
from engine.organisation.tables import unit
from engine.result.tables import (
    ResultState,
    publicity_notice,
    result_document,
    result_objection,
    review_result,
    title_certificate,
)
from engine.review_meeting.tables import review_meeting

PROCESS = "result_handling"
#: what the title office does with a handling (F5, W15)
APPROVAL_FORMS = ("result_approval", "result_document")

k, t, r, n, o, m = case.c, task.c, review_result.c, publicity_notice.c, result_objection.c, review_meeting.c

Row = Mapping[str, Any]


class People(StrEnum):
    """Which people of a handling are listed."""

    ALL = "all"
    PASSED = "passed"
    FAILED = "failed"
    WITHHELD = "withheld"


@dataclass(frozen=True, slots=True)
class Counts:
    """How many results there are, and how many passed, failed, and passed but do not go along."""

    total: int
    passed: int
    failed: int
    withheld: int
    granted: int


@dataclass(frozen=True, slots=True)
class Handling:
    """What follows one meeting, as its reader may see it: `row` has key, title, status, year, ended_at, unit_name."""

    row: Row
    meeting: Row
    variables: Mapping[str, Any]
    tasks: Sequence[TaskView]
    actions: Sequence[Action]
    counts: Counts
    notices: Sequence[Row]
    objections: Sequence[Row]
    document: Row | None
    #: whether the reader belongs to the office of the unit that convened the meeting
    keeps: bool

    @property
    def key(self) -> int:
        return int(self.row["key"])

    def task_of(self, element_id: str) -> TaskView | None:
        """The open task of that element that the reader may do."""
        return next((one for one in self.tasks if one.row["element_id"] == element_id and one.may_work), None)


#: the rows of each tab
_OF: Mapping[People, sa.ColumnElement[bool]] = {
    People.ALL: sa.true(),
    People.PASSED: r.passed.is_(True),
    People.FAILED: r.passed.is_(False),
    People.WITHHELD: r.state.in_((ResultState.WITHHELD, ResultState.OVERTURNED, ResultState.REFUSED)),
}


def require_results(actor: Actor) -> None:
    """Raise `NotAllowed` for whoever neither handles meetings, nor approves results, nor watches everything."""
    may = actor.may(Permission.MEETINGS_MANAGE) or actor.may(Permission.RESULTS_APPROVE) or actor.everywhere
    if not may:
        raise NotAllowed


def list_handlings(
    tx: Transaction,
    actor: Actor,
    *,
    approval: bool = False,
    text: str = "",
    status: str = "",
    page: int = 1,
    size: int = 20,
) -> tuple[list[Row], int]:
    """The handlings the actor sees, the newest first, and how many there are. `approval` leaves those that wait for the title
    office; `text` is a part of the meeting's name. Each has `counts` beside the columns of its case."""
    require_results(actor)
    wanted = [k.process_id == PROCESS, is_visible(k.key, actor)]
    if approval:
        waits = sa.select(t.case_key).where(t.form_id.in_(APPROVAL_FORMS))
        wanted.append(k.key.in_(waits))
    if text:
        wanted.append(k.title.contains(text, autoescape=True))
    if status:
        wanted.append(k.status == status)
    total = int(tx.value(sa.select(sa.func.count()).select_from(case).where(*wanted)))
    query = _cases().where(*wanted).order_by(k.key.desc()).limit(size).offset((max(1, page) - 1) * size)
    rows = [dict(row._mapping) for row in tx.rows(query)]
    counts = count_results(tx, [row["key"] for row in rows])
    return [{**row, "counts": counts[row["key"]]} for row in rows], total


def handling_of(tx: Transaction, actor: Actor, key: int) -> Handling:
    """One handling with what belongs to it. Raises `NotFound`, `NotAllowed`."""
    require_results(actor)
    row = tx.row(_cases().where(k.key == key, k.process_id == PROCESS, is_visible(k.key, actor)))
    if row is None:
        raise NotFound
    variables = read_variables(tx, key)
    meeting = tx.row(sa.select(review_meeting).where(m.case_key == variables["meeting"]))
    if meeting is None:
        raise NotFound
    notices = tx.rows(sa.select(publicity_notice).where(n.handling == key).order_by(n.key.desc()))
    objections = tx.rows(sa.select(result_objection).where(o.handling == key).order_by(o.case_key))
    document = tx.row(sa.select(result_document).where(result_document.c.handling == key))
    return Handling(
        row=dict(row._mapping),
        meeting=dict(meeting._mapping),
        variables=variables,
        tasks=case_tasks(tx, actor, key),
        actions=task_actions(tx, actor, key),
        counts=count_results(tx, [key])[key],
        notices=[dict(one._mapping) for one in notices],
        objections=[dict(one._mapping) for one in objections],
        document=None if document is None else dict(document._mapping),
        keeps=actor.may(Permission.MEETINGS_MANAGE) and actor.unit == row.unit_id,
    )


def handling_of_meeting(tx: Transaction, actor: Actor, meeting: int) -> int:
    """The handling of a meeting's results. Raises `NotFound` before there is one, and for whoever does not see it."""
    require_results(actor)
    key = tx.value(sa.select(r.handling).where(r.meeting == meeting, is_visible(r.handling, actor)).limit(1))
    if key is None:
        raise NotFound
    return int(key)


def people_of(
    tx: Transaction, held: Handling, which: People = People.ALL, *, text: str = "", page: int = 1, size: int = 50
) -> tuple[list[Row], int]:
    """The people of a handling by number, with the number of their certificate, and how many there are."""
    wanted = [r.handling == held.key, _OF[which]]
    if text:
        by = (r.name, r.declaration_no, r.unit_name)
        wanted.append(sa.or_(*(column.contains(text, autoescape=True) for column in by)))
    total = int(tx.value(sa.select(sa.func.count()).select_from(review_result).where(*wanted)))
    query = _people().where(*wanted).order_by(r.declaration_no).limit(size).offset((max(1, page) - 1) * size)
    return [dict(row._mapping) for row in tx.rows(query)], total


def person_of(tx: Transaction, held: Handling, declaration: int) -> Row:
    """The result of one person of a handling. Raises `NotFound`."""
    row = tx.row(_people().where(r.handling == held.key, r.declaration == declaration))
    if row is None:
        raise NotFound
    return dict(row._mapping)


def everybody_of(tx: Transaction, held: Handling, which: People = People.ALL) -> list[Row]:
    """All the people of a handling, for sheets and workbooks."""
    query = _people().where(r.handling == held.key, _OF[which]).order_by(r.declaration_no)
    return [dict(row._mapping) for row in tx.rows(query)]


def count_results(tx: Transaction, handlings: Sequence[int]) -> Mapping[int, Counts]:
    """How the results of each handling are distributed; one statement for all of them."""
    query = sa.select(r.handling, r.passed, r.state, sa.func.count().label("held"))
    found = tx.rows(query.where(r.handling.in_(handlings)).group_by(r.handling, r.passed, r.state)) if handlings else []
    held: dict[int, list[sa.Row[Any]]] = {key: [] for key in handlings}
    for row in found:
        held[row.handling].append(row)
    behind = (ResultState.WITHHELD, ResultState.OVERTURNED, ResultState.REFUSED)
    return {
        key: Counts(
            total=sum(row.held for row in rows),
            passed=sum(row.held for row in rows if row.passed),
            failed=sum(row.held for row in rows if not row.passed),
            withheld=sum(row.held for row in rows if row.state in behind),
            granted=sum(row.held for row in rows if row.state is ResultState.GRANTED),
        )
        for key, rows in held.items()
    }


def _cases() -> sa.Select[Any]:
    columns = (k.key, k.title, k.status, k.year, k.unit_id, k.started_at, k.ended_at)
    return sa.select(*columns, unit.c.name.label("unit_name")).join(unit, unit.c.id == k.unit_id)


def _people() -> sa.Select[Any]:
    certificate = title_certificate.c
    columns = (certificate.certificate_no, certificate.state.label("certificate_state"))
    return sa.select(review_result, *columns).join(title_certificate, certificate.key == r.certificate, isouter=True)
