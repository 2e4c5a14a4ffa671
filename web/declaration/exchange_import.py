"""`/exchange-templates/{key}/import`: another system's workbook of people, led on to where applicants are enrolled (Q10)."""

import hashlib
import io
from contextlib import closing

from fastapi import APIRouter, Request
from starlette.datastructures import UploadFile
from starlette.responses import Response

from engine.access import Permission, authorize
from engine.declaration.exchange.converting import convert_workbook
from engine.declaration.exchange.templates import find_template
from engine.document import add_attachment, store_received
from engine.document.workbooks import LARGEST
from engine.errors import InvalidInput
from engine.organisation.people_import import APPLICANT_IMPORT
from web.deps import POSTED, Form, Key, app_of, code_book, command, query
from web.pages import page, redirect

router = APIRouter()


@router.get("/exchange-templates/{key}/import")
def show_import(request: Request, key: Key) -> Response:
    return _draw(request, key)


@router.post("/exchange-templates/{key}/import")
def take_in(request: Request, key: Key, form: Form = POSTED) -> Response:
    """Write it anew as the workbook of 申报人帐号管理, where its rows are shown before anybody is enrolled."""
    file = form.get("file")
    try:
        if not isinstance(file, UploadFile) or not file.filename:
            raise InvalidInput("请选择要导入的工作簿（.xlsx）后再上传。")
        with closing(file.file) as content:
            data = content.read(LARGEST + 1)
        with query(request) as (tx, actor):
            made = convert_workbook(tx, actor, code_book(request, tx), key, data)
    except InvalidInput as problem:
        return _draw(request, key, problem.message)
    store = app_of(request).files
    digest = hashlib.sha256(made).hexdigest()
    received = store.take_in(io.BytesIO(made), sha256=digest, size=len(made), head=made[:4096])
    stored = store_received(store, received, file.filename)
    with command(request) as (tx, actor):
        kept = add_attachment(tx, actor, store, stored, field=APPLICANT_IMPORT)
    return redirect(request, f"/applicants/import/{kept.key}")


def _draw(request: Request, key: int, error: str = "") -> Response:
    with query(request) as (tx, actor):
        authorize(actor, Permission.APPLICANTS_MANAGE)
        found = find_template(tx, actor, key)
    status = 422 if error else 200
    return page(request, "declaration/exchange_import.html", status=status, found=found, error=error)
