"""What pages ask about a case: where it stands, what happened, its diagram; each within what the actor may see."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.db import Transaction
from engine.errors import NotFound
from engine.flow.completion import can_work
from engine.flow.definitions import resource_content
from engine.flow.inbox import DonePage, DoneTask, InboxCounts, InboxPage, InboxTask, count_inbox, done_tasks, inbox
from engine.flow.registry import registry_of
from engine.flow.tables import (
    CaseState,
    ElementState,
    IncidentState,
    JobState,
    TaskState,
    case,
    definition,
    element_instance,
    incident,
    job,
    journal,
    task,
    task_candidate,
    task_done,
)
from engine.flow.visibility import is_reachable, is_visible, require_visible, visible_to
from engine.form import OptionSource

__all__ = [
    "CaseTitle",
    "CaseView",
    "Diagram",
    "DonePage",
    "DoneTask",
    "HandedIn",
    "InboxCounts",
    "InboxPage",
    "InboxTask",
    "JournalEntry",
    "TaskView",
    "case_incidents",
    "case_jobs",
    "case_journal",
    "case_tasks",
    "case_titles",
    "count_inbox",
    "diagram",
    "done_tasks",
    "element_instances",
    "element_statistics",
    "get_case",
    "get_task",
    "handed_in",
    "inbox",
    "is_visible",
    "list_cases",
    "options_of_case",
    "orphan_tasks",
    "require_visible",
    "tasks_waiting_for",
    "visible_to",
]


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as lists and its page show it."""

    key: int
    process_id: str
    process_name: str
    definition_key: int
    version: int
    business_key: str | None
    title: str
    state: CaseState
    status: str
    has_incident: bool
    unit_id: int | None
    year: int | None
    parent_case_key: int | None
    root_case_key: int
    started_at: datetime
    started_by: str
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class TaskView:
    """A task, open or done; `row` has the columns of the table."""

    row: Mapping[str, Any]
    is_open: bool
    #: whether the actor may do it now
    may_work: bool


@dataclass(frozen=True, slots=True)
class CaseTitle:
    """What people call a case, and its process."""

    title: str
    process: str


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A form as it was handed in last, at which step, by whom."""

    form_key: int
    step: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """What happened, by whom."""

    seq: int
    at: datetime
    event: str
    element_id: str | None
    name: str
    actor: str
    actor_name: str
    unit_id: int | None
    outcome: str | None
    detail: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Diagram:
    """A process with the way a case took through it: element ids by state, flows taken, how often each was entered."""

    xml: bytes
    process_id: str
    done: frozenset[str]
    active: frozenset[str]
    failed: frozenset[str]
    flows: Mapping[str, int]
    counts: Mapping[str, int]


_CASE = (
    case.c.key,
    case.c.process_id,
    definition.c.name.label("process_name"),
    case.c.definition_key,
    definition.c.version,
    case.c.business_key,
    case.c.title,
    case.c.state,
    case.c.status,
    case.c.has_incident,
    case.c.unit_id,
    case.c.year,
    case.c.parent_case_key,
    case.c.root_case_key,
    case.c.started_at,
    case.c.started_by,
    case.c.ended_at,
)


def get_case(tx: Transaction, actor: Actor, key: int) -> CaseView:
    """Raises `NotFound` where there is none or the actor does not see it."""
    query = sa.select(*_CASE).join(definition, definition.c.key == case.c.definition_key)
    row = tx.row(query.where(case.c.key == key, is_reachable(case.c.key, actor)))
    if row is None:
        raise NotFound
    return CaseView(**row._mapping)


def options_of_case(tx: Transaction, key: int) -> OptionSource:
    """The code lists of the case's own year. The caller has made sure that its reader may see the case."""
    return registry_of(tx).options_of(tx, tx.value(sa.select(case.c.year).where(case.c.key == key)))


def case_titles(tx: Transaction, keys: Collection[int]) -> Mapping[int, CaseTitle]:
    """What cases are called, by key. The caller has made sure that its reader may see them."""
    query = (
        sa.select(case.c.key, case.c.title, case.c.business_key, definition.c.name, definition.c.id)
        .join(definition, definition.c.key == case.c.definition_key)
        .where(case.c.key.in_(sorted(keys)))
    )
    rows = tx.rows(query) if keys else ()
    return {row.key: CaseTitle(row.title or row.business_key or row.name or row.id, row.name or row.id) for row in rows}


