"""`/tasks/{key}/files`: a file for one input of a task's form, for browsers without JavaScript."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.access import Actor
from engine.db import Transaction
from engine.document import Received, store_received
from engine.errors import InvalidInput, StaleTask
from engine.flow.queries import get_task
from web.deps import Key, app_of, command, query
from web.receiving import find_file_input, note_file, with_file
from web.task.filling import Filling, read_filling, save_sections
from web.upload_page import draw_upload_page, take_file

router = APIRouter()


@router.get("/tasks/{key}/files")
def show_upload(request: Request, key: Key) -> Response:
    return _draw(request, key)


@router.post("/tasks/{key}/files")
async def upload(request: Request, key: Key) -> Response:
    """Add the file to the input the address names, keep it as typed, and go back to the task."""
    return await take_file(request, key, _draw, _add)


def _add(request: Request, key: int, received: Received, name: str) -> str:
    """The address of the input it was added to. Raises `InvalidInput` where the form does not take it."""
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
    return f"/tasks/{key}#{node.id}"


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
        return draw_upload_page(request, node, f"/tasks/{key}#{node.id}", "办理", problem)
