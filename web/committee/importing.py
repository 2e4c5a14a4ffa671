"""`/pool/{committee}/import`: 批量新增专家 – template, what is wrong row by row, and all of them or none (K4)."""

import hashlib
import io
from contextlib import closing

from fastapi import APIRouter, Request
from starlette.datastructures import UploadFile
from starlette.responses import Response

from engine.access import Actor
from engine.committee.expert_fields import rules_for
from engine.committee.keeping import find_pool
from engine.committee.pool_import import MOST_ROWS, Checked, import_experts, pool_template, read_experts, report
from engine.db import Transaction
from engine.document import Attachment, FileStore, add_attachment, find_attachment, store_received
from engine.document.workbooks import LARGEST
from engine.errors import InvalidInput
from web.committee.asking import first_password, send_workbook
from web.deps import POSTED, Form, Key, app_of, code_book, command, current, query
from web.pages import flash, page, redirect

router = APIRouter()

#: so many rows are shown before they are made, those with something wrong first
SHOWN = 200
FIELD = "expert_import"


@router.get("/pool/{committee}/import")
def show_import(request: Request, committee: Key) -> Response:
    return _draw_upload(request, committee)


@router.get("/pool/{committee}/import/template")
def download_template(request: Request, committee: Key) -> Response:
    """下载模板."""
    with query(request) as (tx, actor):
        data = pool_template(tx, actor, code_book(request, tx), committee)
    return send_workbook(data, "专家导入模板")


@router.post("/pool/{committee}/import")
def take_workbook(request: Request, committee: Key, form: Form = POSTED) -> Response:
    """Keep the workbook and lead to what it would make."""
    actor, file = current(request), form.get("file")
    try:
        if not isinstance(file, UploadFile) or not file.filename:
            raise InvalidInput("请选择填写好的工作簿（.xlsx）后再上传。")
        with closing(file.file) as content:
            data = content.read(LARGEST + 1)
        with query(request) as (tx, actor):
            read_experts(tx, actor, code_book(request, tx), committee, data)
        kept = _keep(request, actor, file.filename, data)
    except InvalidInput as problem:
        return _draw_upload(request, committee, problem.message)
    return redirect(request, f"/pool/{committee}/import/{kept.key}")


@router.get("/pool/{committee}/import/{key}")
def show_preview(request: Request, committee: Key, key: Key) -> Response:
    return _draw_preview(request, committee, key)


@router.get("/pool/{committee}/import/{key}/report")
def download_report(request: Request, committee: Key, key: Key) -> Response:
    """The same rows with what is wrong with each, to be mended and uploaded again."""
    with query(request) as (tx, actor):
        _, rows = _read(request, tx, actor, committee, key)
        data = report(rows, rules_for(tx, code_book(request, tx), committee))
    return send_workbook(data, "专家导入核对结果")


@router.post("/pool/{committee}/import/{key}")
def do_import(request: Request, committee: Key, key: Key, form: Form = POSTED) -> Response:
    """Take all of them in; they get one first password, shown this once."""
    password, hashed = first_password(request)
    try:
        with command(request) as (tx, actor):
            file = find_attachment(tx, actor, key, _nobody)
            data = tx.service(FileStore).read(file.sha256)
            title = f"批量新增专家：{file.name}"
            book = code_book(request, tx)
            made = import_experts(tx, actor, book, committee, data, password_hash=hashed, title=title)
    except InvalidInput as problem:
        return _draw_preview(request, committee, key, problem.message)
    new = sum(one.new_account for one in made.added)
    if app_of(request).settings.demo or not new:
        flash(request, f"已加入 {len(made.added)} 名专家，正在逐个通知完善信息。")
        return redirect(request, f"/pool?committee={committee}")
    return page(request, "committee/imported.html", committee=committee, made=made, new=new, password=password)


def _keep(request: Request, actor: Actor, name: str, data: bytes) -> Attachment:
    store = app_of(request).files
    digest = hashlib.sha256(data).hexdigest()
    received = store.take_in(io.BytesIO(data), sha256=digest, size=len(data), head=data[:4096])
    stored = store_received(store, received, name)
    with app_of(request).database.transaction() as tx:
        return add_attachment(tx, actor, store, stored, field=FIELD)


def _nobody(tx: Transaction, actor: Actor, case_key: int) -> bool:
    """A workbook belongs to no case: only who uploaded it reads it."""
    return False


def _read(
    request: Request, tx: Transaction, actor: Actor, committee: int, key: int
) -> tuple[Attachment, list[Checked]]:
    file = find_attachment(tx, actor, key, _nobody)
    data = tx.service(FileStore).read(file.sha256)
    return file, read_experts(tx, actor, code_book(request, tx), committee, data)


def _draw_upload(request: Request, committee: int, error: str = "") -> Response:
    with query(request) as (tx, actor):
        pool = find_pool(tx, actor, committee, to_change=True)
    status = 422 if error else 200
    return page(request, "committee/import.html", status=status, pool=pool, error=error, most=MOST_ROWS)


def _draw_preview(request: Request, committee: int, key: int, error: str = "") -> Response:
    with query(request) as (tx, actor):
        pool = find_pool(tx, actor, committee, to_change=True)
        file, rows = _read(request, tx, actor, committee, key)
    return page(
        request,
        "committee/preview.html",
        status=422 if error else 200,
        pool=pool,
        file=file,
        total=len(rows),
        wrong=sum(bool(row.problems) for row in rows),
        rows=sorted(rows, key=lambda row: not row.problems)[:SHOWN],
        error=error,
    )
