"""`/committees`: the committees of one's units – list, register, change, take out of use, a password again (K1); past ones (K2)."""

from collections.abc import Mapping, Sequence
from secrets import token_urlsafe
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.access import Actor
from engine.clock import local
from engine.committee.committee_lists import (
    KIND_LABELS,
    CommitteeFilter,
    export_committees,
    filings_of,
    find_committee,
    list_committees,
    units_listed,
)
from engine.committee.committees import (
    create_committee,
    edit_committee,
    forming_units,
    has_right,
    require_right,
    reset_password,
    set_committee_state,
)
from engine.committee.composition import composition_of
from engine.committee.fields import CommitteeFields
from engine.committee.tables import CommitteeState
from engine.db import Transaction
from engine.errors import InvalidInput, StaleTask
from engine.flow.repeats import first_result, keep_result
from engine.reference import CodeBook
from web.committee.asking import day_of, first_password, key_of, page_of, text_of
from web.committee.pool import show_password
from web.deps import POSTED, Form, Key, app_of, code_book, command, query
from web.pages import flash, is_htmx, page, piece, query_with, redirect
from web.paging import size_of
from web.workbooks import send_workbook

router = APIRouter()

KINDS = [(kind.value, words) for kind, words in KIND_LABELS.items()]
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


@router.get("/committees/export")
def export(request: Request) -> Response:
    """The list as a workbook, with the filters of the address."""
    with query(request) as (tx, actor):
        data = export_committees(
            tx, actor, code_book(request, tx), _asked(request, past="past" in request.query_params)
        )
        day = local(tx.now).date()
    return send_workbook(data, f"评委会 {day}")


def _asked(request: Request, *, past: bool) -> CommitteeFilter:
    """What an address asks of the list."""
    params = request.query_params
    return CommitteeFilter(
        text=params.get("text", "").strip()[:100],
        series=params.get("series", "")[:64],
        level=params.get("level", "")[:64],
        standing="" if past else params.get("standing", ""),
        forming_unit=key_of(params.get("unit")),
        region=params.get("region", "")[:12],
        past=past,
        sort=params.get("sort", ""),
    )


def _draw_list(request: Request, *, past: bool = False) -> Response:
    params = request.query_params
    number, size = page_of(params), size_of(params)
    with query(request) as (tx, actor):
        book = code_book(request, tx)
        found, total = list_committees(tx, actor, _asked(request, past=past), page=number, size=size)
        may_create = has_right(tx, actor)
        fields = _filters(book, units_listed(tx, actor), past=past)
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
        "filtered": any(params.get(field["name"]) for field in fields),
        "fields": fields,
        "export_url": f"/committees/export{query_with(params, page=None, past='1' if past else None)}",
        "may_create": may_create and not past,
        "past": past,
        "place": "/committees/past" if past else "/committees",
    }
    if is_htmx(request):
        return piece(request, "committee/list.html", "list", **context)
    return page(request, "committee/list.html", **context)


@router.get("/committees/new")
def show_new(request: Request) -> Response:
    with query(request) as (tx, actor):
        require_right(tx, actor)
    return _draw(request, CommitteeFields())


@router.post("/committees/new")
def register(request: Request, form: Form = POSTED) -> Response:
    fields = _read(form)
    if "choose" in form:
        return _draw(request, fields, form=form)
    password, hashed = first_password(request)
    repeated = text_of(form, "command_key")[:64] or None
    try:
        with command(request) as (tx, actor):
            before = first_result(tx, actor, repeated)
            if before is None:
                key = create_committee(tx, actor, code_book(request, tx), fields, password_hash=hashed)
                keep_result(tx, actor, repeated, {"committee": key})
    except InvalidInput as error:
        return _draw(request, fields, error.fields, form=form, status=422)
    if before is not None:
        return redirect(request, f"/committees/{before['committee']}")
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
        return _draw(request, fields, key=key, form=form)
    try:
        with command(request) as (tx, actor):
            edit_committee(tx, actor, code_book(request, tx), key, fields, mark=text_of(form, "mark"))
    except InvalidInput as error:
        return _draw(request, fields, error.fields, key=key, form=form, status=422)
    except StaleTask as error:
        return _draw(request, fields, {"code": [error.message]}, key=key, status=409)
    flash(request, "已保存。")
    return redirect(request, "/committees")


def _draw(
    request: Request,
    fields: CommitteeFields,
    errors: Errors | None = None,
    *,
    key: int | None = None,
    form: Form | None = None,
    status: int = 200,
) -> Response:
    """The committee to be filled in; `form` is what was posted, where the page comes back with it."""
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
            members=text_of(form, "members") if form is not None else fields.members or "",
            mark=text_of(form, "mark") if form is not None else found.mark if found else "",
            command_key=(text_of(form, "command_key") if form is not None else "") or token_urlsafe(12),
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


def _filters(book: CodeBook, units: Mapping[int, str], *, past: bool) -> list[dict[str, Any]]:
    def pick(name: str, label: str, options: Sequence[tuple[Any, str]]) -> dict[str, Any]:
        return {"name": name, "label": label, "kind": "select", "options": options}

    def codes(name: str) -> list[tuple[str, str]]:
        return [(code.value, code.label) for code in book.codes(name)]

    regions = [(code.value, book.path_label("region", code.value)) for code in book.codes("region")]
    standing = [] if past else [pick("standing", "状态", [(one, one) for one in STANDINGS])]
    return [
        {"name": "text", "label": "代码或名称"},
        pick("series", "评审系列", codes("title_series")),
        pick("level", "评审等级", codes("title_level")),
        *standing,
        pick("unit", "组建单位", list(units.items())),
        pick("region", "评审区域", regions),
    ]


def _read(form: Form) -> CommitteeFields:
    def text(name: str) -> str:
        return str(form.get(name, ""))

    members = text("members").strip()
    return CommitteeFields(
        code=text("code"),
        name=text("name"),
        forming_unit=key_of(text("forming_unit")),
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
