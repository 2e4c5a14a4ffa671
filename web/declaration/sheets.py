"""Printed sheets (U16, Q7, W1, W5): 通用表 of one declaration with its copies and paper, of many as an archive, 一览表, 公示表;
and whether a printed sheet equals the present data."""

from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.datastructures import QueryParams
from starlette.responses import Response

from engine.access import Actor, Permission, authorize
from engine.db import Transaction
from engine.declaration.detail import declaration_detail
from engine.declaration.lists import Asked, Scope, Tab, listed_cases
from engine.declaration.looks import Looked
from engine.declaration.sheets import (
    Folding,
    Sheet,
    export_all_general_sheets,
    export_general_sheets,
    general_sheet_of,
    overview_sheet,
    publicity_of_unit,
    reviewed_cases,
    verify_sheet,
)
from engine.errors import InvalidInput
from web.declaration.filters import asked_filters
from web.deps import POSTED, Form, Key, command, query, year_of
from web.looks import note_look
from web.pages import page, redirect

router = APIRouter()

MOST_COPIES = 10
PAPERS = {Folding.A4: "A4", Folding.A3: "A3 对折（四页一张，双面打印）"}
#: a sheet of so many declarants is made at once; more are chosen by filters
MOST_LISTED = 500


@router.get("/declaration/{case_key}/sheet")
def choose_sheet(request: Request, case_key: Key) -> Response:
    """Paper and copies of the 通用表, for its owner and for whoever sees the declaration."""
    with query(request) as (tx, actor):
        row = declaration_detail(tx, actor, case_key).row
        return page(
            request,
            "declaration/sheet.html",
            row=row,
            papers=PAPERS,
            most=MOST_COPIES,
            back_url="/declaration" if row["applicant"] == actor.login else f"/declarations/{case_key}",
        )


@router.get("/declaration/{case_key}/sheet.pdf")
def show_sheet(request: Request, case_key: Key) -> Response:
    """The 通用表; `copies` and `paper` (a4, a3) as asked."""
    with query(request) as (tx, actor):
        sheet = general_sheet_of(tx, actor, case_key)
        note_look(request, tx, actor, case_key, Looked.PRINT)
    params = request.query_params
    asked = params.get("copies", "")
    copies = min(max(int(asked), 1), MOST_COPIES) if asked.isdecimal() and len(asked) < 4 else 1
    return pdf_answer(request, sheet, copies, Folding.A3 if params.get("paper") == Folding.A3 else Folding.A4)


@router.post("/declarations/general-sheets")
def export_sheets(request: Request, form: Form = POSTED) -> Response:
    """批量导出通用表: of the rows ticked (`task`, keys of reviews, or `ids`, keys of cases); 全部导出通用表: with `all` of every row
    of the list whose address stands in `list`."""
    with command(request) as (tx, actor):
        if form.get("all"):
            asked = asked_of(request, QueryParams(str(form.get("list", ""))))
            key = export_all_general_sheets(tx, actor, asked)
        else:
            cases = [*_keys(form, "ids"), *reviewed_cases(tx, actor, _keys(form, "task"))]
            key = export_general_sheets(tx, actor, cases)
    return redirect(request, f"/batches/{key}")


@router.get("/declarations/overview.pdf")
def show_overview(request: Request) -> Response:
    """一览表 of every row of the list whose filters the address names, of the tab 全部 where it names none."""
    with query(request) as (tx, actor):
        sheet = overview_sheet(tx, actor, _listed(tx, actor, request))
    return pdf_answer(request, sheet)


@router.get("/declarations/publicity.pdf")
def show_publicity(request: Request) -> Response:
    """单位推荐公示表 of everybody the actor's unit declares this year."""
    with query(request) as (tx, actor):
        sheet = publicity_of_unit(tx, actor, year_of(request))
    return pdf_answer(request, sheet)


@router.get("/verify")
def show_verify(request: Request) -> Response:
    """核对通用表: whether number and code of a printed sheet equal what was handed in."""
    number = request.query_params.get("number", "").strip()[:20]
    code = request.query_params.get("code", "").strip()[:40]
    with query(request) as (tx, actor):
        authorize(actor, Permission.DECLARATIONS_REVIEW)
        found = verify_sheet(tx, actor, number, code) if number or code else None
        return page(request, "declaration/verify.html", number=number, code=code, found=found)


def asked_of(request: Request, params: QueryParams, tab: Tab = Tab.PENDING) -> Asked:
    """What list an address names: tab, scope, filters, order."""
    return Asked(
        year=year_of(request),
        tab=Tab(params["tab"]) if params.get("tab") in set(Tab) else tab,
        scope=Scope(params["scope"]) if params.get("scope") in set(Scope) else Scope.BOTH,
        filters=asked_filters(params),
        sort=params.get("sort", ""),
    )


def pdf_answer(request: Request, sheet: Sheet, copies: int = 1, folding: Folding = Folding.A4) -> Response:
    """The sheet set and shown, or kept with `download=1`. Called outside any transaction."""
    content = sheet.pdf(copies=copies, folding=folding)
    kept = "attachment" if request.query_params.get("download") == "1" else "inline"
    return Response(
        content,
        media_type="application/pdf",
        headers={
            "Content-Disposition": f"{kept}; filename*=UTF-8''{quote(sheet.name)}.pdf",
            "Cache-Control": "private, no-store",
        },
    )


def _listed(tx: Transaction, actor: Actor, request: Request) -> list[int]:
    keys = listed_cases(tx, actor, asked_of(request, request.query_params, Tab.ALL))
    if len(keys) > MOST_LISTED:
        raise InvalidInput(f"一览表一次最多 {MOST_LISTED} 人，现有 {len(keys):,} 人，请先用查询条件缩小范围。")
    return keys


def _keys(form: Form, name: str) -> list[int]:
    return [int(key) for key in map(str, form.getlist(name)) if key.isdecimal() and len(key) < 19]
