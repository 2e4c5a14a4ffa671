"""`/my-meetings/{key}/scores`: the offline score workbook, out and in, with a look at every row before it is taken in."""

import hashlib
import io
from contextlib import closing
from urllib.parse import quote
from uuid import uuid4

from fastapi import APIRouter, Request
from starlette.datastructures import UploadFile
from starlette.responses import Response

from engine.access import Actor
from engine.db import Transaction
from engine.document import Attachment, FileStore, add_attachment, find_attachment, store_received
from engine.document.workbooks import LARGEST
from engine.errors import InvalidInput
from engine.review_meeting.scoring.workbook import Filled, read_sheets, take_sheets_in, write_sheets
from engine.review_meeting.seats import need_seat
from web.deps import POSTED, Form, Key, app_of, code_book, command, current, query
from web.pages import page, redirect
from web.review_meeting.scoring_words import XLSX

router = APIRouter()

ADDRESS = "/my-meetings/{key}/scores"
FIELD = "offline_scores"


@router.get(ADDRESS)
def show_offline(request: Request, key: Key) -> Response:
    return _draw_upload(request, key)


@router.get(ADDRESS + ".xlsx")
def download(request: Request, key: Key) -> Response:
    with query(request) as (tx, actor):
        seat = need_seat(tx, actor, key)
        data = write_sheets(tx, actor, key, code_book(request, tx, seat.meeting["year"]))
        name = quote(f"评分表-{seat.meeting['meeting_no']}-{seat.name}.xlsx")
    return Response(data, media_type=XLSX, headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"})


@router.post(ADDRESS)
def take_workbook(request: Request, key: Key, form: Form = POSTED) -> Response:
    """Keep the workbook and lead to what it would hand in."""
    actor, file = current(request), form.get("file")
    try:
        if not isinstance(file, UploadFile) or not file.filename:
            raise InvalidInput("请选择填好的评分表（.xlsx）后再上传。")
        with closing(file.file) as content:
            data = content.read(LARGEST + 1)
        with query(request) as (tx, actor):
            read_sheets(tx, actor, key, data)
        kept = _keep(request, actor, file.filename, data)
    except InvalidInput as problem:
        return _draw_upload(request, key, problem.message)
    return redirect(request, f"/my-meetings/{key}/scores/{kept.key}")


@router.get(ADDRESS + "/{file}")
def show_preview(request: Request, key: Key, file: Key) -> Response:
    with query(request) as (tx, actor):
        rows = _read(tx, actor, key, file)
        meeting = need_seat(tx, actor, key).meeting
    return _draw(request, key, file, rows, meeting)


@router.post(ADDRESS + "/{file}")
def take_in(request: Request, key: Key, file: Key, form: Form = POSTED) -> Response:
    """Hand the sheets in as a batch, each with a result of its own."""
    try:
        with command(request) as (tx, actor):
            rows = _read(tx, actor, key, file)
            command_key = str(form.get("command_key", ""))[:60] or None
            batch = take_sheets_in(tx, actor, key, rows, command_key=command_key)
    except InvalidInput as problem:
        with query(request) as (tx, actor):
            rows = _read(tx, actor, key, file)
            meeting = need_seat(tx, actor, key).meeting
        return _draw(request, key, file, rows, meeting, problem.message)
    return redirect(request, f"/batches/{batch}")


def _read(tx: Transaction, actor: Actor, key: int, file: int) -> list[Filled]:
    found = find_attachment(tx, actor, file, _nobody)
    return read_sheets(tx, actor, key, tx.service(FileStore).read(found.sha256))


def _nobody(tx: Transaction, actor: Actor, case_key: int) -> bool:
    """A workbook belongs to no case: only who uploaded it reads it."""
    return False


def _keep(request: Request, actor: Actor, name: str, data: bytes) -> Attachment:
    store = app_of(request).files
    digest = hashlib.sha256(data).hexdigest()
    received = store.take_in(io.BytesIO(data), sha256=digest, size=len(data), head=data[:4096])
    stored = store_received(store, received, name)
    with app_of(request).database.transaction() as tx:
        return add_attachment(tx, actor, store, stored, field=FIELD)


def _draw_upload(request: Request, key: int, error: str = "") -> Response:
    with query(request) as (tx, actor):
        meeting = need_seat(tx, actor, key).meeting
    return page(
        request,
        "review_meeting/offline.html",
        status=422 if error else 200,
        key=key,
        meeting=meeting,
        error=error,
    )


def _draw(request: Request, key: int, file: int, rows: list[Filled], meeting: object, error: str = "") -> Response:
    return page(
        request,
        "review_meeting/offline_preview.html",
        status=422 if error else 200,
        key=key,
        file=file,
        meeting=meeting,
        rows=[{"key": one.number, "one": one} for one in sorted(rows, key=lambda one: not one.problems)],
        wrong=sum(bool(one.problems) for one in rows),
        good=sum(not one.problems for one in rows),
        error=error,
        command_key=uuid4().hex,
    )
