"""What each kind of activity does once a token rests at it."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from engine.errors import ProcessFault
from engine.flow import calls, decisions, items, opening, throwing, work
from engine.flow.instances import Instance
from engine.flow.model import Element, Kind, Trigger

if TYPE_CHECKING:
    from engine.flow.run import Execution

Begin = Callable[["Execution", Instance], None]

THROWING = frozenset({Kind.THROW_EVENT, Kind.END_EVENT})
SENT = frozenset({Trigger.MESSAGE, Trigger.SIGNAL})


def rests(element: Element) -> bool:
    """Whether the interpreter rests here until the flow completes the element."""
    if element.kind in THROWING:
        return element.event is not None and element.event.trigger in SENT
    if element.kind is Kind.RECEIVE_TASK:
        return element.multi is not None
    return element.kind in BEGIN


def begin(execution: "Execution", instance: Instance) -> None:
    """Do what the activity is for. Raises `ProcessFault` where it cannot, `BpmnError` where it fails as foreseen."""
    if instance.is_body:
        items.begin_body(execution, instance)
    else:
        BEGIN[instance.element.kind](execution, instance)


def _pass(execution: "Execution", instance: Instance) -> None:
    execution.complete(instance)


def _script(execution: "Execution", instance: Instance) -> None:
    element = instance.element
    if element.script is None:
        work.begin_job(execution, instance)
        return
    value = execution.evaluation.json(element.script, instance.key, element.id, "script")
    execution.complete(instance, {element.result_variable: value} if element.result_variable else {})


def _decide(execution: "Execution", instance: Instance) -> None:
    if instance.element.called is None:
        work.begin_job(execution, instance)
    else:
        decisions.decide(execution, instance)


def _receive(execution: "Execution", instance: Instance) -> None:
    """One item of a multi-instance receive task; a single one waits by itself."""
    element = instance.element
    if element.event is None:
        raise ProcessFault(f"“{element.name or element.id}”没有指定要接收的消息。", element.id, "name")
    execution.waiting.arm(element, element.event, instance.key, instance.key, instance.scope)


BEGIN: Mapping[Kind, Begin] = {
    Kind.USER_TASK: opening.open_task,
    Kind.MANUAL_TASK: _pass,
    Kind.TASK: _pass,
    Kind.SERVICE_TASK: work.begin_job,
    Kind.SCRIPT_TASK: _script,
    Kind.BUSINESS_RULE_TASK: _decide,
    Kind.SEND_TASK: throwing.throw,
    Kind.RECEIVE_TASK: _receive,
    Kind.CALL_ACTIVITY: calls.call,
    Kind.THROW_EVENT: throwing.throw,
    Kind.END_EVENT: throwing.throw,
}