def list_cases(
    tx: Transaction,
    actor: Actor,
    *,
    process_id: str | None = None,
    state: CaseState | None = None,
    only_incidents: bool = False,
    business_key: str | None = None,
    title: str | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[CaseView]:
    """Cases the actor sees, the newest first; `before` is the key of the last one shown."""
    query = sa.select(*_CASE).join(definition, definition.c.key == case.c.definition_key)
    where: list[sa.ColumnElement[bool]] = [is_visible(case.c.key, actor)]
    if process_id is not None:
        where.append(case.c.process_id == process_id)
    if state is not None:
        where.append(case.c.state == state)
    if only_incidents:
        where.append(case.c.has_incident)
    if business_key is not None:
        where.append(case.c.business_key == business_key)
    if title:
        where.append(case.c.title.contains(title, autoescape=True))
    if before is not None:
        where.append(case.c.key < before)
    return [CaseView(**row._mapping) for row in tx.rows(query.where(*where).order_by(case.c.key.desc()).limit(limit))]


def get_task(tx: Transaction, actor: Actor, key: int) -> TaskView:
    """A task the actor may do, or of a case they see. Raises `NotFound`."""
    for table in (task, task_done):
        row = tx.row(sa.select(table).where(table.c.key == key))
        if row is not None:
            values = dict(row._mapping)
            allowed = table is task and can_work(actor, values)
            if not allowed:
                require_visible(tx, actor, values["case_key"])
            return TaskView(values, table is task, allowed)
    raise NotFound


def case_tasks(tx: Transaction, actor: Actor, case_key: int) -> list[TaskView]:
    """The open tasks of a case the actor sees, the oldest first. Raises `NotFound`."""
    require_visible(tx, actor, case_key)
    query = sa.select(task).where(task.c.case_key == case_key).order_by(task.c.created_at, task.c.key)
    rows = [dict(row._mapping) for row in tx.rows(query)]
    return [TaskView(row, is_open=True, may_work=can_work(actor, row)) for row in rows]


def handed_in(tx: Transaction, case_key: int) -> list[HandedIn]:
    """The forms handed in for a case, each as it was the last time, in the order of that. The caller has authorised."""
    d = task_done.c
    query = sa.select(d.form_id, d.form_key, d.name, d.ended_by, d.ended_at).where(
        d.case_key == case_key, d.state == TaskState.COMPLETED, d.form_key.is_not(None)
    )
    last: dict[str, HandedIn] = {}
    for row in tx.rows(query.order_by(d.ended_at, d.key)):
        last.pop(row.form_id, None)
        last[row.form_id] = HandedIn(row.form_key, row.name, row.ended_by or "", row.ended_at)
    return list(last.values())


def case_journal(tx: Transaction, actor: Actor, case_key: int) -> list[JournalEntry]:
    """What happened in a case, in order. Raises `NotFound`."""
    require_visible(tx, actor, case_key)
    columns = [journal.c[name] for name in JournalEntry.__dataclass_fields__]
    rows = tx.rows(sa.select(*columns).where(journal.c.case_key == case_key).order_by(journal.c.seq))
    return [JournalEntry(**row._mapping) for row in rows]


def element_instances(tx: Transaction, actor: Actor, case_key: int) -> list[Mapping[str, Any]]:
    """Every passage of a case, in the order of entering. Raises `NotFound`."""
    require_visible(tx, actor, case_key)
    e = element_instance.c
    return [
        dict(row._mapping) for row in tx.rows(sa.select(element_instance).where(e.case_key == case_key).order_by(e.seq))
    ]


def diagram(tx: Transaction, actor: Actor, case_key: int) -> Diagram:
    """The case's own version of the diagram, with where it stands. Raises `NotFound`."""
    view = get_case(tx, actor, case_key)
    _, _, xml = resource_content(tx, view.definition_key)
    e = element_instance.c
    rows = tx.rows(sa.select(e.element_id, e.state, e.took, e.item_index).where(e.case_key == case_key))
    flows = Counter(flow for row in rows for flow in (row.took or "").split())
    by_state = {state: frozenset(row.element_id for row in rows if row.state is state) for state in ElementState}
    active, failed = by_state[ElementState.ACTIVE], by_state[ElementState.FAILED]
    return Diagram(
        xml=xml,
        process_id=view.process_id,
        done=by_state[ElementState.COMPLETED] - active - failed,
        active=active - failed,
        failed=failed,
        flows=flows,
        counts=Counter(row.element_id for row in rows if row.item_index is None),
    )


def case_incidents(tx: Transaction, actor: Actor, case_key: int) -> list[Mapping[str, Any]]:
    """The open incidents of a case, the oldest first. Raises `NotFound`."""
    require_visible(tx, actor, case_key)
    i = incident.c
    query = sa.select(incident).where(i.case_key == case_key, i.state == IncidentState.OPEN).order_by(i.key)
    return [dict(row._mapping) for row in tx.rows(query)]


def case_jobs(tx: Transaction, actor: Actor, case_key: int) -> list[Mapping[str, Any]]:
    """The jobs of a case that are not over, the oldest first. Raises `NotFound`."""
    require_visible(tx, actor, case_key)
    waiting = job.c.state.in_([JobState.CREATED, JobState.RUNNING, JobState.FAILED])
    query = sa.select(job).where(job.c.case_key == case_key, waiting).order_by(job.c.key)
    return [dict(row._mapping) for row in tx.rows(query)]


def element_statistics(tx: Transaction, definition_key: int) -> Mapping[str, tuple[int, int]]:
    """For each element of a version: how many cases stand there now, and how many of those have stopped."""
    e = element_instance.c
    stopped = sa.func.sum(sa.case((e.state == ElementState.FAILED, 1), else_=0))
    query = (
        sa.select(e.element_id, sa.func.count().label("standing"), stopped.label("stopped"))
        .join(case, case.c.key == e.case_key)
        .where(case.c.definition_key == definition_key, case.c.state == CaseState.ACTIVE, e.left_at.is_(None))
        .group_by(e.element_id)
    )
    return {row.element_id: (row.standing, row.stopped) for row in tx.rows(query)}


def orphan_tasks(
    tx: Transaction, logins: sa.Select[Any], groups: sa.Select[Any] | Sequence[str], limit: int = 100
) -> list[Mapping[str, Any]]:
    """Open tasks nobody can do: held by none of `logins`, or free with no candidate among `groups` and `logins`.

    `logins` selects the accounts that may sign in, `groups` the groups somebody belongs to.
    """
    t, c = task.c, task_candidate.c
    among = groups if isinstance(groups, sa.Select) else list(groups)

    def is_among(login: sa.ColumnElement[str]) -> sa.Exists:
        """Asked login by login: far fewer hold a task than may sign in."""
        return logins.where(logins.selected_columns[0] == login).correlate(task, task_candidate).exists()

    def can(principal: sa.Column[str]) -> sa.ColumnElement[bool]:
        user = sa.and_(principal.startswith("user:"), is_among(sa.func.substr(principal, len("user:") + 1)))
        return sa.or_(user, principal.in_(among))

    somebody = sa.exists().where(c.task_key == t.key, can(c.principal))
    alone = sa.and_(t.candidate.is_not(None), can(t.candidate))
    held = sa.and_(t.assignee.is_not(None), ~is_among(t.assignee))
    free = sa.and_(t.assignee.is_(None), ~sa.func.coalesce(alone, sa.false()), ~somebody)
    query = sa.select(task).where(sa.or_(held, free)).order_by(t.created_at, t.key).limit(limit)
    return [dict(row._mapping) for row in tx.rows(query)]


def tasks_waiting_for(tx: Transaction, login: str, groups: Sequence[str], limit: int) -> list[Mapping[str, Any]]:
    """Open tasks that account holds or is the only candidate of, and free ones offered to none but these groups.

    The oldest first. The caller has authorised.
    """
    t, c = task.c, task_candidate.c
    alone = [*groups, f"user:{login}"]
    inside = sa.exists().where(c.task_key == t.key, c.principal.in_(alone))
    outside = sa.exists().where(c.task_key == t.key, c.principal.not_in(alone))
    free = sa.and_(t.assignee.is_(None), sa.or_(t.candidate.in_(alone), sa.and_(inside, ~outside)))
    query = sa.select(task).where(sa.or_(t.assignee == login, free)).order_by(t.created_at, t.key).limit(limit)
    return [dict(row._mapping) for row in tx.rows(query)]
