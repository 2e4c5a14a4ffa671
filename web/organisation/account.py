"""One's own account: the password, the role one acts in, how pages look, the review year."""

from urllib.parse import urlsplit

from fastapi import APIRouter, Request, Response

from engine.access import Actor, Permission
from engine.errors import InvalidInput, NotFound
from engine.notification import Channel
from engine.organisation import (
    Identity,
    change_password,
    identity_of,
    role_choices,
    set_preferences,
    switch_role,
)
from engine.organisation.delegations import may_delegate
from engine.organisation.recovery import bound_addresses
from engine.reference import CodeBook
from web.deps import (
    POSTED,
    YEAR_COOKIE,
    Form,
    app_of,
    code_book,
    command,
    current,
    query,
    session_of,
)
from web.filters import date_cn, id_groups, tel
from web.kept import is_local
from web.navigation import home_of
from web.pages import flash, page, redirect

router = APIRouter()

#: looks are kept in the browser too, for the pages before signing in
CONTACTS = ((Channel.SMS, "手机号码"), (Channel.MAIL, "电子邮箱"))
COOKIE_SECONDS = 365 * 24 * 3600


@router.get("/password")
def show_password(request: Request) -> Response:
    current(request)
    return _draw_password(request, {})


@router.post("/password")
def do_change_password(request: Request, form: Form = POSTED) -> Response:
    actor = current(request)
    app = app_of(request)
    held = session_of(request)
    try:
        change_password(
            app.database,
            app.passwords,
            actor,
            held,
            current=_text(form, "current"),
            password=_text(form, "password"),
            repeated=_text(form, "repeated"),
        )
    except InvalidInput as problem:
        return _draw_password(request, {name: found[0] for name, found in problem.fields.items()}, status=422)
    flash(request, "新密码已生效，下次请用新密码登录。")
    return redirect(request, "/role" if held.must_change and held.roles > 1 else home_of(actor))


def _draw_password(request: Request, errors: dict[str, str], *, status: int = 200) -> Response:
    return page(
        request,
        "organisation/password.html",
        status=status,
        errors=errors,
        forced=session_of(request).must_change,
        login=request.state.actor.login,
    )


@router.get("/role")
def show_roles(request: Request) -> Response:
    """The roles of this person to choose from (Q35)."""
    with query(request) as (tx, _):
        choices = role_choices(tx, session_of(request).account)
    return page(request, "organisation/role.html", choices=choices, current=session_of(request).membership)


@router.post("/role")
def do_switch_role(request: Request, form: Form = POSTED) -> Response:
    role = _text(form, "role")
    if not role.isdecimal() or len(role) > 18:
        raise NotFound
    with command(request) as (tx, _):
        choice = switch_role(tx, session_of(request), int(role))
    flash(request, f"现在以“{choice.unit_name} · {choice.label}”的身份办理。", "info")
    return redirect(request, "/")


@router.get("/account")
def show_account(request: Request) -> Response:
    with query(request) as (tx, actor):
        choices = role_choices(tx, session_of(request).account)
        identity = identity_of(tx, actor.person) if actor.person is not None else None
        book = code_book(request, tx)
        bound = bound_addresses(tx, actor)
    return page(
        request,
        "organisation/account.html",
        actor=actor,
        choices=choices,
        facts=_facts(actor, identity, book),
        contacts=[(words, _contact(*bound[channel])) for channel, words in CONTACTS],
        may_delegate=may_delegate(actor),
        may_call=actor.may(Permission.API_USE),
        is_person=identity is not None,
    )


def _contact(address: str, verified: bool) -> str:
    return f"{tel(address)}（{'已验证' if verified else '未验证'}）" if address else "未绑定"


def _facts(actor: Actor, identity: Identity | None, book: CodeBook) -> list[tuple[str, str]]:
    if identity is None:
        return [("姓名", actor.name), ("登录名", actor.login)]
    return [
        ("姓名", identity.name),
        ("证件类型", book.label("identity_type", identity.identity_type)),
        ("证件号码", id_groups(identity.identity_number)),
        ("性别", book.label("sex", identity.sex)),
        ("出生日期", date_cn(identity.born_on)),
    ]


@router.post("/preferences")
def do_set_preferences(request: Request, form: Form = POSTED) -> Response:
    """外观, 行距 and 快捷键, any of them; a script wants no page back. 快捷键 are a matter of the browser, so only its cookie knows."""
    chosen = {name: _text(form, name) for name in ("theme", "density", "keys") if name in form}
    if chosen.get("keys", "on") not in {"on", "off"}:
        raise InvalidInput("请在列出的显示方式中选择。")
    with command(request) as (tx, actor):
        set_preferences(tx, actor, density=chosen.get("density"), theme=chosen.get("theme"))
    scripted = request.headers.get("sec-fetch-mode", "navigate") != "navigate"
    answer = Response(status_code=204) if scripted else redirect(request, _back(request))
    for name, value in chosen.items():
        answer.set_cookie(name, value, max_age=COOKIE_SECONDS, samesite="lax", path="/")
    return answer


@router.post("/year")
def do_choose_year(request: Request, form: Form = POSTED) -> Response:
    """Look at another review year (A10)."""
    current(request)
    answer = redirect(request, _back(request))
    answer.set_cookie(YEAR_COOKIE, _text(form, "year"), httponly=True, samesite="lax", path="/")
    return answer


def _back(request: Request) -> str:
    parts = urlsplit(request.headers.get("referer", ""))
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    return path if is_local(path) else "/"


def _text(form: Form, name: str) -> str:
    value = form.get(name)
    return value if isinstance(value, str) else ""
