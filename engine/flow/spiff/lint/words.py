"""The words the vocabulary knows: where they may stand, which attributes there are, what foreign ones are here."""

from collections.abc import Mapping

from engine.flow.spiff.source import XSI


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


DIAGRAM = "{http://www.omg.org/spec/BPMN/20100524/DI}BPMNDiagram"
COLOURS = (
    "http://bpmn.io/schema/bpmn/biocolor/1.0",
    "http://www.omg.org/spec/BPMN/non-normative/color/1.0",
    "http://camunda.org/schema/modeler/1.0",
    "http://www.w3.org/XML/1998/namespace",
    XSI,
)
FOREIGN = {
    "http://camunda.org/schema/1.0/bpmn": "Camunda 7",
    "http://activiti.org/bpmn": "Activiti",
    "http://flowable.org/bpmn": "Flowable",
    "http://spiffworkflow.org/bpmn/schema/1.0/core": "SpiffWorkflow",
}
IN_ZEEBE = {
    "assignee": "请改写为 zeebe:assignmentDefinition 的 assignee。",
    "candidateGroups": "请改写为 zeebe:assignmentDefinition 的 candidateGroups。",
    "candidateUsers": "请改写为 zeebe:assignmentDefinition 的 candidateUsers。",
    "dueDate": "请改写为 zeebe:taskSchedule 的 dueDate。",
    "followUpDate": "请改写为 zeebe:taskSchedule 的 followUpDate。",
    "formKey": "请改写为 zeebe:formDefinition 的 formId。",
    "formRef": "请改写为 zeebe:formDefinition 的 formId。",
    "formData": "请把字段画进 .form 表单，并写 zeebe:formDefinition 的 formId。",
    "topic": "请改写为 zeebe:taskDefinition 的 type。",
    "class": "请改写为 zeebe:taskDefinition 的 type。",
    "delegateExpression": "请改写为 zeebe:taskDefinition 的 type。",
    "expression": "请改写为 zeebe:script 的 expression（FEEL）。",
    "serviceTaskOperator": "请改写为 zeebe:taskDefinition 的 type。",
    "decisionRef": "请改写为 zeebe:calledDecision 的 decisionId。",
    "calledDecisionId": "请改写为 zeebe:calledDecision 的 decisionId。",
    "resultVariable": "请改写为 zeebe:script 或 zeebe:calledDecision 的 resultVariable。",
    "collection": "请改写为 zeebe:loopCharacteristics 的 inputCollection。",
    "elementVariable": "请改写为 zeebe:loopCharacteristics 的 inputElement。",
    "inputOutput": "请改写为 zeebe:ioMapping。",
    "in": "请改写为 zeebe:ioMapping 的 zeebe:input。",
    "out": "请改写为 zeebe:ioMapping 的 zeebe:output。",
    "properties": "请改写为 zeebe:properties。",
    "priority": "请改写为 zeebe:priorityDefinition 的 priority。",
    "versionTag": "请改写为 zeebe:versionTag。",
    "preScript": "请改写为任务前的脚本任务（zeebe:script）。",
    "postScript": "请改写为任务后的脚本任务（zeebe:script）。",
}

_JOBS = "serviceTask businessRuleTask scriptTask sendTask intermediateThrowEvent endEvent"
_EVENTS = "startEvent intermediateCatchEvent intermediateThrowEvent boundaryEvent endEvent"
PLACES: Mapping[str, str] = {
    "IoMapping": f"userTask receiveTask callActivity subProcess {_JOBS} {_EVENTS}",
    "Subscription": "message",
    "TaskHeaders": f"userTask {_JOBS}",
    "TaskDefinition": _JOBS,
    "LoopCharacteristics": "multiInstanceLoopCharacteristics",
    "CalledElement": "callActivity",
    "FormDefinition": "userTask startEvent",
    "UserTask": "userTask",
    "CalledDecision": "businessRuleTask",
    "AssignmentDefinition": "userTask",
    "PriorityDefinition": "userTask",
    "TaskSchedule": "userTask",
    "Script": "scriptTask",
    "VersionTag": "process",
}
"""Where an extension element may stand; one that is not named may stand anywhere."""
INSIDE = {"input": "ioMapping", "output": "ioMapping", "header": "taskHeaders", "property": "properties"}

ATTRIBUTES = _words("""
    id name sourceRef targetRef default attachedToRef cancelActivity isExecutable messageRef signalRef errorRef
    escalationRef processRef errorCode escalationCode isSequential gatewayDirection triggeredByEvent isInterrupting
    isClosed processType language eventGatewayType startQuantity completionQuantity isForCompensation parallelMultiple
    implementation instantiate isImmediate textFormat behavior associationDirection dataObjectRef dataStoreRef
    itemSubjectRef isCollection structureRef categoryValueRef value partitionElementRef method operationRef order
    evaluatesToTypeRef minimum maximum
    """)
OF_THE_FILE = _words("targetNamespace expressionLanguage typeLanguage exporter exporterVersion")
"""Attributes of `definitions` only."""
REFUSED_VALUES: Mapping[str, tuple[tuple[str, ...], str]] = {
    "isForCompensation": (("false",), "不支持补偿，请用普通的流程分支画出撤销步骤。"),
    "triggeredByEvent": (("false",), "不支持事件子流程，请改用边界事件。"),
    "isInterrupting": (("true",), "不支持非中断的开始事件，请改用非中断的边界事件。"),
    "instantiate": (("false",), "不能由网关或接收任务启动流程，请改用消息开始事件。"),
    "parallelMultiple": (("false",), "不支持并行多重事件，请用并行网关连接几个事件。"),
    "eventGatewayType": (("Exclusive",), "不支持并行的事件网关，请用并行网关连接几个事件。"),
    "startQuantity": (("1",), "不支持多令牌启动，请用并行网关汇合。"),
    "completionQuantity": (("1",), "不支持多令牌完成，请用并行网关分支。"),
    "behavior": (("All",), "请改用完成条件（completionCondition）。"),
    "scriptFormat": ((), "脚本只支持 FEEL，请改用 zeebe:script。"),
    "calledElement": ((), "请改写为 zeebe:calledElement 的 processId。"),
}

ZEEBE_ATTRIBUTES: Mapping[str, str] = {
    "Subscription": "correlationKey",
    "Input": "source target",
    "Output": "source target",
    "Header": "id key value",
    "TaskDefinition": "type retries",
    "LoopCharacteristics": "inputCollection inputElement outputCollection outputElement",
    "CalledElement": "processId propagateAllChildVariables propagateAllParentVariables bindingType versionTag",
    "FormDefinition": "formId externalReference bindingType versionTag",
    "CalledDecision": "decisionId resultVariable bindingType versionTag",
    "AssignmentDefinition": "assignee candidateGroups candidateUsers",
    "PriorityDefinition": "priority",
    "TaskSchedule": "dueDate followUpDate",
    "Property": "id name value",
    "Script": "expression resultVariable",
    "VersionTag": "value",
}
