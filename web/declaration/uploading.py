"""`/declaration/{case}/files`: a file for one input, for browsers without JavaScript."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.document import Received, store_received
from engine.errors import InvalidInput
from web.declaration.filling import keep, open_filling, parse, view_of
from web.declaration.sections import fill_url
from web.deps import Key, app_of, command, query
from web.receiving import find_file_input, note_file, with_file
from web.upload_page import draw_upload_page, take_file

router = APIRouter()


@router.get("/declaration/{case_key}/files")
def show_upload(request: Request, case_key: Key) -> Response:
    return _draw(request, case_key)


@router.post("/declaration/{case_key}/files")
async def upload(request: Request, case_key: Key) -> Response:
    """Add the file to the input the address names, and go back to it."""
    return await take_file(request, case_key, _draw, _add)


def _add(request: Request, case_key: int, received: Received, name: str) -> str:
    store = app_of(request).files
    with query(request) as (tx, actor):
        filling = open_filling(tx, actor, case_key)
        node = find_file_input(view_of(tx, filling), request.query_params.get("field", ""))
    stored = store_received(store, received, name)
    with command(request) as (tx, actor):
        filling = open_filling(tx, actor, case_key)
        task_key, crop = filling.task.row["key"], {} if node.image else None
        added = note_file(tx, actor, stored, field=node.name, task_key=task_key, crop=crop)
        tx.flush()
        values = parse(tx, actor, filling, with_file(node, added))
        broken = [
            problem
            for problem in filling.form.validate(values, filling.context, partial=True)
            if problem.path == node.name
        ]
        if broken:
            raise InvalidInput(broken[0].message)
        keep(tx, actor, filling, values, filling.draft_versions)
    section = filling.form.section_of(node.name)
    return fill_url(filling, section, node.id)


def _draw(request: Request, case_key: int, problem: str = "") -> Response:
    with query(request) as (tx, actor):
        filling = open_filling(tx, actor, case_key)
        node = find_file_input(view_of(tx, filling), request.query_params.get("field", ""))
        back_url = fill_url(filling, filling.form.section_of(node.name), node.id)
        return draw_upload_page(request, node, back_url, "填写申报材料", problem)
