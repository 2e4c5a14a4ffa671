"""`/declarations`: 今年申报材料 – what waits, what is on hold, what was decided (U7–U9, U17)."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.access import Actor
from engine.clock import local
from engine.db import Transaction
from engine.declaration.lists import MOST_COUNTED, Page, Tab, review_list
from engine.flow.registry import registry_of
from engine.organisation import Role
from engine.reference import CodeBook
from web.declaration.filters import asked_filters, filter_fields
from web.declaration.words import masked, outcome_words, titles_of
from web.deps import code_book, query, year_of
from web.due import age_of
from web.pages import is_htmx, page, piece, query_with
from web.paging import Pager, size_of
from web.undo import offered_undo

router = APIRouter()

TEMPLATE = "declaration/list.html"
TABS: Mapping[Tab, str] = {Tab.PENDING: "未审核", Tab.ON_HOLD: "审核待定", Tab.DECIDED: "已审核", Tab.ALL: "全部"}
NOTHING: Mapping[Tab, tuple[str, str]] = {
    Tab.PENDING: ("没有待审核的申报材料", "本单位和下级单位的申报材料送达时列在这里，消息里也会提醒您。"),
    Tab.ON_HOLD: ("没有审核待定的申报材料", "审核时需要等待核实的，可以设为“审核待定”，材料不退回、不流转。"),
    Tab.DECIDED: ("还没有审核过的申报材料", "您所在单位审核过的材料列在这里，可以随时查看后来的进度。"),
    Tab.ALL: ("还没有申报材料", "本单位和下级单位的申报人开始申报以后，列在这里。"),
}


@router.get("/declarations")
def show_list(request: Request) -> Response:
    with query(request) as (tx, actor):
        context = _context(request, tx, actor)
    if is_htmx(request):
        return piece(request, TEMPLATE, "list", **context)
    return page(request, TEMPLATE, **context)


def _context(request: Request, tx: Transaction, actor: Actor) -> dict[str, Any]:
    params = request.query_params
    tab = Tab(params["tab"]) if params.get("tab") in set(Tab) else Tab.PENDING
    year, asked, size = year_of(request), asked_filters(params), size_of(params)
    cursor = params.get("before") or params.get("after")
    found = review_list(tx, actor, tab=tab, filters=asked, year=year, cursor=cursor, size=size)
    book = code_book(request, tx, year)
    return {
        "year": year,
        "office": "单位领导" if actor.role == Role.UNIT_LEADER else "经办人",
        "tab": tab.value,
        "tabs": [_tab(request, one, tab, found) for one in Tab],
        "rows": [_row(request, tx, actor, book, row, asked) for row in found.rows],
        "found": _pager(found, tab, size),
        "fields": filter_fields(book, asked),
        "filtered": bool(asked),
        "nothing": NOTHING[tab],
        "undo": offered_undo(request, tx, actor),
    }


def _pager(found: Page, tab: Tab, size: int) -> Pager:
    total = found.counts[tab] if found.counts is not None else None
    return Pager(total, total is not None and total >= MOST_COUNTED, found.previous, found.next, size)


def _tab(request: Request, tab: Tab, current: Tab, found: Page) -> dict[str, Any]:
    count = found.counts[tab] if found.counts is not None else None
    return {
        "label": TABS[tab],
        "url": query_with(
            request.query_params, tab=None if tab is Tab.PENDING else tab.value, before=None, after=None, done=None
        )
        or "?",
        "current": tab is current,
        "count": f"{count}+" if count is not None and count >= MOST_COUNTED else count,
    }


def _row(
    request: Request, tx: Transaction, actor: Actor, book: CodeBook, row: Mapping[str, Any], asked: Mapping[str, str]
) -> dict[str, Any]:
    """A row in words. Leaders of other units read identity numbers without the birthday in them."""
    key = row["case_key"]
    hidden = actor.role == Role.UNIT_LEADER and row["unit"] != actor.unit
    kept = query_with(request.query_params, **{name: None for name in request.query_params if name not in asked})
    label, kind = outcome_words(tx, row["outcome"]) if row["outcome"] else ("", "")
    return {
        "id": key,
        "key": key,
        "task": row["task_key"],
        "url": f"/declarations/{key}" if row["outcome"] else f"/declarations/{key}/review{kept if asked else ''}",
        "row": row,
        "titles": titles_of(book, row),
        "identity_number": row["identity_number"],
        "masked": masked(row["identity_number"]) if hidden else "",
        "at": row["at"],
        "day": local(row["at"]).date() if row["at"] else None,
        "age": age_of(row["at"], tx.now, registry_of(tx).calendar) if row["at"] else "",
        "outcome": label,
        "kind": kind,
    }
