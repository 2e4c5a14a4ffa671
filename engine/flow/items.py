"""Multi-instance (会签): the items of one activity.

Tasks and call activities are one token for the interpreter and rows of `item` here, however many they are. The items of
a sub-process are the interpreter's; here they get their values and give their outputs.
"""

import re
from typing import TYPE_CHECKING, Any

from engine.errors import ProcessFault
from engine.flow.direct import send_direct
from engine.flow.instances import Instance
from engine.flow.model import Element, Kind, MultiInstance, Value
from engine.flow.tables import ElementState, MessageKind

if TYPE_CHECKING:
    from engine.flow.run import Execution

#: cases that one command begins for the items of a call activity
CHUNK = 50

_PATH = re.compile(r"=?\s*([^\W\d]\w*)(\.[^\W\d]\w*)*\s*")


def is_item(instance: Instance) -> bool:
    """Whether it is one of several that only the flow knows."""
    return instance.item is not None and instance.element.kind is not Kind.SUB_PROCESS


def begin_body(execution: "Execution", body: Instance) -> None:
    """Fix the items and begin the first, or all of them."""
    values = open_collection(execution, body.element, body.key)
    multi = _multi(body)
    if not values:
        collect(execution, body)
        execution.run.complete(body.key)
        return
    if multi.sequential:
        begin_item(execution, body, 0)
    else:
        _begin_next(execution, body)


def begin_more(execution: "Execution", body_key: int) -> None:
    """Go on beginning items where the command before left off; nothing where the activity is over by now."""
    execution.load_instances()
    body = execution.instances.get(body_key)
    if body is not None and body.state is ElementState.ACTIVE:
        _begin_next(execution, body)


def _begin_next(execution: "Execution", body: Instance) -> None:
    """Begin the items that have not begun: tasks all at once, cases a chunk per command, so that none takes too long."""
    rows = execution.items.all(body.key).values()
    waiting = [row["index"] for row in rows if row["element_key"] is None and row["state"] is ElementState.ACTIVE]
    most = CHUNK if body.element.kind is Kind.CALL_ACTIVITY else len(waiting)
    for index in waiting[:most]:
        begin_item(execution, body, index)
    if len(waiting) > most:
        key = execution.key
        send_direct(execution.tx, execution.actor, key, MessageKind.NEXT_ITEMS, to_case=key, to_element=body.key)


def open_collection(execution: "Execution", element: Element, body_key: int) -> list[Any]:
    """Work out the collection and keep its items: changing the variable later does not change who is asked."""
    multi = element.multi
    assert multi is not None
    execution.know(body_key)
    values = execution.evaluation.value(multi.input_collection, body_key, element.id, "collection")
    if not isinstance(values, list):
        text = multi.input_collection.text
        raise ProcessFault(f"“{element.name or element.id}”的集合 {text} 应得到列表。", element.id, "collection")
    execution.items.open(body_key, values)
    return values


def begin_item(execution: "Execution", body: Instance, index: int) -> None:
    """Begin one item of a task or call activity."""
    instance = execution.enter(body.element, execution.new_key(), body.key, index)
    try:
        bind(execution, instance)
        execution.map_inputs(instance)
    except ProcessFault as fault:
        execution.fail(instance, fault)
        return
    execution.rests.append(instance)


def bind(execution: "Execution", instance: Instance) -> None:
    """Give an item its value and number. `loopCounter` begins at 1."""
    multi, index = _multi(instance), instance.item
    assert index is not None
    execution.items.change(instance.scope, index, element_key=instance.key)
    if multi.input_element:
        value = execution.items.get(instance.scope, index)["value"]
        execution.scopes.declare(instance.key, multi.input_element, value)
    execution.scopes.declare(instance.key, "loopCounter", index + 1)
    local = _plain_name(multi.output_element)
    if local is not None and local != multi.input_element:
        execution.scopes.declare(instance.key, local, None)


def finish(execution: "Execution", instance: Instance) -> None:
    """An item of a task or call activity is done: leave it, then the next, or the body where it was the last."""
    take_output(execution, instance)
    body = execution.instance_of(instance.scope)
    enough = _is_enough(execution, instance)
    execution.leave(instance, ElementState.COMPLETED)
    counts = execution.items.counts(body.key)
    if enough:
        cancel_rest(execution, body)
    elif counts.active:
        if _multi(body).sequential and counts.following is not None:
            begin_item(execution, body, counts.following)
        return
    collect(execution, body)
    execution.run.complete(body.key)


def take_output(execution: "Execution", instance: Instance) -> None:
    """Keep what the item leaves in the output collection."""
    multi, index = _multi(instance), instance.item
    assert index is not None
    output = execution.evaluation.value(multi.output_element, instance.key, instance.element.id, "output")
    done = {"output": output, "state": ElementState.COMPLETED, "element_key": instance.key}
    execution.items.change(instance.scope, index, **done)
    if multi.completion_condition is not None:
        _declare_counts(execution, instance)


def collect(execution: "Execution", body: Instance) -> None:
    """Write the output collection, in the order of the items; those that were cancelled leave null."""
    name = _multi(body).output_collection
    if name:
        execution.know(body.scope)
        execution.scopes.assign(body.scope, name, _outputs(execution, body.key))


def cancel_rest(execution: "Execution", body: Instance) -> None:
    """Cancel the items that are not done yet."""
    if body.element.kind is Kind.SUB_PROCESS:
        return
    execution.load_instances()
    for index, row in execution.items.all(body.key).items():
        if row["state"] is ElementState.ACTIVE:
            execution.items.change(body.key, index, state=ElementState.CANCELLED)
            instance = execution.instances.get(row["element_key"] or 0)
            if instance is not None:
                if body.element.kind is Kind.RECEIVE_TASK:
                    execution.waiting.disarm(body.element, instance.key)
                execution.leave(instance, ElementState.CANCELLED)


def _is_enough(execution: "Execution", instance: Instance) -> bool:
    """Whether the completion condition says that no further item is needed."""
    multi = _multi(instance)
    if multi.completion_condition is None:
        return False
    element_id = instance.element.id
    answer = execution.evaluation.feel(multi.completion_condition, instance.key, element_id, "condition")
    if not isinstance(answer, bool):
        text = multi.completion_condition.text
        raise ProcessFault(f"完成条件 {text} 的结果应为 true 或 false。", element_id, "condition")
    return answer


def _declare_counts(execution: "Execution", instance: Instance) -> None:
    """Let the completion condition see how far the others are."""
    counts = execution.items.counts(instance.scope)
    for name, value in (
        ("numberOfInstances", counts.all),
        ("numberOfCompletedInstances", counts.completed),
        ("numberOfActiveInstances", counts.begun),
        ("numberOfTerminatedInstances", counts.cancelled),
    ):
        execution.scopes.declare(instance.key, name, value)
    multi = _multi(instance)
    condition = multi.completion_condition
    if multi.output_collection and condition is not None and multi.output_collection in condition.names:
        execution.scopes.declare(instance.key, multi.output_collection, _outputs(execution, instance.scope))


def _outputs(execution: "Execution", body_key: int) -> list[Any]:
    return [row["output"] for row in execution.items.all(body_key).values()]


def _multi(instance: Instance) -> MultiInstance:
    multi = instance.element.multi
    assert multi is not None
    return multi


def _plain_name(value: Value | None) -> str | None:
    """The variable an output element names, where it is no more than a name or path: it is the item's own."""
    found = _PATH.fullmatch(value.text) if value is not None and value.expression is not None else None
    return found[1] if found else None
