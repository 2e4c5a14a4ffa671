"""Events: which trigger may stand where, and whether it has all it needs."""

from collections import Counter
from collections.abc import Mapping

from engine.flow.instants import read_cycle, read_instant, read_span
from engine.flow.model import Element, EventDetails, Kind, Process, TimerDefinition, TimerKind, Trigger
from engine.flow.spiff.dialect import EVENTS, KINDS
from engine.flow.spiff.lint.finding import File, Notes
from engine.flow.spiff.lint.paths import is_link_throw
from engine.flow.spiff.source import bpmn
from engine.flow.spiff.specs.build import link_name, link_target
from engine.flow.spiff.triggers import definitions_of

_ALLOWED: Mapping[Kind, set[Trigger]] = {
    Kind.START_EVENT: {Trigger.NONE, Trigger.MESSAGE, Trigger.TIMER, Trigger.SIGNAL, Trigger.CONDITION},
    Kind.CATCH_EVENT: {Trigger.MESSAGE, Trigger.TIMER, Trigger.SIGNAL, Trigger.CONDITION, Trigger.LINK},
    Kind.THROW_EVENT: {Trigger.NONE, Trigger.MESSAGE, Trigger.SIGNAL, Trigger.ESCALATION, Trigger.LINK},
    Kind.END_EVENT: {
        Trigger.NONE,
        Trigger.MESSAGE,
        Trigger.SIGNAL,
        Trigger.ESCALATION,
        Trigger.ERROR,
        Trigger.TERMINATE,
    },
    Kind.BOUNDARY_EVENT: {
        Trigger.MESSAGE,
        Trigger.TIMER,
        Trigger.SIGNAL,
        Trigger.CONDITION,
        Trigger.ERROR,
        Trigger.ESCALATION,
    },
}
_PLACES = {
    Kind.START_EVENT: "开始事件",
    Kind.CATCH_EVENT: "中间捕获事件",
    Kind.THROW_EVENT: "中间抛出事件",
    Kind.END_EVENT: "结束事件",
    Kind.BOUNDARY_EVENT: "边界事件",
}
_WORDS = {
    Trigger.NONE: "无触发条件",
    Trigger.MESSAGE: "消息",
    Trigger.TIMER: "定时",
    Trigger.SIGNAL: "信号",
    Trigger.ERROR: "错误",
    Trigger.ESCALATION: "升级",
    Trigger.CONDITION: "条件",
    Trigger.TERMINATE: "终止",
    Trigger.LINK: "链接",
}
_THROWING = {Kind.THROW_EVENT, Kind.END_EVENT, Kind.SEND_TASK}
_BORDERED = {
    Kind.SUB_PROCESS,
    Kind.CALL_ACTIVITY,
    Kind.USER_TASK,
    Kind.MANUAL_TASK,
    Kind.TASK,
    Kind.SERVICE_TASK,
    Kind.SCRIPT_TASK,
    Kind.BUSINESS_RULE_TASK,
    Kind.SEND_TASK,
    Kind.RECEIVE_TASK,
}


def check_events(file: File, notes: Notes) -> None:
    _check_definitions(file, notes)
    for process, element in file.elements():
        if element.event is not None:
            _check_place(element, element.event, notes)
            _check_details(process, element, element.event, notes)
        if element.kind is Kind.RECEIVE_TASK and element.event is None:
            notes.about("event-name-missing", element, "接收任务没有选择消息，请选择或新建一个消息。")
        if element.kind is Kind.BOUNDARY_EVENT:
            _check_border(process, element, notes)
        if element.event is not None and element.event.trigger is Trigger.LINK:
            _check_link(process, element, notes)


def _check_definitions(file: File, notes: Notes) -> None:
    for process in file.source.processes():
        for node in process.iter(*(bpmn(tag) for tag, kind in KINDS.items() if kind in EVENTS)):
            if len(definitions_of(node)) > 1:
                notes("several-triggers", node, "一个事件只能有一个触发条件，请拆成几个事件，用网关连接。")


