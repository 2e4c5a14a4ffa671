"""Conditional events: asked when they are armed, and again when a variable they read was changed."""

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from engine.errors import ProcessFault
from engine.flow import failures
from engine.flow.model import Element
from engine.flow.tables import WaitKind, subscription

if TYPE_CHECKING:
    from engine.flow.run import Execution


def fire_true(execution: "Execution") -> bool:
    """Fire the first waiting condition that is true, of those not asked since what they read was changed."""
    if not execution.definition.conditional:
        return False
    for row in _waiting(execution):
        element = execution.process.elements[row["element_id"]]
        if _is_due(execution, row, element) and _is_true(execution, row, element):
            execution.run.fire(row["wait_key"])
            return True
    return False


def _is_due(execution: "Execution", row: dict[str, Any], element: Element) -> bool:
    """Whether the condition has to be asked: it is new, or something it reads was changed."""
    condition = element.event.condition if element.event is not None else None
    if condition is None:
        return False
    changed = execution.scopes.changed_at
    key: int = row["wait_key"]
    asked = execution.asked.get(key, 0)
    execution.asked[key] = execution.scopes.moment
    if key in execution.waiting.subscriptions and asked == 0 and key not in execution.fresh:
        execution.fresh.add(key)
        return True
    return any(changed.get(name, 0) > asked for name in condition.names | condition.filter_names)


def _is_true(execution: "Execution", row: dict[str, Any], element: Element) -> bool:
    assert element.event is not None
    assert element.event.condition is not None
    scope = row["condition"]["scope"]
    execution.know(scope)
    try:
        return execution.evaluation.feel(element.event.condition, scope, element.id, "condition") is True
    except ProcessFault as fault:
        failures.raise_incident(execution, execution.instance_of(row["owner_key"]), fault.code, fault.message)
        return False


def _waiting(execution: "Execution") -> list[dict[str, Any]]:
    """The armed conditions, those of earlier commands first."""
    waiting = execution.waiting
    stored = [row for row in _stored(execution) if row["wait_key"] not in waiting.disarmed]
    return stored + [row for row in waiting.subscriptions.values() if row["kind"] is WaitKind.CONDITION]


def _stored(execution: "Execution") -> list[dict[str, Any]]:
    if execution.stored_conditions is None:
        s = subscription.c
        query = sa.select(s.wait_key, s.owner_key, s.element_id, s.condition).where(
            s.case_key == execution.key, s.kind == WaitKind.CONDITION
        )
        found = [] if execution.is_new else execution.tx.connection.execute(query).all()
        execution.stored_conditions = [dict(row._mapping) for row in found]
    return execution.stored_conditions
