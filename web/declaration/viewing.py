"""How a list is seen: 常用查询 under a name, 列设置, its workbook, and the units that fit what is typed (U8, U9, U23)."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from markupsafe import Markup
from starlette.datastructures import QueryParams
from starlette.responses import HTMLResponse, Response

from engine.access import Actor
from engine.db import Transaction
from engine.declaration.list_columns import COLUMNS, chosen_columns
from engine.declaration.list_export import TITLES, export_list, start_list_export
from engine.declaration.lists import Tab
from engine.declaration.saved_views import kept_query, remove_view, save_view, saved_views
from engine.declaration.unit_choices import unit_choices
from engine.errors import InvalidInput, Refused
from web.declaration.filters import asked_of, told_filters
from web.deps import POSTED, Form, Key, code_book, command, query, year_of
from web.pages import flash, page, query_with, redirect

router = APIRouter()

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get("/declarations/views")
def show_views(request: Request) -> Response:
    with query(request) as (tx, actor):
        return _draw_views(request, tx, actor, QueryParams(kept_query(str(request.query_params))))


@router.post("/declarations/views")
def keep_view(request: Request, form: Form = POSTED) -> Response:
    """Keep the list whose address stands in `list`."""
    name, kept, shared = str(form.get("name", "")), kept_query(str(form.get("list", ""))), "shared" in form
    try:
        with command(request) as (tx, actor):
            save_view(tx, actor, name=name, query=kept, shared=shared)
    except (InvalidInput, Refused) as error:
        fields = error.fields if isinstance(error, InvalidInput) else {}
        problem = next(iter(fields.get("name", [error.message])))
        with query(request) as (tx, actor):
            typed = {"name": name, "shared": shared, "problem": problem}
            return _draw_views(request, tx, actor, QueryParams(kept), status=422, **typed)
    flash(request, f"已保存常用查询“{name.strip()}”。")
    return redirect(request, f"/declarations?{kept}")


@router.post("/declarations/views/{view_id}")
def drop_view(request: Request, view_id: Key, form: Form = POSTED) -> Response:
    with command(request) as (tx, actor):
        remove_view(tx, actor, view_id)
    flash(request, "已删除常用查询。")
    return redirect(request, f"/declarations/views?{kept_query(str(form.get('list', '')))}")


def _draw_views(
    request: Request, tx: Transaction, actor: Actor, params: QueryParams, status: int = 200, **typed: Any
) -> Response:
    told = told_filters(code_book(request, tx, year_of(request)), asked_of(params, year_of(request)))
    typed = {"name": "", "shared": False, "problem": "", **typed}
    return page(
        request,
        "declaration/views.html",
        status=status,
        kept=str(params),
        told=told,
        views=saved_views(tx, actor),
        **typed,
    )


@router.get("/declarations/columns")
def choose_columns(request: Request) -> Response:
    """What the list shows and in which order; each choice is another address."""
    with query(request) as (tx, actor):
        saved_views(tx, actor)  # who may not review has no list
    params = request.query_params
    asked = asked_of(params, year_of(request))
    shown = chosen_columns(asked.tab, params.get("columns", "").split(","))[1:]
    others = [name for name in COLUMNS if name not in {"name", *shown, *_foreign(asked.tab)}]
    return page(
        request,
        "declaration/columns.html",
        shown=[_shown(params, shown, at) for at in range(len(shown))],
        others=[{"label": COLUMNS[name], "add": _with(params, [*shown, name])} for name in others],
        list_url=f"/declarations{query_with(params)}",
        usual_url=f"/declarations/columns{query_with(params, columns=None)}",
    )


def _foreign(tab: Tab) -> Sequence[str]:
    """Columns that say nothing in this tab."""
    return {Tab.PENDING: ("outcome",), Tab.ON_HOLD: ("outcome",), Tab.DECIDED: ("at",), Tab.ALL: ()}[tab]


def _shown(params: QueryParams, shown: Sequence[str], at: int) -> dict[str, Any]:
    left = [*shown[:at], *shown[at + 1 :]]
    moved = [[*left[:to], shown[at], *left[to:]] if 0 <= to <= len(left) else None for to in (at - 1, at + 1)]
    up, down = (_with(params, columns) if columns else "" for columns in moved)
    return {"label": COLUMNS[shown[at]], "up": up, "down": down, "drop": _with(params, left) if left else ""}


def _with(params: QueryParams, columns: Sequence[str]) -> str:
    return f"/declarations/columns{query_with(params, columns=','.join(columns))}"


@router.post("/declarations/export")
def export(request: Request, form: Form = POSTED) -> Response:
    """The workbook of the list whose address stands in `list`; a long one is made in the background."""
    params = QueryParams(str(form.get("list", "")))
    asked = asked_of(params, year_of(request))
    columns = chosen_columns(asked.tab, params.get("columns", "").split(","))
    with query(request) as (tx, actor):
        content = export_list(tx, actor, asked, columns)
    if content is None:
        with command(request) as (tx, actor):
            key = start_list_export(tx, actor, asked, columns)
        return redirect(request, f"/batches/{key}")
    name = quote(f"{asked.year}年申报材料（{TITLES[asked.tab]}）.xlsx")
    return Response(
        content, media_type=WORKBOOK, headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    )


@router.get("/declarations/units")
def suggest_units(request: Request) -> Response:
    """The units whose name holds what is typed, as options of the input."""
    params = request.query_params
    typed = next((params[name] for name in ("unit", "governing_unit") if params.get(name)), "")
    with query(request) as (tx, actor):
        names = unit_choices(tx, actor, typed)
    return HTMLResponse(Markup("").join(Markup('<option value="{}"></option>').format(name) for name in names))
