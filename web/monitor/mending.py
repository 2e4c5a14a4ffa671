"""`/monitor/cases/{key}`: one case with everything that hangs on it, and the tools that mend it."""

from collections.abc import Sequence

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.access import Actor, Permission, authorize
from engine.db import Transaction
from engine.declaration.looks import Looked
from engine.errors import InvalidInput, Refused
from engine.flow.cases import cancel_case, resume_case, suspend_case
from engine.flow.definitions import list_versions
from engine.flow.migration import migrate_case
from engine.flow.model import Kind
from engine.flow.modification import modify_case
from engine.flow.queries import element_instances, get_task
from engine.flow.registry import registry_of
from engine.flow.tables import DefinitionKind
from engine.flow.tasks import assign_task
from engine.organisation import active_name
from web.deps import POSTED, Form, Key, command, query
from web.kept import is_local
from web.looks import note_look
from web.monitor.case_detail import CaseHead, case_head, find_case, lines_of, step_name
from web.monitor.rights import refuse_unless_monitor, tools_of
from web.pages import flash, page, redirect

router = APIRouter()

Choices = Sequence[tuple[str, str]]
LONGEST_REASON = 500
#: elements a case may be let go on from
TARGETS = frozenset(
    {
        Kind.USER_TASK,
        Kind.SERVICE_TASK,
        Kind.SCRIPT_TASK,
        Kind.BUSINESS_RULE_TASK,
        Kind.SEND_TASK,
        Kind.RECEIVE_TASK,
        Kind.CALL_ACTIVITY,
        Kind.SUB_PROCESS,
        Kind.END_EVENT,
        Kind.CATCH_EVENT,
    }
)


@router.get("/monitor/cases/{key}")
def show_case(request: Request, key: Key) -> Response:
    with query(request) as (tx, actor):
        head = _enter(tx, actor, key)
        note_look(request, tx, actor, key, Looked.VARIABLES)
        may = tools_of(actor)
        offered = may.repair and head.open and not head.suspended
        return page(
            request,
            "monitor/case.html",
            case=head,
            may=may,
            movable=_movable(tx, actor, head) if offered else (),
            targets=_targets(tx, head) if offered else (),
            versions=_versions(tx, head) if offered else (),
            **lines_of(tx, actor, head),
        )


def _enter(tx: Transaction, actor: Actor, key: int) -> CaseHead:
    """The case, for whoever watches over the flow. Raises `NotFound` for strangers, `NotAllowed` for others."""
    row = find_case(tx, actor, key)
    refuse_unless_monitor(actor)
    return case_head(tx, row)


def _movable(tx: Transaction, actor: Actor, head: CaseHead) -> Choices:
    """The open element instances of the top level, by key."""
    process = registry_of(tx).library.process(tx, head.definition_key).process
    rows = element_instances(tx, actor, head.key)
    return [
        (str(row["key"]), step_name(process, row["element_id"]))
        for row in rows
        if row["left_at"] is None
        and row["scope_key"] == head.key
        and _is_activity(process.elements.get(row["element_id"]))
    ]


def _is_activity(element: object) -> bool:
    return getattr(element, "kind", None) in TARGETS


def _targets(tx: Transaction, head: CaseHead) -> Choices:
    process = registry_of(tx).library.process(tx, head.definition_key).process
    return [
        (element.id, element.name or element.id)
        for element in process.elements.values()
        if element.kind in TARGETS and element.scope == process.id
    ]


def _versions(tx: Transaction, head: CaseHead) -> Choices:
    return [
        (str(one.key), f"第 {one.version} 版" + (f"（{one.version_tag}）" if one.version_tag else ""))
        for one in list_versions(tx, DefinitionKind.PROCESS, head.process_id)
        if one.version != head.version
    ]


@router.get("/monitor/cases/{key}/cancel")
def ask_to_cancel(request: Request, key: Key) -> Response:
    with query(request) as (tx, actor):
        return _draw_cancel(request, _enter(tx, actor, key))


