"""`/notices`: 评审结果公示 for everybody, without signing in (F1, Q21), and the objection to one."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from secrets import token_urlsafe
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.db import Transaction
from engine.errors import InvalidInput, Refused
from engine.organisation import check_answer, make_puzzle
from engine.reference import CodeLists
from engine.result.handlings import handling_of
from engine.result.objections import LIMITS, raise_objection
from engine.result.publicity import Notice, notice_of, open_notices
from web.deps import POSTED, Form, Key, app_of, command, database_of, query, try_enter
from web.pages import flash, page, piece, redirect
from web.puzzles import draw_puzzle
from web.result.listing import page_number
from web.result.words import BASE, title_words
from web.view import View

router = APIRouter()

NOTICES = "/notices"
SIZES = (100, 200, 500)
FIELDS = [{"name": "text", "label": "姓名或单位"}]
Errors = Mapping[str, list[str]]


@contextmanager
def reading(request: Request) -> Iterator[Transaction]:
    """A view for reading, whoever asks; the frame is that of who is signed in."""
    try_enter(request)
    if getattr(request.state, "actor", None) is None:
        request.state.view = View(demo=app_of(request).settings.demo)
    with database_of(request).read() as tx:
        yield tx


@router.get(NOTICES)
def show_notices(request: Request) -> Response:
    with reading(request) as tx:
        found = open_notices(tx)
    return page(request, "result/notices.html", found=found)


@router.get(NOTICES + "/{key}")
def show_notice(request: Request, key: Key) -> Response:
    params = request.query_params
    number, size = page_number(request), next((one for one in SIZES if str(one) == params.get("size")), SIZES[0])
    with reading(request) as tx:
        notice = notice_of(tx, key)
        book = tx.service(CodeLists).book(tx, notice.row["year"])
    text = params.get("text", "").strip()
    people = [one for one in notice.people if text in one["name"] or text in one["unit_name"]]
    shown = people[(number - 1) * size : number * size]
    lines = [
        {
            "row": one,
            "key": one["declaration"],
            "title": title_words(book, one),
            "series": book.label("title_series", one["title_series"]),
            "specialty": book.label("specialty", one["specialty"]),
        }
        for one in shown
    ]
    return page(
        request,
        "result/notice.html",
        notice=notice,
        row=notice.row,
        base=f"{NOTICES}/{key}",
        lines=lines,
        total=len(people),
        number=number,
        size=size,
        sizes=SIZES,
        fields=FIELDS,
        filtered=bool(text),
    )


@router.get(NOTICES + "/{key}/objection")
def ask_objection(request: Request, key: Key) -> Response:
    """The form; `person` names whom it is about, as the list does."""
    with reading(request) as tx:
        notice = notice_of(tx, key)
    return _draw(request, notice, _chosen(notice, request.query_params.get("person", "")))


@router.get(NOTICES + "/{key}/puzzle")
def another_puzzle(request: Request, key: Key) -> Response:
    """Another puzzle for the page that is open, for htmx."""
    sums = request.query_params.get("puzzle") == "sum"
    return piece(
        request,
        "result/objection.html",
        "puzzle",
        base=f"{NOTICES}/{key}",
        errors={},
        typed={},
        **_puzzle(request, sums),
    )


@router.post(NOTICES + "/{key}/objection")
def send_objection(request: Request, key: Key, form: Form = POSTED) -> Response:
    """Take the objection in; what was typed stays where it cannot be."""
    app = app_of(request)
    typed = _typed(form)
    try:
        if app.settings.captcha:
            answer = str(form.get("captcha", "")).strip()
            if not answer:
                raise InvalidInput(fields={"captcha": ["请填写验证码"]})
            check_answer(app.database, request.app.state.secret, str(form.get("ticket", "")), answer)
        with app.database.transaction() as tx:
            given = {**typed, "person": str(form.get("person", ""))}
            address = request.client.host if request.client else ""
            number = raise_objection(tx, key, given, address=address, command_key=_command_key(form))
    except (InvalidInput, Refused) as error:
        status = 422 if isinstance(error, InvalidInput) else 409
        found = error.fields if isinstance(error, InvalidInput) else {"content": [error.message]}
        with reading(request) as tx:
            notice = notice_of(tx, key)
        return _draw(request, notice, {**typed, "person": str(form.get("person", ""))}, found, status)
    with reading(request) as tx:
        notice = notice_of(tx, key)
    return page(
        request,
        "result/objected.html",
        number=number,
        row=notice.row,
        base=f"{NOTICES}/{key}",
        left_contact=bool(typed["contact"]),
    )


@router.get(BASE + "/{key}/objection")
def ask_at_the_office(request: Request, key: Key) -> Response:
    """登记异议: one that came by letter or by word of mouth."""
    with query(request) as (tx, actor):
        notice = _current(tx, handling_of(tx, actor, key).notices)
    return _draw(request, notice, _chosen(notice, ""), office=key)


@router.post(BASE + "/{key}/objection")
def take_down(request: Request, key: Key, form: Form = POSTED) -> Response:
    typed = _typed(form)
    try:
        with command(request) as (tx, actor):
            notice = _current(tx, handling_of(tx, actor, key).notices)
            number = raise_objection(tx, notice.row["key"], typed, actor=actor, command_key=_command_key(form))
    except InvalidInput as error:
        with query(request) as (tx, actor):
            notice = _current(tx, handling_of(tx, actor, key).notices)
        return _draw(request, notice, {**typed, "person": ""}, error.fields, 422, office=key)
    flash(request, f"异议 {number} 已登记，请及时受理。")
    return redirect(request, f"{BASE}/{key}")


def _current(tx: Transaction, notices: Any) -> Notice:
    """The notice that stands. Raises `Refused` where none may be read now."""
    standing = next((one for one in notices if one["withdrawn_at"] is None), None)
    if standing is None:
        raise Refused("现在没有公示，不能登记异议。")
    return notice_of(tx, standing["key"])


def _chosen(notice: Notice, person: str) -> dict[str, str]:
    one = next((one for one in notice.people if str(one["declaration"]) == person), None)
    return {**dict.fromkeys(LIMITS, ""), "about": one["name"] if one else "", "person": person if one else ""}


def _typed(form: Form) -> dict[str, str]:
    return {name: str(form.get(name, "")) for name in LIMITS}


def _command_key(form: Form) -> str | None:
    return str(form.get("command_key", ""))[:64] or None


def _draw(
    request: Request,
    notice: Notice,
    typed: Mapping[str, str],
    errors: Errors | None = None,
    status: int = 200,
    office: int | None = None,
) -> Response:
    sums = request.query_params.get("puzzle") == "sum"
    return page(
        request,
        "result/objection.html",
        status=status,
        row=notice.row,
        base=f"{NOTICES}/{notice.row['key']}",
        action=f"{BASE}/{office}/objection" if office else f"{NOTICES}/{notice.row['key']}/objection",
        back=f"{BASE}/{office}" if office else f"{NOTICES}/{notice.row['key']}",
        office=office,
        typed=typed,
        limits=LIMITS,
        errors=dict(errors or {}),
        command_key=token_urlsafe(12),
        **({"puzzle": None, "picture": ""} if office else _puzzle(request, sums)),
    )


def _puzzle(request: Request, sums: bool) -> dict[str, Any]:
    app = app_of(request)
    if not app.settings.captcha:
        return {"puzzle": None, "picture": "", "sums": sums}
    puzzle = make_puzzle(request.app.state.secret, app.database.clock.now(), sum_instead=sums)
    return {"puzzle": puzzle, "picture": draw_puzzle(puzzle), "sums": sums}
