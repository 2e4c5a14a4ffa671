"""`/exchange-templates/{key}/import`: another system's workbook of people, led on to where applicants are enrolled (Q10)."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.access import Permission, authorize
from engine.declaration.exchange.converting import convert_workbook
from engine.declaration.exchange.templates import find_template
from engine.errors import InvalidInput
from engine.organisation.people_import import APPLICANT_IMPORT
from web.deps import POSTED, Form, Key, code_book, current, query
from web.pages import page, redirect
from web.workbooks import store_workbook, uploaded_workbook

router = APIRouter()


@router.get("/exchange-templates/{key}/import")
def show_import(request: Request, key: Key) -> Response:
    return _draw(request, key)


@router.post("/exchange-templates/{key}/import")
def take_in(request: Request, key: Key, form: Form = POSTED) -> Response:
    """Write it anew as the workbook of 申报人帐号管理, where its rows are shown before anybody is enrolled."""
    try:
        name, data = uploaded_workbook(form)
        with query(request) as (tx, actor):
            made = convert_workbook(tx, actor, code_book(request, tx), key, data)
    except InvalidInput as problem:
        return _draw(request, key, problem.message)
    kept = store_workbook(request, current(request), APPLICANT_IMPORT, name, made)
    return redirect(request, f"/applicants/import/{kept.key}")


def _draw(request: Request, key: int, error: str = "") -> Response:
    with query(request) as (tx, actor):
        authorize(actor, Permission.APPLICANTS_MANAGE)
        found = find_template(tx, actor, key)
    status = 422 if error else 200
    return page(request, "declaration/exchange_import.html", status=status, found=found, error=error)
