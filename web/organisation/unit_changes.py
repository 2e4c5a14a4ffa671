"""Moving, merging, dissolving and disabling a unit: each asks first and tells what it concerns."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.access import Actor
from engine.db import Transaction
from engine.errors import Refused
from engine.organisation.unit_details import unit_details
from engine.organisation.unit_ends import dissolve_unit, hand_over_again, merge_unit
from engine.organisation.unit_moves import changeable, move_unit
from engine.organisation.unit_states import concerned_by, disable_unit, enable_unit
from web.deps import POSTED, Form, Key, command, query
from web.organisation.asking import text_of
from web.organisation.unit_picking import Picked, picked, unit_in
from web.pages import flash, page, redirect

router = APIRouter()

Errors = Mapping[str, list[str]]


@router.get("/units/{key}/move")
def ask_move(request: Request, key: Key) -> Response:
    return _ask(request, key, "organisation/unit_move.html")


@router.post("/units/{key}/move")
def do_move(request: Request, key: Key, form: Form = POSTED) -> Response:
    """First shows what will move, then moves it."""
    if "confirmed" not in form:
        return _ask(request, key, "organisation/unit_move.html", form)
    with command(request) as (tx, actor):
        batch = move_unit(tx, actor, key, _chosen(form))
    return _done(request, key, batch, "机构已移动。")


@router.get("/units/{key}/end")
def ask_end(request: Request, key: Key) -> Response:
    return _ask(request, key, "organisation/unit_end.html")


@router.post("/units/{key}/end")
def do_end(request: Request, key: Key, form: Form = POSTED) -> Response:
    """First shows what goes where, then merges the unit, or dissolves it where no receiving unit is named."""
    if "confirmed" not in form:
        return _ask(request, key, "organisation/unit_end.html", form)
    into = unit_in(form)
    with command(request) as (tx, actor):
        batch = None if into is None else merge_unit(tx, actor, key, into)
        if into is None:
            dissolve_unit(tx, actor, key)
    return _done(request, key, batch, "机构已撤销。" if into is None else "机构已合并。")


@router.post("/units/{key}/hand-over")
def do_hand_over(request: Request, key: Key, form: Form = POSTED) -> Response:
    """What is left of a merged unit's open cases goes after the others."""
    with command(request) as (tx, actor):
        batch = hand_over_again(tx, actor, key)
    return _done(request, key, batch, "没有需要移交的材料。")


def _chosen(form: Form) -> int:
    chosen = unit_in(form)
    if chosen is None:
        raise Refused("请先选择机构，再确认。")
    return chosen


def _done(request: Request, key: int, batch: int | None, words: str) -> Response:
    if batch is None:
        flash(request, words)
        return redirect(request, f"/units/{key}")
    flash(request, f"{words}在办材料正在随之调整，进度见本页。")
    return redirect(request, f"/batches/{batch}")


def _ask(request: Request, key: int, template: str, form: Form | None = None) -> Response:
    """The page with the picker; once a unit is chosen, or none is to be, with what is going to happen."""
    with query(request) as (tx, actor):
        changeable(tx, actor, key)
        found = _found(tx, actor, key, form)
        # without scripts the button 查找 posts too; it only looks for units
        searching = form is None or "pick" in form
        target = next((unit for unit in found.choices if unit.id == found.chosen), None)
        alone = form is not None and "alone" in form
        missing = form is not None and not searching and target is None and not alone
        return page(
            request,
            template,
            status=422 if missing else 200,
            unit=unit_details(tx, actor, key),
            concerned=concerned_by(tx, actor, key),
            choices=found.choices,
            chosen=found.chosen,
            words=found.words,
            errors={"unit": ["请查找并选择一个机构"]} if missing else {},
            target=None if searching else target,
            alone=alone and not searching and target is None,
        )


def _found(tx: Transaction, actor: Actor, key: int, form: Form | None) -> Picked:
    if form is None:
        return picked(tx, actor, "")
    return picked(tx, actor, text_of(form, "unit"), text_of(form, "unit_q"), beside=key)


@router.get("/units/{key}/disable")
def ask_disable(request: Request, key: Key) -> Response:
    with query(request) as (tx, actor):
        changeable(tx, actor, key)
        unit, concerned = unit_details(tx, actor, key), concerned_by(tx, actor, key)
    return page(request, "organisation/unit_disable.html", unit=unit, concerned=concerned)


@router.post("/units/{key}/disable")
def do_disable(request: Request, key: Key, form: Form = POSTED) -> Response:
    with command(request) as (tx, actor):
        disable_unit(tx, actor, key, text_of(form, "reason"))
    flash(request, "机构已停用，其工作人员不能再为该机构办理。")
    return redirect(request, f"/units/{key}")


@router.get("/units/{key}/enable")
def ask_enable(request: Request, key: Key) -> Response:
    with query(request) as (tx, actor):
        changeable(tx, actor, key)
        unit = unit_details(tx, actor, key)
    return page(request, "organisation/unit_enable.html", unit=unit)


@router.post("/units/{key}/enable")
def do_enable(request: Request, key: Key, form: Form = POSTED) -> Response:
    with command(request) as (tx, actor):
        enable_unit(tx, actor, key)
    flash(request, "机构已启用。")
    return redirect(request, f"/units/{key}")
