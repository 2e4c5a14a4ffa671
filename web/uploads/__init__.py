"""Files: taking them in, giving them out to whoever may see their case.

Uploading and downloading are the endpoints that hold no thread while bytes move.
"""

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.responses import JSONResponse

from engine.access import Actor
from engine.db import Transaction
from engine.declaration.looks import Looked
from engine.document import (
    Attachment,
    Received,
    Vetting,
    file_of_owner,
    find_attachment,
    remove_attachment,
    store_received,
)
from engine.errors import InvalidInput, NotFound
from engine.flow.visibility import require_visible
from web.deps import POSTED, Form, Key, app_of, command, current, database_of, query
from web.giving import file_answer
from web.looks import note_look
from web.receiving import note_file, receive

router = APIRouter()


@router.post("/files")
async def upload(request: Request) -> Response:
    """One file as the multipart field `file`; `task` and `field` of the address say what it is for, `photo=1` that it is a portrait.

    Answers what the uploader of the page needs. Nobody but the one who uploaded it may read it until its form is submitted.
    """
    actor = await run_in_threadpool(current, request)
    async with request.form(max_files=1, max_fields=10) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise InvalidInput("没有收到文件，请重新选择后上传。")
        received = await receive(request, file)
        kept = await run_in_threadpool(_keep, request, actor, received, file.filename or "文件")
    return JSONResponse(description_of(kept), status_code=201)


def description_of(kept: Attachment) -> dict[str, object]:
    """A file as the uploader of the page needs it. `waiting` says that it is still being looked at, see `/files/{key}/state`."""
    return {
        "id": str(kept.key),
        "name": kept.name,
        "size": kept.size,
        "type": kept.media_type,
        "url": f"/files/{kept.key}",
        "thumbnail": f"/files/{kept.key}/thumbnail" if kept.thumbnail else None,
        "waiting": kept.vetting is Vetting.WAITING,
    }


def crop_of(photo: bool, box: str) -> dict[str, object] | None:
    """What of a picture is the portrait: nothing for a file that is none; `0.1,0,0.8,1` for a part of it, else its middle."""
    if not photo:
        return None
    try:
        numbers = [float(part) for part in box.split(",")]
    except ValueError:
        return {}
    fits = len(numbers) == 4 and all(0 <= number <= 1 for number in numbers) and min(numbers[2:]) > 0
    return {"box": numbers} if fits else {}


def _keep(request: Request, actor: Actor, received: Received, name: str) -> Attachment:
    params = request.query_params
    stored = store_received(app_of(request).files, received, name)
    with database_of(request).transaction() as tx:
        return note_file(
            tx,
            actor,
            stored,
            field=params.get("field", ""),
            task_key=key_of(params.get("task", "")),
            crop=crop_of(params.get("photo") == "1", params.get("crop", "")),
        )


def key_of(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 19 else None


@router.get("/files/{key}/state")
def show_state(request: Request, key: Key) -> Response:
    """Whether one's own file was looked at: `waiting`, `ready` with what it is now, or `refused` with the reason."""
    with query(request) as (tx, actor):
        held = file_of_owner(tx, actor, key)
    if held.vetting is Vetting.REFUSED:
        return JSONResponse({"state": "refused", "message": held.finding})
    waiting = held.vetting is Vetting.WAITING
    return JSONResponse({"state": "waiting" if waiting else "ready", "file": description_of(held)})


@router.get("/files/{key}")
async def download(request: Request, key: Key) -> Response:
    """The file: pictures and PDF to be shown, everything else to be kept; `download=1` to be kept in any case."""
    found = await run_in_threadpool(_find, request, key)
    # a portrait becomes smaller once
    etag = f'"{found.key}-{found.size}"'
    return await file_answer(request, found, download=request.query_params.get("download") == "1", etag=etag)


@router.get("/files/{key}/thumbnail")
def show_thumbnail(request: Request, key: Key) -> Response:
    """A small picture of a picture."""
    found = _find(request, key)
    if not found.thumbnail:
        raise NotFound
    content = app_of(request).files.read_thumbnail(found.sha256)
    return Response(content, media_type="image/webp", headers={"Cache-Control": "private, max-age=86400"})


@router.post("/files/{key}/remove")
def remove(request: Request, key: Key, form: Form = POSTED) -> Response:
    """Take back a file before its form is submitted."""
    with command(request) as (tx, actor):
        remove_attachment(tx, actor, key)
    return Response(status_code=204)


def _find(request: Request, key: int) -> Attachment:
    with query(request) as (tx, actor):
        found = find_attachment(tx, actor, key, _sees_case)
        note_look(request, tx, actor, found.case_key, Looked.FILE)
        return found


def _sees_case(tx: Transaction, actor: Actor, case_key: int) -> bool:
    require_visible(tx, actor, case_key)
    return True
