"""`/units/import`: many units from a workbook: template, preview, import together or row by row."""

from uuid import uuid4

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.access import Actor, Permission, authorize
from engine.db import Transaction
from engine.errors import InvalidInput
from engine.flow.repeats import first_result, keep_result
from engine.organisation.unit_import import (
    MOST_ROWS,
    MOST_TOGETHER,
    UNIT_IMPORT,
    CheckedUnit,
    import_together,
    read_units,
    start_import,
    unit_template,
)
from web.deps import POSTED, Form, Key, code_book, command, current, query
from web.organisation.asking import first_password, text_of
from web.pages import page, redirect
from web.workbooks import Preview, keep_workbook, kept_workbook, send_workbook

router = APIRouter()


@router.get("/units/import")
def show_import(request: Request) -> Response:
    with query(request) as (_, actor):
        authorize(actor, Permission.UNITS_MANAGE)
    return _draw_upload(request, "")


def _draw_upload(request: Request, error: str) -> Response:
    return page(
        request,
        "organisation/import.html",
        status=422 if error else 200,
        heading="批量导入机构",
        words="按模板填写机构信息，上传后先核对，再导入。",
        crumb="批量导入",
        place="/units",
        most=MOST_ROWS,
        error=error,
    )


@router.get("/units/import/template")
def download_template(request: Request) -> Response:
    with query(request) as (tx, actor):
        authorize(actor, Permission.UNITS_MANAGE)
        book = code_book(request, tx)
        data = unit_template(book)
    return send_workbook(data, "机构导入模板")


@router.post("/units/import/files")
def take_workbook(request: Request, form: Form = POSTED) -> Response:
    """Keep the workbook and lead to what it would open."""
    actor = current(request)
    authorize(actor, Permission.UNITS_MANAGE)

    def read(tx: Transaction, actor: Actor, data: bytes) -> object:
        return read_units(tx, actor, code_book(request, tx), data)

    try:
        kept = keep_workbook(request, actor, form, UNIT_IMPORT, read)
    except InvalidInput as problem:
        return _draw_upload(request, problem.message)
    return redirect(request, f"/units/import/{kept.key}")


def _read(request: Request, tx: Transaction, actor: Actor, key: int) -> Preview[CheckedUnit]:
    file, data = kept_workbook(tx, actor, key)
    return Preview(file, read_units(tx, actor, code_book(request, tx), data))


@router.get("/units/import/{key}")
def show_preview(request: Request, key: Key) -> Response:
    with query(request) as (tx, actor):
        found = _read(request, tx, actor, key)
    return _draw(request, found)


def _draw(request: Request, found: Preview[CheckedUnit], error: str = "", status: int = 200) -> Response:
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
            found = _read(request, tx, actor, key)
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
            found = _read(request, tx, actor, key)
        return _draw(request, found, problem.message, 422)
    after = f"/batches/{batch}" if batch else "/units"
    if before is not None:
        return redirect(request, after)
    return page(
        request,
        "organisation/imported.html",
        heading="正在导入" if batch else f"已导入 {len(found.rows)} 个机构",
        words="本次建立的管理员帐号都用这个密码，登录名是表格中填写的，没有填写的是完整机构代码。本人首次登录须设置新密码。",
        password=password,
        after=after,
        next="查看导入进度和每行结果" if batch else "已告知，返回",
    )
