"""Reading a case under its lock: one statement, with what a command would otherwise ask for separately."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.db import Transaction
from engine.errors import NotFound
from engine.flow.carried import Stored, carried, unpack
from engine.flow.library import GENERATION, generation
from engine.flow.registry import registry_of
from engine.flow.tables import CaseState, case, element_instance, task, task_draft, timer, variable


@dataclass(slots=True)
class Loaded:
    """A case as its row stood, or stands from now on. `due_at` is when its first timer is due, `variables` are all of the
    case's where they were few enough to come along."""

    case: dict[str, Any]
    due_at: datetime | None = None
    is_new: bool = False
    variables: list[Stored] | None = None


@dataclass(slots=True)
class LoadedTask(Loaded):
    """A case with one of its open tasks."""

    task: dict[str, Any] | None = None
    #: the element instance of the task: enclosing scope, index in a multi-instance, order and instant of entering
    scope: int = 0
    item: int | None = None
    seq: int = 0
    entered_at: datetime | None = None
    has_locals: bool = False
    has_drafts: bool = False


def _due() -> sa.ScalarSelect[Any]:
    return (
        sa.select(sa.func.min(timer.c.due_at)).where(timer.c.case_key == case.c.key).correlate(case).scalar_subquery()
    )


_before = case.alias("before")
#: the case's version as it was when the statement began: on PostgreSQL, what was waited for has a newer one
_SEEN = sa.select(_before.c.row_version).where(_before.c.key == case.c.key).correlate(case).scalar_subquery()
_COMMON = (_due().label("next_due"), generation().label("generation"), _SEEN.label("seen_version"))

_CASE = sa.select(case, *_COMMON).where(case.c.key == sa.bindparam("wanted"))

_TASK = (
    sa.select(
        *(column.label(f"t_{column.name}") for column in task.columns),
        element_instance.c.scope_key.label("e_scope"),
        element_instance.c.item_index.label("e_item"),
        element_instance.c.seq.label("e_seq"),
        element_instance.c.entered_at.label("e_entered"),
        sa.exists()
        .where(variable.c.case_key == task.c.case_key, variable.c.scope_key == task.c.element_key)
        .label("has_locals"),
        sa.exists().where(task_draft.c.task_key == task.c.key).label("has_drafts"),
        *case.columns,
        *_COMMON,
    )
    .join(case, case.c.key == task.c.case_key)
    .join(
        element_instance,
        sa.and_(element_instance.c.case_key == task.c.case_key, element_instance.c.key == task.c.element_key),
    )
    .where(task.c.key == sa.bindparam("wanted"))
)

TASK_COLUMNS = tuple(column.name for column in task.columns)
CASE_COLUMNS = tuple(column.name for column in case.columns)
#: where the columns of the case begin in `_TASK`
CASE_FROM = len(TASK_COLUMNS) + 6


@cache
def _locking(statement: sa.Select[Any], *, sqlite: bool) -> sa.Select[Any]:
    return statement.add_columns(carried(sqlite=sqlite).label("variables")).with_for_update(of=case)


def new_case(tx: Transaction, actor: Actor, columns: dict[str, Any]) -> Loaded:
    """A case that does not exist yet; it is written by the command that starts it."""
    key = tx.next_key()
    row = {
        "key": key,
        "business_key": None,
        "title": "",
        "state": CaseState.ACTIVE,
        "has_incident": False,
        "status": "",
        "unit_id": None,
        "year": None,
        "parent_case_key": None,
        "parent_element_key": None,
        "root_case_key": key,
        "started_at": tx.now,
        "started_by": actor.login,
        "ended_at": None,
        "row_version": 1,
        "snapshot": None,
        "element_seq": 0,
        "journal_seq": 0,
        "journal_hash": None,
        "tags": None,
    }
    return Loaded(row | columns, is_new=True)


def lock_case(tx: Transaction, key: int) -> Loaded:
    """Read the case and keep everyone else from changing it until the transaction ends. Raises `NotFound`."""
    row = _locked(tx, _CASE, key)
    if row is None:
        raise NotFound
    return _with_case(tx, Loaded({}), row)


def lock_task(tx: Transaction, key: int) -> LoadedTask | None:
    """The same by one of its open tasks; None where the task is not open (any more)."""
    row = _locked(tx, _TASK, key)
    if row is None:
        return None
    loaded = LoadedTask(
        {},
        task=dict(zip(TASK_COLUMNS, row, strict=False)),
        scope=row.e_scope,
        item=row.e_item,
        seq=row.e_seq,
        entered_at=row.e_entered,
        has_locals=bool(row.has_locals),
        has_drafts=bool(row.has_drafts),
    )
    _with_case(tx, loaded, row, CASE_FROM)
    return loaded


def _locked(tx: Transaction, statement: sa.Select[Any], key: int) -> sa.Row[Any] | None:
    """The row; read once more where somebody else held the lock: only the case itself is then as they left it."""
    statement = _locking(statement, sqlite=tx.is_sqlite)
    row = tx.row(statement, {"wanted": key})
    if row is not None and row.seen_version != row.row_version:
        row = tx.row(statement, {"wanted": key})
    return row


def _with_case(tx: Transaction, loaded: Loaded, row: sa.Row[Any], begin: int = 0) -> Loaded:
    """Take the columns of the case, which stand together from `begin` on, and what was asked with them."""
    loaded.case = dict(zip(CASE_COLUMNS, row[begin:], strict=False))
    loaded.due_at = row.next_due
    loaded.variables = unpack(row.variables)
    tx.memo[GENERATION] = row.generation or 0
    registry_of(tx).library.see_generation(row.generation or 0)
    return loaded
