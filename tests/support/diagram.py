"""Small diagrams for tests, drawn in Python: nodes follow each other, named nodes are joined by hand.

    Diagram("leave").start().user("ask", groups="staff").exclusive("ok?")
        .when("=days <= 3").end("granted")
        .at("ok?").otherwise().user("decide").to("ask")
        .xml()

Each element method adds a node and, where there is a current one, a flow from it; the node becomes the current one.
`when` and `otherwise` speak of the next flow. `at` goes back to a node, `to` joins the current node to one that exists.
"""

from collections.abc import Mapping
from typing import Self
from zlib import crc32

from lxml import etree

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
ZEEBE = "http://camunda.org/schema/zeebe/1.0"
DI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
NAMESPACES = {"bpmn": BPMN, "zeebe": ZEEBE, "bpmndi": DI, "dc": DC, "xsi": XSI}

Xml = etree._Element


def element(tag: str, parent: Xml | None = None, text: str | None = None, **attributes: str | None) -> Xml:
    """An element `bpmn:task` or `zeebe:script`; attributes that are None are left out."""
    prefix, _, name = tag.partition(":")
    made = etree.Element(f"{{{NAMESPACES[prefix]}}}{name}", nsmap=NAMESPACES)
    for key, value in attributes.items():
        if value is not None:
            made.set(key.rstrip("_"), value)
    made.text = text
    if parent is not None:
        parent.append(made)
    return made