@router.post("/monitor/cases/{key}/cancel")
def cancel(request: Request, key: Key, form: Form = POSTED) -> Response:
    """End the case before its time, with a reason."""
    with query(request) as (tx, actor):
        head = _enter(tx, actor, key)
    reason, problem = read_reason(form)
    if problem:
        return _draw_cancel(request, head, reason, problem)
    with command(request) as (tx, actor):
        cancel_case(tx, actor, key, reason)
    flash(request, "流程已终止。")
    return redirect(request, head.url)


def _draw_cancel(request: Request, head: CaseHead, given: str = "", problem: str = "") -> Response:
    status = 422 if problem else 200
    return page(request, "monitor/cancel.html", status=status, case=head, given=given, problem=problem)


def read_reason(form: Form) -> tuple[str, str]:
    """The reason as typed, and what is wrong with it."""
    reason = str(form.get("reason", "")).strip()
    if not reason:
        return reason, "请写明原因，它会记入流转日志。"
    return reason, f"原因不超过 {LONGEST_REASON} 字。" if len(reason) > LONGEST_REASON else ""


@router.post("/monitor/cases/{key}/suspend")
def suspend(request: Request, key: Key, form: Form = POSTED) -> Response:
    with command(request) as (tx, actor):
        head = _enter(tx, actor, key)
        suspend_case(tx, actor, key)
    flash(request, "流程已暂停。")
    return redirect(request, head.url)


@router.post("/monitor/cases/{key}/resume")
def resume(request: Request, key: Key, form: Form = POSTED) -> Response:
    with command(request) as (tx, actor):
        head = _enter(tx, actor, key)
        resume_case(tx, actor, key)
    flash(request, "流程已恢复。")
    return redirect(request, head.url)


@router.post("/monitor/cases/{key}/move")
def move(request: Request, key: Key, form: Form = POSTED) -> Response:
    """Stop one element and go on from another, with a reason."""
    reason, problem = read_reason(form)
    source, target = str(form.get("from", "")), str(form.get("to", ""))
    with command(request) as (tx, actor):
        head = _enter(tx, actor, key)
        if problem or source not in dict(_movable(tx, actor, head)) or target not in dict(_targets(tx, head)):
            raise InvalidInput(problem or "请选择要停下的环节和改从哪里办起。")
        modify_case(tx, actor, key, cancel=[int(source)], activate=[target], reason=reason)
    flash(request, "已移动办理环节。")
    return redirect(request, head.url)


@router.post("/monitor/cases/{key}/migrate")
def migrate(request: Request, key: Key, form: Form = POSTED) -> Response:
    """Continue the case on another version of its process."""
    chosen = str(form.get("definition", ""))
    with command(request) as (tx, actor):
        head = _enter(tx, actor, key)
        if chosen not in dict(_versions(tx, head)):
            raise InvalidInput("请选择要换到的版本。")
        migrate_case(tx, actor, key, int(chosen))
    flash(request, "已换到所选的版本。")
    return redirect(request, head.url)


@router.post("/monitor/tasks/{key}/assign")
def assign(request: Request, key: Key, form: Form = POSTED) -> Response:
    """Give a task to somebody by login; goes back to the page it was asked on."""
    login, back = str(form.get("login", "")).strip(), str(form.get("back", ""))
    with command(request) as (tx, actor):
        view = get_task(tx, actor, key)
        if not view.is_open:
            raise Refused("这件事项已经办理，不用再指定办理人。")
        authorize(actor, Permission.TASKS_ASSIGN)
        name = active_name(tx, login)
        if name is None:
            raise InvalidInput(f"没有登录名为“{login}”的在用账号，请核对后再指定。")
        assign_task(tx, actor, key, login)
    flash(request, f"“{view.row['name']}”已指定由{name}办理。")
    return redirect(request, back if is_local(back) else f"/monitor/cases/{view.row['case_key']}")
