"""`/tasks/{key}`: reading a task, filling in its form, handing it in."""

from collections.abc import Sequence
from datetime import datetime

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from engine.clock import local
from engine.db import Transaction
from engine.document import attach_to_case
from engine.errors import InvalidInput, NotFound, Refused, StaleTask
from engine.flow.completion import complete_task
from engine.flow.drafts import DraftConflict
from engine.flow.queries import TaskView, get_task
from engine.form import is_command
from web.deps import POSTED, Form, Key, command, database_of, query
from web.errors import wants_json
from web.pages import flash, page, redirect
from web.task.drawing import draw_fields, draw_task, draw_typed
from web.task.filling import (
    Filling,
    Pairs,
    files_in,
    problems_of,
    read_filling,
    read_versions,
    save_sections,
    write_versions,
)
from web.task.next import done_words, next_address
from web.task.special import SPECIAL_PAGES
from web.undo import is_revocable

router = APIRouter()

#: names of buttons that draw the page again, or keep what is typed, instead of handing it in
REFRESH, SAVE = "_refresh", "_save"


@router.get("/tasks/{key}")
def show_task(request: Request, key: Key) -> Response:
    """The task, or where it is done instead; a task that is over leads to its case."""
    with query(request) as (tx, actor):
        view = get_task(tx, actor, key)
        row = view.row
        if not view.is_open:
            flash(request, f"“{row['name']}”已经办理，这里是它后来的进度。", "info")
            return redirect(request, f"/cases/{row['case_key']}")
        if SPECIAL_PAGES.is_personal(row["form_id"]) and row["assignee"] != actor.login:
            flash(request, f"“{row['name']}”只能由本人办理，这里是它的进度。", "info")
            return redirect(request, f"/cases/{row['case_key']}")
        special = SPECIAL_PAGES.url_of(row["form_id"], key, row["case_key"])
        if special is not None:
            asked = request.url.query
            return redirect(request, f"{special}{'&' if '?' in special else '?'}{asked}" if asked else special)
        return draw_task(request, tx, actor, view)


@router.post("/tasks/{key}")
def hand_in(request: Request, key: Key, form: Form = POSTED) -> Response:
    """Complete the task with what was posted; the buttons for rows, choices and drafts come here too without JavaScript."""
    arrived_at = database_of(request).clock.now()
    pairs = pairs_of(form)
    if SAVE in form:
        return _keep(request, key, form)
    if REFRESH in form or is_command(pairs):
        return _draw_again(request, key, pairs)
    try:
        words, address = _complete(request, key, form, arrived_at)
    except InvalidInput as error:
        return _draw_again(request, key, pairs, error)
    except Refused as refusal:
        return _draw_late(request, key, pairs, refusal)
    if words:
        flash(request, words)
    return redirect(request, address)


def _complete(request: Request, key: int, form: Form, arrived_at: datetime) -> tuple[str, str]:
    """What is said of it, and where one goes on."""
    with command(request) as (tx, actor):
        view = get_task(tx, actor, key)
        filling = read_filling(tx, view.row) if view.is_open else None
        values = filling.own(filling.parse(tx, actor, pairs_of(form))) if filling else {}
        version = str(form.get("version", ""))
        completion = complete_task(
            tx,
            actor,
            key,
            values,
            version=int(version) if version.isdecimal() else None,
            arrived_at=arrived_at,
            command_key=str(form.get("command_key", ""))[:64] or None,
        )
        attach_to_case(tx, actor, files_in(values), completion.case_key)
        address = next_address(tx, actor, key, view.row["form_id"], completion)
        # the next page says itself what was done, where it offers to take it back
        says = completion.has_incident or not is_revocable(tx, view.row)
        outcome, form_id = str(values.get("outcome") or ""), view.row["form_id"]
        return done_words(view.row["name"], completion, form_id, outcome) if says else "", address


def _draw_again(request: Request, key: int, pairs: Pairs, error: InvalidInput | None = None) -> Response:
    """The page with everything that was typed, and what has to be corrected."""
    with query(request) as (tx, actor):
        view = get_task(tx, actor, key)
        filling = read_filling(tx, view.row) if view.is_open else None
        if filling is None:
            raise error or StaleTask()
        values = filling.parse(tx, actor, pairs)
        problems = problems_of(error, filling.problems(values)) if error else []
        return draw_task(
            request,
            tx,
            actor,
            view,
            filling=filling,
            values=values,
            problems=problems,
            message=error.message if error and not problems else "",
            command_key=dict(pairs).get("command_key", ""),
            status=422 if error else 200,
        )


