"""`/units/import`: many units from a workbook: template, preview, import together or row by row."""

import hashlib
import io
from dataclasses import dataclass
from urllib.parse import quote
from uuid import uuid4

from fastapi import APIRouter, Request
from starlette.datastructures import UploadFile
from starlette.responses import Response

from engine.access import Actor, Permission, authorize
from engine.db import Transaction
from engine.document import Attachment, FileStore, add_attachment, find_attachment, store_received
from engine.document.workbooks import LARGEST
from engine.errors import InvalidInput
from engine.flow.repeats import first_result, keep_result
from engine.organisation.unit_import import (
    MOST_TOGETHER,
    Checked,
    import_together,
    read_units,
    start_import,
    unit_template,
)
from web.deps import POSTED, Form, Key, app_of, code_book, command, current, query
from web.organisation.asking import first_password, text_of
from web.pages import page, redirect

router = APIRouter()

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: so many rows are shown before they are imported, those with something wrong first
SHOWN = 200


@dataclass(frozen=True, slots=True)
class Preview:
    """A workbook as it was read."""

    file: Attachment
    rows: list[Checked]

    @property
    def wrong(self) -> int:
        return sum(bool(row.problems) for row in self.rows)

    @property
    def shown(self) -> list[Checked]:
        return sorted(self.rows, key=lambda row: not row.problems)[:SHOWN]


@router.get("/units/import")
def show_import(request: Request) -> Response:
    with query(request) as (_, actor):
        authorize(actor, Permission.UNITS_MANAGE)
    return page(request, "organisation/unit_import.html", error="")


@router.get("/units/import/template")
def download_template(request: Request) -> Response:
    with query(request) as (tx, actor):
        authorize(actor, Permission.UNITS_MANAGE)
        book = code_book(request, tx)
    name = quote("机构导入模板.xlsx")
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    return Response(unit_template(book), media_type=WORKBOOK, headers=headers)


@router.post("/units/import/files")
def take_workbook(request: Request, form: Form = POSTED) -> Response:
    """Keep the workbook and lead to what it would open."""
    actor = current(request)
    file = form.get("file")
    try:
        if not isinstance(file, UploadFile) or not file.filename:
            raise InvalidInput("请选择填写好的工作簿（.xlsx）后再上传。")
        kept = _keep(request, actor, file)
        with query(request) as (tx, actor):
            _read(request, tx, actor, kept)
    except InvalidInput as problem:
        return page(request, "organisation/unit_import.html", status=422, error=problem.message)
    return redirect(request, f"/units/import/{kept.key}")


def _keep(request: Request, actor: Actor, file: UploadFile) -> Attachment:
    with file.file as content:
        data = content.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise InvalidInput("文件过大，请分成几个文件上传。")
    store = app_of(request).files
    received = store.take_in(
        io.BytesIO(data), sha256=hashlib.sha256(data).hexdigest(), size=len(data), head=data[:4096]
    )
    stored = store_received(store, received, file.filename or "机构.xlsx")
    with app_of(request).database.transaction() as tx:
        return add_attachment(tx, actor, store, stored, field="unit_import")


def _read(request: Request, tx: Transaction, actor: Actor, file: Attachment) -> Preview:
    data = tx.service(FileStore).read(file.sha256)
    return Preview(file, read_units(tx, actor, code_book(request, tx), data))


def _nobody(tx: Transaction, actor: Actor, case_key: int) -> bool:
    """A workbook belongs to no case: only who uploaded it reads it."""
    return False


@router.get("/units/import/{key}")
def show_preview(request: Request, key: Key) -> Response:
    with query(request) as (tx, actor):
        found = _read(request, tx, actor, find_attachment(tx, actor, key, _nobody))
    return _draw(request, found)


def _draw(request: Request, found: Preview, error: str = "", status: int = 200) -> Response:
    return page(
        request,
        "organisation/unit_preview.html",
        status=status,
        found=found,
        error=error,
        together=len(found.rows) <= MOST_TOGETHER,
        most_together=MOST_TOGETHER,
        command_key=uuid4().hex,
    )


@router.post("/units/import/{key}")
def do_import(request: Request, key: Key, form: Form = POSTED) -> Response:
    """Together in one transaction, or row by row as a batch; the accounts made get one first password, shown this once."""
    current(request)
    password, hashed = first_password(request)
    command_key = text_of(form, "command_key")[:60]
    together = text_of(form, "way") == "together"
    try:
        with command(request) as (tx, actor):
            before = first_result(tx, actor, f"{command_key}-all" if command_key else None)
            found = _read(request, tx, actor, find_attachment(tx, actor, key, _nobody))
            batch = None
            if before is not None:
                batch = before["batch"]
            elif together:
                import_together(tx, actor, code_book(request, tx), found.rows, password_hash=hashed)
            else:
                title = f"批量导入机构：{found.file.name}"
                batch = start_import(tx, actor, found.rows, password_hash=hashed, title=title, command_key=command_key)
            if before is None:
                keep_result(tx, actor, f"{command_key}-all" if command_key else None, {"batch": batch})
    except InvalidInput as problem:
        with query(request) as (tx, actor):
            found = _read(request, tx, actor, find_attachment(tx, actor, key, _nobody))
        return _draw(request, found, problem.message, 422)
    after = f"/batches/{batch}" if batch else "/units"
    if before is not None:
        return redirect(request, after)
    return page(
        request, "organisation/unit_imported.html", count=len(found.rows), password=password, after=after, batch=batch
    )
