"""`/my-meetings/{key}/scores`: the offline score workbook, out and in, with a look at every row before it is taken in."""

from uuid import uuid4

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.access import Actor
from engine.db import Transaction
from engine.errors import InvalidInput
from engine.review_meeting.scoring.workbook import Filled, read_sheets, take_sheets_in, write_sheets
from engine.review_meeting.seats import need_seat
from web.deps import POSTED, Form, Key, code_book, command, current, query
from web.pages import page, redirect
from web.workbooks import Preview, keep_workbook, kept_workbook, send_workbook

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
    return send_workbook(data, f"评分表-{seat.meeting['meeting_no']}-{seat.name}")


@router.post(ADDRESS)
def take_workbook(request: Request, key: Key, form: Form = POSTED) -> Response:
    """Keep the workbook and lead to what it would hand in."""

    def read(tx: Transaction, actor: Actor, data: bytes) -> object:
        return read_sheets(tx, actor, key, data)

    try:
        kept = keep_workbook(request, current(request), form, FIELD, read)
    except InvalidInput as problem:
        return _draw_upload(request, key, problem.message)
    return redirect(request, f"/my-meetings/{key}/scores/{kept.key}")


@router.get(ADDRESS + "/{file}")
def show_preview(request: Request, key: Key, file: Key) -> Response:
    with query(request) as (tx, actor):
        found = _read(tx, actor, key, file)
        meeting = need_seat(tx, actor, key).meeting
    return _draw(request, key, found, meeting)


@router.post(ADDRESS + "/{file}")
def take_in(request: Request, key: Key, file: Key, form: Form = POSTED) -> Response:
    """Hand the sheets in as a batch, each with a result of its own."""
    try:
        with command(request) as (tx, actor):
            rows = _read(tx, actor, key, file).rows
            command_key = str(form.get("command_key", ""))[:60] or None
            batch = take_sheets_in(tx, actor, key, rows, command_key=command_key)
    except InvalidInput as problem:
        with query(request) as (tx, actor):
            found = _read(tx, actor, key, file)
            meeting = need_seat(tx, actor, key).meeting
        return _draw(request, key, found, meeting, problem.message)
    return redirect(request, f"/batches/{batch}")


def _read(tx: Transaction, actor: Actor, key: int, file: int) -> Preview[Filled]:
    kept, data = kept_workbook(tx, actor, file)
    return Preview(kept, read_sheets(tx, actor, key, data))


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


def _draw(request: Request, key: int, found: Preview[Filled], meeting: object, error: str = "") -> Response:
    return page(
        request,
        "review_meeting/offline_preview.html",
        status=422 if error else 200,
        key=key,
        file=found.file.key,
        meeting=meeting,
        rows=[{"key": one.number, "one": one} for one in found.shown],
        total=len(found.rows),
        wrong=found.wrong,
        good=len(found.rows) - found.wrong,
        error=error,
        command_key=uuid4().hex,
    )
