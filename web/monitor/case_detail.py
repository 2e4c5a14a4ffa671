"""One case with everything that hangs on it, for whoever mends it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from engine.access import Actor
from engine.db import Transaction
from engine.errors import NotFound
from engine.flow import search as s
from engine.flow.model import Process
from engine.flow.registry import registry_of
from engine.flow.search import Condition, Operator, Order, Page, search
from engine.flow.tables import CaseState, IncidentState, JobState, TaskState, WaitKind
from engine.organisation import account_names, unit_names
from web.due import Due, due_in
from web.monitor.words import JOB, case_words
from web.who import candidate_words, name_in

#: rows of one kind on the page; a case that has more is looked into through the API
MOST = 200
WAITS = {WaitKind.MESSAGE: "消息", WaitKind.SIGNAL: "信号", WaitKind.CONDITION: "条件"}


@dataclass(frozen=True, slots=True)
class CaseHead:
    """The case itself."""

    key: int
    url: str
    title: str
    process: str
    process_id: str
    definition_key: int
    version: int
    business_key: str
    status: str
    unit: str
    year: int | None
    started_at: datetime
    started_by: str
    ended_at: datetime | None
    state: str
    kind: str
    open: bool
    suspended: bool
    has_incident: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A row of one of the tables of the page; each uses the attributes its kind has."""

    id: int
    step: str
    url: str = ""
    name: str = ""
    where: str = ""
    preview: str = ""
    message: str = ""
    code: str = ""
    at: datetime | None = None
    job_key: int | None = None
    assignee: str = ""
    who: str = ""
    due: Due | None = None
    on_hold: bool = False
    arrived_at: datetime | None = None
    type: str = ""
    state: str = ""
    kind: str = ""
    retries: int = 0
    run_at: datetime | None = None
    error: str = ""
    what: str = ""
    due_at: datetime | None = None


def find_case(tx: Transaction, actor: Actor, key: int) -> Any:
    """The row of the case. Raises `NotFound` where it is not there for the actor."""
    found = search(tx, actor, s.CASES, [Condition("key", Operator.EQ, key)], page=Page(limit=1))
    if not found.rows:
        raise NotFound
    return found.rows[0]


def case_head(tx: Transaction, row: Any) -> CaseHead:
    words, kind = case_words(row.state, row.has_incident)
    return CaseHead(
        key=row.key,
        url=f"/monitor/cases/{row.key}",
        title=row.title or row.process_name,
        process=row.process_name,
        process_id=row.process_id,
        definition_key=row.definition_key,
        version=row.version,
        business_key=row.business_key or "",
        status=row.status,
        unit=unit_names(tx, {row.unit_id}).get(row.unit_id, "") if row.unit_id else "",
        year=row.year,
        started_at=row.started_at,
        started_by=name_in(account_names(tx, {row.started_by}), row.started_by),
        ended_at=row.ended_at,
        state=words,
        kind=kind,
        open=row.state in (CaseState.ACTIVE, CaseState.SUSPENDED),
        suspended=row.state is CaseState.SUSPENDED,
        has_incident=row.has_incident,
    )


def lines_of(tx: Transaction, actor: Actor, head: CaseHead) -> dict[str, list[Line]]:
    """The tables of the page by name."""
    process = registry_of(tx).library.process(tx, head.definition_key).process
    return {
        "incidents": _incidents(tx, actor, head, process),
        "tasks": _tasks(tx, actor, head),
        "variables": _variables(tx, actor, head, process),
        "jobs": _jobs(tx, actor, head, process),
        "timers": _timers(tx, actor, head, process),
        "subscriptions": _subscriptions(tx, actor, head, process),
    }


def _of_case(tx: Transaction, actor: Actor, what: s.Searchable, head: CaseHead, *more: Condition) -> list[Any]:
    mine = Condition("case_key", Operator.EQ, head.key)
    return list(search(tx, actor, what, [mine, *more], [Order(what.key)], Page(limit=MOST)).rows)


