"""`/committees`: the committees of one's units – list, register, change, take out of use, a password again (K1); past ones (K2)."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.access import Actor
from engine.committee.committees import (
    create_committee,
    edit_committee,
    filings_of,
    find_committee,
    forming_units,
    has_right,
    list_committees,
    reset_password,
    set_committee_state,
)
from engine.committee.composition import composition_of
from engine.committee.fields import CommitteeFields
from engine.committee.tables import CommitteeKind, CommitteeState
from engine.db import Transaction
from engine.errors import InvalidInput
from engine.reference import CodeBook
from web.committee.asking import day_of, first_password, page_of
from web.committee.pool import show_password
from web.deps import POSTED, Form, Key, app_of, code_book, command, query
from web.pages import flash, is_htmx, page, piece, redirect
from web.paging import size_of

router = APIRouter()

KINDS = [(CommitteeKind.SERIES.value, "按系列"), (CommitteeKind.SPECIALTY.value, "按专业")]
STANDINGS = ("有效", "未生效", "已到期", "已停用")
BADGES = {"有效": "good", "未生效": "info", "已到期": "warn", "已停用": ""}
Errors = dict[str, list[str]]


@router.get("/committees")
def show_committees(request: Request) -> Response:
    return _draw_list(request)


@router.get("/committees/past")
def show_past(request: Request) -> Response:
    """历史评委会 (K2): whose filing has run out; to be looked at only."""
    return _draw_list(request, past=True)


def _draw_list(request: Request, *, past: bool = False) -> Response:
    params = request.query_params
    number, size = page_of(params), size_of(params)
    names = ("text", "series", "level") if past else ("text", "series", "level", "standing")
    asked = {name: params.get(name, "") for name in names}
    with query(request) as (tx, actor):
        book = code_book(request, tx)
        found, total = list_committees(
            tx,
            actor,
            text=asked["text"],
            series=asked["series"],
            level=asked["level"],
            standing=asked.get("standing", ""),
            past=past,
            page=number,
            size=size,
        )
        may_create = has_right(tx, actor)
    context: dict[str, Any] = {
        "rows": [
            {
                "id": one.id,
                "one": one,
                "series": book.label("title_series", one.fields.series),
                "levels": "、".join(book.label("title_level", level) for level in one.fields.levels),
                "region": book.label("region", one.fields.region),
                "badge": BADGES[one.standing],
            }
            for one in found
        ],
        "total": total,
        "number": number,
        "size": size,
        "filtered": any(asked.values()),
        "fields": [field for field in _filters(book) if not past or field["name"] != "standing"],
        "may_create": may_create and not past,
        "past": past,
        "place": "/committees/past" if past else "/committees",
    }
    if is_htmx(request):
        return piece(request, "committee/list.html", "list", **context)
    return page(request, "committee/list.html", **context)


@router.get("/committees/new")
def show_new(request: Request) -> Response:
    return _draw(request, CommitteeFields())


@router.post("/committees/new")
def register(request: Request, form: Form = POSTED) -> Response:
    fields = _read(form)
    if "choose" in form:
        return _draw(request, fields)
    password, hashed = first_password(request)
    try:
        with command(request) as (tx, actor):
            key = create_committee(tx, actor, code_book(request, tx), fields, password_hash=hashed)
    except InvalidInput as error:
        return _draw(request, fields, error.fields, status=422)
    if app_of(request).settings.demo:
        flash(request, f"评委会“{fields.name}”已登记，用评委会代码登录管理专家库。")
        return redirect(request, "/committees")
    return show_password(request, fields.name, fields.code.strip().lower(), password, f"/committees/{key}")


@router.post("/committees/{key}/password")
def reset(request: Request, key: Key, form: Form = POSTED) -> Response:
    """重置评委会密码; the new one is shown this once."""
    password, hashed = first_password(request)
    with command(request) as (tx, actor):
        login = reset_password(tx, actor, key, hashed)
        name = find_committee(tx, actor, key).fields.name
    if app_of(request).settings.demo:
        flash(request, f"评委会账号 {login} 的密码已重置为初始密码。")
        return redirect(request, f"/committees/{key}")
    return show_password(request, name, login, password, f"/committees/{key}")


@router.get("/committees/{key}")
def show_committee(request: Request, key: Key) -> Response:
    with query(request) as (tx, actor):
        fields = find_committee(tx, actor, key).fields
    return _draw(request, fields, key=key)


@router.post("/committees/{key}")
def change(request: Request, key: Key, form: Form = POSTED) -> Response:
    """Save it, take it out of use or put it back, by the button pressed."""
    state = {"disable": CommitteeState.DISABLED, "enable": CommitteeState.ACTIVE}.get(str(form.get("do", "")))
    if state is not None:
        with command(request) as (tx, actor):
            set_committee_state(tx, actor, key, state)
        flash(request, "已停用，不再分配新的材料。" if state is CommitteeState.DISABLED else "已重新启用。")
        return redirect(request, f"/committees/{key}")
    fields = _read(form)
    if "choose" in form:
        return _draw(request, fields, key=key)
    try:
        with command(request) as (tx, actor):
            edit_committee(tx, actor, code_book(request, tx), key, fields)
    except InvalidInput as error:
        return _draw(request, fields, error.fields, key=key, status=422)
    flash(request, "已保存。")
    return redirect(request, "/committees")


def _draw(
    request: Request,
    fields: CommitteeFields,
    errors: Errors | None = None,
    *,
    key: int | None = None,
    status: int = 200,
) -> Response:
    with query(request) as (tx, actor):
        found = find_committee(tx, actor, key) if key is not None else None
        return page(
            request,
            "committee/edit.html",
            status=status,
            key=key,
            found=found,
            badge=BADGES[found.standing] if found else "",
            fields=fields,
            errors=errors or {},
            may_change=has_right(tx, actor),
            results=composition_of(tx, key) if key is not None else (),
            filings=filings_of(tx, actor, key) if key is not None else (),
            **_choices(request, tx, actor, fields),
        )


def _choices(request: Request, tx: Transaction, actor: Actor, fields: CommitteeFields) -> dict[str, Any]:
    book = code_book(request, tx)
    specialties = [code for code in book.codes("specialty") if code.parent == fields.series and code.active]
    regions = [code.value for code in book.codes("region") if code.active]
    return {
        "units": list(forming_units(tx, actor).items()),
        "series": [(code.value, code.label) for code in book.codes("title_series") if code.active],
        "specialties": [(code.value, code.label) for code in specialties],
        "levels": [(code.value, code.label) for code in book.codes("title_level") if code.active],
        "regions": [(value, book.path_label("region", value)) for value in regions],
        "kinds": KINDS,
    }


def _filters(book: CodeBook) -> list[dict[str, Any]]:
    def options(name: str) -> list[tuple[str, str]]:
        return [(code.value, code.label) for code in book.codes(name)]

    return [
        {"name": "text", "label": "代码或名称"},
        {"name": "series", "label": "评审系列", "kind": "select", "options": options("title_series")},
        {"name": "level", "label": "评审等级", "kind": "select", "options": options("title_level")},
        {"name": "standing", "label": "状态", "kind": "select", "options": [(one, one) for one in STANDINGS]},
    ]


def _read(form: Form) -> CommitteeFields:
    def text(name: str) -> str:
        return str(form.get(name, ""))

    unit, members = text("forming_unit"), text("members").strip()
    return CommitteeFields(
        code=text("code"),
        name=text("name"),
        forming_unit=int(unit) if unit.isdecimal() and len(unit) < 19 else None,
        series=text("series"),
        specialties=tuple(str(value) for value in form.getlist("specialties")),
        levels=tuple(str(value) for value in form.getlist("levels")),
        kind=text("kind"),
        region=text("region"),
        filing_no=text("filing_no"),
        valid_from=day_of(text("valid_from")),
        valid_until=day_of(text("valid_until")),
        members=int(members) if members.isdecimal() and len(members) < 5 else None,
        contact_person=text("contact_person"),
        contact_phone=text("contact_phone"),
        show_opinions=bool(form.get("show_opinions")),
    )
