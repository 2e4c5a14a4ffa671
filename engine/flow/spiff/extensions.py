"""The `zeebe:` extension elements of one BPMN element."""

from collections.abc import Mapping

from engine.flow.model import Called, IoMapping, JobDetails, MultiInstance, UserTaskDetails
from engine.flow.spiff.source import Node, bpmn, extension, text_of, zeebe
from engine.flow.spiff.values import Values


def read_properties(node: Node) -> Mapping[str, str]:
    holder = extension(node, "properties")
    if holder is None:
        return {}
    return {entry.get("name", ""): entry.get("value", "") for entry in holder.iterchildren(zeebe("property"))}


def read_mappings(node: Node, direction: str, values: Values) -> tuple[IoMapping, ...]:
    """`direction` is `input` or `output`."""
    holder = extension(node, "ioMapping")
    if holder is None:
        return ()
    found = []
    for entry in holder.iterchildren(zeebe(direction)):
        source, target = values.value(entry.get("source"), node, "变量映射"), entry.get("target", "").strip()
        if source is None or not target:
            values.report("mapping-incomplete", node, "变量映射缺少来源或目标，请填写 source 和 target。")
        else:
            found.append(IoMapping(source, target))
    return tuple(found)


def read_user_task(node: Node, values: Values) -> UserTaskDetails:
    form, schedule = extension(node, "formDefinition"), extension(node, "taskSchedule")
    assignment, priority = extension(node, "assignmentDefinition"), extension(node, "priorityDefinition")
    return UserTaskDetails(
        form_id=_attribute(form, "formId"),
        form_binding=_attribute(form, "bindingType") or "latest",
        form_version_tag=_attribute(form, "versionTag"),
        external_form=_attribute(form, "externalReference"),
        assignee=values.value(_attribute(assignment, "assignee"), node, "办理人"),
        candidate_groups=values.value(_attribute(assignment, "candidateGroups"), node, "候选组"),
        candidate_users=values.value(_attribute(assignment, "candidateUsers"), node, "候选人"),
        due_date=values.value(_attribute(schedule, "dueDate"), node, "到期时间"),
        follow_up_date=values.value(_attribute(schedule, "followUpDate"), node, "跟进时间"),
        priority=values.value(_attribute(priority, "priority"), node, "优先级"),
    )


def read_job(node: Node, values: Values) -> JobDetails | None:
    definition = extension(node, "taskDefinition")
    kind = values.value(_attribute(definition, "type"), node, "作业类型")
    if kind is None:
        return None
    headers = extension(node, "taskHeaders")
    entries = headers.iterchildren(zeebe("header")) if headers is not None else ()
    return JobDetails(
        type=kind,
        retries=values.value(_attribute(definition, "retries"), node, "重试次数"),
        headers={entry.get("key", ""): entry.get("value", "") for entry in entries},
    )


def read_called_decision(node: Node, values: Values) -> Called | None:
    called = extension(node, "calledDecision")
    decision = values.value(_attribute(called, "decisionId"), node, "决策")
    if decision is None:
        return None
    return Called(
        id=decision,
        binding=_attribute(called, "bindingType") or "latest",
        version_tag=_attribute(called, "versionTag"),
        result=_attribute(called, "resultVariable"),
    )


def read_called_process(node: Node, values: Values) -> Called | None:
    called = extension(node, "calledElement")
    process = values.value(_attribute(called, "processId"), node, "被调用的流程")
    if process is None:
        return None
    return Called(
        id=process,
        binding=_attribute(called, "bindingType") or "latest",
        version_tag=_attribute(called, "versionTag"),
        propagate_all_child=_attribute(called, "propagateAllChildVariables") != "false",
        propagate_all_parent=_attribute(called, "propagateAllParentVariables") != "false",
    )


def read_multi_instance(node: Node, values: Values) -> MultiInstance | None:
    loop = node.find(bpmn("multiInstanceLoopCharacteristics"))
    if loop is None:
        return None
    details = extension(loop, "loopCharacteristics")
    collection = values.value(_attribute(details, "inputCollection"), node, "多实例的集合")
    if collection is None:
        values.report("multi-instance-collection", node, "多实例没有指定集合，请填写 inputCollection。")
        return None
    condition = text_of(loop.find(bpmn("completionCondition")))
    return MultiInstance(
        sequential=loop.get("isSequential") in ("true", "1"),
        input_collection=collection,
        input_element=_attribute(details, "inputElement"),
        output_collection=_attribute(details, "outputCollection"),
        output_element=values.value(_attribute(details, "outputElement"), node, "多实例的输出"),
        completion_condition=values.expression(condition, node, "完成条件") if condition else None,
    )


def _attribute(node: Node | None, name: str) -> str | None:
    return (node.get(name) or None) if node is not None else None
