"""Throwing messages and signals: rows in this transaction, delivered to each receiver in one of its own."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from engine.errors import ProcessFault
from engine.flow import work
from engine.flow.direct import add_message, add_signal
from engine.flow.instances import Instance
from engine.flow.instants import read_span
from engine.flow.model import Trigger
from engine.flow.registry import PUBLISH_MESSAGE

if TYPE_CHECKING:
    from engine.flow.run import Execution

#: what a throwing element may say by an input or a header, and by which names
NAME = ("messageName", "name")
KEY = ("correlationKey", "correlation_key")
TTL = ("timeToLive", "ttl")
MESSAGE_ID = ("messageId",)
VARIABLES = "variables"
RESERVED = frozenset({*NAME, *KEY, *TTL, *MESSAGE_ID, VARIABLES, "loopCounter"})


def throw(execution: "Execution", instance: Instance) -> None:
    """A throwing event or send task: a message of our own, a signal, or a job where it names another type."""
    element = instance.element
    if element.event is not None and element.event.trigger is Trigger.SIGNAL:
        name = execution.evaluation.text(element.event.name, instance.key, element.id, "name")
        if name is None:
            raise ProcessFault(f"“{element.name or element.id}”没有指定信号。", element.id, "name")
        add_signal(execution.tx, execution.actor, name, execution.scopes.local(instance.key), execution.key)
        execution.complete(instance)
    elif element.job is None or (element.job.type.expression is None and element.job.type.text == PUBLISH_MESSAGE):
        publish(execution, instance)
    else:
        work.begin_job(execution, instance)


def publish(execution: "Execution", instance: Instance) -> None:
    """Send a message. Only what the element names travels: its inputs, or the input `variables` alone."""
    element = instance.element
    given = {**(element.job.headers if element.job else {}), **execution.scopes.local(instance.key)}
    if element.multi is not None and element.multi.input_element:
        given.pop(element.multi.input_element, None)
    name = _first(given, NAME)
    if element.event is not None and element.event.name is not None:
        name = execution.evaluation.text(element.event.name, instance.key, element.id, "name")
    if not name:
        raise ProcessFault(f"“{element.name or element.id}”没有指定要发送的消息。", element.id, "name")
    key = _first(given, KEY)
    if key is None and element.event is not None and element.event.correlation_key is not None:
        key = execution.evaluation.json(element.event.correlation_key, instance.key, element.id, "correlation")
    add_message(
        execution.tx,
        execution.actor,
        str(name),
        None if key is None else str(key),
        _named(execution, instance, given),
        expires_at=_expiry(execution, instance, _first(given, TTL)),
        message_id=_first(given, MESSAGE_ID),
        from_case=execution.key,
    )
    execution.complete(instance)


def _named(execution: "Execution", instance: Instance, given: Mapping[str, Any]) -> dict[str, Any]:
    variables = given.get(VARIABLES)
    if isinstance(variables, dict):
        return variables
    inputs = {mapping.target.partition(".")[0] for mapping in instance.element.inputs} - RESERVED
    return {name: given[name] for name in given if name in inputs}


def _expiry(execution: "Execution", instance: Instance, ttl: Any) -> datetime | None:
    """One of ours waits for ever unless it says how long."""
    if ttl is None or ttl == "":
        return None
    span = read_span(ttl)
    if span is None:
        name = instance.element.name or instance.element.id
        raise ProcessFault(f"“{name}”的消息有效期 {ttl} 无法识别。", instance.element.id, "ttl")
    return span.after(execution.tx.now)


def _first(given: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((given[name] for name in names if given.get(name) is not None), None)
