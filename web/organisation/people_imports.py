"""`/accounts/import` and `/applicants/import`: many accounts from a workbook: template, preview, then a batch with a result per row."""

import hashlib
import io
from collections.abc import Callable
from contextlib import closing
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
from engine.organisation.people_import import (
    APPLICANT_IMPORT,
    STAFF_IMPORT,
    Checked,
    applicant_template,
    read_applicants,
    read_staff,
    staff_template,
    start_import,
)
from engine.reference import CodeBook
from web.deps import POSTED, Form, Key, app_of, code_book, command, current, query
from web.organisation.asking import first_password, text_of
from web.pages import page, redirect

router = APIRouter()

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: so many rows are shown before they are made, those with something wrong first
SHOWN = 200


@dataclass(frozen=True, slots=True)
class Kind:
    """Staff or applicants."""

    batch: str
    permission: Permission
    place: str
    words: str
    login_column: str
    make_template: Callable[[Transaction, Actor, CodeBook], bytes]
    read: Callable[[Transaction, Actor, CodeBook, bytes], list[Checked]]


KINDS = {
    "accounts": Kind(
        STAFF_IMPORT,
        Permission.ACCOUNTS_MANAGE,
        "/accounts",
        "工作人员帐号",
        "login",
        lambda tx, actor, book: staff_template(),
        lambda tx, actor, book, data: read_staff(tx, actor, data),
    ),
    "applicants": Kind(
        APPLICANT_IMPORT,
        Permission.APPLICANTS_MANAGE,
        "/applicants",
        "申报人帐号",
        "identity_number",
        applicant_template,
        read_applicants,
    ),
}


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


def _kind(request: Request) -> Kind:
    return KINDS[request.url.path.split("/")[1]]


@router.get("/accounts/import")
@router.get("/applicants/import")
def show_import(request: Request) -> Response:
    kind = _kind(request)
    with query(request) as (_, actor):
        authorize(actor, kind.permission)
    return _draw_upload(request, kind, "")


def _draw_upload(request: Request, kind: Kind, error: str) -> Response:
    status = 422 if error else 200
    return page(request, "organisation/people_import.html", status=status, kind=kind, error=error)


@router.get("/accounts/import/template")
@router.get("/applicants/import/template")
def download_template(request: Request) -> Response:
    kind = _kind(request)
    with query(request) as (tx, actor):
        authorize(actor, kind.permission)
        data = kind.make_template(tx, actor, code_book(request, tx))
    file_name = quote(f"{kind.words}导入模板.xlsx")
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{file_name}"}
    return Response(data, media_type=WORKBOOK, headers=headers)


@router.post("/accounts/import/files")
@router.post("/applicants/import/files")
def take_workbook(request: Request, form: Form = POSTED) -> Response:
    """Keep the workbook and lead to what it would make."""
    kind, actor, file = _kind(request), current(request), form.get("file")
    authorize(actor, kind.permission)
    try:
        if not isinstance(file, UploadFile) or not file.filename:
            raise InvalidInput("请选择填写好的工作簿（.xlsx）后再上传。")
        with closing(file.file) as content:
            data = content.read(LARGEST + 1)
        with query(request) as (tx, actor):
            kind.read(tx, actor, code_book(request, tx), data)
        kept = _keep(request, actor, kind, file.filename, data)
    except InvalidInput as problem:
        return _draw_upload(request, kind, problem.message)
    return redirect(request, f"{kind.place}/import/{kept.key}")


def _keep(request: Request, actor: Actor, kind: Kind, name: str, data: bytes) -> Attachment:
    store = app_of(request).files
    digest = hashlib.sha256(data).hexdigest()
    received = store.take_in(io.BytesIO(data), sha256=digest, size=len(data), head=data[:4096])
    stored = store_received(store, received, name)
    with app_of(request).database.transaction() as tx:
        return add_attachment(tx, actor, store, stored, field=kind.batch)


def _read(request: Request, tx: Transaction, actor: Actor, kind: Kind, file: Attachment) -> Preview:
    data = tx.service(FileStore).read(file.sha256)
    return Preview(file, kind.read(tx, actor, code_book(request, tx), data))


def _nobody(tx: Transaction, actor: Actor, case_key: int) -> bool:
    """A workbook belongs to no case: only who uploaded it reads it."""
    return False


@router.get("/accounts/import/{key}")
@router.get("/applicants/import/{key}")
def show_preview(request: Request, key: Key) -> Response:
    kind = _kind(request)
    with query(request) as (tx, actor):
        found = _read(request, tx, actor, kind, find_attachment(tx, actor, key, _nobody))
    return _draw(request, kind, found, "")


def _draw(request: Request, kind: Kind, found: Preview, error: str) -> Response:
    return page(
        request,
        "organisation/people_preview.html",
        status=422 if error else 200,
        kind=kind,
        found=found,
        error=error,
        command_key=uuid4().hex,
    )


@router.post("/accounts/import/{key}")
@router.post("/applicants/import/{key}")
def do_import(request: Request, key: Key, form: Form = POSTED) -> Response:
    """Make the accounts as a batch; they get one first password, shown this once."""
    kind = _kind(request)
    current(request)
    password, hashed = first_password(request)
    try:
        with command(request) as (tx, actor):
            found = _read(request, tx, actor, kind, find_attachment(tx, actor, key, _nobody))
            batch = start_import(
                tx,
                actor,
                kind.batch,
                found.rows,
                password_hash=hashed,
                title=f"批量新增{kind.words}：{found.file.name}",
                command_key=text_of(form, "command_key")[:60] or None,
            )
    except InvalidInput as problem:
        with query(request) as (tx, actor):
            found = _read(request, tx, actor, kind, find_attachment(tx, actor, key, _nobody))
        return _draw(request, kind, found, problem.message)
    if app_of(request).settings.demo:
        return redirect(request, f"/batches/{batch}")
    return page(request, "organisation/people_imported.html", kind=kind, password=password, batch=batch)
