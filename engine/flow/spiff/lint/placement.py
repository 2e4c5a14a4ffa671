"""Where elements stand and how often: what lies in the wrong place, or stands there twice, would not be read."""

from collections.abc import Iterable, Mapping

from engine.flow.spiff.dialect import KINDS
from engine.flow.spiff.lint.finding import File, Notes
from engine.flow.spiff.lint.words import INSIDE
from engine.flow.spiff.source import BPMN, ZEEBE, Node, bpmn, extension, local, namespace, text_of
from engine.flow.spiff.triggers import DEFINITIONS

_SCOPES = "process subProcess transaction adHocSubProcess"
_EVENTS = frozenset(tag for tag in KINDS if tag.endswith("Event"))
_ACTIVITIES = frozenset(tag for tag in KINDS if tag.endswith(("ask", "subProcess", "callActivity")))

_PARENTS: Mapping[str, frozenset[str]] = {
    **dict.fromkeys((*KINDS, "sequenceFlow", "laneSet"), frozenset(_SCOPES.split())),
    **dict.fromkeys(
        ("process", "message", "signal", "error", "escalation", "collaboration"), frozenset({"definitions"})
    ),
    **dict.fromkeys(DEFINITIONS, _EVENTS),
    **dict.fromkeys(("timeDate", "timeDuration", "timeCycle"), frozenset({"timerEventDefinition"})),
    **dict.fromkeys(("incoming", "outgoing"), frozenset({*KINDS, "complexGateway", "transaction", "adHocSubProcess"})),
    "definitions": frozenset(),
    "condition": frozenset({"conditionalEventDefinition"}),
    "conditionExpression": frozenset({"sequenceFlow"}),
    "multiInstanceLoopCharacteristics": _ACTIVITIES | {"transaction", "adHocSubProcess"},
    "completionCondition": frozenset({"multiInstanceLoopCharacteristics", "adHocSubProcess"}),
    "participant": frozenset({"collaboration"}),
    "lane": frozenset({"laneSet", "childLaneSet"}),
    "childLaneSet": frozenset({"lane"}),
    "flowNodeRef": frozenset({"lane"}),
}
"""Inside what an element is read (BPMN 2.0, the XML schema)."""

_ONCE = {
    "extensionElements": "extensionElements",
    "conditionExpression": "conditionExpression",
    "condition": "condition",
    "completionCondition": "completionCondition",
    "multiInstanceLoopCharacteristics": "multiInstanceLoopCharacteristics",
    **dict.fromkeys(("timeDate", "timeDuration", "timeCycle"), "timeDate/timeDuration/timeCycle"),
}
"""What may stand once inside its parent, by the name it shares with what says the same."""

_INSTEAD_OF_A_JOB = {"scriptTask": "script", "businessRuleTask": "calledDecision"}


def check_placement(file: File, notes: Notes) -> None:
    for node in file.source.root.iter():
        if namespace(node) == BPMN:
            _check_place(node, notes)
            _check_children(node, notes)
    for process in file.source.processes():
        _check_flow_lists(process, notes)


def _check_place(node: Node, notes: Notes) -> None:
    parent, tag = node.getparent(), local(node)
    places = _PARENTS.get(tag)
    if parent is None or places is None:
        return
    if namespace(parent) != BPMN or local(parent) not in places:
        notes(
            "misplaced-element", node, f"{tag} 不能放在 {local(parent)} 里面，它不起作用，请移出或用建模工具重新绘制。"
        )


def _check_children(node: Node, notes: Notes) -> None:
    tag = local(node)
    if tag == "extensionElements":
        repeated = _repeated(f"zeebe:{local(child)}" for child in node if _is_zeebe(child))
    else:
        repeated = _repeated(_ONCE.get(local(child)) for child in node if namespace(child) == BPMN)
    for name in repeated:
        notes("repeated-element", node, f"{name} 写了不止一次，只会采用一个，请删除多余的。")
    other = _INSTEAD_OF_A_JOB.get(tag, "")
    if other and extension(node, other) is not None and extension(node, "taskDefinition") is not None:
        notes("repeated-element", node, f"zeebe:{other} 与 zeebe:taskDefinition 只能写一个，请删除另一个。")


def _is_zeebe(node: Node) -> bool:
    return namespace(node) == ZEEBE and local(node) not in INSIDE


def _repeated(names: Iterable[str | None]) -> list[str]:
    seen: set[str] = set()
    found: dict[str, None] = {}
    for name in names:
        if name is not None and name in seen:
            found[name] = None
        seen.add(name or "")
    return list(found)


def _check_flow_lists(process: Node, notes: Notes) -> None:
    """`incoming` and `outgoing` only repeat what the flows say; where they say otherwise, the file was edited halfway."""
    ends = {flow.get("id"): flow for flow in process.iter(bpmn("sequenceFlow"))}
    for tag, attribute in (("incoming", "targetRef"), ("outgoing", "sourceRef")):
        for node in process.iter(bpmn(tag)):
            parent, flow = node.getparent(), ends.get(text_of(node).rpartition(":")[2])
            if parent is not None and (flow is None or flow.get(attribute) != parent.get("id")):
                message = f"{tag} 所列的连线 {text_of(node)} 不存在或没有接在这里，以连线为准，请用建模工具重新保存。"
                notes("flow-list", parent, message)
