"""审核待定: parking a review with a note, and taking it up again (Q6)."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.declaration.reviewing import hold_declaration, resume_declaration
from engine.errors import InvalidInput
from web.declaration.review import waiting_review
from web.declaration.reviewing import Review
from web.deps import POSTED, Form, Key, command, query
from web.pages import flash, page, redirect

router = APIRouter()


@router.get("/declarations/{case_key}/hold")
def ask_hold(request: Request, case_key: Key) -> Response:
    """审核待定 as a page of its own, for browsers without JavaScript."""
    with query(request) as (tx, actor):
        return _draw_hold(request, waiting_review(tx, actor, case_key), "", "")


@router.post("/declarations/{case_key}/hold")
def hold(request: Request, case_key: Key, form: Form = POSTED) -> Response:
    """Park the review with a note (Q6)."""
    reason = str(form.get("reason", ""))
    try:
        with command(request) as (tx, actor):
            hold_declaration(tx, actor, waiting_review(tx, actor, case_key).task["key"], reason=reason)
    except InvalidInput as error:
        with query(request) as (tx, actor):
            sentence = next(iter(error.fields.get("reason", [error.message])))
            return _draw_hold(request, waiting_review(tx, actor, case_key), reason, sentence, 422)
    flash(request, "已列入审核待定，可以随时恢复审核。")
    return redirect(request, "/declarations?tab=on_hold")


@router.post("/declarations/{case_key}/resume")
def resume(request: Request, case_key: Key, form: Form = POSTED) -> Response:
    with command(request) as (tx, actor):
        resume_declaration(tx, actor, waiting_review(tx, actor, case_key).task["key"])
    flash(request, "已恢复审核。")
    return redirect(request, f"/declarations/{case_key}/review")


def _draw_hold(request: Request, review: Review, reason: str, problem: str, status: int = 200) -> Response:
    return page(request, "declaration/hold.html", status=status, row=review.detail.row, reason=reason, problem=problem)
