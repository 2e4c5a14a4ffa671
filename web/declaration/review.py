"""`/declarations/{case}/review`: the dossier on the left, the decision on the right (U10–U13)."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Request
from markupsafe import Markup
from starlette.responses import HTMLResponse, Response

from engine.access import Actor, Permission, authorize
from engine.db import Transaction
from engine.declaration.checks import dossier_checks
from engine.declaration.lists import next_review
from engine.declaration.phrases import stock_phrases
from engine.declaration.reviewing import hold_declaration, resume_declaration
from engine.errors import InvalidInput, NotAllowed, NotFound, Refused, StaleTask
from engine.flow.completion import complete_task
from engine.flow.queries import get_case, get_task, require_visible
from engine.flow.registry import clock_of, registry_of
from engine.flow.tables import TaskState
from engine.form import FormView, Problem, is_command
from web.declaration.dossier import dossier_of
from web.declaration.filling import Pairs, pairs_of
from web.declaration.filters import asked_filters
from web.declaration.mine import steps_of
from web.declaration.reviewing import (
    OPINION,
    Review,
    chosen_phrase,
    open_review,
    parse_review,
    posted_decision,
    posted_form,
    read_key,
    view_of,
    with_phrase,
)
from web.declaration.words import outcome_words, titles_of
from web.deps import POSTED, Form, code_book, command, database_of, query, year_of
from web.due import age_of, due_in
from web.fields import render_form, render_summary
from web.pages import flash, page, query_with, redirect
from web.undo import offered_undo

router = APIRouter()

TEMPLATE = "declaration/review.html"
PHRASE = "_phrase"


@router.get("/declarations/{case_key}/review")
def show_review(request: Request, case_key: int) -> Response:
    """The review that waits for the actor; where there is none, the declaration to be read."""
    with query(request) as (tx, actor):
        review = open_review(tx, actor, case_key)
        if review is not None:
            return _draw(request, tx, actor, review)
    flash(request, "这份材料现在不由您审核，可以查看它的内容和进度。", "info")
    return redirect(request, f"/declarations/{case_key}")


@router.post("/declarations/{case_key}/review/fields")
def draw_again(request: Request, case_key: int, form: Form = POSTED) -> Response:
    """The inputs with what is typed, and with the stock phrase whose button was pressed."""
    pairs = pairs_of(form)
    with query(request) as (tx, actor):
        review = _waiting(tx, actor, case_key)
        return HTMLResponse(_fields(review, view_of(tx, review, _typed(tx, actor, review, pairs))))


@router.post("/declarations/{case_key}/review")
def decide(request: Request, case_key: int, form: Form = POSTED) -> Response:
    """Decide; what follows is the next dossier that waits."""
    arrived_at = database_of(request).clock.now()
    pairs = pairs_of(form)
    if PHRASE in form or is_command(pairs):
        return _again(request, case_key, pairs)
    try:
        with command(request) as (tx, actor):
            authorize(actor, Permission.DECLARATIONS_REVIEW)
            version, task_key = str(form.get("version", "")), read_key(str(form.get("task", "")))
            completion = complete_task(
                tx,
                actor,
                task_key,
                posted_decision(tx, actor, posted_form(tx, str(form.get("form", ""))), pairs),
                version=int(version) if version.isdecimal() and len(version) < 10 else None,
                arrived_at=arrived_at,
            )
            if completion.case_key != case_key:
                raise NotFound
    except InvalidInput as error:
        return _again(request, case_key, pairs, error)
    except NotAllowed:
        _refuse(request, case_key)
        raise
    except Refused as refusal:
        return _late(request, case_key, task_key, pairs, refusal)
    return _go_on(request, task_key)


def _refuse(request: Request, case_key: int) -> None:
    """Raise `NotFound` where the actor does not even see the declaration."""
    with query(request) as (tx, actor):
        require_visible(tx, actor, case_key)


def _go_on(request: Request, task_key: int) -> Response:
    return redirect(request, f"/declarations/next{query_with(request.query_params, done=task_key)}")


@router.get("/declarations/next")
def show_next(request: Request) -> Response:
    """The next dossier of the same list with its filters, else the list; a sentence says what was done before."""
    with query(request) as (tx, actor):
        waiting = next_review(tx, actor, filters=asked_filters(request.query_params), year=year_of(request))
        done = _done_words(tx, actor, request.query_params.get("done", ""))
    address = query_with(request.query_params)
    if waiting is None:
        flash(request, f"{done}没有待审核的材料了。")
        return redirect(request, f"/declarations{address}")
    case_key, left = waiting
    flash(request, f"{done}这是下一份，还有 {left} 份待审核。")
    return redirect(request, f"/declarations/{case_key}/review{address}")


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


@router.get("/declarations/{case_key}/hold")
def ask_hold(request: Request, case_key: int) -> Response:
    """审核待定 as a page of its own, for browsers without JavaScript."""
    with query(request) as (tx, actor):
        return _draw_hold(request, _waiting(tx, actor, case_key), "", "")


@router.post("/declarations/{case_key}/hold")
def hold(request: Request, case_key: int, form: Form = POSTED) -> Response:
    """Park the review with a note (Q6)."""
    reason = str(form.get("reason", ""))
    try:
        with command(request) as (tx, actor):
            hold_declaration(tx, actor, _waiting(tx, actor, case_key).task["key"], reason=reason)
    except InvalidInput as error:
        with query(request) as (tx, actor):
            sentence = next(iter(error.fields.get("reason", [error.message])))
            return _draw_hold(request, _waiting(tx, actor, case_key), reason, sentence, 422)
    flash(request, "已列入审核待定，可以随时恢复审核。")
    return redirect(request, "/declarations?tab=on_hold")


@router.post("/declarations/{case_key}/resume")
def resume(request: Request, case_key: int, form: Form = POSTED) -> Response:
    with command(request) as (tx, actor):
        resume_declaration(tx, actor, _waiting(tx, actor, case_key).task["key"])
    flash(request, "已恢复审核。")
    return redirect(request, f"/declarations/{case_key}/review")


def _waiting(tx: Transaction, actor: Actor, case_key: int) -> Review:
    """The review that waits. Raises `StaleTask` where there is none for the actor any more."""
    review = open_review(tx, actor, case_key)
    if review is None:
        raise StaleTask("这份材料现在不由您审核，请刷新后查看。")
    return review


def _typed(tx: Transaction, actor: Actor, review: Review, pairs: Pairs) -> dict[str, Any]:
    values = parse_review(tx, actor, review.form, pairs, review.base, review.context)
    phrases = {str(one.id): one.text for one in stock_phrases(tx, actor)} if PHRASE in dict(pairs) else {}
    phrase = chosen_phrase(pairs, phrases)
    return with_phrase(values, phrase) if phrase else values


def _again(request: Request, case_key: int, pairs: Pairs, error: InvalidInput | None = None) -> Response:
    """The page with everything that was typed, and what has to be corrected."""
    with query(request) as (tx, actor):
        review = _waiting(tx, actor, case_key)
        values = _typed(tx, actor, review, pairs)
        problems = _problems(tx, review, values, error) if error else []
        return _draw(request, tx, actor, review, values, problems=problems, status=422 if error else 200)


def _problems(tx: Transaction, review: Review, values: Mapping[str, Any], error: InvalidInput) -> list[Problem]:
    """The form's own findings with their labels, else what the rules behind it have said of its fields."""
    own = review.form.validate(values, review.context, options=registry_of(tx).options, clock=clock_of(tx))
    return own or [Problem(path, "", sentence) for path, found in error.fields.items() for sentence in found]


