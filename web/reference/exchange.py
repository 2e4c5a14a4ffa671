"""`/codes/{list}/export.xlsx`, `/codes/{list}/import`: a whole list as a workbook, out and in."""

from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.datastructures import UploadFile
from starlette.responses import Response

from engine.document.workbooks import Column, read_rows, write_workbook
from engine.errors import InvalidInput, Refused
from engine.reference.code_tables import code_table
from engine.reference.exchange import NO, YES, columns_of, export_rows, import_rows
from engine.reference.listing import code_page
from web.deps import POSTED, Form, command, query
from web.pages import flash, page, redirect
from web.reference.codes import asked_year, is_open

router = APIRouter()

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get("/codes/{name}/export.xlsx")
def export(request: Request, name: str) -> Response:
    """Every value of the list for the year: what one changes and gives back to the import."""
    year = asked_year(request)
    with query(request) as (tx, actor):
        rows = export_rows(tx, actor, name, year)
    label = code_table(name).label
    content = write_workbook(_columns(name), rows, title=label)
    file = quote(f"代码表-{label}-{year}.xlsx")
    return Response(
        content, media_type=WORKBOOK, headers={"Content-Disposition": f"attachment; filename*=UTF-8''{file}"}
    )


@router.get("/codes/{name}/import")
def show_import(request: Request, name: str) -> Response:
    return _draw(request, name)


@router.post("/codes/{name}/import")
def take_in(request: Request, name: str, form: Form = POSTED) -> Response:
    """Take in a workbook, all of it or nothing; what is wrong is said row by row."""
    year, file = asked_year(request), form.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        return _draw(request, name, "请先选择要导入的工作簿。", status=422)
    try:
        rows = [(row.number, row.values) for row in read_rows(file.file.read(), _columns(name))]
        with command(request) as (tx, actor):
            done = import_rows(tx, actor, name, year, rows)
    except InvalidInput as error:
        return _draw(request, name, error.message, error.fields, status=422)
    except Refused as refusal:
        return _draw(request, name, refusal.message, status=409)
    flash(request, f"已导入：新增 {done.added} 个，修改 {done.changed} 个，未变 {done.same} 个。")
    return redirect(request, f"/codes/{name}?year={year}")


def _draw(
    request: Request, name: str, problem: str = "", rows: dict[str, list[str]] | None = None, status: int = 200
) -> Response:
    year = asked_year(request)
    with query(request) as (tx, actor):
        found = code_page(tx, actor, name, year, size=1)
    return page(
        request,
        "reference/import.html",
        status=status,
        name=name,
        label=found.table.label,
        year=year,
        problem=problem,
        rows=rows or {},
        columns=[column.title for column in _columns(name)],
        open=is_open(request, year),
    )


def _columns(name: str) -> list[Column]:
    return [
        Column(
            field,
            title,
            required=field in {"value", "label"},
            choices=(YES, NO) if field == "active" else (),
            width=40 if field in {"label", "definition", "hint"} else 18,
        )
        for field, title in columns_of(name)
    ]
