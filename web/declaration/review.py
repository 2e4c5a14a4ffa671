"""`/declarations/{case}/review`: the dossier on the left, the decision on the right (U10–U13)."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Request
from markupsafe import Markup
from starlette.responses import HTMLResponse, Response

from engine.access import Actor
from engine.db import Transaction
from engine.declaration.changes import values_before
from engine.declaration.checks import dossier_checks
from engine.declaration.detail import DeclarationDetail
from engine.declaration.lists import neighbours
from engine.declaration.phrases import stock_phrases
from engine.declaration.remarks import Remark
from engine.declaration.saved_views import kept_query
from engine.errors import StaleTask
from engine.flow.registry import registry_of
from engine.flow.tables import TaskState
from engine.form import FormView, Problem
from web.declaration.changes import Changes, changes_between
from web.declaration.dossier import dossier_of, view_of_values
from web.declaration.filling import Pairs, pairs_of
from web.declaration.filters import asked_of
from web.declaration.mine import steps_of
from web.declaration.reviewing import (
    Review,
    chosen_phrase,
    open_review,
    open_step,
    parse_review,
    view_of,
    with_phrase,
)
from web.declaration.words import titles_of
from web.deps import POSTED, Form, Key, code_book, query, year_of
from web.due import age_of, due_in
from web.fields import render_form, render_summary
from web.pages import flash, page, redirect
from web.undo import offered_undo

router = APIRouter()

TEMPLATE = "declaration/review.html"
PHRASE = "_phrase"


@router.get("/declarations/{case_key}/review")
def show_review(request: Request, case_key: Key) -> Response:
    """The review that waits for the actor, or the step that staff drew with a form of its own; else the declaration to be read."""
    with query(request) as (tx, actor):
        review = open_review(tx, actor, case_key)
        if review is not None:
            return draw_review(request, tx, actor, review)
        step = open_step(tx, actor, case_key)
    if step is not None:
        return redirect(request, f"/tasks/{step}")
    flash(request, "这份材料现在不由您审核，可以查看它的内容和进度。", "info")
    return redirect(request, f"/declarations/{case_key}")


@router.post("/declarations/{case_key}/review/fields")
def draw_again(request: Request, case_key: Key, form: Form = POSTED) -> Response:
    """The inputs with what is typed, and with the stock phrase whose button was pressed."""
    pairs = pairs_of(form)
    with query(request) as (tx, actor):
        review = waiting_review(tx, actor, case_key)
        return HTMLResponse(_fields(review, view_of(tx, review, typed_values(tx, actor, review, pairs))))


def waiting_review(tx: Transaction, actor: Actor, case_key: int) -> Review:
    """The review that waits. Raises `StaleTask` where there is none for the actor any more."""
    review = open_review(tx, actor, case_key)
    if review is None:
        raise StaleTask("这份材料现在不由您审核，请刷新后查看。")
    return review


def typed_values(tx: Transaction, actor: Actor, review: Review, pairs: Pairs) -> dict[str, Any]:
    values = parse_review(tx, actor, review.form, pairs, review.base, review.context)
    phrases = {str(one.id): one.text for one in stock_phrases(tx, actor)} if PHRASE in dict(pairs) else {}
    phrase = chosen_phrase(pairs, phrases)
    return with_phrase(values, phrase) if phrase else values


def draw_review(
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
    key, kept = row["case_key"], _list_query(request)
    changes = _changes(tx, detail)
    before, after = neighbours(tx, actor, key, asked_of(request.query_params, year_of(request)))
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
        changes=changes,
        remarks=review.remarks,
        dossier=dossier_of(
            tx,
            actor,
            detail,
            notes=_notes(review.remarks),
            changed=changes.marks,
            remark_url=f"/declarations/{key}/remarks{kept}",
        ),
        fields=_fields(review, shown, problems),
        outcomes=[one for one in shown.outcome if one.style != "danger"],
        finals=[one for one in shown.outcome if one.style == "danger"],
        summary=render_summary(problems),
        phrases=stock_phrases(tx, actor),
        versions=review.versions,
        post_url=f"/declarations/{key}/review{kept}",
        list_url=f"/declarations{kept}",
        before_url=f"/declarations/{before}/review{kept}" if before else "",
        after_url=f"/declarations/{after}/review{kept}" if after else "",
        after=after,
        kept=kept,
        undo=offered_undo(request, tx, actor),
    )


def _list_query(request: Request) -> str:
    """The list one came from, to go on in it and back to it."""
    kept = kept_query(str(request.query_params))
    return f"?{kept}" if kept else ""


def _changes(tx: Transaction, detail: DeclarationDetail) -> Changes:
    """What reads differently since it was handed in the time before; nothing the first time."""
    before = values_before(tx, detail.row["case_key"])
    if before is None:
        return Changes()
    return changes_between(view_of_values(tx, detail, before), view_of_values(tx, detail, detail.values))


def _notes(remarks: Sequence[Remark]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in remarks:
        found.setdefault(one.path, []).append(one.text)
    return found


def _fields(review: Review, view: FormView, problems: Sequence[Problem] = ()) -> Markup:
    case_key, task_key = review.case_key, review.task["key"]
    return render_form(
        view,
        errors=problems,
        rerender=f"/declarations/{case_key}/review/fields",
        upload=f"/files?task={task_key}",
    )
