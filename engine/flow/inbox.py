"""The task inbox (待办箱): what an actor has and what they may claim, one indexed branch each."""

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
from engine.flow.tables import task, task_candidate

#: counts above this are shown as this and more
COUNT_CAP = 100


@dataclass(frozen=True, slots=True)
class InboxTask:
    """One line of the inbox."""

    key: int
    case_key: int
    process_id: str
    element_id: str
    name: str
    title: str
    business_key: str | None
    form_id: str | None
    assignee: str | None
    unit_id: int | None
    due_at: datetime | None
    priority: int
    state: str
    hold_reason: str | None
    version: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class InboxPage:
    """Tasks, the longest waiting first; `after` is where the next page begins, None at the end."""

    tasks: tuple[InboxTask, ...]
    after: str | None


@dataclass(frozen=True, slots=True)
class InboxCounts:
    """How many tasks the actor has and may claim, each counted up to `COUNT_CAP`."""

    mine: int
    free: int


_COLUMNS = tuple(task.c[name] for name in InboxTask.__dataclass_fields__)


def inbox(
    tx: Transaction,
    actor: Actor,
    *,
    limit: int = 20,
    after: str | None = None,
    mine: bool = True,
    free: bool = True,
    process_id: str | None = None,
) -> InboxPage:
    """A page of what the actor has (`mine`) and may claim (`free`)."""
    holders, principals = _holders(actor) if mine else [], _principals(actor) if free else []
    if not holders and not principals:
        return InboxPage((), None)
    statement = _statement(len(holders), len(principals), after is not None, process_id is not None)
    parameters: dict[str, Any] = {f"h{n}": login for n, login in enumerate(holders)}
    parameters |= {f"p{n}": name for n, name in enumerate(principals)}
    parameters["limit"] = limit + 1
    if process_id is not None:
        parameters["process_id"] = process_id
    if after is not None:
        parameters["at"], parameters["key"] = _read_cursor(after)
    found = {row.key: row for row in tx.rows(statement, parameters)}
    rows = sorted(found.values(), key=lambda row: (row.created_at, row.key))
    shown = rows[:limit]
    more = len(rows) > limit
    return InboxPage(tuple(InboxTask(**row._mapping) for row in shown), _cursor(shown[-1]) if more else None)


def count_inbox(tx: Transaction, actor: Actor) -> InboxCounts:
    """How many tasks there are for the actor, as far as anyone needs to know."""
    holders, principals = _holders(actor), _principals(actor)
    parameters: dict[str, Any] = {f"h{n}": login for n, login in enumerate(holders)}
    parameters |= {f"p{n}": name for n, name in enumerate(principals)} | {"limit": COUNT_CAP}
    mine = tx.value(_counting(len(holders), 0), parameters) if holders else 0
    free = tx.value(_counting(0, len(principals)), parameters) if principals else 0
    return InboxCounts(min(mine, COUNT_CAP), min(free, COUNT_CAP))


def _holders(actor: Actor) -> list[str]:
    return sorted(actor.on_behalf_of | {actor.login})


def _principals(actor: Actor) -> list[str]:
    return sorted(actor.groups | {f"user:{login}" for login in _holders(actor)})


def _branches(
    holders: int, principals: int, after: bool, of_process: bool, columns: Sequence[sa.ColumnElement[Any]]
) -> list[sa.Select[Any]]:
    """One ordered, limited selection per holder and principal: each stops early whatever the others hold."""
    filters = []
    if of_process:
        filters.append(task.c.process_id == sa.bindparam("process_id"))
    if after:
        at = sa.bindparam("at", type_=UtcDateTime)
        filters.append(sa.tuple_(task.c.created_at, task.c.key) > sa.tuple_(at, sa.bindparam("key")))
    mine = [sa.select(*columns).where(task.c.assignee == sa.bindparam(f"h{n}")) for n in range(holders)]
    alone = [sa.select(*columns).where(task.c.candidate == sa.bindparam(f"p{n}")) for n in range(principals)]
    several = [
        sa.select(*columns)
        .join(task_candidate, task_candidate.c.task_key == task.c.key)
        .where(task_candidate.c.principal == sa.bindparam(f"p{n}"))
        for n in range(principals)
    ]
    ordered = [branch.where(*filters).order_by(task.c.created_at, task.c.key) for branch in [*mine, *alone]]
    c = task_candidate.c
    ordered += [branch.where(*filters).order_by(c.created_at, c.task_key) for branch in several]
    return [sa.select(branch.limit(sa.bindparam("limit")).subquery()) for branch in ordered]


@lru_cache(maxsize=200)
def _statement(holders: int, principals: int, after: bool, of_process: bool) -> sa.CompoundSelect[Any]:
    return sa.union_all(*_branches(holders, principals, after, of_process, _COLUMNS))


@lru_cache(maxsize=200)
def _counting(holders: int, principals: int) -> sa.Select[Any]:
    keys = sa.union(*_branches(holders, principals, after=False, of_process=False, columns=(task.c.key,))).subquery()
    return sa.select(sa.func.count()).select_from(keys)


def _cursor(row: Any) -> str:
    return base64.b64encode(orjson.dumps([row.created_at.isoformat(), row.key])).decode()


def _read_cursor(text: str) -> tuple[datetime, int]:
    try:
        at, key = orjson.loads(base64.b64decode(text, validate=True))
        return datetime.fromisoformat(at), int(key)
    except (ValueError, TypeError):
        raise InvalidInput("翻页位置无效，请回到第一页。") from None
