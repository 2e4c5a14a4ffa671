"""Uploads in parts, after tus 1.0 (core protocol, creation, termination): a lost connection or a closed page costs one part.

    POST /uploads      Upload-Length, Upload-Metadata (filename, task, field, photo, crop)  →  201, Location
    PATCH /uploads/id  Upload-Offset and the bytes from there                               →  204, Upload-Offset
    HEAD /uploads/id                                                                        →  200, Upload-Offset
    DELETE /uploads/id                                                                      →  204
    GET /uploads/id    ours: how far it is, and the file once it is whole

A part is at most `PART` long; each lies in the store by itself until the last has come.
"""

import base64
import binascii
from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from engine.access import Actor
from engine.document import Attachment, Received, file_of_owner, store_received
from engine.document.uploads import (
    Upload,
    WrongOffset,
    begin_upload,
    drop_upload,
    find_upload,
    finish_upload,
    note_part,
)
from engine.errors import InvalidInput, NotFound
from web.deps import app_of, command, current, query
from web.receiving import note_file
from web.uploads import crop_of, description_of, key_of

router = APIRouter()

MEGABYTE = 1024 * 1024
#: what a part may be at most; the page sends them smaller
PART = 8 * MEGABYTE
TUS = {"Tus-Resumable": "1.0.0", "Cache-Control": "no-store"}
BYTES = "application/offset+octet-stream"


@router.options("/uploads")
def show_protocol(request: Request) -> Response:
    size = str(app_of(request).settings.upload_mb * MEGABYTE)
    told = {"Tus-Version": "1.0.0", "Tus-Extension": "creation,termination", "Tus-Max-Size": size}
    return Response(status_code=204, headers=TUS | told)


@router.post("/uploads")
def begin(request: Request) -> Response:
    length = request.headers.get("upload-length", "")
    if not length.isdecimal() or len(length) > 15:
        raise InvalidInput("没有说明文件的大小，请刷新页面后重新上传。")
    told = _metadata(request.headers.get("upload-metadata", ""))
    with command(request) as (tx, actor):
        begun = begin_upload(
            tx,
            actor,
            name=told.get("filename") or "文件",
            size=int(length),
            limit=app_of(request).settings.upload_mb * MEGABYTE,
            field=told.get("field", ""),
            task_key=key_of(told.get("task", "")),
            crop=crop_of(told.get("photo") == "1", told.get("crop", "")),
        )
    return Response(status_code=201, headers=TUS | {"Location": f"/uploads/{begun.id}", "Upload-Offset": "0"})


@router.head("/uploads/{key}")
def show_offset(request: Request, key: str) -> Response:
    with query(request) as (tx, actor):
        held = find_upload(tx, actor, key)
    return Response(headers=TUS | {"Upload-Offset": str(held.received), "Upload-Length": str(held.size)})


@router.patch("/uploads/{key}")
async def take_part(request: Request, key: str) -> Response:
    """Add a part; the last one makes the file whole. 409 for a part that does not follow the one before."""
    actor = await run_in_threadpool(current, request)
    if request.headers.get("content-type") != BYTES:
        return JSONResponse({"message": "文件的这一部分格式有误，请刷新页面后重新上传。"}, status_code=415, headers=TUS)
    held = await run_in_threadpool(_find, request, key)
    given = request.headers.get("upload-offset", "")
    if given != str(held.received):
        raise WrongOffset
    store = app_of(request).files
    if not held.is_whole:
        part = await store.receive(request.stream(), limit=min(PART, held.size - held.received))
        held = await run_in_threadpool(_note, request, key, held.received, part)
    await _finish(request, actor, held)
    return Response(status_code=204, headers=TUS | {"Upload-Offset": str(held.received)})


@router.get("/uploads/{key}")
async def show_upload(request: Request, key: str) -> Response:
    """How far it is; a whole one that could not be put together before is put together now."""
    actor = await run_in_threadpool(current, request)
    held = await run_in_threadpool(_find, request, key)
    kept = await _finish(request, actor, held)
    file = description_of(kept) if kept is not None else None
    return JSONResponse({"offset": held.received, "length": held.size, "name": held.name, "file": file}, headers=TUS)


@router.delete("/uploads/{key}")
def give_up(request: Request, key: str) -> Response:
    """Take back what has arrived so far; a file that is whole stays."""
    _drop(request, key)
    return Response(status_code=204, headers=TUS)


def _find(request: Request, key: str) -> Upload:
    with query(request) as (tx, actor):
        return find_upload(tx, actor, key)


def _note(request: Request, key: str, offset: int, part: Received) -> Upload:
    try:
        with command(request) as (tx, actor):
            return note_part(tx, actor, key, offset, part)
    except Exception:
        app_of(request).files.discard_quietly(part)
        raise


async def _finish(request: Request, actor: Actor, held: Upload) -> Attachment | None:
    """The file a whole upload became, or becomes now; nothing while parts are missing. One that is not taken in is dropped."""
    if held.attachment is not None:
        return await run_in_threadpool(_kept, request, held.attachment)
    if not held.is_whole:
        return None
    received = await app_of(request).files.join(held.arrived, limit=held.size)
    try:
        return await run_in_threadpool(_keep, request, held, received)
    except InvalidInput:
        await run_in_threadpool(_drop, request, held.id)
        raise


def _keep(request: Request, held: Upload, received: Received) -> Attachment:
    store = app_of(request).files
    stored = store_received(store, received, held.name)
    with command(request) as (tx, actor):
        now = find_upload(tx, actor, held.id)
        if now.attachment is not None:
            return file_of_owner(tx, actor, now.attachment)
        kept = note_file(tx, actor, stored, field=held.field, task_key=held.task_key, crop=held.crop)
        finish_upload(tx, held.id, kept.key)
    for part in held.arrived:
        store.discard_quietly(part)
    return kept


def _kept(request: Request, key: int) -> Attachment | None:
    with query(request) as (tx, actor):
        try:
            return file_of_owner(tx, actor, key)
        except NotFound:
            return None


def _drop(request: Request, key: str) -> None:
    with command(request) as (tx, actor):
        held = drop_upload(tx, actor, key)
    for part in held.arrived:
        app_of(request).files.discard_quietly(part)


def _metadata(text: str) -> Mapping[str, str]:
    """`filename d29ybGQ=,photo MQ==`: names with their values in base 64."""
    found: dict[str, str] = {}
    for pair in text.split(","):
        name, _, value = pair.strip().partition(" ")
        try:
            found[name] = base64.b64decode(value, validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError):
            continue
    return found
