"""Reads BPMN with Camunda 8's `zeebe:` elements into processes. What each element is here: `docs/dialect.md`."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from engine.flow.model import Called, Element, EventDetails, Kind, Process, SequenceFlow, Trigger
from engine.flow.spiff.extensions import (
    read_called_decision,
    read_called_process,
    read_job,
    read_mappings,
    read_multi_instance,
    read_properties,
    read_user_task,
)
from engine.flow.spiff.source import BPMN, Node, Source, bpmn, extension, local, namespace, text_of
from engine.flow.spiff.triggers import read_event, read_message
from engine.flow.spiff.values import Report, Values, duplicate, refuse

KINDS = {
    "subProcess": Kind.SUB_PROCESS,
    "callActivity": Kind.CALL_ACTIVITY,
    "userTask": Kind.USER_TASK,
    "manualTask": Kind.MANUAL_TASK,
    "task": Kind.TASK,
    "serviceTask": Kind.SERVICE_TASK,
    "scriptTask": Kind.SCRIPT_TASK,
    "businessRuleTask": Kind.BUSINESS_RULE_TASK,
    "sendTask": Kind.SEND_TASK,
    "receiveTask": Kind.RECEIVE_TASK,
    "exclusiveGateway": Kind.EXCLUSIVE_GATEWAY,
    "parallelGateway": Kind.PARALLEL_GATEWAY,
    "inclusiveGateway": Kind.INCLUSIVE_GATEWAY,
    "eventBasedGateway": Kind.EVENT_GATEWAY,
    "startEvent": Kind.START_EVENT,
    "intermediateCatchEvent": Kind.CATCH_EVENT,
    "intermediateThrowEvent": Kind.THROW_EVENT,
    "boundaryEvent": Kind.BOUNDARY_EVENT,
    "endEvent": Kind.END_EVENT,
}
EVENTS = {Kind.START_EVENT, Kind.CATCH_EVENT, Kind.THROW_EVENT, Kind.BOUNDARY_EVENT, Kind.END_EVENT}
JOBS = {Kind.SERVICE_TASK, Kind.SEND_TASK, Kind.SCRIPT_TASK, Kind.BUSINESS_RULE_TASK, Kind.THROW_EVENT, Kind.END_EVENT}


def read_processes(source: Source, report: Report = refuse) -> list[Process]:
    """The executable processes of a file.

    What does not run is refused by the lint, not here: an element of an unknown kind is a dangling reference to the
    flows that lead to it. Raises what `report` raises; the default refuses at the first problem with `InvalidInput`.
    """
    return [
        _Reader(node, source, Values(report)).read()
        for node in source.processes()
        if node.get("isExecutable") in ("true", "1")
    ]


@dataclass
class _Reader:
    node: Node
    source: Source
    values: Values
    elements: dict[str, Element] = field(default_factory=dict)
    flows: dict[str, SequenceFlow] = field(default_factory=dict)
    lanes: dict[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)

    def read(self) -> Process:
        process_id = self.node.get("id", "")
        if not process_id:
            self.values.report("id-missing", self.node, "流程没有 id，请填写。")
        self._scope(self.node, process_id)
        self._flows()
        self._lanes()
        tag = extension(self.node, "versionTag")
        starts = (e for e in self.elements.values() if e.kind is Kind.START_EVENT and e.scope == process_id)
        return Process(
            id=process_id,
            name=self.node.get("name") or process_id,
            version_tag=tag.get("value") if tag is not None else None,
            documentation=text_of(self.node.find(bpmn("documentation"))),
            properties=read_properties(self.node),
            elements=self.elements,
            flows=self.flows,
            lanes=self.lanes,
            starts=tuple(sorted(starts, key=lambda e: e.event is not None and e.event.trigger is not Trigger.NONE)),
            names=frozenset(self.values.names),
        )

    def _scope(self, node: Node, scope: str) -> None:
        for child in _flow_nodes(node):
            element_id = child.get("id")
            if not element_id:
                self.values.report("id-missing", child, f"一个 {local(child)} 没有 id，请填写。")
            elif element_id in self.elements:
                self.values.report("duplicate-id", child, duplicate(element_id))
            else:
                self.elements[element_id] = self._element(child, element_id, scope)
                if local(child) == "subProcess":
                    self._scope(child, element_id)

    def _element(self, node: Node, element_id: str, scope: str) -> Element:
        kind, values = KINDS[local(node)], self.values
        script = extension(node, "script")
        return Element(
            id=element_id,
            kind=kind,
            name=node.get("name", "").strip(),
            scope=scope,
            documentation=text_of(node.find(bpmn("documentation"))),
            properties=read_properties(node),
            inputs=read_mappings(node, "input", values),
            outputs=read_mappings(node, "output", values),
            multi=read_multi_instance(node, values),
            user_task=read_user_task(node, values) if kind in (Kind.USER_TASK, Kind.START_EVENT) else None,
            job=read_job(node, values) if kind in JOBS else None,
            called=self._called(node, kind),
            script=values.expression(script.get("expression", ""), node, "脚本") if script is not None else None,
            result_variable=script.get("resultVariable") if script is not None else None,
            event=self._event(node, kind),
            attached_to=node.get("attachedToRef"),
            interrupting=node.get("cancelActivity") not in ("false", "0"),
            default_flow=node.get("default"),
        )

    def _called(self, node: Node, kind: Kind) -> Called | None:
        if kind is Kind.CALL_ACTIVITY:
            return read_called_process(node, self.values)
        return read_called_decision(node, self.values) if kind is Kind.BUSINESS_RULE_TASK else None

    def _event(self, node: Node, kind: Kind) -> EventDetails | None:
        if kind in EVENTS:
            return read_event(node, self.source, self.values)
        if kind in (Kind.RECEIVE_TASK, Kind.SEND_TASK) and node.get("messageRef"):
            return read_message(node, node, self.source, self.values)
        return None

    def _flows(self) -> None:
        incoming: dict[str, list[str]] = {}
        outgoing: dict[str, list[str]] = {}
        for node in self._flow_edges():
            flow = self._flow(node)
            if flow is not None:
                self.flows[flow.id] = flow
                outgoing.setdefault(flow.source, []).append(flow.id)
                incoming.setdefault(flow.target, []).append(flow.id)
        for element in self.elements.values():
            self._check_references(element, outgoing.get(element.id, []))
            self.elements[element.id] = replace(
                element,
                incoming=tuple(incoming.get(element.id, ())),
                outgoing=tuple(outgoing.get(element.id, ())),
            )

    def _flow_edges(self) -> Iterator[Node]:
        """The sequence flows of the scopes that were read, in the order of the file."""
        for node in self.node.iter(bpmn("sequenceFlow")):
            parent = node.getparent()
            if parent is self.node or (parent is not None and parent.get("id") in self.elements):
                yield node

    def _flow(self, node: Node) -> SequenceFlow | None:
        flow_id, source, target = node.get("id"), node.get("sourceRef", ""), node.get("targetRef", "")
        if not flow_id:
            self.values.report("id-missing", node, f"从 {source} 到 {target} 的连线没有 id，请填写。")
            return None
        if flow_id in self.flows or flow_id in self.elements:
            self.values.report("duplicate-id", node, duplicate(flow_id))
            return None
        if not self._joined(node, source, target):
            return None
        condition = text_of(node.find(bpmn("conditionExpression")))
        compiled = self.values.expression(condition, node, "连线条件") if condition else None
        return SequenceFlow(flow_id, node.get("name", "").strip(), source, target, compiled)

    def _joined(self, node: Node, source: str, target: str) -> bool:
        for reference in (source, target):
            if reference not in self.elements:
                self._missing(node, reference, "连线所接的节点")
                return False
        if self.elements[source].scope != self.elements[target].scope:
            self.values.report("flow-across-scopes", node, "连线跨越了子流程的边界，请改为连接到子流程本身。")
            return False
        return True

    def _missing(self, node: Node, reference: str, what: str) -> None:
        """Something that is drawn but does not run is another matter than something that is not there."""
        if any(other.get("id") == reference for other in self.node.iter(bpmn("*"))):
            self.values.report("unsupported-element", node, f"{what} {reference} 不能运行，请改用支持的元素。")
        else:
            self.values.report("dangling-reference", node, f"{what} {reference or '（空）'} 不存在，请重新连接。")

    def _check_references(self, element: Element, outgoing: list[str]) -> None:
        if element.default_flow and element.default_flow not in outgoing:
            message = f"默认连线 {element.default_flow} 不是从这里出发的连线，请重新设置。"
            self.values.report("dangling-reference", self._node(element), message)
        if element.kind is Kind.BOUNDARY_EVENT and element.attached_to not in self.elements:
            self._missing(self._node(element), element.attached_to or "", "边界事件所附着的节点")

    def _node(self, element: Element) -> Node:
        return next(node for node in self.node.iter(bpmn("*")) if node.get("id") == element.id)

    def _lanes(self) -> None:
        """Lanes from the outside in, so that the innermost names the element."""
        for node in self.node.iter(bpmn("lane")):
            ids = tuple(text_of(ref) for ref in node.iterchildren(bpmn("flowNodeRef")))
            for element_id in ids:
                if element_id in self.elements:
                    lane = node.get("name") or node.get("id", "")
                    self.elements[element_id] = replace(self.elements[element_id], lane=lane)
                else:
                    self.values.report(
                        "dangling-reference", node, f"泳道中的节点 {element_id} 不存在，请重新划入泳道。"
                    )
            self.lanes[node.get("id", "")] = (node.get("name", ""), ids)
        self._inherit_lanes()

    def _inherit_lanes(self) -> None:
        """What stands in a sub-process has its lane, where it has none of its own."""
        for element in self.elements.values():
            if element.lane is None and element.scope in self.elements:
                self.elements[element.id] = replace(element, lane=self.elements[element.scope].lane)


def _flow_nodes(node: Node) -> Iterator[Node]:
    for child in node.iterchildren():
        if namespace(child) == BPMN and local(child) in KINDS:
            yield child
