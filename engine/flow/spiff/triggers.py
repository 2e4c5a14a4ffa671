"""Event definitions: what an event waits for or does."""

from engine.feel import Expression
from engine.flow.model import EventDetails, TimerDefinition, TimerKind, Trigger, Value
from engine.flow.spiff.extensions import read_properties
from engine.flow.spiff.source import Node, Source, bpmn, extension, local, text_of
from engine.flow.spiff.values import Values

DEFINITIONS = {
    "messageEventDefinition": Trigger.MESSAGE,
    "timerEventDefinition": Trigger.TIMER,
    "signalEventDefinition": Trigger.SIGNAL,
    "errorEventDefinition": Trigger.ERROR,
    "escalationEventDefinition": Trigger.ESCALATION,
    "conditionalEventDefinition": Trigger.CONDITION,
    "terminateEventDefinition": Trigger.TERMINATE,
    "linkEventDefinition": Trigger.LINK,
}

_TIMERS = {"timeDate": TimerKind.DATE, "timeDuration": TimerKind.DURATION, "timeCycle": TimerKind.CYCLE}
_CODES = {"error": "errorCode", "escalation": "escalationCode"}


def definitions_of(node: Node) -> list[Node]:
    return [child for child in node.iterchildren() if child.tag.endswith("EventDefinition")]


def read_event(node: Node, source: Source, values: Values) -> EventDetails:
    """What the event's only definition says; an event without one has the trigger `none`."""
    for definition in definitions_of(node):
        trigger = DEFINITIONS.get(local(definition))
        if trigger is not None:
            return _details(trigger, definition, node, source, values)
    return EventDetails(Trigger.NONE)


def _details(trigger: Trigger, definition: Node, node: Node, source: Source, values: Values) -> EventDetails:
    match trigger:
        case Trigger.MESSAGE:
            return read_message(definition, node, source, values)
        case Trigger.SIGNAL:
            return EventDetails(trigger, name=_referenced(definition, "signal", node, source, values))
        case Trigger.ERROR:
            return EventDetails(trigger, name=_code(definition, "error", node, source, values))
        case Trigger.ESCALATION:
            return EventDetails(trigger, name=_code(definition, "escalation", node, source, values))
        case Trigger.TIMER:
            return EventDetails(trigger, timer=_timer(definition, node, values))
        case Trigger.CONDITION:
            return EventDetails(trigger, condition=_condition(definition, node, values))
        case Trigger.LINK:
            return EventDetails(trigger, name=Value(definition.get("name", "").strip()))
        case _:
            return EventDetails(trigger)


def read_message(definition: Node, node: Node, source: Source, values: Values) -> EventDetails:
    """The message of an event definition, or of a send or receive task (`messageRef`)."""
    name = _referenced(definition, "message", node, source, values)
    message = source.named.get(definition.get("messageRef", ""))
    subscription = extension(message, "subscription") if message is not None else None
    key = subscription.get("correlationKey", "").strip() if subscription is not None else ""
    return EventDetails(
        Trigger.MESSAGE, name=name, correlation_key=values.expression(key, node, "消息的关联键") if key else None
    )


def _referenced(definition: Node, kind: str, node: Node, source: Source, values: Values) -> Value | None:
    """The name of the message or signal that is referred to."""
    target = _target(definition, kind, node, source, values)
    return values.value(target.get("name"), node, "名称") if target is not None else None


def _code(definition: Node, kind: str, node: Node, source: Source, values: Values) -> Value | None:
    """None where there is no reference: such an event catches everything."""
    target = _target(definition, kind, node, source, values)
    return values.value(target.get(_CODES[kind]), node, "代码") if target is not None else None


def _target(definition: Node, kind: str, node: Node, source: Source, values: Values) -> Node | None:
    reference = definition.get(f"{kind}Ref")
    if not reference:
        return None
    target = source.named.get(reference)
    if target is None or target.tag != bpmn(kind):
        values.report("dangling-reference", node, f"引用的 {kind}（{reference}）不存在，请重新选择。")
        return None
    return target


def _timer(definition: Node, node: Node, values: Values) -> TimerDefinition | None:
    for tag, kind in _TIMERS.items():
        value = values.value(text_of(definition.find(bpmn(tag))), node, "定时")
        if value is not None:
            return TimerDefinition(kind, value, deadline=read_properties(node).get("deadline") or None)
    values.report("timer-missing", node, "定时事件没有填写时间，请填写日期、时长或周期。")
    return None


def _condition(definition: Node, node: Node, values: Values) -> Expression | None:
    text = text_of(definition.find(bpmn("condition")))
    if not text:
        values.report("event-condition-missing", node, "条件事件没有填写条件，请填写 FEEL 表达式。")
        return None
    return values.expression(text, node, "条件")
