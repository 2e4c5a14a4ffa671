"""Tasks: who does them, with what form, job, script, decision or process; mappings and multi-instance."""

import re

from engine.flow.model import Called, Element, Kind, Trigger, UserTaskDetails, Value
from engine.flow.spiff.lint.finding import File, Known, Notes

_TARGET = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")
_BINDINGS = ("latest", "deployment", "versionTag")


def check_tasks(file: File, notes: Notes) -> None:
    for _, element in file.elements():
        _check_parts(element, file.known, notes)
        _check_mappings(element, notes)
        _check_multi(element, notes)


def _check_parts(element: Element, known: Known, notes: Notes) -> None:
    match element.kind:
        case Kind.USER_TASK:
            _check_user_task(element, known, notes)
        case Kind.SERVICE_TASK | Kind.SEND_TASK:
            _check_job(element, known, notes)
        case Kind.SCRIPT_TASK:
            _check_script(element, known, notes)
        case Kind.BUSINESS_RULE_TASK:
            _check_decision(element, known, notes)
        case Kind.CALL_ACTIVITY:
            _check_called(element, known, notes)
        case Kind.THROW_EVENT | Kind.END_EVENT if element.event and element.event.trigger is Trigger.MESSAGE:
            _check_job(element, known, notes)
        case Kind.START_EVENT if element.user_task is not None and element.user_task.form_id is not None:
            _check_form(element, element.user_task, known, notes)


def _check_user_task(element: Element, known: Known, notes: Notes) -> None:
    details = element.user_task or UserTaskDetails()
    if details.form_id is None and details.external_form is None:
        notes.about("form-missing", element, "用户任务没有表单，办理人只能直接完成，请关联一个表单。")
    else:
        _check_form(element, details, known, notes)
    if details.assignee is None and details.candidate_groups is None and details.candidate_users is None:
        notes.about("assignment-missing", element, "没有指定办理人或候选组，只有管理员能看到这个任务，请填写。")


def _check_form(element: Element, details: UserTaskDetails, known: Known, notes: Notes) -> None:
    if details.form_id is not None and known.forms is not None and details.form_id not in known.forms:
        notes.about("form-unknown", element, f"没有找到表单 {details.form_id}，请先发布该表单或改正表单 id。")
    _check_binding(element, details.form_binding, details.form_version_tag, notes)


def _check_job(element: Element, known: Known, notes: Notes) -> None:
    if element.job is None:
        notes.about("job-missing", element, "没有指定由什么程序完成，请在 taskDefinition 中填写作业类型（type）。")
    elif _is_missing(element.job.type, known.jobs):
        message = (
            f"系统中没有处理“{element.job.type.text}”的程序，除非由外部程序领取，否则任务会一直等待，请核对作业类型。"
        )
        notes.about("job-unknown", element, message)


def _check_script(element: Element, known: Known, notes: Notes) -> None:
    if element.job is not None:
        _check_job(element, known, notes)
    elif element.script is None:
        notes.about("script-missing", element, "脚本任务没有 FEEL 脚本，请填写 zeebe:script 的 expression。")
    elif not element.result_variable:
        notes.about("result-missing", element, "脚本的结果没有存到变量，请填写 resultVariable。")


def _check_decision(element: Element, known: Known, notes: Notes) -> None:
    called = element.called
    if called is None:
        if element.job is None:
            notes.about("decision-missing", element, "业务规则任务没有选择决策，请填写 calledDecision 的 decisionId。")
        else:
            _check_job(element, known, notes)
        return
    if not called.result:
        notes.about("result-missing", element, "决策的结果没有存到变量，请填写 resultVariable。")
    if _is_missing(called.id, known.decisions):
        notes.about("decision-unknown", element, f"没有找到决策 {called.id.text}，请先发布决策表或改正决策 id。")
    if called.binding == "latest":
        message = "决策绑定为“最新版本”，年度中修改决策表会影响在办案件，请改为绑定版本标签（versionTag）。"
        notes.about("decision-latest", element, message)
    _check_binding(element, called.binding, called.version_tag, notes)


def _check_called(element: Element, known: Known, notes: Notes) -> None:
    called: Called | None = element.called
    if called is None:
        notes.about("called-missing", element, "调用活动没有选择流程，请填写 calledElement 的 processId。")
        return
    if _is_missing(called.id, known.processes):
        notes.about("called-unknown", element, f"没有找到流程 {called.id.text}，请先发布该流程或改正流程 id。")
    _check_binding(element, called.binding, called.version_tag, notes)


def _check_binding(element: Element, binding: str, version_tag: str | None, notes: Notes) -> None:
    if binding not in _BINDINGS:
        notes.about(
            "binding-incomplete", element, f"不认识绑定方式 {binding}，请改为 latest、deployment 或 versionTag。"
        )
    elif binding == "versionTag" and not version_tag:
        notes.about("binding-incomplete", element, "绑定方式为版本标签，但没有填写版本标签（versionTag），请填写。")


def _is_missing(value: Value, known: frozenset[str] | None) -> bool:
    return known is not None and value.expression is None and value.text not in known


def _check_mappings(element: Element, notes: Notes) -> None:
    for mapping in (*element.inputs, *element.outputs):
        if not _TARGET.fullmatch(mapping.target):
            notes.about(
                "mapping-target", element, f"变量名“{mapping.target}”无效，请用字母、汉字、数字和下划线，以点分层。"
            )


def _check_multi(element: Element, notes: Notes) -> None:
    multi = element.multi
    if multi is not None and (multi.output_collection is None) != (multi.output_element is None):
        notes.about("multi-instance-output", element, "多实例的输出集合和输出元素要同时填写，或都不填写。")