class Diagram:
    """One process; with `sub` others become its embedded sub-processes, with `file` several share a file."""

    def __init__(
        self,
        process_id: str = "p",
        *,
        name: str | None = None,
        version_tag: str | None = None,
        properties: Mapping[str, str] | None = None,
        executable: bool = True,
    ) -> None:
        self.node = element("bpmn:process", id=process_id, name=name, isExecutable=str(executable).lower())
        self.roots: dict[tuple[str, str], Xml] = {}
        self.lanes: dict[str, list[str]] = {}
        self._current: str | None = None
        self._condition: str | None = None
        self._default = False
        if version_tag is not None:
            element("zeebe:versionTag", _extensions(self.node), value=version_tag)
        _properties(self.node, properties)

    # Moving about

    def at(self, node_id: str) -> Self:
        """Go on from a node that exists."""
        self._current = node_id
        return self

    def when(self, condition: str) -> Self:
        """The next flow has this condition."""
        self._condition = condition
        return self

    def otherwise(self) -> Self:
        """The next flow is the default of the node it leaves."""
        self._default = True
        return self

    def to(self, *targets: str) -> Self:
        """Join the current node to nodes that exist or will."""
        for target in targets:
            self.flow(self._current or "", target)
        return self

    def flow(self, source: str, target: str, *, flow_id: str | None = None) -> Self:
        """A flow, called `source-target` unless named."""
        flow_id = flow_id or self._free_id(f"{source}-{target}")
        flow = element("bpmn:sequenceFlow", self.node, id=flow_id, sourceRef=source, targetRef=target)
        if self._condition is not None:
            condition = element("bpmn:conditionExpression", flow, self._condition)
            condition.set(f"{{{XSI}}}type", "bpmn:tFormalExpression")
        if self._default:
            self.find(source).set("default", flow_id)
        self._condition, self._default = None, False
        return self

    def find(self, node_id: str) -> Xml:
        found = self.node.xpath("//*[@id=$id]", id=node_id)
        assert isinstance(found, list)
        node = found[0]
        assert isinstance(node, etree._Element)
        return node

    # Tasks

    def user(
        self,
        node_id: str,
        *,
        form: str | None = None,
        assignee: str | None = None,
        groups: str | None = None,
        users: str | None = None,
        due: str | None = None,
        follow_up: str | None = None,
        priority: str | None = None,
        **options: object,
    ) -> Self:
        """A user task. `groups`, `users` are FEEL or comma-separated texts; see `_task` for the other options."""
        node = self._task("userTask", node_id, **options)
        holder = _extensions(node)
        element("zeebe:userTask", holder)
        if form is not None:
            element("zeebe:formDefinition", holder, formId=form)
        if assignee or groups or users:
            element(
                "zeebe:assignmentDefinition", holder, assignee=assignee, candidateGroups=groups, candidateUsers=users
            )
        if due or follow_up:
            element("zeebe:taskSchedule", holder, dueDate=due, followUpDate=follow_up)
        if priority is not None:
            element("zeebe:priorityDefinition", holder, priority=priority)
        return self

    def service(
        self,
        node_id: str,
        job: str | None = "work",
        *,
        tag: str = "serviceTask",
        retries: str | None = None,
        headers: Mapping[str, str] | None = None,
        **options: object,
    ) -> Self:
        """A service task (or, by `tag`, a send, script or business rule task that is a job)."""
        node = self._task(tag, node_id, **options)
        _job(node, job, retries, headers)
        return self

    def script(self, node_id: str, expression: str, result: str = "result", **options: object) -> Self:
        node = self._task("scriptTask", node_id, **options)
        element("zeebe:script", _extensions(node), expression=expression, resultVariable=result)
        return self

    def rule(
        self, node_id: str, decision: str, result: str = "result", *, version_tag: str | None = None, **options: object
    ) -> Self:
        node = self._task("businessRuleTask", node_id, **options)
        binding = "versionTag" if version_tag is not None else None
        called = element("zeebe:calledDecision", _extensions(node), decisionId=decision, resultVariable=result)
        for key, value in (("bindingType", binding), ("versionTag", version_tag)):
            if value is not None:
                called.set(key, value)
        return self

    def task(self, node_id: str, *, tag: str = "task", **options: object) -> Self:
        """An abstract task (or, by `tag`, a manual task)."""
        self._task(tag, node_id, **options)
        return self

    def receive(self, node_id: str, message: str, *, key: str | None = "=key", **options: object) -> Self:
        node = self._task("receiveTask", node_id, **options)
        node.set("messageRef", self._root("message", message, key=key))
        return self

    def call(
        self,
        node_id: str,
        process: str | None,
        *,
        all_child: bool | None = None,
        all_parent: bool | None = None,
        version_tag: str | None = None,
        **options: object,
    ) -> Self:
        node = self._task("callActivity", node_id, **options)
        called = element("zeebe:calledElement", _extensions(node), processId=process)
        flags = {"propagateAllChildVariables": all_child, "propagateAllParentVariables": all_parent}
        for name, value in flags.items():
            if value is not None:
                called.set(name, str(value).lower())
        if version_tag is not None:
            called.set("bindingType", "versionTag")
            called.set("versionTag", version_tag)
        return self

    def sub(self, node_id: str, content: "Diagram", **options: object) -> Self:
        """An embedded sub-process with the nodes, flows, messages … of another diagram."""
        node = self._task("subProcess", node_id, **options)
        for child in list(content.node):
            if child.tag != f"{{{BPMN}}}extensionElements":
                node.append(child)
        self.roots = _merged(self.roots, content.roots)
        return self

    # Gateways

    def exclusive(self, node_id: str, *, name: str | None = None) -> Self:
        return self._add("exclusiveGateway", node_id, name=name)

    def parallel(self, node_id: str, *, name: str | None = None) -> Self:
        return self._add("parallelGateway", node_id, name=name)

    def inclusive(self, node_id: str, *, name: str | None = None) -> Self:
        return self._add("inclusiveGateway", node_id, name=name)

    def first_of(self, node_id: str, *, name: str | None = None) -> Self:
        """An event-based gateway."""
        return self._add("eventBasedGateway", node_id, name=name)

    # Events; `trigger` is one of message=, signal=, error=, escalation=, date=, duration=, cycle=, condition=, link=

    def start(self, node_id: str = "start", **trigger: object) -> Self:
        self._current = None
        return self._event("startEvent", node_id, trigger)

    def catch(self, node_id: str, **trigger: object) -> Self:
        return self._event("intermediateCatchEvent", node_id, trigger)

    def throw(self, node_id: str, **trigger: object) -> Self:
        return self._event("intermediateThrowEvent", node_id, trigger)

    def end(self, node_id: str = "end", **trigger: object) -> Self:
        self._event("endEvent", node_id, trigger)
        self._current = None
        return self

    def boundary(self, on: str, node_id: str, *, interrupting: bool = True, **trigger: object) -> Self:
        """An event on the border of `on`; the diagram goes on from it."""
        self._current = None
        self._event("boundaryEvent", node_id, trigger)
        node = self.find(node_id)
        node.set("attachedToRef", on)
        if not interrupting:
            node.set("cancelActivity", "false")
        return self

    # Others

    def lane(self, name: str, *node_ids: str) -> Self:
        self.lanes[name] = list(node_ids)
        return self

    def raw(self, xml: str) -> Self:
        """Any XML inside the process, with the prefixes of this module."""
        spaces = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())
        for child in etree.fromstring(f"<x {spaces}>{xml}</x>"):
            self.node.append(child)
        return self

    def set(self, node_id: str, **attributes: str) -> Self:
        """Attributes of an element or flow."""
        for name, value in attributes.items():
            self.find(node_id).set(name, value)
        return self

    def xml(self, *others: "Diagram") -> bytes:
        """The file: this process, and `others` beside it."""
        root = etree.Element(f"{{{BPMN}}}definitions", nsmap=NAMESPACES)
        root.set("id", "definitions")
        root.set("targetNamespace", "http://bpmn.io/schema/bpmn")
        for diagram in (self, *others):
            diagram._draw_lanes()
            root.append(diagram.node)
        for made in _merged(*(diagram.roots for diagram in (self, *others))).values():
            root.append(made)
        return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)

    # Parts

    def _draw_lanes(self) -> None:
        if not self.lanes or self.node.find(f"{{{BPMN}}}laneSet") is not None:
            return
        lanes = element("bpmn:laneSet", id=f"{self.node.get('id')}-lanes")
        for name, node_ids in self.lanes.items():
            lane = element("bpmn:lane", lanes, id=f"lane-{name}", name=name)
            for node_id in node_ids:
                element("bpmn:flowNodeRef", lane, node_id)
        self.node.insert(0, lanes)

    def _free_id(self, wanted: str) -> str:
        taken = set(self.node.xpath("//@id"))  # type: ignore[arg-type]
        candidates = [wanted, *(f"{wanted}-{number}" for number in range(2, 100))]
        return next(candidate for candidate in candidates if candidate not in taken)

    def _add(self, tag: str, node_id: str, *, name: str | None = None) -> Self:
        element(f"bpmn:{tag}", self.node, id=node_id, name=name)
        if self._current is not None:
            self.flow(self._current, node_id)
        self._current = node_id
        return self

    def _task(
        self,
        tag: str,
        node_id: str,
        *,
        name: str | None = None,
        each: str | None = None,
        item: str | None = None,
        collect: str | None = None,
        output: str | None = None,
        sequential: bool = False,
        until: str | None = None,
        inputs: Mapping[str, str] | None = None,
        outputs: Mapping[str, str] | None = None,
        properties: Mapping[str, str] | None = None,
    ) -> Xml:
        """`each` makes it multi-instance over that FEEL list, `until` its completion condition; `inputs` and
        `outputs` map a target to its source."""
        self._add(tag, node_id, name=name)
        node = self.find(node_id)
        if inputs or outputs:
            mapping = element("zeebe:ioMapping", _extensions(node))
            for target, source in (inputs or {}).items():
                element("zeebe:input", mapping, source=source, target=target)
            for target, source in (outputs or {}).items():
                element("zeebe:output", mapping, source=source, target=target)
        _properties(node, properties)
        if each is not None:
            loop = element("bpmn:multiInstanceLoopCharacteristics", node, isSequential="true" if sequential else None)
            details = element("zeebe:loopCharacteristics", _extensions(loop), inputCollection=each)
            names = {"inputElement": item, "outputCollection": collect, "outputElement": output}
            for key, value in names.items():
                if value is not None:
                    details.set(key, value)
            if until is not None:
                element("bpmn:completionCondition", loop, until)
        return node

    def _event(self, tag: str, node_id: str, options: Mapping[str, object]) -> Self:
        given = dict(options)
        self._add(tag, node_id, name=_text(given.pop("name", None)))
        node = self.find(node_id)
        _properties(node, given.pop("properties", None))  # type: ignore[arg-type]
        _job(node, _text(given.pop("job", None)), None, None)
        key = _text(given.pop("key", None))
        for trigger, value in given.items():
            self._define(node, trigger, value, key)
        return self

    def _define(self, node: Xml, trigger: str, value: object, key: str | None) -> None:
        text = _text(value)
        if trigger in ("date", "duration", "cycle"):
            timer = element("bpmn:timerEventDefinition", node)
            element(f"bpmn:time{trigger.capitalize()}", timer, text)
        elif trigger == "condition":
            element("bpmn:condition", element("bpmn:conditionalEventDefinition", node), text)
        elif trigger == "terminate":
            element("bpmn:terminateEventDefinition", node)
        elif trigger == "link":
            element("bpmn:linkEventDefinition", node, name=text)
        elif trigger in ("message", "signal", "error", "escalation"):
            # An empty text is an event that catches any error or escalation.
            reference = self._root(trigger, text, key=key) if text else None
            element(f"bpmn:{trigger}EventDefinition", node).attrib.update(
                {f"{trigger}Ref": reference} if reference else {}
            )
        else:
            raise TypeError(f"no trigger {trigger}")

    def _root(self, kind: str, name: str, *, key: str | None = None) -> str:
        """The id of the message, signal, error or escalation with that name or code."""
        made = self.roots.get((kind, name))
        if made is None:
            made = element(f"bpmn:{kind}", id=f"{kind}-{crc32(name.encode()):08x}", name=name)
            self.roots[kind, name] = made
            if kind in ("error", "escalation"):
                made.set(f"{kind}Code", name)
        if key is not None and made.find(f"{{{BPMN}}}extensionElements") is None:
            element("zeebe:subscription", _extensions(made), correlationKey=key)
        return made.get("id", "")


def _merged(*tables: Mapping[tuple[str, str], Xml]) -> dict[tuple[str, str], Xml]:
    """One of each name; of two messages the one that has a correlation key."""
    found: dict[tuple[str, str], Xml] = {}
    for table in tables:
        for key, node in table.items():
            if key not in found or not len(found[key]):
                found[key] = node
    return found


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _extensions(node: Xml) -> Xml:
    found = node.find(f"{{{BPMN}}}extensionElements")
    if found is None:
        found = element("bpmn:extensionElements")
        node.insert(0, found)
    return found


def _properties(node: Xml, properties: Mapping[str, str] | None) -> None:
    if properties:
        holder = element("zeebe:properties", _extensions(node))
        for name, value in properties.items():
            element("zeebe:property", holder, name=name, value=value)


def _job(node: Xml, job: str | None, retries: str | None, headers: Mapping[str, str] | None) -> None:
    if job is None:
        return
    element("zeebe:taskDefinition", _extensions(node), type=job, retries=retries)
    if headers:
        holder = element("zeebe:taskHeaders", _extensions(node))
        for key, value in headers.items():
            element("zeebe:header", holder, key=key, value=value)
