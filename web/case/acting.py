"""`/cases/{key}/actions/{action}`: the buttons a diagram offers while it waits (撤回, 延长期限 …), with their forms."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from markupsafe import Markup
from starlette.responses import HTMLResponse, Response

from engine.access import Actor
from engine.db import Transaction
from engine.document import describe_own
from engine.errors import InvalidInput, Refused
from engine.flow.actions import Action, action_form, perform_action, task_actions
from engine.flow.queries import get_case, options_of_case, require_visible
from engine.flow.registry import clock_of
from engine.flow.variables import read_variables
from engine.form import Form as CaseForm
from engine.form import Problem, is_command
from web.deps import POSTED, Form, Key, command, query
from web.fields import render_form, render_summary
from web.pages import flash, page, redirect

router = APIRouter()

Pairs = Sequence[tuple[str, str]]
GONE = "现在不能这样办理，请刷新后查看。"


@router.get("/cases/{key}/actions/{action}")
def ask(request: Request, key: Key, action: str) -> Response:
    """The form of the button, or its question, as a page of its own."""
    with query(request) as (tx, actor):
        return _draw(request, tx, actor, key, action, {})


@router.post("/cases/{key}/actions/{action}/fields")
def draw_again(request: Request, key: Key, action: str, form: Form = POSTED) -> Response:
    """The inputs with what is typed."""
    with query(request) as (tx, actor):
        found = _offered(tx, actor, key, action)
        held = action_form(tx, found)
        values = _parse(tx, actor, key, held, _pairs(form)) if held else {}
        return HTMLResponse(_fields(tx, key, found, held, values))


@router.post("/cases/{key}/actions/{action}")
def act(request: Request, key: Key, action: str, form: Form = POSTED) -> Response:
    """Do it, with what its form brings."""
    pairs = _pairs(form)
    if is_command(pairs):
        with query(request) as (tx, actor):
            values = _typed(tx, actor, key, action, pairs)
            return _draw(request, tx, actor, key, action, values)
    try:
        with command(request) as (tx, actor):
            found = _find(tx, actor, key, action)
            values = _typed(tx, actor, key, action, pairs)
            perform_action(tx, actor, key, action, values)
            words = _label(found, action_form(tx, found)) if found else ""
    except InvalidInput as error:
        with query(request) as (tx, actor):
            values = _typed(tx, actor, key, action, pairs)
            return _draw(request, tx, actor, key, action, values, error)
    flash(request, f"“{words}”已办理。" if words else "已办理。")
    return redirect(request, _back(request) or f"/cases/{key}")


def _offered(tx: Transaction, actor: Actor, key: int, action: str) -> Action:
    found = _find(tx, actor, key, action)
    if found is None:
        raise Refused(GONE)
    return found


def _find(tx: Transaction, actor: Actor, key: int, action: str) -> Action | None:
    require_visible(tx, actor, key)
    return next((one for one in task_actions(tx, actor, key) if one.action == action), None)


def _typed(tx: Transaction, actor: Actor, key: int, action: str, pairs: Pairs) -> dict[str, Any]:
    """What was posted; nothing where the button is not offered, which doing it will say."""
    found = _find(tx, actor, key, action)
    held = action_form(tx, found) if found else None
    return {} if held is None else dict(_parse(tx, actor, key, held, pairs))


def _parse(tx: Transaction, actor: Actor, key: int, form: CaseForm, pairs: Pairs) -> Mapping[str, Any]:
    files = partial(describe_own, tx, actor)
    values = form.parse(pairs, {}, context=read_variables(tx, key), files=files, clock=clock_of(tx))
    return {name: value for name, value in values.items() if name in form.keys}


def _draw(
    request: Request,
    tx: Transaction,
    actor: Actor,
    key: int,
    action: str,
    values: Mapping[str, Any],
    error: InvalidInput | None = None,
) -> Response:
    found = _offered(tx, actor, key, action)
    held = action_form(tx, found)
    case = get_case(tx, actor, key)
    problems = _problems(tx, key, held, values, error) if held and error else []
    return page(
        request,
        "case/action.html",
        status=422 if error else 200,
        case=case,
        label=_label(found, held),
        question=found.properties.get("confirm") or f"将{found.name}，是否继续？",
        fields=_fields(tx, key, found, held, values, problems),
        summary=render_summary(problems),
        message=error.message if error and not problems else "",
        address=f"/cases/{key}/actions/{action}" + (f"?back={_back(request)}" if _back(request) else ""),
        back=_back(request) or f"/cases/{key}",
    )


def _label(action: Action, form: CaseForm | None) -> str:
    """What one does, as its form calls it; the diagram may say what happens (收到异议)."""
    return form.name if form and form.name else action.name


def _fields(
    tx: Transaction,
    key: int,
    action: Action,
    form: CaseForm | None,
    values: Mapping[str, Any],
    problems: Sequence[Problem] = (),
) -> Markup:
    if form is None:
        return Markup()
    view = form.prepare(values, read_variables(tx, key), options=options_of_case(tx, key), clock=clock_of(tx))
    return render_form(view, errors=problems, rerender=f"/cases/{key}/actions/{action.action}/fields")


def _problems(
    tx: Transaction, key: int, form: CaseForm, values: Mapping[str, Any], error: InvalidInput
) -> list[Problem]:
    """The form's own findings with their labels, else what the rules behind it have said of its fields."""
    context = read_variables(tx, key)
    own = form.validate(values, context, options=options_of_case(tx, key), clock=clock_of(tx))
    return own or [Problem(path, "", sentence) for path, found in error.fields.items() for sentence in found]


def _back(request: Request) -> str:
    """The page of this system one came from."""
    back = request.query_params.get("back", "")
    return back if back.startswith("/") and back[1:2] not in ("/", "\\") and back.isprintable() else ""


def _pairs(form: Form) -> Pairs:
    return [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
