"""`/templates`: papers to download, by year and series; the title office puts them there."""

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from engine.access import Permission, authorize
from engine.bulletin.templates import add_template, find_template, list_templates, remove_template
from engine.document import Attachment, Stored, add_attachment
from engine.document.published import published_attachment
from engine.errors import InvalidInput
from web.bulletin.serving import receive_file, serve_file
from web.deps import POSTED, Form, Key, app_of, code_book, command, current, query, year_of
from web.pages import flash, page, redirect

router = APIRouter()

Errors = dict[str, list[str]]
#: papers the system draws itself, by base material
DRAWN = {"ethics_appraisal": "职业道德评价表", "truth_pledge": "申报材料真实性承诺书"}


@router.get("/templates")
def show_templates(request: Request) -> Response:
    return _draw(request)


@router.get("/templates/{key}/file")
async def download(request: Request, key: Key) -> Response:
    return await serve_file(request, lambda: _file(request, key))


@router.post("/templates/files")
async def add(request: Request, form: Form = POSTED) -> Response:
    """Offer one more paper."""
    actor = await run_in_threadpool(current, request)
    authorize(actor, Permission.CODES_MANAGE)
    try:
        stored = await receive_file(request, form)
        await run_in_threadpool(_keep, request, stored, form)
    except InvalidInput as error:
        return await run_in_threadpool(_draw, request, error.fields, form)
    flash(request, "模板已添加。")
    return redirect(request, f"/templates?year={_year(request)}")


@router.post("/templates/{key}/remove")
def remove(request: Request, key: Key, form: Form = POSTED) -> Response:
    with command(request) as (tx, actor):
        remove_template(tx, actor, key)
    flash(request, "模板已删除。")
    return redirect(request, f"/templates?year={_year(request)}")


def _keep(request: Request, stored: Stored, form: Form) -> None:
    year = _year(request)
    with command(request) as (tx, actor):
        added = add_attachment(tx, actor, app_of(request).files, stored, field="template")
        tx.flush()
        add_template(
            tx,
            actor,
            code_book(request, tx, year),
            year=year,
            series=str(form.get("for_series", "")),
            material=str(form.get("material", "")),
            name=str(form.get("name", "")),
            file=added.describe(),
        )


def _file(request: Request, key: int) -> Attachment:
    with query(request) as (tx, _):
        return published_attachment(tx, int(find_template(tx, key).file["id"]))


def _year(request: Request) -> int:
    text = request.query_params.get("year", "")
    return int(text) if text.isdecimal() and len(text) == 4 else year_of(request)


def _draw(request: Request, errors: Errors | None = None, form: Form | None = None) -> Response:
    year, params = _year(request), request.query_params
    with query(request) as (tx, actor):
        book = code_book(request, tx, year)
        rows = [
            {
                "id": found.id,
                "name": found.name,
                "file": found.file,
                "series": book.label("title_series", found.series) or "全部系列",
                "material": book.label("base_material", found.material),
            }
            for found in list_templates(
                tx, year=year, series=params.get("series", ""), material=params.get("material", "")
            )
        ]
    typed = {name: str(form.get(name, "")) if form is not None else "" for name in ("name", "for_series", "material")}
    return page(
        request,
        "bulletin/templates.html",
        status=422 if errors else 200,
        rows=rows,
        year=year,
        years=range(year_of(request) + 1, year_of(request) - 5, -1),
        series=[(code.value, code.label) for code in book.codes("title_series") if code.active],
        materials=[(code.value, code.label) for code in book.codes("base_material") if code.active],
        drawn=DRAWN,
        may_manage=actor.may(Permission.CODES_MANAGE),
        errors=errors or {},
        typed=typed,
    )
