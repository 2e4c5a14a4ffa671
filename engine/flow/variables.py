"""Process variables as people and programs set and read them from outside; see `scopes` for what runs inside."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.access import Actor, Permission
from engine.db import Transaction
from engine.errors import InvalidInput, NotAllowed, NotFound
from engine.flow.cases import open_case
from engine.flow.tables import variable, variable_change


@dataclass(frozen=True, slots=True)
class VariableChange:
    """A value a variable was given; `old` is the one before, None at first."""

    name: str
    scope_key: int
    old: Any
    value: Any
    by: str
    task_key: int | None
    at: datetime
    reason: str | None


def set_variables(
    tx: Transaction,
    actor: Actor,
    case_key: int,
    values: Mapping[str, Any],
    *,
    scope: int | None = None,
    local: bool = False,
    reason: str | None = None,
) -> None:
    """Give variables of a running case new values; conditional events that become true fire.

    `scope` is an element instance (default: the case). Unless `local`, each value goes to the nearest scope outward
    that has the name. By hand it takes a `reason`. Raises `NotFound`, `NotAllowed`, `InvalidInput`, `Refused`.
    """
    by_hand = actor.may(Permission.VARIABLES_EDIT) and not actor.may(Permission.API_VARIABLES)
    if not by_hand and not actor.may(Permission.API_VARIABLES):
        raise NotAllowed
    if by_hand and not (reason or "").strip():
        raise InvalidInput("请写明修改的理由。", {"reason": ["请写明修改的理由。"]})
    execution = open_case(tx, actor, case_key)
    place = scope or case_key
    if place != case_key:
        execution.instance_of(place)
    execution.reason = reason
    for name, value in values.items():
        if local:
            execution.scopes.declare(place, name, value, history=True)
        else:
            execution.scopes.assign(place, name, value)
    detail = {"names": sorted(values), "reason": reason or ""}
    execution.journal.append(tx.now, actor, "variables.set", detail=detail)
    execution.finish()


def read_variables(tx: Transaction, case_key: int, names: frozenset[str] | None = None) -> dict[str, Any]:
    """The variables of the case itself, all or some."""
    v = variable.c
    query = sa.select(v.name, v.value).where(v.case_key == case_key, v.scope_key == case_key)
    if names is not None:
        query = query.where(v.name.in_(sorted(names)))
    return {row.name: row.value for row in tx.rows(query.order_by(v.name))}


def visible_variables(tx: Transaction, case_key: int, element_key: int) -> dict[str, Any]:
    """What an element instance sees: its own variables before those around it."""
    from engine.flow.tables import element_instance as e

    chain, scope = [element_key], element_key
    while scope != case_key:
        found = tx.value(sa.select(e.c.scope_key).where(e.c.case_key == case_key, e.c.key == scope))
        if found is None:
            raise NotFound
        scope = found
        chain.append(scope)
    v = variable.c
    rows = tx.rows(sa.select(v.scope_key, v.name, v.value).where(v.case_key == case_key, v.scope_key.in_(chain)))
    held = {(row.scope_key, row.name): row.value for row in rows}
    seen: dict[str, Any] = {}
    for place in reversed(chain):
        seen |= {name: value for (where, name), value in held.items() if where == place}
    return seen


def variable_history(tx: Transaction, case_key: int, name: str | None = None) -> list[VariableChange]:
    """Every value the variables of a case were given, in order."""
    c = variable_change.c
    query = sa.select(variable_change).where(c.case_key == case_key)
    if name is not None:
        query = query.where(c.name == name)
    last: dict[tuple[int, str], Any] = {}
    changes = []
    for row in tx.rows(query.order_by(c.at, c.seq)):
        at = (row.scope_key, row.name)
        changes.append(
            VariableChange(row.name, row.scope_key, last.get(at), row.value, row.by, row.task_key, row.at, row.reason)
        )
        last[at] = row.value
    return changes
