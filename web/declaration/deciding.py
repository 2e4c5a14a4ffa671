"""Deciding on a declaration: what is posted, what follows, who was faster (U12)."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.access import Actor, Permission, authorize
from engine.db import Transaction
from engine.declaration.lists import Asked, is_listed, next_review
from engine.declaration.remarks import BACK, SEE_REMARKS
from engine.errors import InvalidInput, NotAllowed, NotFound, Refused, StaleTask
from engine.flow.completion import complete_task
from engine.flow.queries import get_case, get_task, require_visible
from engine.flow.registry import clock_of, registry_of
from engine.form import Problem, is_command
from web.declaration.filling import Pairs, pairs_of
from web.declaration.filters import asked_filters
from web.declaration.review import PHRASE, draw_review, typed_values, waiting_review
from web.declaration.reviewing import OPINION, Review, open_review, posted_decision, posted_form, read_key
from web.declaration.words import outcome_words
from web.deps import POSTED, Form, Key, command, database_of, query, year_of
from web.pages import flash, page, query_with, redirect

router = APIRouter()


@router.post("/declarations/{case_key}/review")
def decide(request: Request, case_key: Key, form: Form = POSTED) -> Response:
    """Decide; what follows is the next dossier that waits."""
    arrived_at = database_of(request).clock.now()
    pairs = pairs_of(form)
    if PHRASE in form or is_command(pairs):
        return _draw_again(request, case_key, pairs)
    try:
        with command(request) as (tx, actor):
            authorize(actor, Permission.DECLARATIONS_REVIEW)
            version, task_key = str(form.get("version", "")), read_key(str(form.get("task", "")))
            completion = complete_task(
                tx,
                actor,
                task_key,
                _with_opinion(posted_decision(tx, actor, posted_form(tx, str(form.get("form", ""))), pairs), form),
                version=int(version) if version.isdecimal() and len(version) < 10 else None,
                arrived_at=arrived_at,
            )
            if completion.case_key != case_key:
                raise NotFound
    except InvalidInput as error:
        return _draw_again(request, case_key, pairs, error)
    except NotAllowed:
        _refuse(request, case_key)
        raise
    except Refused as refusal:
        return _draw_late(request, case_key, task_key, pairs, refusal)
    return _go_on(request, task_key, str(form.get("after", "")))


def _with_opinion(values: dict[str, Any], form: Form) -> dict[str, Any]:
    """Where remarks are pinned, they are opinion enough to send a dossier back."""
    if form.get("remarks") and values.get("outcome") in BACK and not values.get(OPINION):
        return {**values, OPINION: SEE_REMARKS}
    return values


def _refuse(request: Request, case_key: int) -> None:
    """Raise `NotFound` where the actor does not even see the declaration."""
    with query(request) as (tx, actor):
        require_visible(tx, actor, case_key)


def _go_on(request: Request, task_key: int, after: str = "") -> Response:
    """On to the dossier that stood behind this one in the list."""
    return redirect(
        request, f"/declarations/next{query_with(request.query_params, done=task_key, after_this=after or None)}"
    )


@router.get("/declarations/next")
def show_next(request: Request) -> Response:
    """The next dossier of the same list with its filters, else the list; a sentence says what was done before."""
    with query(request) as (tx, actor):
        waiting = _next(request, tx, actor)
        done = _done_words(tx, actor, request.query_params.get("done", ""))
    address = query_with(request.query_params, after_this=None)
    if waiting is None:
        flash(request, f"{done}没有待审核的材料了。")
        return redirect(request, f"/declarations{address}")
    case_key, left = waiting
    flash(request, f"{done}这是下一份，还有 {left} 份待审核。")
    return redirect(request, f"/declarations/{case_key}/review{address}")


def _next(request: Request, tx: Transaction, actor: Actor) -> tuple[int, int] | None:
    """The one that stood behind the last in the list it was opened from, else what has waited longest; and how many wait."""
    params, year = request.query_params, year_of(request)
    waiting = next_review(tx, actor, filters=asked_filters(params), year=year)
    named = params.get("after_this", "")
    if waiting is None or not (named.isdecimal() and len(named) < 19):
        return waiting
    asked = Asked(year, filters=asked_filters(params))
    return (int(named), waiting[1]) if is_listed(tx, actor, int(named), asked) else waiting


def _done_words(tx: Transaction, actor: Actor, task_key: str) -> str:
    """“测试申报人 · 主任医师”已通过。"""
    try:
        row = get_task(tx, actor, read_key(task_key)).row
    except NotFound:
        return ""
    if row["ended_at"] is None or row["ended_by"] != actor.login:
        return ""
    words = outcome_words(tx, row["outcome"] or "")[0] or "办理"
    stuck = "流程在后面的环节出现异常，管理员会处理。" if get_case(tx, actor, row["case_key"]).has_incident else ""
    return f"“{row['title'] or row['name']}”已{words}。{stuck}"


def _draw_again(request: Request, case_key: int, pairs: Pairs, error: InvalidInput | None = None) -> Response:
    """The page with everything that was typed, and what has to be corrected."""
    with query(request) as (tx, actor):
        review = waiting_review(tx, actor, case_key)
        values = typed_values(tx, actor, review, pairs)
        problems = _problems(tx, review, values, error) if error else []
        return draw_review(request, tx, actor, review, values, problems=problems, status=422 if error else 200)


def _problems(tx: Transaction, review: Review, values: Mapping[str, Any], error: InvalidInput) -> list[Problem]:
    """The form's own findings with their labels, else what the rules behind it have said of its fields."""
    own = review.form.validate(
        values, review.context, options=registry_of(tx).options_of(tx, review.detail.row["year"]), clock=clock_of(tx)
    )
    return own or [Problem(path, "", sentence) for path, found in error.fields.items() for sentence in found]


def _draw_late(request: Request, case_key: int, task_key: int, pairs: Pairs, refusal: Refused) -> Response:
    """Somebody was faster: who, and the opinion that was typed, to be copied. Sent twice by the same person, it is done."""
    with query(request) as (tx, actor):
        try:
            row = get_task(tx, actor, task_key).row
            still = open_review(tx, actor, case_key) is not None
        except NotFound:
            raise refusal from None
    if row.get("ended_by") == actor.login and row.get("outcome") == dict(pairs).get("outcome"):
        return _go_on(request, task_key, dict(pairs).get("after", ""))
    return page(
        request,
        "declaration/late.html",
        status=409,
        heading="已由他人审核" if isinstance(refusal, StaleTask) else "没有提交成功",
        message=refusal.message,
        opinion=dict(pairs).get(OPINION, ""),
        case_key=case_key,
        still=still,
    )
