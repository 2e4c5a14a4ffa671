"""`/declaration/new`: 个人申报设置 and 立即申报 (P1–P4)."""

from collections.abc import Mapping, Sequence
from secrets import token_urlsafe
from typing import Any

from fastapi import APIRouter, Request
from markupsafe import Markup
from starlette.responses import HTMLResponse, Response

from engine.access import Permission, authorize
from engine.db import Transaction
from engine.declaration.dossier import SETUP_FORM
from engine.declaration.forms import latest_form
from engine.declaration.starting import ready_to_start, start_declaration
from engine.declaration.years import current_year
from engine.errors import InvalidInput, NotAllowed, Refused
from engine.flow.registry import clock_of, registry_of
from engine.form import Problem, Values, is_command
from web.declaration.filling import Pairs, pairs_of
from web.deps import POSTED, Form, code_book, command, query
from web.fields import render_form, render_summary
from web.pages import flash, page, redirect

router = APIRouter()

TEMPLATE = "declaration/setup.html"
KEY = "command_key"


@router.get("/declaration/new")
def show_setup(request: Request) -> Response:
    """The settings to choose from, or the sentence why nobody can declare now."""
    with query(request) as (tx, actor):
        authorize(actor, Permission.DECLARATIONS_DECLARE)
        try:
            _, _, enrolment = ready_to_start(tx, actor)
        except Refused as refusal:
            return _draw(request, tx, "", {}, message=refusal.message, closed=True)
        return _draw(request, tx, enrolment.unit_name, _base(enrolment.unit_name))


@router.post("/declaration/new/fields")
def draw_again(request: Request, form: Form = POSTED) -> Response:
    """The choices with what is chosen, each depending on the one above it. For htmx, which puts them in place."""
    with query(request) as (tx, actor):
        unit_name = ready_to_start(tx, actor)[2].unit_name
        return HTMLResponse(_fields(tx, _parse(tx, unit_name, pairs_of(form))))


@router.post("/declaration/new")
def start(request: Request, form: Form = POSTED) -> Response:
    """立即申报: the case begins and the filling page opens. What was chosen stays in the page where that is refused."""
    pairs = pairs_of(form)
    if is_command(pairs):
        return _again(request, pairs)
    try:
        with command(request) as (tx, actor):
            values = _parse(tx, "", pairs)
            case_key = start_declaration(tx, actor, values=values, command_key=str(form.get(KEY, ""))[:64] or None)
    except InvalidInput as error:
        return _again(request, pairs, error)
    except NotAllowed:
        raise
    except Refused as refusal:
        return _again(request, pairs, refusal)
    flash(request, "已建立今年的申报，请逐项填写。填写的内容自动保存，可以随时离开再回来。")
    return redirect(request, f"/declaration/{case_key}/fill")


def _again(request: Request, pairs: Pairs, error: InvalidInput | Refused | None = None) -> Response:
    with query(request) as (tx, actor):
        try:
            unit_name = ready_to_start(tx, actor)[2].unit_name
        except Refused as refusal:
            return _draw(request, tx, "", {}, message=refusal.message, closed=True, status=409)
        values = _parse(tx, unit_name, pairs)
        return _draw(
            request,
            tx,
            unit_name,
            values,
            problems=_problems(error) if isinstance(error, InvalidInput) else (),
            message=error.message if isinstance(error, Refused) else "",
            key=dict(pairs).get(KEY, ""),
            status=200 if error is None else 422 if isinstance(error, InvalidInput) else 409,
        )


def _draw(
    request: Request,
    tx: Transaction,
    unit_name: str,
    values: Values,
    *,
    problems: Sequence[Problem] = (),
    message: str = "",
    closed: bool = False,
    key: str = "",
    status: int = 200,
) -> Response:
    year = current_year(tx)
    routes = [
        (code.label, code.extra.get("definition", ""))
        for code in code_book(request, tx, year).codes("declaration_route")
    ]
    return page(
        request,
        TEMPLATE,
        status=status,
        year=year,
        unit_name=unit_name,
        fields="" if closed else _fields(tx, values, problems),
        summary=render_summary(problems),
        message=message,
        closed=closed,
        routes=routes,
        command_key=key or token_urlsafe(12),
    )


def _base(unit_name: str) -> dict[str, Any]:
    return {"setup": {"unit_name": unit_name}}


def _parse(tx: Transaction, unit_name: str, pairs: Pairs) -> Values:
    return latest_form(tx, SETUP_FORM).parse(pairs, _base(unit_name), clock=clock_of(tx))


def _fields(tx: Transaction, values: Mapping[str, Any], problems: Sequence[Problem] = ()) -> Markup:
    form = latest_form(tx, SETUP_FORM)
    view = form.prepare(values, {}, options=registry_of(tx).options, clock=clock_of(tx))
    return render_form(view, errors=problems, rerender="/declaration/new/fields")


def _problems(error: InvalidInput) -> list[Problem]:
    return [Problem(path, "", sentence) for path, found in error.fields.items() for sentence in found]
