"""`/units/new` and `/units/{key}/edit`: the 19 fields of a unit (U3)."""

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any
from uuid import uuid4

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.access import Actor, Permission, authorize
from engine.db import Transaction
from engine.errors import InvalidInput
from engine.flow.repeats import first_result, keep_result
from engine.organisation import UnitFields, edit_unit
from engine.organisation.tables import RecommendationMode
from engine.organisation.unit_details import UnitDetails, unit_details
from engine.organisation.unit_fields import LIMITS, RIGHTS
from engine.organisation.unit_opening import open_unit
from engine.reference import CodeBook
from web.deps import POSTED, Form, Key, code_book, command, current, query
from web.organisation.asking import first_password, text_of
from web.organisation.staff import show_first_password
from web.organisation.unit_picking import Picked, picked, unit_in
from web.organisation.unit_words import lists_of, region_groups
from web.pages import flash, page, redirect

router = APIRouter()

FIELDS = tuple(field.name for field in fields(UnitFields))
TICKS = frozenset({"may_create_committee", "may_form_committee", "leader_review", "is_agency"})
FIRST = {"leader_review": "1", "recommendation_mode": RecommendationMode.ROUND.value}


@router.get("/units/new")
def show_new(request: Request) -> Response:
    with query(request) as (tx, actor):
        authorize(actor, Permission.UNITS_MANAGE)
        given = request.query_params.get("unit", "")
        return _draw(request, tx, actor, dict(FIRST), {}, picked(tx, actor, given or str(actor.unit)), uuid4().hex)


@router.post("/units/new")
def do_create(request: Request, form: Form = POSTED) -> Response:
    current(request)
    values = _values(form)
    if "pick" in form:
        return _again(request, form, values, {}, 200)
    password, hashed = first_password(request)
    key = text_of(form, "command_key")[:64]
    try:
        with command(request) as (tx, actor):
            before = first_result(tx, actor, key)
            if before is None:
                opened = open_unit(
                    tx,
                    actor,
                    code_book(request, tx),
                    _superior(form),
                    _fields(values),
                    password_hash=hashed,
                    login=text_of(form, "login"),
                )
                keep_result(tx, actor, key, {"unit": opened.unit})
    except InvalidInput as problem:
        return _again(request, form, values, problem.fields, 422)
    if before is not None:
        return redirect(request, f"/units/{before['unit']}")
    return show_first_password(request, opened.account, "机构已建立", password, f"/units/{opened.unit}")


def _superior(form: Form) -> int:
    chosen = unit_in(form)
    if chosen is None:
        raise InvalidInput(fields={"unit": ["请选择上级机构"]})
    return chosen


def _again(
    request: Request, form: Form, values: dict[str, str], errors: Mapping[str, list[str]], status: int
) -> Response:
    with query(request) as (tx, actor):
        found = picked(tx, actor, text_of(form, "unit"), text_of(form, "unit_q"))
        return _draw(request, tx, actor, values, errors, found, text_of(form, "command_key"), status)


def _draw(
    request: Request,
    tx: Transaction,
    actor: Actor,
    values: dict[str, str],
    errors: Mapping[str, list[str]],
    found: Picked,
    command_key: str,
    status: int = 200,
) -> Response:
    return page(
        request,
        "organisation/unit_edit.html",
        status=status,
        heading="新增机构",
        action="/units/new",
        is_new=True,
        unit=None,
        all_fields=True,
        cascades=False,
        choices=found.choices,
        chosen=found.chosen,
        words=found.words,
        command_key=command_key,
        **_lists(code_book(request, tx)),
        values=_typed(values),
        errors=errors,
    )


@router.get("/units/{key}/edit")
def show_edit(request: Request, key: Key) -> Response:
    with query(request) as (tx, actor):
        unit = unit_details(tx, actor, key)
        return _draw_edit(request, tx, unit, _stored(unit.fields), {})


@router.post("/units/{key}/edit")
def do_edit(request: Request, key: Key, form: Form = POSTED) -> Response:
    values = _values(form)
    try:
        with command(request) as (tx, actor):
            edit_unit(tx, actor, code_book(request, tx), key, _fields(values), cascade="cascade" in form)
    except InvalidInput as problem:
        with query(request) as (tx, actor):
            return _draw_edit(request, tx, unit_details(tx, actor, key), values, problem.fields, 422)
    flash(request, "已保存。")
    return redirect(request, f"/units/{key}")


def _draw_edit(
    request: Request,
    tx: Transaction,
    unit: UnitDetails,
    values: dict[str, str],
    errors: Mapping[str, list[str]],
    status: int = 200,
) -> Response:
    return page(
        request,
        "organisation/unit_edit.html",
        status=status,
        heading="编辑机构",
        action=f"/units/{unit.id}/edit",
        is_new=False,
        unit=unit,
        all_fields=not unit.is_own,
        cascades=any(getattr(unit.fields, name) and name in errors for name in RIGHTS),
        **_lists(code_book(request, tx)),
        values=_typed(values),
        errors=errors,
    )


def _lists(book: CodeBook) -> dict[str, Any]:
    return {"lists": lists_of(book), "regions": region_groups(book), "limits": LIMITS}


def _values(form: Form) -> dict[str, str]:
    return {name: text_of(form, name) for name in (*FIELDS, "login")}


def _typed(values: dict[str, str]) -> dict[str, str]:
    """Every name is there, since templates refuse what is not."""
    return {**dict.fromkeys((*FIELDS, "login"), ""), **values}


def _stored(held: UnitFields) -> dict[str, str]:
    return {name: ("1" if value else "") if name in TICKS else str(value) for name, value in asdict(held).items()}


def _fields(values: Mapping[str, str]) -> UnitFields:
    """What was posted. Raises `InvalidInput` for a way of recommending that there is not."""
    mode = values["recommendation_mode"] or RecommendationMode.ROUND.value
    if mode not in set(RecommendationMode):
        raise InvalidInput(fields={"recommendation_mode": ["请在列出的选项中选择"]})
    given: dict[str, Any] = {name: bool(values[name]) if name in TICKS else values[name] for name in FIELDS}
    return UnitFields(**{**given, "recommendation_mode": RecommendationMode(mode)})