def _draw_late(request: Request, key: int, pairs: Pairs, refusal: Refused) -> Response:
    """Somebody was faster, or time was up: says who or why, and shows what was typed."""
    with query(request) as (tx, actor):
        try:
            view = get_task(tx, actor, key)
        except NotFound:  # with the task went the right to see it
            raise refusal from None
        filling = read_filling(tx, view.row)
        typed = draw_typed(filling, filling.parse(tx, actor, pairs)) if filling else ""
        open_still = view.is_open and view.may_work
        return page(
            request,
            "task/stale.html",
            status=409,
            title=view.row["title"] or view.row["name"],
            heading="已由他人办理" if isinstance(refusal, StaleTask) else "没有提交成功",
            message=refusal.message,
            typed=typed,
            next_url=f"/tasks/{key}" if open_still else "/inbox",
            next_words="打开最新的内容" if open_still else "回到待办箱",
            case_url=f"/cases/{view.row['case_key']}",
        )


@router.post("/tasks/{key}/fields")
def draw_fields_again(request: Request, key: Key, form: Form = POSTED) -> Response:
    """The inputs with what is typed: conditions, cascades and rows worked out anew. For htmx, which puts them in place."""
    with query(request) as (tx, actor):
        view = get_task(tx, actor, key)
        filling = _open_filling(tx, view)
        return HTMLResponse(draw_fields(key, filling, filling.parse(tx, actor, pairs_of(form))))


@router.post("/tasks/{key}/draft")
def save_draft(request: Request, key: Key, form: Form = POSTED) -> Response:
    """Keep what is typed, section by section, as it is: for autosave, which reads the answer as JSON."""
    try:
        versions = _save(request, key, form)
    except DraftConflict as conflict:
        return JSONResponse({"message": _conflict_words(request, key, conflict)}, status_code=409)
    at = local(database_of(request).clock.now())
    if not wants_json(request):
        flash(request, f"已暂存 {at:%H:%M}。")
        return redirect(request, f"/tasks/{key}")
    return JSONResponse({"saved_at": f"{at:%H:%M}", "fields": {"draft_version": versions}})


def _keep(request: Request, key: int, form: Form) -> Response:
    """暂存 pressed: keep, and show the page again."""
    try:
        _save(request, key, form)
    except DraftConflict as conflict:
        return _draw_late(request, key, pairs_of(form), Refused(_conflict_words(request, key, conflict)))
    flash(request, "已暂存，可以随时回来继续。")
    return redirect(request, f"/tasks/{key}")


def _save(request: Request, key: int, form: Form) -> str:
    with command(request) as (tx, actor):
        view = get_task(tx, actor, key)
        filling = _open_filling(tx, view)
        values = filling.parse(tx, actor, pairs_of(form))
        given = read_versions(str(form.get("draft_version", "")))
        return write_versions(save_sections(tx, actor, key, filling, values, given))


def _conflict_words(request: Request, key: int, conflict: DraftConflict) -> str:
    """Which section was saved elsewhere, and which of its fields differ."""
    with query(request) as (tx, actor):
        filling = _open_filling(tx, get_task(tx, actor, key))
        shown = filling.view()
        section = shown.section(conflict.saved.section)
        labels = {
            node.name.rpartition(".")[2]: node.label for node in (section.node.children if section else shown.nodes)
        }
        names = "、".join(labels.get(name, name) for name in conflict.fields[:5])
        where = f"“{section.label}”" if section else "这张表"
        return f"{where}已在别处保存过{f'（不同之处：{names}）' if names else ''}，请刷新页面核对后再填写。"


def _open_filling(tx: Transaction, view: TaskView) -> Filling:
    """The form of a task that is open. Raises `StaleTask` where it is not, or has none."""
    filling = read_filling(tx, view.row) if view.is_open else None
    if filling is None:
        raise StaleTask
    return filling


def pairs_of(form: Form) -> Sequence[tuple[str, str]]:
    """What was posted besides files."""
    return [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