def _check_place(element: Element, event: EventDetails, notes: Notes) -> None:
    allowed = _ALLOWED.get(element.kind)
    if allowed is not None and event.trigger not in allowed:
        words = "、".join(word for trigger, word in _WORDS.items() if trigger in allowed)
        message = f"{_PLACES[element.kind]}不能是“{_WORDS[event.trigger]}”，可以是：{words}。请修改。"
        notes.about("trigger-not-allowed", element, message)


def _check_details(process: Process, element: Element, event: EventDetails, notes: Notes) -> None:
    if event.trigger in (Trigger.MESSAGE, Trigger.SIGNAL):
        if event.name is None or not event.name.text:
            word = _WORDS[event.trigger]
            notes.about("event-name-missing", element, f"没有选择{word}，或{word}没有名称，请选择并填写名称。")
        elif event.trigger is Trigger.MESSAGE and event.correlation_key is None and _correlates(process, element):
            notes.about(
                "correlation-key-missing",
                element,
                "消息没有关联键，无法知道发给哪个案件，请在消息上填写 correlationKey。",
            )
    elif event.trigger in (Trigger.ERROR, Trigger.ESCALATION):
        if event.name is None and element.kind in _THROWING:
            word = _WORDS[event.trigger]
            notes.about("code-missing", element, f"抛出的{word}没有代码，请选择{word}并填写代码。")
    elif event.timer is not None:
        _check_timer(element, event.timer, notes)


def _correlates(process: Process, element: Element) -> bool:
    """Start events of a process make a new case; everything else that catches must find one."""
    return element.kind not in _THROWING and not (element.kind is Kind.START_EVENT and element.scope == process.id)


def _check_timer(element: Element, timer: TimerDefinition, notes: Notes) -> None:
    repeats = element.kind is Kind.START_EVENT or (element.kind is Kind.BOUNDARY_EVENT and not element.interrupting)
    if timer.kind is TimerKind.CYCLE and not repeats:
        notes.about("timer-kind", element, "周期只能用在开始事件和非中断的边界事件上，请改用日期或时长。")
    if timer.kind is TimerKind.DURATION and element.kind is Kind.START_EVENT:
        notes.about("timer-kind", element, "开始事件不能用时长，请改用日期或周期。")
    if timer.value.text.startswith("="):
        return
    readers = {TimerKind.DATE: read_instant, TimerKind.DURATION: read_span, TimerKind.CYCLE: read_cycle}
    if readers[timer.kind](timer.value.text) is None:
        message = (
            f"“{timer.value.text}”不是有效的时间。日期写 2026-05-31T18:00:00+08:00，时长写 P3D 或 PT2H，"
            "周期写 R3/P1D；用变量时写以“=”开头的 FEEL 表达式。"
        )
        notes.about("timer-literal", element, message)


def _check_border(process: Process, element: Element, notes: Notes) -> None:
    owner = process.elements.get(element.attached_to or "")
    if owner is None or element.event is None:
        return
    if owner.kind not in _BORDERED or owner.scope != element.scope:
        notes.about("boundary-place", element, "边界事件只能附着在任务、子流程或调用活动上，请移动它。")
    if element.event.trigger is Trigger.ERROR and not element.interrupting:
        notes.about("boundary-trigger", element, "错误边界事件必须是中断的，请改为中断。")
    if element.event.trigger is Trigger.ESCALATION and owner.kind not in (Kind.SUB_PROCESS, Kind.CALL_ACTIVITY):
        notes.about("boundary-trigger", element, "升级边界事件只能附着在子流程或调用活动上，请移动它。")


def _check_link(process: Process, element: Element, notes: Notes) -> None:
    name = link_name(element)
    if not name:
        notes.about("link-pair", element, "链接事件没有名称，请填写，抛出和捕获的名称要相同。")
    elif is_link_throw(element):
        if link_target(process, element) is None:
            notes.about("link-pair", element, f"没有名称同为“{name}”的链接捕获事件，请添加或改名。")
    else:
        same = [e for e in process.elements.values() if link_name(e) == name and e.scope == element.scope]
        counted = Counter(is_link_throw(other) for other in same)
        if counted[False] > 1:
            notes.about("link-pair", element, f"有多个名称为“{name}”的链接捕获事件，请只保留一个。")
        if not counted[True]:
            notes.about("link-pair", element, f"没有名称同为“{name}”的链接抛出事件，请添加或改名。")
