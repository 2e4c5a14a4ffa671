"""What a new diagram or form begins as."""

from xml.sax.saxutils import quoteattr

import orjson

_DIAGRAM = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:modeler="http://camunda.org/schema/modeler/1.0" id="{id}_definitions" targetNamespace="http://bpmn.io/schema/bpmn" modeler:executionPlatform="Camunda Cloud" modeler:executionPlatformVersion="8.7.0">
  <bpmn:process id="{id}" name={name} isExecutable="true">
    <bpmn:startEvent id="started" name="开始">
      <bpmn:outgoing>started_to_ended</bpmn:outgoing>
    </bpmn:startEvent>
    <bpmn:endEvent id="ended" name="结束">
      <bpmn:incoming>started_to_ended</bpmn:incoming>
    </bpmn:endEvent>
    <bpmn:sequenceFlow id="started_to_ended" sourceRef="started" targetRef="ended" />
  </bpmn:process>
  <bpmndi:BPMNDiagram id="{id}_diagram">
    <bpmndi:BPMNPlane id="{id}_plane" bpmnElement="{id}">
      <bpmndi:BPMNShape id="started_shape" bpmnElement="started"><dc:Bounds x="180" y="160" width="36" height="36" /><bpmndi:BPMNLabel><dc:Bounds x="187" y="203" width="22" height="14" /></bpmndi:BPMNLabel></bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="ended_shape" bpmnElement="ended"><dc:Bounds x="420" y="160" width="36" height="36" /><bpmndi:BPMNLabel><dc:Bounds x="427" y="203" width="22" height="14" /></bpmndi:BPMNLabel></bpmndi:BPMNShape>
      <bpmndi:BPMNEdge id="started_to_ended_edge" bpmnElement="started_to_ended"><di:waypoint x="216" y="178" /><di:waypoint x="420" y="178" /></bpmndi:BPMNEdge>
    </bpmndi:BPMNPlane>
  </bpmndi:BPMNDiagram>
</bpmn:definitions>
"""


def blank_diagram(id_: str, name: str) -> bytes:
    """A process that begins and ends."""
    return _DIAGRAM.format(id=id_, name=quoteattr(name)).encode()


def blank_form(id_: str, name: str) -> bytes:
    """A form with one opinion and two outcomes: what most new steps need."""
    form = {
        "type": "default",
        "id": id_,
        "schemaVersion": 19,
        "components": [
            {"type": "text", "id": "heading", "text": f"### {name}"},
            {
                "type": "textarea",
                "id": "opinion",
                "key": "opinion",
                "label": "意见",
                "validate": {"maxLength": 1000},
            },
            {
                "type": "radio",
                "id": "outcome",
                "key": "outcome",
                "label": "办理结果",
                "values": [
                    {"label": "通过", "value": "approve"},
                    {"label": "退回修改", "value": "return_for_revision"},
                ],
                "validate": {"required": True},
            },
        ],
    }
    return orjson.dumps(form, option=orjson.OPT_INDENT_2)
