"""What each element of a file is here: it runs, it is drawing only, or it is refused. `docs/dialect.md` shows it."""

from collections.abc import Mapping
from enum import StrEnum


class Support(StrEnum):
    RUNS = "runs"
    DRAWING = "drawing"
    REFUSED = "refused"


def _table(**words: str) -> dict[str, Support]:
    return {name: Support(support) for support, names in words.items() for name in names.split()}


BPMN_ELEMENTS: Mapping[str, Support] = _table(
    runs="""
    definitions process subProcess callActivity userTask manualTask task serviceTask scriptTask businessRuleTask sendTask
    receiveTask exclusiveGateway parallelGateway inclusiveGateway eventBasedGateway startEvent intermediateCatchEvent
    intermediateThrowEvent boundaryEvent endEvent sequenceFlow conditionExpression incoming outgoing laneSet lane
    childLaneSet flowNodeRef collaboration participant message signal error escalation messageEventDefinition
    timerEventDefinition signalEventDefinition errorEventDefinition escalationEventDefinition conditionalEventDefinition
    terminateEventDefinition linkEventDefinition timeDate timeDuration timeCycle condition
    multiInstanceLoopCharacteristics completionCondition extensionElements documentation
    """,
    drawing="""
    messageFlow textAnnotation text association group category categoryValue dataObject dataObjectReference
    dataStoreReference dataState dataInputAssociation dataOutputAssociation sourceRef targetRef property
    participantMultiplicity
    """,
    refused="""
    transaction adHocSubProcess complexGateway standardLoopCharacteristics loopCardinality loopDataInputRef
    loopDataOutputRef inputDataItem outputDataItem complexBehaviorDefinition compensateEventDefinition
    cancelEventDefinition eventDefinitionRef dataStore ioSpecification ioBinding activationCondition script rendering
    resourceRole performer humanPerformer potentialOwner resource import interface operation itemDefinition
    correlationProperty correlationKey correlationSubscription conversation subConversation callConversation
    conversationLink choreography globalChoreographyTask globalConversation choreographyTask globalTask globalUserTask
    globalManualTask globalScriptTask globalBusinessRuleTask partnerEntity partnerRole endPoint relationship extension
    auditing monitoring supports
    """,
)
"""Elements of the namespace of BPMN 2.0. One that stands nowhere here is unknown, which is an error too."""

ZEEBE_TYPES: Mapping[str, Support] = _table(
    runs="""
    ZeebeServiceTask IoMapping InputOutputParameter Subscription Input Output TaskHeaders Header TaskDefinition
    LoopCharacteristics CalledElement FormDefinition UserTask CalledDecision AssignmentDefinition PriorityDefinition
    TaskSchedule Properties Property Script VersionTag BindingTypeSupported
    """,
    drawing="TemplateSupported ConfigurationSupported TemplatedRootElement",
    refused="""
    UserTaskForm LinkedResource LinkedResources JobPriorityDefinition ExecutionListeners ExecutionListener TaskListeners
    TaskListener AdHoc ConditionalFilter AgentDefinition
    """,
)
"""Types of `zeebe-bpmn-moddle`, abstract ones too."""

REFUSED_ZEEBE_ATTRIBUTES: Mapping[str, str] = {
    "CalledElement.processIdExpression": "请改写在 processId 中，以“=”开头。",
    "CalledElement.businessId": "子案件的业务编号请用输入映射传入。",
    "FormDefinition.formKey": "请把表单另存为 .form 文件，并在“表单”中选择关联表单（formId）。",
    "ZeebeServiceTask.retryCounter": "请在 taskDefinition 的 retries 中填写重试次数。",
}
"""Attributes of types that run, which ask for something that does not: what to do instead."""

DRAWING_ATTRIBUTES = frozenset({"modelerTemplate", "modelerTemplateVersion", "modelerTemplateIcon"}) | frozenset(
    {"modelerConfigurationTemplate", "modelerConfigurationName"}
)
"""Attributes of the `zeebe:` namespace that only the modeler reads."""

INSTEAD: Mapping[str, str] = {
    "transaction": "请改用普通子流程，并用边界错误事件处理失败。",
    "adHocSubProcess": "请改用普通子流程，用网关表示可选的步骤。",
    "complexGateway": "请改用排他、并行或包容网关。",
    "standardLoopCharacteristics": "请改用网关画出回路，或使用多实例。",
    "loopCardinality": "请在多实例的 inputCollection 中填写集合，例如 =for i in 1..3 return i。",
    "compensateEventDefinition": "请用普通的流程分支画出撤销步骤。",
    "cancelEventDefinition": "请改用错误事件。",
    "dataStore": "请把数据保存在流程变量中，图上只保留数据存储的图形（dataStoreReference）。",
    "script": "请改用 FEEL 脚本（zeebe:script）。",
    "ioSpecification": "请改用输入输出映射（zeebe:ioMapping）。",
    "eventDefinitionRef": "请把事件定义直接画在事件上。",
    "UserTaskForm": "请把表单另存为 .form 文件，并在“表单”中选择关联表单（formId）。",
    "ExecutionListeners": "请改用服务任务画出要做的事。",
    "TaskListeners": "请改用服务任务画出要做的事。",
    "LinkedResources": "请把所需资源写进任务的 taskHeaders。",
    "JobPriorityDefinition": "请删除作业优先级。",
    "AdHoc": "请改用普通子流程。",
    "ConditionalFilter": "请删除变量过滤，条件在任何变量变化时都会检查。",
    "AgentDefinition": "请改用服务任务，由外部程序领取作业。",
}
"""What to draw instead of what is refused."""


def zeebe_type(tag: str) -> str:
    """`ioMapping` is the element of the type `IoMapping`."""
    return tag[:1].upper() + tag[1:]