def step_name(process: Process, element_id: str) -> str:
    """What people call an element."""
    element = process.elements.get(element_id)
    return element.name if element is not None and element.name else element_id


def _incidents(tx: Transaction, actor: Actor, head: CaseHead, process: Process) -> list[Line]:
    rows = _of_case(tx, actor, s.INCIDENTS, head, Condition("state", Operator.EQ, IncidentState.OPEN))
    return [
        Line(
            row.key,
            step_name(process, row.element_id),
            message=row.message,
            code=row.code,
            at=row.at,
            job_key=row.job_key,
        )
        for row in rows
    ]


def _tasks(tx: Transaction, actor: Actor, head: CaseHead) -> list[Line]:
    rows = _of_case(tx, actor, s.OPEN_TASKS, head)
    names = account_names(tx, {row.assignee for row in rows if row.assignee})
    words = candidate_words(tx, [(row.candidate_groups, row.candidate_users) for row in rows])
    calendar = registry_of(tx).calendar
    return [
        Line(
            row.key,
            row.name,
            assignee=names.get(row.assignee, row.assignee or ""),
            who=who,
            due=due_in(row.due_at, tx.now, calendar),
            on_hold=row.state is TaskState.ON_HOLD,
            arrived_at=row.created_at,
        )
        for row, who in zip(rows, words, strict=True)
    ]


def _variables(tx: Transaction, actor: Actor, head: CaseHead, process: Process) -> list[Line]:
    rows = _of_case(tx, actor, s.VARIABLES, head)
    places = _places(tx, actor, head, process) if any(row.scope_key != head.key for row in rows) else {}
    return sorted(
        (
            Line(
                row.key,
                "",
                url=variable_url(head.key, row.scope_key, row.name),
                name=row.name,
                where=places.get(row.scope_key, ""),
                preview=preview(row.value),
            )
            for row in rows
        ),
        key=lambda line: (line.where, line.name),
    )


def variable_url(case_key: int, scope_key: int, name: str) -> str:
    scope = "" if scope_key == case_key else f"?scope={scope_key}"
    return f"/monitor/cases/{case_key}/variables/{quote(name, safe='')}{scope}"


def _places(tx: Transaction, actor: Actor, head: CaseHead, process: Process) -> Mapping[int, str]:
    """The elements whose local variables there are, by scope."""
    rows = _of_case(tx, actor, s.ELEMENT_INSTANCES, head, Condition("left_at", Operator.EXISTS, value=False))
    return {row.key: step_name(process, row.element_id) for row in rows}


def preview(value: Any) -> str:
    """The JSON of a value, cut where it is long."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 200 else text[:200] + " …"


def _jobs(tx: Transaction, actor: Actor, head: CaseHead, process: Process) -> list[Line]:
    rows = _of_case(tx, actor, s.JOBS, head)
    return [
        Line(
            row.key,
            step_name(process, row.element_id),
            type=row.type,
            state=JOB[row.state][0],
            kind=JOB[row.state][1],
            retries=row.retries,
            run_at=row.run_at if row.state in (JobState.CREATED, JobState.RUNNING) else None,
            error=row.error_message or "",
        )
        for row in rows
    ]


def _timers(tx: Transaction, actor: Actor, head: CaseHead, process: Process) -> list[Line]:
    rows = _of_case(tx, actor, s.TIMERS, head)
    return [
        Line(
            row.key,
            step_name(process, row.element_id),
            what=f"期限 {row.deadline_id}" if row.deadline_id else "定时",
            due_at=row.due_at,
        )
        for row in rows
    ]


def _subscriptions(tx: Transaction, actor: Actor, head: CaseHead, process: Process) -> list[Line]:
    rows = _of_case(tx, actor, s.SUBSCRIPTIONS, head)
    return [
        Line(
            row.key,
            step_name(process, row.element_id),
            what=f"{WAITS[row.kind]} {row.name}" + (f"（{row.correlation_key}）" if row.correlation_key else ""),
        )
        for row in rows
    ]
