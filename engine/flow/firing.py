"""A message or signal reaches a case that waits for it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine.errors import ProcessFault
from engine.flow import failures
from engine.flow.instances import Instance
from engine.flow.model import Element

if TYPE_CHECKING:
    from engine.flow.run import Execution


def receive(
    execution: "Execution",
    wait: Mapping[str, Any],
    variables: Mapping[str, Any],
    event: str,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """A message or signal reaches a waiting event; `wait` is its row of `subscription`.

    Raises `StaleTask` where the event waits no longer.
    """
    element = execution.process.elements[wait["element_id"]]
    note(execution, element, event, detail)
    key, owner = wait["wait_key"], wait["owner_key"]
    if key == owner:
        instance = execution.instance_of(key)
        if instance.item is not None:
            execution.waiting.disarm(element, key)
            execution.complete(instance, variables)
            return
    else:
        # a boundary event or arm has no instance before it happens: what it brings goes to the scope around its owner
        instance = Instance(-key, element, execution.instance_of(owner).scope, None, 0, execution.tx.now)
        execution.scopes.enclose(instance.key, instance.scope, begun=True)
    try:
        execution.map_outputs(instance, variables)
    except ProcessFault as fault:
        failures.raise_incident(execution, execution.instance_of(owner), failures.OUTPUT, fault.message)
        return
    if key != owner:
        execution.scopes.leave(instance.key, may_have=False)
    execution.run.fire(key)


def note(execution: "Execution", element: Element, event: str, detail: Mapping[str, Any] | None = None) -> None:
    execution.journal.append(
        execution.tx.now,
        execution.actor,
        event,
        element_id=element.id,
        name=element.name or element.id,
        detail=dict(detail) if detail else None,
    )
