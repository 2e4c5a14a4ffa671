"""The task inbox (待办箱): what an actor has and what they may claim, one indexed branch each; and what they have done."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import orjson
import sqlalchemy as sa

from engine.access import Actor
from engine.db import Transaction
from engine.db.types import UtcDateTime
from engine.errors import InvalidInput
from engine.flow.tables import TaskState, task, task_candidate, task_done

#: counts above this are shown as this and more
COUNT_CAP = 100


@dataclass(frozen=True, slots=True)
class InboxTask:
    """One line of the inbox."""

    key: int
    case_key: int
    process_id: str
    definition_key: int
    element_id: str
    name: str
    title: str
    business_key: str | None
    form_id: str | None
    assignee: str | None
    unit_id: int | None
    due_at: datetime | None
    priority: int
    state: TaskState
    hold_reason: str | None
    version: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class DoneTask:
    """A task the actor has completed."""

    key: int
    case_key: int
    process_id: str
    definition_key: int
    element_id: str
    name: str
    title: str
    business_key: str | None
    form_key: int | None
    outcome: str | None
    created_at: datetime
    ended_at: datetime


@dataclass(frozen=True, slots=True)
class InboxPage:
    """Tasks, the longest waiting first; `after` is where the next page begins and `before` where the one before ends."""

    tasks: tuple[InboxTask, ...]
    after: str | None
    before: str | None = None


@dataclass(frozen=True, slots=True)
class DonePage:
    """The same of tasks that were completed, the last one first."""

    tasks: tuple[DoneTask, ...]
    after: str | None
    before: str | None = None


@dataclass(frozen=True, slots=True)
class InboxCounts:
    """How many tasks the actor has, may claim and has parked, each counted up to `COUNT_CAP`; `mine` leaves parked ones out."""

    mine: int
    free: int
    held: int


_COLUMNS = tuple(task.c[name] for name in InboxTask.__dataclass_fields__)
_DONE = tuple(task_done.c[name] for name in DoneTask.__dataclass_fields__)


def inbox(
    tx: Transaction,
    actor: Actor,
    *,
    limit: int = 20,
    after: str | None = None,
    before: str | None = None,
    mine: bool = True,
    free: bool = True,
    on_hold: bool | None = None,
    process_id: str | None = None,
    form_id: str | None = None,
    due_before: datetime | None = None,
    text: str | None = None,
) -> InboxPage:
    """A page of what the actor has (`mine`) and may claim (`free`), in one statement.

    `on_hold` keeps to parked tasks, or leaves them out; `text` is in the title or begins the business key; `after` and
    `before` are cursors of an earlier page. Raises `InvalidInput` for a cursor that is none.
    """
    holders, principals = _holders(actor) if mine else [], _principals(actor) if free else []
    if not holders and not principals:
        return InboxPage((), None)
    given: dict[str, Any] = {
        "state": None if on_hold is None else TaskState.ON_HOLD if on_hold else TaskState.OPEN,
        "process_id": process_id,
        "form_id": form_id,
        "due_before": due_before,
        "text": f"%{escape_like(text)}%" if text else None,
    }
    parameters = {name: value for name, value in given.items() if value is not None}
    asked = frozenset(parameters)
    if text:
        parameters["start"] = f"{escape_like(text)}%"
    if before is not None or after is not None:
        parameters["at"], parameters["key"] = _read_cursor(before or after or "")
    way = "before" if before is not None else "after" if after is not None else ""
    parameters |= _named(holders, principals) | {"limit": limit + 1}
    statement = _statement(len(holders), len(principals), asked, way)
    found = {row.key: row for row in tx.rows(statement, parameters)}
    rows = sorted(found.values(), key=lambda row: (row.created_at, row.key))
    shown, previous, following = _cut(rows, limit, way)
    tasks = tuple(InboxTask(*row) for row in shown)
    return InboxPage(
        tasks,
        _cursor(shown[-1].created_at, shown[-1].key) if following else None,
        _cursor(shown[0].created_at, shown[0].key) if previous else None,
    )


def done_tasks(
    tx: Transaction,
    actor: Actor,
    *,
    limit: int = 20,
    after: str | None = None,
    before: str | None = None,
    process_id: str | None = None,
    text: str | None = None,
) -> DonePage:
    """What the actor has completed, the last one first. Raises `InvalidInput` for a cursor that is none."""
    d = task_done.c
    where = [d.ended_by == actor.login, d.state == TaskState.COMPLETED]
    if process_id is not None:
        where.append(d.process_id == process_id)
    if text:
        where.append(sa.or_(d.title.contains(text, autoescape=True), d.business_key.startswith(text, autoescape=True)))
    way = "before" if before is not None else "after" if after is not None else ""
    if way:
        at, key = _read_cursor(before or after or "")
        here, there = sa.tuple_(d.ended_at, d.key), sa.tuple_(sa.literal(at, UtcDateTime), sa.literal(key))
        where.append(here > there if way == "before" else here < there)
    order = (d.ended_at, d.key) if way == "before" else (d.ended_at.desc(), d.key.desc())
    rows = list(tx.rows(sa.select(*_DONE).where(*where).order_by(*order).limit(limit + 1)))
    if way == "before":
        rows.reverse()
    shown, previous, following = _cut(rows, limit, way)
    return DonePage(
        tuple(DoneTask(*row) for row in shown),
        _cursor(shown[-1].ended_at, shown[-1].key) if following else None,
        _cursor(shown[0].ended_at, shown[0].key) if previous else None,
    )


def _cut(rows: Sequence[Any], limit: int, way: str) -> tuple[Sequence[Any], bool, bool]:
    """The rows of the page out of one more than it holds, and whether there are rows before and after them."""
    more = len(rows) > limit
    if way == "before":
        return rows[-limit:], more, bool(rows)
    return rows[:limit], bool(way and rows), more


def count_inbox(tx: Transaction, actor: Actor) -> InboxCounts:
    """How many tasks there are for the actor, as far as anyone needs to know."""
    holders, principals = _holders(actor), _principals(actor)
    held = {row.state: row.number for row in tx.rows(_holding(len(holders)), _named(holders, ()))}
    free = tx.value(_offered(len(principals)), _named((), principals) | {"limit": COUNT_CAP, "state": TaskState.OPEN})
    return InboxCounts(
        mine=min(held.get(TaskState.OPEN, 0), COUNT_CAP),
        free=min(int(free or 0), COUNT_CAP),
        held=min(held.get(TaskState.ON_HOLD, 0), COUNT_CAP),
    )


def escape_like(text: str) -> str:
    """The text as LIKE takes it literally, with `/` as the escape."""
    return text.replace("/", "//").replace("%", "/%").replace("_", "/_")


def _holders(actor: Actor) -> list[str]:
    return sorted(actor.on_behalf_of | {actor.login})


def _principals(actor: Actor) -> list[str]:
    return sorted(actor.groups | {f"user:{login}" for login in _holders(actor)})


def _named(holders: Sequence[str], principals: Sequence[str]) -> dict[str, Any]:
    return {f"h{n}": login for n, login in enumerate(holders)} | {f"p{n}": name for n, name in enumerate(principals)}


def _filters(asked: frozenset[str], way: str) -> list[sa.ColumnElement[bool]]:
    """What a branch leaves out, as bound parameters of the same names."""
    c = task.c
    known: dict[str, sa.ColumnElement[bool]] = {
        "state": c.state == sa.bindparam("state", type_=c.state.type),
        "process_id": c.process_id == sa.bindparam("process_id"),
        "form_id": c.form_id == sa.bindparam("form_id"),
        "due_before": c.due_at < sa.bindparam("due_before", type_=UtcDateTime),
        "text": sa.or_(
            c.title.like(sa.bindparam("text"), escape="/"), c.business_key.like(sa.bindparam("start"), escape="/")
        ),
    }
    filters = [clause for name, clause in known.items() if name in asked]
    if way:
        here = sa.tuple_(c.created_at, c.key)
        there = sa.tuple_(sa.bindparam("at", type_=UtcDateTime), sa.bindparam("key"))
        filters.append(here < there if way == "before" else here > there)
    return filters


def _branches(
    holders: int, principals: int, asked: frozenset[str], way: str, columns: Sequence[sa.ColumnElement[Any]]
) -> list[sa.Select[Any]]:
    """One ordered, limited selection per holder and principal: each stops early whatever the others hold."""
    filters = _filters(asked, way)
    mine = [sa.select(*columns).where(task.c.assignee == sa.bindparam(f"h{n}")) for n in range(holders)]
    alone = [sa.select(*columns).where(task.c.candidate == sa.bindparam(f"p{n}")) for n in range(principals)]
    several = [
        sa.select(*columns)
        .join(task_candidate, task_candidate.c.task_key == task.c.key)
        .where(task_candidate.c.principal == sa.bindparam(f"p{n}"))
        for n in range(principals)
    ]
    c = task_candidate.c
    ordered = [
        *((branch, (task.c.created_at, task.c.key)) for branch in [*mine, *alone]),
        *((branch, (c.created_at, c.task_key)) for branch in several),
    ]
    backwards = way == "before"
    return [
        sa.select(
            branch.where(*filters)
            .order_by(*(column.desc() if backwards else column for column in order))
            .limit(sa.bindparam("limit"))
            .subquery()
        )
        for branch, order in ordered
    ]


@lru_cache(maxsize=400)
def _statement(holders: int, principals: int, asked: frozenset[str], way: str) -> sa.CompoundSelect[Any]:
    return sa.union_all(*_branches(holders, principals, asked, way, _COLUMNS))


@lru_cache(maxsize=100)
def _offered(principals: int) -> sa.Select[Any]:
    keys = sa.union(*_branches(0, principals, frozenset({"state"}), "", (task.c.key,))).subquery()
    return sa.select(sa.func.count()).select_from(keys)


@lru_cache(maxsize=100)
def _holding(holders: int) -> sa.Select[Any]:
    mine = task.c.assignee.in_([sa.bindparam(f"h{n}") for n in range(holders)])
    return sa.select(task.c.state, sa.func.count().label("number")).where(mine).group_by(task.c.state)


def _cursor(at: datetime, key: int) -> str:
    return base64.urlsafe_b64encode(orjson.dumps([at.isoformat(), key])).decode()


def _read_cursor(text: str) -> tuple[datetime, int]:
    try:
        at, key = orjson.loads(base64.urlsafe_b64decode(text))
        return datetime.fromisoformat(at), int(key)
    except (ValueError, TypeError):
        raise InvalidInput("翻页位置无效，请回到第一页。") from None
