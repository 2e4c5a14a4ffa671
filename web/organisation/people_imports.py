"""`/accounts/import` and `/applicants/import`: many accounts from a workbook: template, preview, then a batch with a result per row."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid4

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.access import Actor, Permission, authorize
from engine.db import Transaction
from engine.errors import InvalidInput
from engine.organisation.import_rows import Checked
from engine.organisation.people_import import (
    APPLICANT_IMPORT,
    MOST_ROWS,
    STAFF_IMPORT,
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
from web.workbooks import Preview, keep_workbook, kept_workbook, send_workbook

router = APIRouter()


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
    return page(
        request,
        "organisation/import.html",
        status=status,
        heading=f"批量新增{kind.words}",
        words="按模板填写，上传后先核对，再建立；有误的行跳过并逐行说明原因。",
        crumb="批量新增",
        place=kind.place,
        most=MOST_ROWS,
        error=error,
    )


@router.get("/accounts/import/template")
@router.get("/applicants/import/template")
def download_template(request: Request) -> Response:
    kind = _kind(request)
    with query(request) as (tx, actor):
        authorize(actor, kind.permission)
        data = kind.make_template(tx, actor, code_book(request, tx))
    return send_workbook(data, f"{kind.words}导入模板")


@router.post("/accounts/import/files")
@router.post("/applicants/import/files")
def take_workbook(request: Request, form: Form = POSTED) -> Response:
    """Keep the workbook and lead to what it would make."""
    kind, actor = _kind(request), current(request)
    authorize(actor, kind.permission)

    def read(tx: Transaction, actor: Actor, data: bytes) -> object:
        return kind.read(tx, actor, code_book(request, tx), data)

    try:
        kept = keep_workbook(request, actor, form, kind.batch, read)
    except InvalidInput as problem:
        return _draw_upload(request, kind, problem.message)
    return redirect(request, f"{kind.place}/import/{kept.key}")


def _read(request: Request, tx: Transaction, actor: Actor, kind: Kind, key: int) -> Preview[Checked]:
    file, data = kept_workbook(tx, actor, key)
    return Preview(file, kind.read(tx, actor, code_book(request, tx), data))


@router.get("/accounts/import/{key}")
@router.get("/applicants/import/{key}")
def show_preview(request: Request, key: Key) -> Response:
    kind = _kind(request)
    with query(request) as (tx, actor):
        found = _read(request, tx, actor, kind, key)
    return _draw(request, kind, found, "")


def _draw(request: Request, kind: Kind, found: Preview[Checked], error: str) -> Response:
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
            found = _read(request, tx, actor, kind, key)
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
            found = _read(request, tx, actor, kind, key)
        return _draw(request, kind, found, problem.message)
    if app_of(request).settings.demo:
        return redirect(request, f"/batches/{batch}")
    return page(
        request,
        "organisation/imported.html",
        heading="正在建立帐号",
        words="本批新建的帐号都用这个密码，已有账户的人员密码不变。本人首次登录须设置新密码；"
        "也可以在登录页的“忘记密码”中凭手机验证码自行设置。",
        password=password,
        after=f"/batches/{batch}",
        next="查看进度和每行结果",
    )
