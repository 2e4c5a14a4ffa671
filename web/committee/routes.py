"""`/committees/new`, `/committees/{key}`: a committee registered, changed, taken out of use, a password again (K1)."""

from secrets import token_urlsafe
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.access import Actor
from engine.committee.committee_lists import (
    KIND_LABELS,
    filings_of,
    find_committee,
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
from web.committee.asking import day_of, key_of, text_of
from web.committee.listing import BADGES
from web.committee.password import first_password, show_password
from web.deps import POSTED, Form, Key, app_of, code_book, command, query
from web.pages import flash, page, redirect

router = APIRouter()

KINDS = [(kind.value, words) for kind, words in KIND_LABELS.items()]
Errors = dict[str, list[str]]


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
