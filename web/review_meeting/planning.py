"""`/review-meetings/{key}/plan`: the plan with all that belongs to it (M4), and its approval by another person (M5)."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.access import Actor
from engine.db import Transaction
from engine.errors import InvalidInput, Refused
from engine.review_meeting.composing import composition_of
from engine.review_meeting.meetings import desk_of, groups_of, meeting_of
from engine.review_meeting.planning import expert_problems
from web.deps import POSTED, Form, Key, command, query
from web.pages import flash, redirect
from web.review_meeting.frame import BASE, Errors, address_of, complete_step, draw, said_at, text_in

router = APIRouter()

ADDRESS = BASE + "/{key}/plan"
WRITE, APPROVE = "write_plan", "approve_plan"
OUTCOMES = {"approve": "评审方案审核通过，请指定主任。", "return_for_revision": "评审方案已退回修改。"}


@router.get(ADDRESS)
def show_plan(request: Request, key: Key) -> Response:
    with query(request) as (tx, actor):
        return _draw(request, tx, actor, key)


@router.post(ADDRESS)
def decide(request: Request, key: Key, form: Form = POSTED) -> Response:
    """Approve the plan or return it, as somebody else than its author (Q17)."""
    outcome, opinion = text_in(form, "outcome"), text_in(form, "opinion")
    try:
        with command(request) as (tx, actor):
            complete_step(tx, actor, key, APPROVE, {"outcome": outcome, "opinion": opinion})
    except (InvalidInput, Refused) as error:
        errors, status = said_at(error, "opinion")
        with query(request) as (tx, actor):
            return _draw(request, tx, actor, key, errors, opinion, status)
    flash(request, OUTCOMES.get(outcome, "已办理。"))
    return redirect(request, address_of(key))


def _draw(
    request: Request,
    tx: Transaction,
    actor: Actor,
    key: int,
    errors: Errors | None = None,
    opinion: str = "",
    status: int = 200,
) -> Response:
    meeting, desk = meeting_of(tx, actor, key), desk_of(tx, actor, key)
    judged = composition_of(tx, key)
    return draw(
        request,
        tx,
        actor,
        key,
        "plan.html",
        "plan",
        errors=errors,
        status=status,
        meeting=meeting,
        desk=desk,
        plan=desk.variables.get("plan") or {},
        approval=desk.variables.get("plan_approval") or {},
        groups=groups_of(tx, key),
        composition=[(one, judged.get(one["id"], ())) for one in meeting.committees],
        missing=[text for found in expert_problems(tx, actor, key).values() for text in found],
        writes=desk.task_of(WRITE),
        approves=desk.task_of(APPROVE),
        opinion=opinion,
    )
