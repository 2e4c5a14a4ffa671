"""`/declaration/{case}/files`: a file for one input, for browsers without JavaScript."""

from collections.abc import AsyncIterator, Iterable, Iterator

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.responses import Response

from engine.document import Received, Vetter, add_attachment, store_received
from engine.errors import InvalidInput, NotFound
from engine.form import FormView, Node
from web.declaration.filling import keep, open_filling, parse, view_of
from web.declaration.sections import fill_url
from web.deps import Key, app_of, command, current, query
from web.pages import flash, page, redirect

router = APIRouter()

MEGABYTE = 1024 * 1024


@router.get("/declaration/{case_key}/files")
def show_upload(request: Request, case_key: Key) -> Response:
    return _draw(request, case_key)


@router.post("/declaration/{case_key}/files")
async def upload(request: Request, case_key: Key) -> Response:
    """Add the file to the input the address names, and go back to it."""
    async with request.form(max_files=1, max_fields=10) as form:
        request.state.form = form
        await run_in_threadpool(current, request)
        file = form.get("file")
        if not isinstance(file, UploadFile) or not file.filename:
            return await run_in_threadpool(_draw, request, case_key, "请选择要上传的文件。")
        try:
            received = await app_of(request).files.receive(
                _pieces(file), limit=app_of(request).settings.upload_mb * MEGABYTE
            )
            address = await run_in_threadpool(_add, request, case_key, received, file.filename)
        except InvalidInput as error:
            return await run_in_threadpool(_draw, request, case_key, error.message)
    flash(request, f"已上传“{file.filename}”。")
    return redirect(request, address)


async def _pieces(file: UploadFile) -> AsyncIterator[bytes]:
    while piece := await file.read(MEGABYTE):
        yield piece


def _add(request: Request, case_key: int, received: Received, name: str) -> str:
    store = app_of(request).files
    with query(request) as (tx, actor):
        filling = open_filling(tx, actor, case_key)
        node = find_file_input(view_of(tx, filling), request.query_params.get("field", ""))
    stored = store_received(store, received, name)
    if node.image and not stored.kind.is_image:
        raise InvalidInput("照片应为图片文件（jpg、png 等），请重新选择。")
    with command(request) as (tx, actor):
        filling = open_filling(tx, actor, case_key)
        added = add_attachment(
            tx,
            actor,
            store,
            stored,
            field=node.name,
            task_key=filling.task.row["key"],
            vetted=not tx.service(Vetter).scans,
            crop={} if node.image else None,
        )
        tx.flush()
        ids = [str(file["id"]) for file in node.files]
        pairs = [(node.name, one) for one in [*(ids if node.most > 1 else []), str(added.key)]]
        values = parse(tx, actor, filling, pairs)
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


def find_file_input(view: FormView, name: str) -> Node:
    """The input for files of that name. Raises `NotFound` where the form shows none."""
    found = (node for node in _below(view.nodes) if node.name == name)
    node = next((one for one in found if one.kind == "filepicker" and not one.readonly), None)
    if node is None:
        raise NotFound
    return node


def _below(nodes: Iterable[Node]) -> Iterator[Node]:
    for node in nodes:
        yield node
        yield from _below(node.children)
        yield from _below(child for row in node.rows for child in row.children)


def _draw(request: Request, case_key: int, problem: str = "") -> Response:
    with query(request) as (tx, actor):
        filling = open_filling(tx, actor, case_key)
        node = find_file_input(view_of(tx, filling), request.query_params.get("field", ""))
        section = filling.form.section_of(node.name)
        return page(
            request,
            "declaration/upload.html",
            status=422 if problem else 200,
            node=node,
            problem=problem,
            back_url=fill_url(filling, section, node.id),
        )
