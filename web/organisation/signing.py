"""Signing in and out. One door for every kind of account: the two tabs only say what to type (catalogue Q1)."""

from dataclasses import dataclass, replace

from fastapi import APIRouter, Request, Response

from engine.committee.demo_experts import demo_pool_accounts
from engine.errors import InvalidInput, Refused
from engine.organisation import (
    Session,
    actor_of,
    check_answer,
    last_account,
    make_puzzle,
    sign_in,
    sign_out,
)
from engine.organisation.demo import demo_accounts
from web.deps import POSTED, Form, app_of, command, cookie_name, database_of, session_of, token_of
from web.kept import Kept, is_local, unpack
from web.navigation import home_of
from web.organisation.portal import public_view
from web.pages import flash, page, piece, redirect
from web.puzzles import draw_puzzle

router = APIRouter()

#: what to write above the field of each tab (A3)
TABS = {"unit": ("单位登录", "登录名"), "person": ("个人登录", "证件号码")}


@dataclass(frozen=True, slots=True)
class Attempt:
    """What the sign-in page holds besides the password."""

    tab: str = "person"
    login: str = ""
    next: str = ""
    #: what was posted after the session had ended, and whose it is
    kept_path: str = ""
    kept: str = ""
    kept_account: str = ""
    #: the puzzle as a sum to read instead of a picture to see
    sums: bool = False


@router.get("/sign-in")
def show_sign_in(request: Request) -> Response:
    query = request.query_params
    tab = query.get("as", "")
    attempt = Attempt(
        tab=tab if tab in TABS else "person",
        login=query.get("login", ""),
        next=_checked(query.get("next", "")),
        sums=query.get("puzzle") == "sum",
    )
    return _draw(request, attempt)


@router.get("/sign-in/puzzle")
def show_puzzle(request: Request) -> Response:
    """Another puzzle for the page that is open, for htmx."""
    sums = request.query_params.get("puzzle") == "sum"
    attempt = Attempt(sums=sums, tab=request.query_params.get("as", "person"))
    return piece(
        request, "organisation/sign_in.html", "puzzle", **_puzzle(request, attempt), attempt=attempt, errors={}
    )


@router.post("/sign-in")
def do_sign_in(request: Request, form: Form = POSTED) -> Response:
    attempt = _read(form)
    password = _text(form, "password")
    problems = _missing(request, attempt, form, password)
    if problems:
        return _draw(request, attempt, problems, status=422)
    app = app_of(request)
    try:
        if app.settings.captcha:
            check_answer(app.database, request.app.state.secret, _text(form, "ticket"), _text(form, "captcha"))
        token = sign_in(
            app.database,
            app.passwords,
            login=attempt.login,
            password=password,
            address=request.client.host if request.client else "",
            hours=app.settings.session_hours,
            previous=token_of(request),
        )
    except InvalidInput as problem:
        fields = {name: found[0] for name, found in problem.fields.items()} or {"login": problem.message}
        return _draw(request, attempt, fields, status=422)
    except Refused as refused:
        return _draw(request, attempt, {"login": refused.message}, status=409)
    answer = _welcome(request, attempt, token)
    answer.set_cookie(
        cookie_name(app), token, httponly=True, samesite="lax", secure=app.settings.secure_cookies, path="/"
    )
    return answer


@router.post("/sign-out")
def do_sign_out(request: Request, form: Form = POSTED) -> Response:
    with command(request) as (tx, _):
        sign_out(tx, session_of(request))
    flash(request, "您已退出登录。", "info")
    answer = redirect(request, "/sign-in")
    answer.delete_cookie(cookie_name(app_of(request)), path="/", secure=app_of(request).settings.secure_cookies)
    return answer


def sign_in_again(request: Request, sentence: str, next: str, kept: Kept | None) -> Response:
    """The sign-in page in answer to a post whose session had ended, with what was posted."""
    with database_of(request).read() as tx:
        account = last_account(tx, token_of(request))
    attempt = Attempt(next=_checked(next))
    if kept is not None and account is not None:
        attempt = replace(attempt, kept_path=kept.path, kept=kept.packed, kept_account=str(account))
    return _draw(request, attempt, {"login": sentence}, status=401)


def _welcome(request: Request, attempt: Attempt, token: str) -> Response:
    with database_of(request).read() as tx:
        found = actor_of(tx, token)
    assert found is not None
    actor, held = found
    if held.must_change:
        return redirect(request, "/password")
    kept = unpack(attempt.kept_path, attempt.kept)
    if kept is not None and attempt.kept_account == str(held.account):
        return _resume(request, kept, held, attempt.next)
    if attempt.next:
        return redirect(request, attempt.next)
    return redirect(request, "/role" if held.roles > 1 and not held.chosen else home_of(actor))


def _resume(request: Request, kept: Kept, held: Session, back: str) -> Response:
    request.state.view = replace(public_view(request), csrf=held.csrf)
    return page(request, "organisation/resume.html", kept=kept, back=back or "/")


def _read(form: Form) -> Attempt:
    tab = _text(form, "as")
    return Attempt(
        tab=tab if tab in TABS else "person",
        login=_text(form, "login").strip(),
        next=_checked(_text(form, "next")),
        kept_path=_text(form, "kept_path"),
        kept=_text(form, "kept"),
        kept_account=_text(form, "kept_account"),
        sums=_text(form, "puzzle") == "sum",
    )


def _missing(request: Request, attempt: Attempt, form: Form, password: str) -> dict[str, str]:
    wanted = [
        ("login", TABS[attempt.tab][1], attempt.login),
        ("password", "密码", password),
        ("captcha", "验证码", _text(form, "captcha").strip() or not app_of(request).settings.captcha),
    ]
    return {name: f"请填写{label}" for name, label, given in wanted if not given}


def _draw(request: Request, attempt: Attempt, errors: dict[str, str] | None = None, *, status: int = 200) -> Response:
    request.state.view = public_view(request)
    return page(
        request,
        "organisation/sign_in.html",
        status=status,
        attempt=attempt,
        errors=errors or {},
        label=TABS[attempt.tab][1],
        password=_demo_password(request, attempt) if status == 200 else "",
        **_puzzle(request, attempt),
    )


def _puzzle(request: Request, attempt: Attempt) -> dict[str, object]:
    app = app_of(request)
    if not app.settings.captcha:
        return {"puzzle": None, "picture": ""}
    puzzle = make_puzzle(request.app.state.secret, app.database.clock.now(), sum_instead=attempt.sums)
    return {"puzzle": puzzle, "picture": draw_puzzle(puzzle)}


def _demo_password(request: Request, attempt: Attempt) -> str:
    if not app_of(request).settings.demo:
        return ""
    return next(
        (person.password for person in (*demo_accounts(), *demo_pool_accounts()) if person.login == attempt.login), ""
    )


def _text(form: Form, name: str) -> str:
    value = form.get(name)
    return value if isinstance(value, str) else ""


def _checked(path: str) -> str:
    return path if is_local(path) else ""
