"""Gateways and conditions on flows."""

from engine.flow.model import Element, Kind, Process, SequenceFlow, Trigger
from engine.flow.spiff.lint.finding import File, Notes

_ASKING = {Kind.EXCLUSIVE_GATEWAY, Kind.INCLUSIVE_GATEWAY}
_NOT_ASKING = {
    Kind.PARALLEL_GATEWAY,
    Kind.EVENT_GATEWAY,
    Kind.START_EVENT,
    Kind.CATCH_EVENT,
    Kind.THROW_EVENT,
    Kind.BOUNDARY_EVENT,
    Kind.END_EVENT,
}
_ARMS = {Trigger.MESSAGE, Trigger.TIMER, Trigger.SIGNAL, Trigger.CONDITION}


def check_choices(file: File, notes: Notes) -> None:
    for process, element in file.elements():
        flows = [process.flows[flow] for flow in element.outgoing]
        if element.kind in _NOT_ASKING:
            _check_not_asked(flows, notes)
        else:
            _check_default(element, flows, notes)
        if element.kind in _ASKING and len(flows) > 1:
            _check_conditions(element, flows, notes)
        if element.kind is Kind.EVENT_GATEWAY:
            _check_arms(process, element, flows, notes)


def _check_not_asked(flows: list[SequenceFlow], notes: Notes) -> None:
    for flow in flows:
        if flow.condition is not None:
            notes.about("condition-not-asked", flow, "这条连线的条件不会被检查，请删除条件，或在前面加排他网关。")


def _check_default(element: Element, flows: list[SequenceFlow], notes: Notes) -> None:
    conditional = [flow for flow in flows if flow.condition is not None]
    for flow in conditional:
        if flow.id == element.default_flow:
            notes.about("default-with-condition", flow, "默认连线不能有条件，请删除条件或改设默认连线。")
    if conditional and len(conditional) == len(flows) and element.default_flow is None:
        notes.about("no-default", element, "没有默认连线，条件都不成立时流程会停在这里，请把一条连线设为默认。")


def _check_conditions(element: Element, flows: list[SequenceFlow], notes: Notes) -> None:
    for flow in flows:
        if flow.condition is None and flow.id != element.default_flow:
            if element.kind is Kind.EXCLUSIVE_GATEWAY:
                notes.about("gateway-condition-missing", flow, "排他网关的连线没有条件，请填写条件或设为默认连线。")
            else:
                notes.about("inclusive-always", flow, "包容网关的这条连线没有条件，总会走到，请填写条件或确认如此。")


def _check_arms(process: Process, element: Element, flows: list[SequenceFlow], notes: Notes) -> None:
    if len(flows) == 1:
        notes.about("event-gateway-single", element, "事件网关只有一条连线，请补上其他事件，或直接使用该事件。")
    for flow in flows:
        target = process.elements[flow.target]
        if not _is_arm(process, target):
            message = "事件网关之后只能接消息、定时、信号、条件捕获事件或接收任务，且它们只有这一条进入的连线、没有边界事件，请修改。"
            notes.about("event-gateway-arm", target, message)


def _is_arm(process: Process, target: Element) -> bool:
    bordered = any(element.attached_to == target.id for element in process.elements.values())
    if len(target.incoming) > 1 or target.event is None or target.multi is not None or bordered:
        return False
    return target.kind is Kind.RECEIVE_TASK or (target.kind is Kind.CATCH_EVENT and target.event.trigger in _ARMS)
