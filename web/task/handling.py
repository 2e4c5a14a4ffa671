"""Claiming, giving back, parking, passing on and taking back: what one does with a task besides its form."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.access import Actor
from engine.db import Transaction
from engine.errors import InvalidInput, NotFound, StaleTask
from engine.flow.modification import reopen_task
from engine.flow.queries import TaskView, get_task
from engine.flow.registry import registry_of
from engine.flow.tasks import assign_task, claim_task, delegate_task, hold_task, release_task, resume_task
from web.deps import POSTED, Form, Key, command, query
from web.pages import flash, page, redirect
from web.task.page import TaskPage, task_page

router = APIRouter()

#: actions that ask for something first, with the words of their button
TITLES: Mapping[str, str] = {"hold": "审核待定", "delegate": "转办", "assign": "改派"}
LONGEST_REASON = 500


@router.post("/tasks/{key}/claim")
def claim(request: Request, key: Key, form: Form = POSTED) -> Response:
    with command(request) as (tx, actor):
        get_task(tx, actor, key)
        claim_task(tx, actor, key)
    flash(request, "已签收，由您办理。")
    return redirect(request, f"/tasks/{key}")


@router.post("/tasks/{key}/release")
def release(request: Request, key: Key, form: Form = POSTED) -> Response:
    with command(request) as (tx, actor):
        get_task(tx, actor, key)
        release_task(tx, actor, key)
    flash(request, "已退签，其他人可以签收。")
    return redirect(request, "/inbox")


@router.post("/tasks/{key}/resume")
def resume(request: Request, key: Key, form: Form = POSTED) -> Response:
    with command(request) as (tx, actor):
        get_task(tx, actor, key)
        resume_task(tx, actor, key)
    flash(request, "已恢复办理。")
    return redirect(request, f"/tasks/{key}")


@router.post("/tasks/{key}/undo")
def undo(request: Request, key: Key, form: Form = POSTED) -> Response:
    """Take back what one has completed, while nobody has acted on it."""
    with command(request) as (tx, actor):
        get_task(tx, actor, key)
        reopened = reopen_task(tx, actor, key)
    flash(request, "已撤销，请重新办理。")
    return redirect(request, f"/tasks/{reopened}")


@router.get("/tasks/{key}/{action}")
def ask(request: Request, key: Key, action: str) -> Response:
    """The dialog of an action as a page of its own."""
    with query(request) as (tx, actor):
        shown = _page_of(tx, actor, key)
        if not _offers(shown, action):
            raise NotFound
        return _draw(request, shown, action)


@router.post("/tasks/{key}/hold")
def hold(request: Request, key: Key, form: Form = POSTED) -> Response:
    """Park the task with a note. One that nobody has claimed becomes the actor's, so that it is found among theirs."""
    reason = str(form.get("reason", "")).strip()
    if not reason or len(reason) > LONGEST_REASON:
        problem = f"请写明待定的原因，不超过 {LONGEST_REASON} 字。"
        return _ask_again(request, key, "hold", reason, problem)
    with command(request) as (tx, actor):
        if get_task(tx, actor, key).row["assignee"] is None:
            claim_task(tx, actor, key)
        hold_task(tx, actor, key, reason)
    flash(request, "已列入审核待定，可随时恢复办理。")
    return redirect(request, "/inbox")


@router.post("/tasks/{key}/delegate")
def delegate(request: Request, key: Key, form: Form = POSTED) -> Response:
    return _pass_on(request, key, "delegate", str(form.get("login", "")))


@router.post("/tasks/{key}/assign")
def assign(request: Request, key: Key, form: Form = POSTED) -> Response:
    return _pass_on(request, key, "assign", str(form.get("login", "")))


def _pass_on(request: Request, key: int, action: str, login: str) -> Response:
    try:
        with command(request) as (tx, actor):
            name = dict(_page_of(tx, actor, key).people).get(login)
            if name is None:
                raise InvalidInput("请选择一位可以办理这件事项的人。")
            give = delegate_task if action == "delegate" else assign_task
            give(tx, actor, key, login)
    except InvalidInput as error:
        return _ask_again(request, key, action, login, error.message)
    flash(request, f"已{TITLES[action]}给{name}。")
    return redirect(request, "/inbox")


def _page_of(tx: Transaction, actor: Actor, key: int) -> TaskPage:
    view: TaskView = get_task(tx, actor, key)
    if not view.is_open:
        raise StaleTask
    form = registry_of(tx).library.form(tx, view.row["form_key"]) if view.row["form_key"] is not None else None
    return task_page(tx, actor, view, form)


def _offers(shown: TaskPage, action: str) -> bool:
    offered = {"hold": shown.may_hold, "delegate": shown.may_delegate, "assign": shown.may_assign}
    return offered.get(action, False)


def _ask_again(request: Request, key: int, action: str, given: str, problem: str) -> Response:
    with query(request) as (tx, actor):
        return _draw(request, _page_of(tx, actor, key), action, given, problem, 422)


def _draw(
    request: Request, shown: TaskPage, action: str, given: str = "", problem: str = "", status: int = 200
) -> Response:
    title = TITLES[action]
    return page(
        request, "task/action.html", status=status, task=shown, action=action, title=title, given=given, problem=problem
    )