def _draw(
    request: Request,
    tx: Transaction,
    actor: Actor,
    review: Review,
    values: Mapping[str, Any] | None = None,
    *,
    problems: Sequence[Problem] = (),
    status: int = 200,
) -> Response:
    detail, task = review.detail, review.task
    row, shown = detail.row, view_of(tx, review, values)
    return page(
        request,
        TEMPLATE,
        status=status,
        row=row,
        titles=titles_of(code_book(request, tx, row["year"]), row),
        sentence=detail.sentence,
        steps=steps_of(detail),
        task=task,
        on_hold=task["state"] is TaskState.ON_HOLD,
        due=due_in(task["due_at"], tx.now, registry_of(tx).calendar),
        age=age_of(task["created_at"], tx.now, registry_of(tx).calendar),
        checks=dossier_checks(tx, row["year"], detail.variables),
        dossier=dossier_of(tx, actor, detail),
        fields=_fields(review, shown, problems),
        outcomes=[one for one in shown.outcome if one.style != "danger"],
        finals=[one for one in shown.outcome if one.style == "danger"],
        summary=render_summary(problems),
        phrases=stock_phrases(tx, actor),
        versions=review.versions,
        post_url=f"/declarations/{row['case_key']}/review{_list_query(request)}",
        list_url=f"/declarations{_list_query(request)}",
        undo=offered_undo(request, tx, actor),
    )


def _list_query(request: Request) -> str:
    """The filters of the list one came from, to go on in it."""
    asked = asked_filters(request.query_params)
    kept = query_with(request.query_params, **{name: None for name in request.query_params if name not in asked})
    return kept if asked else ""


def _fields(review: Review, view: FormView, problems: Sequence[Problem] = ()) -> Markup:
    case_key, task_key = review.case_key, review.task["key"]
    return render_form(
        view,
        errors=problems,
        rerender=f"/declarations/{case_key}/review/fields",
        upload=f"/files?task={task_key}",
    )


def _late(request: Request, case_key: int, task_key: int, pairs: Pairs, refusal: Refused) -> Response:
    """Somebody was faster: who, and the opinion that was typed, to be copied. Sent twice by the same person, it is done."""
    with query(request) as (tx, actor):
        try:
            row = get_task(tx, actor, task_key).row
            still = open_review(tx, actor, case_key) is not None
        except NotFound:
            raise refusal from None
    if row.get("ended_by") == actor.login and row.get("outcome") == dict(pairs).get("outcome"):
        return _go_on(request, task_key)
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


def _draw_hold(request: Request, review: Review, reason: str, problem: str, status: int = 200) -> Response:
    return page(request, "declaration/hold.html", status=status, row=review.detail.row, reason=reason, problem=problem)
