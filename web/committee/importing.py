"""`/pool/{committee}/import`: 批量新增专家 – template, what is wrong row by row, and all of them or none (K4)."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.access import Actor
from engine.committee.expert_fields import rules_for
from engine.committee.keeping import find_pool
from engine.committee.pool_import import MOST_ROWS, Checked, import_experts, pool_template, read_experts, report
from engine.db import Transaction
from engine.errors import InvalidInput
from web.committee.password import first_password
from web.deps import POSTED, Form, Key, app_of, code_book, command, current, query
from web.pages import flash, page, redirect
from web.workbooks import Preview, keep_workbook, kept_workbook, send_workbook

router = APIRouter()

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

    def read(tx: Transaction, actor: Actor, data: bytes) -> object:
        return read_experts(tx, actor, code_book(request, tx), committee, data)

    try:
        kept = keep_workbook(request, current(request), form, FIELD, read)
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
        rows = _read(request, tx, actor, committee, key).rows
        data = report(rows, rules_for(tx, code_book(request, tx), committee))
    return send_workbook(data, "专家导入核对结果")


@router.post("/pool/{committee}/import/{key}")
def do_import(request: Request, committee: Key, key: Key, form: Form = POSTED) -> Response:
    """Take all of them in; they get one first password, shown this once."""
    password, hashed = first_password(request)
    try:
        with command(request) as (tx, actor):
            file, data = kept_workbook(tx, actor, key)
            title = f"批量新增专家：{file.name}"
            book = code_book(request, tx)
            made = import_experts(tx, actor, book, committee, data, password_hash=hashed, title=title)
    except InvalidInput as problem:
        return _draw_preview(request, committee, key, problem.message)
    new = sum(one.new_account for one in made.added)
    if app_of(request).settings.demo or not new:
        known = sum(one.known for one in made.added)
        told = "，正在逐个通知完善信息。" if not known else f"，其中 {known} 名已在其他评委库，信息沿用。"
        flash(request, f"已加入 {len(made.added)} 名专家{told}")
        return redirect(request, f"/pool?committee={committee}")
    return page(request, "committee/imported.html", committee=committee, made=made, new=new, password=password)


def _read(request: Request, tx: Transaction, actor: Actor, committee: int, key: int) -> Preview[Checked]:
    file, data = kept_workbook(tx, actor, key)
    return Preview(file, read_experts(tx, actor, code_book(request, tx), committee, data))


def _draw_upload(request: Request, committee: int, error: str = "") -> Response:
    with query(request) as (tx, actor):
        pool = find_pool(tx, actor, committee, to_change=True)
    status = 422 if error else 200
    return page(request, "committee/import.html", status=status, pool=pool, error=error, most=MOST_ROWS)


def _draw_preview(request: Request, committee: int, key: int, error: str = "") -> Response:
    with query(request) as (tx, actor):
        pool = find_pool(tx, actor, committee, to_change=True)
        found = _read(request, tx, actor, committee, key)
    return page(
        request,
        "committee/preview.html",
        status=422 if error else 200,
        pool=pool,
        file=found.file,
        total=len(found.rows),
        wrong=found.wrong,
        rows=found.shown,
        error=error,
    )
