"""`/tasks/{key}/files`: a file for one input of a task's form, for browsers without JavaScript."""

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.responses import Response

from engine.access import Actor
from engine.db import Transaction
from engine.document import Received, store_received
from engine.errors import InvalidInput, StaleTask
from engine.flow.queries import get_task
from web.deps import Key, app_of, command, current, query
from web.pages import flash, page, redirect
from web.receiving import find_file_input, note_file, receive, with_file
from web.task.filling import Filling, read_filling, save_sections

router = APIRouter()


@router.get("/tasks/{key}/files")
def show_upload(request: Request, key: Key) -> Response:
    return _draw(request, key)


@router.post("/tasks/{key}/files")
async def upload(request: Request, key: Key) -> Response:
    """Add the file to the input the address names, keep it as typed, and go back to the task."""
    async with request.form(max_files=1, max_fields=10) as form:
        request.state.form = form
        await run_in_threadpool(current, request)
        file = form.get("file")
        if not isinstance(file, UploadFile) or not file.filename:
            return await run_in_threadpool(_draw, request, key, "请选择要上传的文件。")
        try:
            received = await receive(request, file)
            anchor = await run_in_threadpool(_add, request, key, received, file.filename)
        except InvalidInput as error:
            return await run_in_threadpool(_draw, request, key, error.message)
    flash(request, f"已上传“{file.filename}”。")
    return redirect(request, f"/tasks/{key}#{anchor}")


def _add(request: Request, key: int, received: Received, name: str) -> str:
    """The id of the input it was added to. Raises `InvalidInput` where the form does not take it."""
    field = request.query_params.get("field", "")
    with query(request) as (tx, actor):
        find_file_input(_open(tx, actor, key).view(), field)
    stored = store_received(app_of(request).files, received, name)
    with command(request) as (tx, actor):
        filling = _open(tx, actor, key)
        node = find_file_input(filling.view(), field)
        crop = {} if node.image else None
        added = note_file(tx, actor, stored, field=node.name, task_key=key, crop=crop)
        tx.flush()
        values = filling.parse(tx, actor, with_file(node, added))
        broken = [problem for problem in filling.problems(values) if problem.path == node.name]
        if broken:
            raise InvalidInput(broken[0].message)
        kept = {name: draft.version for name, draft in filling.drafts.items()}
        save_sections(tx, actor, key, filling, values, kept)
    return node.id


def _open(tx: Transaction, actor: Actor, key: int) -> Filling:
    """The form of a task the actor works on. Raises `NotFound` for strangers, `StaleTask` where it is over."""
    view = get_task(tx, actor, key)
    filling = read_filling(tx, view.row) if view.is_open and view.may_work else None
    if filling is None:
        raise StaleTask
    return filling


def _draw(request: Request, key: int, problem: str = "") -> Response:
    with query(request) as (tx, actor):
        node = find_file_input(_open(tx, actor, key).view(), request.query_params.get("field", ""))
        return page(
            request,
            "shared/_upload_page.html",
            status=422 if problem else 200,
            node=node,
            problem=problem,
            back_url=f"/tasks/{key}#{node.id}",
            back_words="办理",
        )
