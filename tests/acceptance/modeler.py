"""Files as Camunda Modeler writes them: incoming and outgoing tags, formal expressions, a diagram of shapes and edges.

A test gives the elements as XML with the prefix `bpmn:` and the flows as lines of text:

    Start_1 > Review > Which
    Which > Accepted : =score >= 60
    Which > Refused : default

A flow lies in the scope of its source, so flows inside sub-processes are written the same way.
"""

from itertools import pairwise

from lxml import etree

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
NAMESPACES = (
    f'xmlns:bpmn="{BPMN}" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" '
    'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI" '
    'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:modeler="http://camunda.org/schema/modeler/1.0" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)


def process(elements: str, flows: str, *, id: str = "Process_1", roots: str = "", extensions: str = "") -> str:
    """One executable process. `roots` are messages, signals, errors and escalations; `extensions` those of the process."""
    text = (
        f'<bpmn:definitions {NAMESPACES} id="Definitions_{id}" targetNamespace="http://bpmn.io/schema/bpmn" '
        'exporter="Camunda Modeler" exporterVersion="5.31.0" modeler:executionPlatform="Camunda Cloud" '
        'modeler:executionPlatformVersion="8.7.0">'
        f'<bpmn:process id="{id}" name="{id}" isExecutable="true">{extensions}{elements}</bpmn:process>{roots}'
        f'<bpmndi:BPMNDiagram id="BPMNDiagram_1"><bpmndi:BPMNPlane id="BPMNPlane_1" bpmnElement="{id}" />'
        "</bpmndi:BPMNDiagram></bpmn:definitions>"
    )
    root = etree.fromstring(text)
    nodes = {node.get("id"): node for node in root.iter() if node.get("id")}
    number = 0
    for line in flows.strip().splitlines():
        path, _, condition = line.partition(" : ")
        stops = [stop.strip() for stop in path.split(">")]
        for source, target in pairwise(stops):
            number += 1
            _connect(nodes, source, target, f"Flow_{number}", condition.strip())
    _draw(root, nodes)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + etree.tostring(root, encoding="unicode")


def _connect(nodes: dict[str, etree._Element], source: str, target: str, id: str, condition: str) -> None:
    flow = etree.SubElement(
        nodes[source].getparent(), _q("sequenceFlow"), {"id": id, "sourceRef": source, "targetRef": target}
    )
    nodes[id] = flow
    if condition == "default":
        nodes[source].set("default", id)
    elif condition:
        expression = etree.SubElement(flow, _q("conditionExpression"))
        expression.set("{http://www.w3.org/2001/XMLSchema-instance}type", "bpmn:tFormalExpression")
        expression.text = condition
    _point(nodes[source], "outgoing", id)
    _point(nodes[target], "incoming", id)


def _point(node: etree._Element, tag: str, flow: str) -> None:
    """The modeler writes these after documentation and extensions, before all content."""
    place = sum(1 for child in node if etree.QName(child).localname in HEAD[tag])
    node.insert(place, etree.Element(_q(tag)))
    node[place].text = flow


HEAD = {
    "incoming": {"documentation", "extensionElements", "incoming"},
    "outgoing": {"documentation", "extensionElements", "incoming", "outgoing"},
}


def _draw(root: etree._Element, nodes: dict[str, etree._Element]) -> None:
    plane = root.find(".//{*}BPMNPlane")
    assert plane is not None
    di, dc, edge = (root.nsmap[prefix] for prefix in ("bpmndi", "dc", "di"))
    for id, node in list(nodes.items()):
        kind = etree.QName(node).localname
        if kind == "sequenceFlow":
            shape = etree.SubElement(plane, f"{{{di}}}BPMNEdge", id=f"{id}_di", bpmnElement=id)
            for x in ("150", "250"):
                etree.SubElement(shape, f"{{{edge}}}waypoint", x=x, y="120")
        elif kind.endswith(("Event", "ask", "Gateway", "Activity", "Process")):
            shape = etree.SubElement(plane, f"{{{di}}}BPMNShape", id=f"{id}_di", bpmnElement=id)
            etree.SubElement(shape, f"{{{dc}}}Bounds", x="100", y="100", width="100", height="80")


def _q(tag: str) -> str:
    return f"{{{BPMN}}}{tag}"


def start(id: str = "Start_1", definition: str = "", attributes: str = "") -> str:
    return f'<bpmn:startEvent id="{id}" {attributes}>{definition}</bpmn:startEvent>'


def end(id: str = "End_1", definition: str = "") -> str:
    return f'<bpmn:endEvent id="{id}">{definition}</bpmn:endEvent>'


def user(id: str, extensions: str = "", content: str = "") -> str:
    return (
        f'<bpmn:userTask id="{id}" name="{id}"><bpmn:extensionElements><zeebe:userTask />'
        f'<zeebe:assignmentDefinition candidateGroups="staff" />{extensions}</bpmn:extensionElements>'
        f"{content}</bpmn:userTask>"
    )


def service(id: str, type: str = "work", extensions: str = "", content: str = "", retries: str = "") -> str:
    attribute = f' retries="{retries}"' if retries else ""
    return (
        f'<bpmn:serviceTask id="{id}" name="{id}"><bpmn:extensionElements><zeebe:taskDefinition type="{type}"{attribute} />'
        f"{extensions}</bpmn:extensionElements>{content}</bpmn:serviceTask>"
    )


def script(id: str, expression: str, result: str, extensions: str = "") -> str:
    return (
        f'<bpmn:scriptTask id="{id}"><bpmn:extensionElements><zeebe:script expression="{escape(expression)}" '
        f'resultVariable="{result}" />{extensions}</bpmn:extensionElements></bpmn:scriptTask>'
    )


def gateway(id: str, kind: str = "exclusive") -> str:
    return f'<bpmn:{kind}Gateway id="{id}" />'


def sub(id: str, content: str, extensions: str = "", loop: str = "") -> str:
    held = f"<bpmn:extensionElements>{extensions}</bpmn:extensionElements>" if extensions else ""
    return f'<bpmn:subProcess id="{id}">{held}{loop}{content}</bpmn:subProcess>'


def call(id: str, called: str, attributes: str = "", extensions: str = "", loop: str = "") -> str:
    return (
        f'<bpmn:callActivity id="{id}"><bpmn:extensionElements><zeebe:calledElement processId="{called}" {attributes} />'
        f"{extensions}</bpmn:extensionElements>{loop}</bpmn:callActivity>"
    )


def catch(id: str, definition: str) -> str:
    return f'<bpmn:intermediateCatchEvent id="{id}">{definition}</bpmn:intermediateCatchEvent>'


def throw(id: str, definition: str = "", extensions: str = "") -> str:
    held = f"<bpmn:extensionElements>{extensions}</bpmn:extensionElements>" if extensions else ""
    return f'<bpmn:intermediateThrowEvent id="{id}">{held}{definition}</bpmn:intermediateThrowEvent>'


def boundary(id: str, host: str, definition: str, *, interrupting: bool = True, extensions: str = "") -> str:
    held = f"<bpmn:extensionElements>{extensions}</bpmn:extensionElements>" if extensions else ""
    cancel = "" if interrupting else ' cancelActivity="false"'
    return f'<bpmn:boundaryEvent id="{id}" attachedToRef="{host}"{cancel}>{held}{definition}</bpmn:boundaryEvent>'


def timer(kind: str, value: str) -> str:
    return (
        f'<bpmn:timerEventDefinition><bpmn:time{kind} xsi:type="bpmn:tFormalExpression">{escape(value)}'
        f"</bpmn:time{kind}></bpmn:timerEventDefinition>"
    )


def on(kind: str, reference: str = "") -> str:
    """An event definition that refers to a root element: message, signal, error, escalation, terminate."""
    attribute = f' {kind}Ref="{reference}"' if reference else ""
    return f"<bpmn:{kind}EventDefinition{attribute} />"


def conditional(expression: str) -> str:
    return (
        f'<bpmn:conditionalEventDefinition><bpmn:condition xsi:type="bpmn:tFormalExpression">{escape(expression)}'
        "</bpmn:condition></bpmn:conditionalEventDefinition>"
    )


def link(name: str) -> str:
    return f'<bpmn:linkEventDefinition name="{name}" />'


def message(id: str, name: str, key: str = "") -> str:
    held = (
        f'<bpmn:extensionElements><zeebe:subscription correlationKey="{escape(key)}" /></bpmn:extensionElements>'
        if key
        else ""
    )
    return f'<bpmn:message id="{id}" name="{name}">{held}</bpmn:message>'


def mapping(*inputs: tuple[str, str], outputs: tuple[tuple[str, str], ...] = ()) -> str:
    lines = [f'<zeebe:input source="{escape(source)}" target="{target}" />' for source, target in inputs]
    lines += [f'<zeebe:output source="{escape(source)}" target="{target}" />' for source, target in outputs]
    return f"<zeebe:ioMapping>{''.join(lines)}</zeebe:ioMapping>"


def each(
    collection: str,
    element: str = "",
    *,
    output: tuple[str, str] | None = None,
    sequential: bool = False,
    until: str = "",
) -> str:
    """`multiInstanceLoopCharacteristics` with `zeebe:loopCharacteristics`; `output` is (collection, element)."""
    attributes = f'inputCollection="{escape(collection)}"'
    attributes += f' inputElement="{element}"' if element else ""
    attributes += f' outputCollection="{output[0]}" outputElement="{escape(output[1])}"' if output else ""
    done = f'<bpmn:completionCondition xsi:type="bpmn:tFormalExpression">{escape(until)}</bpmn:completionCondition>'
    order = ' isSequential="true"' if sequential else ""
    return (
        f"<bpmn:multiInstanceLoopCharacteristics{order}><bpmn:extensionElements>"
        f"<zeebe:loopCharacteristics {attributes} /></bpmn:extensionElements>{done if until else ''}"
        "</bpmn:multiInstanceLoopCharacteristics>"
    )


def escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
