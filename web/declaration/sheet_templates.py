"""`/print-templates`: the title office puts templates of its own in the place of the release's, tries them, takes them back."""

from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.datastructures import UploadFile
from starlette.responses import Response

from engine.access import Permission, authorize
from engine.declaration.sheets import TEMPLATE_KINDS, sample_sheet
from engine.document.pdf import release_template
from engine.document.templates import add_template, list_templates, put_in_force, source_text, template_source
from engine.errors import InvalidInput, NotFound, ProcessFault
from web.deps import POSTED, Form, Key, command, query, year_of
from web.pages import flash, page, redirect

router = APIRouter()

TEMPLATE = "declaration/sheet_templates.html"


@router.get("/print-templates")
def show_templates(request: Request) -> Response:
    return _draw(request)


@router.post("/print-templates")
def upload_template(request: Request, form: Form = POSTED) -> Response:
    """Keep a version that can be set; one that cannot is told what is wrong with it."""
    file, kind = form.get("file"), str(form.get("kind", ""))
    content = file.file.read() if isinstance(file, UploadFile) else b""
    year = str(form.get("year", ""))
    try:
        if kind in TEMPLATE_KINDS:
            source = source_text(content).encode()
            with query(request) as (tx, actor):
                authorize(actor, Permission.CODES_MANAGE)
                sheet = sample_sheet(tx, actor, kind, source)
            sheet.tried()
        with command(request) as (tx, actor):
            add_template(
                tx,
                actor,
                TEMPLATE_KINDS,
                kind=kind,
                year=int(year) if year.isdecimal() and len(year) == 4 else 0,
                content=content,
                note=str(form.get("note", "")).strip(),
            )
    except InvalidInput as error:
        return _draw(request, form, error.fields, "" if error.fields else error.message)
    except ProcessFault as fault:
        return _draw(request, form, {"file": [_told(fault)]})
    flash(request, "模板已保存，尚未启用。请先预览，确认无误后启用。")
    return redirect(request, "/print-templates")


@router.get("/print-templates/{key}/preview.pdf")
def preview(request: Request, key: Key) -> Response:
    """The template set with what was handed in last."""
    with query(request) as (tx, actor):
        held, source = template_source(tx, actor, key)
        sheet = sample_sheet(tx, actor, held.kind, source)
    try:
        content = sheet.tried()
    except ProcessFault as fault:
        raise InvalidInput(_told(fault)) from fault
    return Response(content, media_type="application/pdf", headers={"Content-Disposition": "inline"})


@router.get("/print-templates/{key}/source.typ")
def download(request: Request, key: Key) -> Response:
    with query(request) as (tx, actor):
        held, source = template_source(tx, actor, key)
    return _source(f"{TEMPLATE_KINDS.get(held.kind, '模板')}-{held.year}-{held.version}.typ", source)


@router.get("/print-templates/release/{name}.typ")
def download_release(request: Request, name: str) -> Response:
    """A template of the release, to begin from."""
    with query(request) as (_, actor):
        authorize(actor, Permission.CODES_MANAGE)
    kind = next((one for one in TEMPLATE_KINDS if one.rpartition("/")[2] == name), None)
    if kind is None:
        raise NotFound
    return _source(f"{TEMPLATE_KINDS[kind]}.typ", release_template(kind))


@router.post("/print-templates/{key}/in-force")
def change_force(request: Request, key: Key, form: Form = POSTED) -> Response:
    """启用 (`on`) or 停用."""
    on = form.get("on") == "1"
    with command(request) as (tx, actor):
        held = put_in_force(tx, actor, key, in_force=on)
    label = TEMPLATE_KINDS.get(held.kind, "模板")
    words = f"第 {held.version} 版已启用" if on else "已改回系统自带的模板"
    flash(request, f"{held.year} 年度{label}：{words}。")
    return redirect(request, "/print-templates")


def _draw(
    request: Request, form: Form | None = None, errors: dict[str, list[str]] | None = None, message: str = ""
) -> Response:
    with query(request) as (tx, actor):
        templates = list_templates(tx, actor)
        typed: dict[str, Any] = {"kind": "", "year": year_of(request), "note": ""}
        if form is not None:
            typed |= {name: str(form.get(name, "")) for name in typed}
        return page(
            request,
            TEMPLATE,
            status=422 if errors or message else 200,
            kinds=TEMPLATE_KINDS,
            templates=templates,
            typed=typed,
            errors={name: (errors or {}).get(name, []) for name in ("kind", "year", "file", "note")},
            message=message,
        )


def _told(fault: ProcessFault) -> str:
    where = str(fault.__cause__ or "").strip().splitlines()
    place = next((line.strip() for line in where if "main.typ" in line), "")
    return f"{fault.message}{f'（{place}）' if place else ''}"


def _source(name: str, content: bytes) -> Response:
    kept = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return Response(content, media_type="text/plain; charset=utf-8", headers=kept)
