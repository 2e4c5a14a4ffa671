"""`/declarations`: 今年申报材料 – what waits, what is on hold, what was decided, and all of the units (U7–U9, U17, U18, U23)."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.access import Actor
from engine.clock import local
from engine.db import Transaction
from engine.declaration.batch_placement import proposals_of
from engine.declaration.desks import Desk
from engine.declaration.list_columns import COLUMNS, Names, cell, chosen_columns, names_in, sort_of
from engine.declaration.lists import MOST_COUNTED, Asked, Page, Scope, Tab, count_tabs, review_list
from engine.declaration.masking import shows_identity
from engine.declaration.saved_views import kept_query, saved_views
from engine.flow.registry import registry_of
from engine.organisation import Role, unit_names
from engine.reference import CodeBook
from web.declaration.filters import asked_of, filter_fields, is_filtered
from web.declaration.sheets import MOST_LISTED
from web.declaration.words import outcome_words, status_kind
from web.deps import code_book, query, year_of
from web.due import age_of
from web.pages import is_htmx, page, piece, query_with
from web.paging import Pager, size_of
from web.plan_banner import year_plan_banner
from web.undo import offered_undo

router = APIRouter()

TEMPLATE = "declaration/list.html"
TABS: Mapping[Tab, str] = {
    Tab.PENDING: "未审核",
    Tab.ON_HOLD: "审核待定",
    Tab.DECIDED: "已审核",
    Tab.ALL: "全部",
}
#: what an officer's lists are called, what they hold, and what stands in for 审核 in them (U6, U19, U20)
DESKS: Mapping[Desk, tuple[str, str, str]] = {
    Desk.REVIEW: ("申报材料", "本单位和下级单位送{office}审核的申报材料", "审核"),
    Desk.PLACEMENT: ("预分配评委会", "逐级审核完成的申报材料，按系统建议分配评委会，或者委托其他单位评审", "分配"),
    Desk.SCREENING: ("评委会审查申报材料", "分配或委托到本单位所组建评委会的申报材料，补正的问题须一次性告知", "审查"),
}
SCOPES: Mapping[Scope, str] = {Scope.BOTH: "全部单位", Scope.OWN: "本单位", Scope.LOWER: "下级单位"}
NOTHING: Mapping[Tab, tuple[str, str]] = {
    Tab.PENDING: ("没有待审核的申报材料", "本单位和下级单位的申报材料送达时列在这里，消息里也会提醒您。"),
    Tab.ON_HOLD: ("没有审核待定的申报材料", "审核时需要等待核实的，可以设为“审核待定”，材料不退回、不流转。"),
    Tab.DECIDED: ("还没有审核过的申报材料", "您所在单位审核过的材料列在这里，可以随时查看后来的进度。"),
    Tab.ALL: ("还没有申报材料", "本单位和下级单位的申报人开始申报以后，列在这里。"),
}
#: columns whose texts are short and stay in one line
KEPT_WHOLE = frozenset(
    {"identity_number", "title_level", "declaration_route", "review_mode", "declaration_no", "outcome"}
)


@router.get("/declarations")
def show_list(request: Request) -> Response:
    with query(request) as (tx, actor):
        context = _context(request, tx, actor)
    if is_htmx(request):
        return piece(request, TEMPLATE, "list", **context)
    return page(request, TEMPLATE, **context)


@router.get("/declarations/counts")
def show_counts(request: Request) -> Response:
    """The tabs with their counts, where counting would have kept the rows waiting."""
    with query(request) as (tx, actor):
        asked = asked_of(request.query_params, year_of(request))
        tabs = _tabs(request, asked, count_tabs(tx, actor, asked))
    return piece(request, TEMPLATE, "tabs", tabs=tabs, uncounted=False)


def _context(request: Request, tx: Transaction, actor: Actor) -> dict[str, Any]:
    params, year = request.query_params, year_of(request)
    asked, size = asked_of(params, year), size_of(params)
    found = review_list(
        tx,
        actor,
        tab=asked.tab,
        filters=asked.filters,
        year=year,
        cursor=params.get("before") or params.get("after"),
        size=size,
        scope=asked.scope,
        sort=asked.sort,
    )
    book, names = code_book(request, tx, year), names_in(tx, found.rows)
    columns = chosen_columns(asked.tab, params.get("columns", "").split(","))
    kept = kept_query(str(params))
    return {
        "year": year,
        "past": year != local(tx.now).year,
        "desk": asked.desk.value,
        "heading": DESKS[asked.desk][0],
        "told": DESKS[asked.desk][1].format(office="单位领导" if actor.role == Role.UNIT_LEADER else "经办人"),
        "verb": DESKS[asked.desk][2],
        "plan": year_plan_banner(tx, actor, year),
        "proposals": _proposals(tx, asked, found),
        "tab": asked.tab.value,
        "tabs": _tabs(request, asked, found.counts),
        "uncounted": found.counts is None,
        "scopes": [_scope(request, one, asked.scope) for one in Scope],
        "columns": [_head(asked.tab, name) for name in columns],
        "labels": COLUMNS,
        "kept_whole": KEPT_WHOLE,
        "rows": [_row(request, tx, actor, book, names, row, asked, columns) for row in found.rows],
        "found": _pager(found, asked.tab, size),
        "overview": _fits_overview(found, asked.tab),
        "fields": _fields(tx, book, asked),
        "filtered": is_filtered(asked.filters),
        "nothing": [text.replace("审核", DESKS[asked.desk][2]) for text in NOTHING[asked.tab]],
        "views": saved_views(tx, actor),
        "kept": kept,
        "undo": offered_undo(request, tx, actor),
    }


def _fields(tx: Transaction, book: CodeBook, asked: Asked) -> list[dict[str, Any]]:
    """The filters; the units a statistic leads to by name."""
    keys = {name: text for name in ("review_unit", "below") if (text := asked.filters.get(name, "")).isdecimal()}
    names = unit_names(tx, {int(text) for text in keys.values() if len(text) < 19})
    found = filter_fields(book, asked.filters)
    for field in found:
        if field["name"] in keys:
            text = keys[field["name"]]
            field |= {"kind": "select", "options": [(text, names.get(int(text), text))]}
    return found


def _fits_overview(found: Page, tab: Tab) -> bool:
    """Whether the whole list fits on one 一览表; where nobody counted, whether it is one page."""
    if found.counts is None:
        return found.previous is None and found.next is None
    return found.counts[tab] <= MOST_LISTED


def _pager(found: Page, tab: Tab, size: int) -> Pager:
    total = found.counts[tab] if found.counts is not None else None
    return Pager(total, total is not None and total >= MOST_COUNTED, found.previous, found.next, size)


def _proposals(tx: Transaction, asked: Asked, found: Page) -> Mapping[int, Mapping[str, Any]]:
    """The committees proposed for the rows that wait to be placed."""
    if asked.desk is not Desk.PLACEMENT or asked.tab is not Tab.PENDING:
        return {}
    return proposals_of(tx, [row["case_key"] for row in found.rows])


def _tabs(request: Request, asked: Asked, counts: Mapping[Tab, int] | None) -> list[dict[str, Any]]:
    """The tabs; 全部 stands in the list of the reviews alone."""
    shown = [tab for tab in Tab if tab is not Tab.ALL or asked.desk is Desk.REVIEW]
    return [_tab(request, tab, asked, None if counts is None else counts[tab]) for tab in shown]


def _tab(request: Request, tab: Tab, asked: Asked, count: int | None) -> dict[str, Any]:
    changed = {"tab": None if tab is Tab.PENDING else tab.value, "before": None, "after": None, "done": None}
    # another tab has other columns of its own; an order goes along
    return {
        "label": TABS[tab].replace("审核", DESKS[asked.desk][2]),
        "url": query_with(request.query_params, **changed),
        "current": tab is asked.tab,
        "count": f"{count}+" if count is not None and count >= MOST_COUNTED else count,
    }


def _scope(request: Request, scope: Scope, current: Scope) -> dict[str, Any]:
    changed = {"scope": scope.value or None, "before": None, "after": None, "done": None}
    return {
        "label": SCOPES[scope],
        "url": query_with(request.query_params, **changed),
        "current": scope is current,
    }


def _head(tab: Tab, name: str) -> dict[str, Any]:
    return {
        "name": name,
        "label": COLUMNS[name],
        "sort": sort_of(tab, name),
        "kind": "lead" if name == "name" else "",
    }


def _row(
    request: Request,
    tx: Transaction,
    actor: Actor,
    book: CodeBook,
    names: Names,
    row: Mapping[str, Any],
    asked: Asked,
    columns: Sequence[str],
) -> dict[str, Any]:
    """A row in words."""
    key, at, open_here = row["case_key"], row["at"], bool(row["open"])
    kept = kept_query(str(request.query_params))
    label, kind = outcome_words(tx, row["outcome"]) if row["outcome"] else ("", "")
    return {
        "id": key,
        "key": key,
        "task": row["task_key"],
        "open": open_here,
        "url": f"/declarations/{key}/review{'?' + kept if kept else ''}" if open_here else f"/declarations/{key}",
        "row": row,
        "cells": [(name, cell(actor, book, names, row, name)) for name in columns if name != "name"],
        "whole": shows_identity(actor, row),
        "at": at,
        "day": local(at).date() if at else None,
        "age": age_of(at, tx.now, registry_of(tx).calendar) if at else "",
        "outcome": label,
        "kind": kind,
        "status_kind": status_kind(row["status"]),
    }
