"""A process as the library's specifications: one per scope, per element and per flow."""

# mypy: allow-subclassing-any

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from SpiffWorkflow.bpmn.specs import BpmnProcessSpec

from engine.errors import InvalidInput
from engine.flow.model import Element, Kind, Process, SequenceFlow, Trigger
from engine.flow.spiff.specs.activities import (
    Activity,
    Body,
    ChoosingActivity,
    ChoosingBody,
    ChoosingReceive,
    ChoosingSubProcess,
    Item,
    Receive,
    SubProcess,
)
from engine.flow.spiff.specs.events import Boundary, Catch, Escalate, Fail, Passing, Terminate, Throw
from engine.flow.spiff.specs.flow import Condition, Flow, flow_name
from engine.flow.spiff.specs.gateways import Arm, EventBased, Exclusive, Inclusive, Parallel
from engine.flow.spiff.specs.node import Node, node_name
from engine.flow.spiff.specs.reach import reach_of

_GATEWAYS: Mapping[Kind, type[Node]] = {
    Kind.EXCLUSIVE_GATEWAY: Exclusive,
    Kind.PARALLEL_GATEWAY: Parallel,
    Kind.INCLUSIVE_GATEWAY: Inclusive,
    Kind.EVENT_GATEWAY: EventBased,
}
_THROWN: Mapping[Trigger, type[Node]] = {
    Trigger.MESSAGE: Throw,
    Trigger.SIGNAL: Throw,
    Trigger.ESCALATION: Escalate,
    Trigger.ERROR: Fail,
    Trigger.TERMINATE: Terminate,
}


class ScopeSpec(BpmnProcessSpec):
    """The content of a process or sub-process. `first` is the start event without trigger, if there is one."""

    first: Node | None = None


@dataclass(frozen=True, slots=True)
class Specs:
    process: ScopeSpec
    subs: Mapping[str, ScopeSpec]
    #: scope id of each element
    nodes: Mapping[str, Node]


def arm_name(flow_id: str) -> str:
    return f"arm:{flow_id}"


def item_name(element_id: str) -> str:
    return f"item:{element_id}"


def build_specs(process: Process) -> Specs:
    """Expects a process whose references all lead somewhere; `InvalidInput` where a sub-process cannot begin."""
    scopes = {process.id: ScopeSpec(name=process.id)}
    for element in process.elements.values():
        if element.kind is Kind.SUB_PROCESS:
            scopes[element.id] = ScopeSpec(name=element.id)
    nodes = {element.id: _node(scopes[element.scope], element, process) for element in process.elements.values()}
    for node in nodes.values():
        _connect(node, process, nodes)
    for element in process.elements.values():
        if element.attached_to is not None:
            nodes[element.attached_to].boundaries.append(nodes[element.id])
    for node in nodes.values():
        _complete(node, process)
    for scope_id, scope in scopes.items():
        scope.first = next((nodes[e.id] for e in process.elements.values() if _is_first(e, scope_id)), None)
        if scope.first is None and scope_id != process.id:
            raise InvalidInput(f"子流程 {scope_id} 没有无触发条件的开始事件，请添加。")
    return Specs(scopes.pop(process.id), scopes, nodes)


def _is_first(element: Element, scope_id: str) -> bool:
    return (
        element.kind is Kind.START_EVENT
        and element.scope == scope_id
        and (element.event is None or element.event.trigger is Trigger.NONE)
    )


def _node(scope: ScopeSpec, element: Element, process: Process) -> Node:
    if element.multi is not None and element.kind is Kind.SUB_PROCESS:
        Item(scope, item_name(element.id), element)
    return _class_of(element, process)(scope, node_name(element.id), element)


def _class_of(element: Element, process: Process) -> type[Node]:
    trigger = element.event.trigger if element.event is not None else Trigger.NONE
    match element.kind:
        case kind if kind in _GATEWAYS:
            return _GATEWAYS[kind]
        case Kind.START_EVENT:
            return Passing
        case Kind.BOUNDARY_EVENT:
            return Boundary
        case Kind.CATCH_EVENT:
            return Passing if trigger is Trigger.LINK else Catch
        case Kind.THROW_EVENT | Kind.END_EVENT:
            return _THROWN.get(trigger, Passing)
        case _:
            return _activity_class(element, process)


def _activity_class(element: Element, process: Process) -> type[Node]:
    plain: type[Node]
    choosing: type[Node]
    if element.kind is Kind.SUB_PROCESS:
        plain, choosing = (SubProcess, ChoosingSubProcess) if element.multi is None else (Body, ChoosingBody)
    elif element.kind is Kind.RECEIVE_TASK and element.multi is None:
        plain, choosing = Receive, ChoosingReceive
    else:
        plain, choosing = Activity, ChoosingActivity
    conditional = any(process.flows[flow].condition is not None for flow in element.outgoing)
    return choosing if conditional else plain


def _connect(node: Node, process: Process, nodes: Mapping[str, Node]) -> None:
    """Put a specification for each outgoing flow between the element and its target."""
    element = node.element
    for flow_id in element.outgoing:
        flow = process.flows[flow_id]
        _link(node, Flow(node._wf_spec, flow_name(flow_id), flow, nodes[flow.target]), flow, element)
    if element.event is not None and element.event.trigger is Trigger.LINK and element.kind is Kind.THROW_EVENT:
        target = link_target(process, element)
        if target is not None:
            node.connect(Flow(node._wf_spec, f"link:{element.id}", None, nodes[target.id]))


def _link(node: Node, spec: Flow, flow: SequenceFlow, element: Element) -> None:
    """The default flow is the one without condition that the library falls back to; others always hold without one."""
    connect_if: Callable[..., None] | None = getattr(node, "connect_if", None)
    if connect_if is None or element.default_flow == flow.id:
        node.connect(spec)
    else:
        connect_if(Condition(element, flow.condition), spec)


def link_target(process: Process, throw: Element) -> Element | None:
    """The catching link event with the same name in the same scope."""
    catches = (element for element in process.elements.values() if element.kind is Kind.CATCH_EVENT)
    return next((e for e in catches if e.scope == throw.scope and link_name(e) == link_name(throw)), None)


def link_name(element: Element) -> str | None:
    """The name of a link event; None for every other."""
    event = element.event
    return event.name.text if event is not None and event.trigger is Trigger.LINK and event.name is not None else None


def _complete(node: Node, process: Process) -> None:
    """What needs the whole scope: items, arms and the reach of inclusive joins."""
    element = node.element
    if isinstance(node, Body):
        node.item = node._wf_spec.task_specs[item_name(element.id)]
    elif isinstance(node, EventBased):
        node.arms = [_arm(node, process, flow_id) for flow_id in element.outgoing]
    elif isinstance(node, Inclusive):
        node.reach = reach_of(process, element, link_target)


def _arm(gateway: Node, process: Process, flow_id: str) -> Arm:
    target = process.elements[process.flows[flow_id].target]
    return Arm(gateway._wf_spec, arm_name(flow_id), target, flow_id)
