"""`/review-meetings/{key}/chair`: 指定评审会议主任 (M6); who presides now (Q3)."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.access import Actor
from engine.db import Transaction
from engine.errors import InvalidInput, Refused
from engine.review_meeting.chairing import MOST_DEPUTIES, STEP, board_of, choose_chair
from engine.review_meeting.experts import experts_of
from engine.review_meeting.inviting import may_know_experts
from engine.review_meeting.meetings import desk_of, is_in_meeting, meeting_of
from engine.review_meeting.tables import ExpertPost, Invitation
from web.deps import POSTED, Form, Key, command, query
from web.pages import flash, redirect
from web.review_meeting.frame import BASE, Errors, address_of, complete_step, draw, number_in, numbers_in, said_at

router = APIRouter()

ADDRESS = BASE + "/{key}/chair"


@router.get(ADDRESS)
def show_chair(request: Request, key: Key) -> Response:
    with query(request) as (tx, actor):
        return _draw(request, tx, actor, key)


@router.post(ADDRESS)
def appoint(request: Request, key: Key, form: Form = POSTED) -> Response:
    """One chair and up to two deputies, and the step is done."""
    chair, deputies = number_in(form, "chair"), numbers_in(form, "deputies")
    try:
        with command(request) as (tx, actor):
            choose_chair(tx, actor, key, chair, deputies)
            complete_step(tx, actor, key, STEP, {"outcome": "confirm"})
    except (InvalidInput, Refused) as error:
        errors, status = said_at(error, "chair")
        with query(request) as (tx, actor):
            return _draw(request, tx, actor, key, errors, chair, deputies, status)
    flash(request, "主任已指定，请分配参评材料、设置评分标准。")
    return redirect(request, address_of(key))


def _draw(
    request: Request,
    tx: Transaction,
    actor: Actor,
    key: int,
    errors: Errors | None = None,
    chair: int | None = None,
    deputies: list[int] | None = None,
    status: int = 200,
) -> Response:
    meeting, desk = meeting_of(tx, actor, key), desk_of(tx, actor, key)
    may_know_experts(tx, actor, meeting, is_in_meeting(tx, actor, key))
    board = board_of(tx, key)
    coming = [row for row in experts_of(tx, key) if row["invited"] is not Invitation.DECLINED]
    if chair is None and deputies is None:
        chair = next((row["expert"] for row in board if row["post"] is ExpertPost.CHAIR), None)
        deputies = [row["expert"] for row in board if row["post"] is ExpertPost.VICE_CHAIR]
    return draw(
        request,
        tx,
        actor,
        key,
        "chair.html",
        "chair",
        errors=errors,
        status=status,
        meeting=meeting,
        desk=desk,
        task=desk.task_of(STEP),
        board=board,
        choices=[(row["expert"], f"{row['name']}（{row['workplace']}）") for row in coming],
        chair=chair,
        deputies=deputies or [],
        most=MOST_DEPUTIES,
        hands_over=desk.may("hand_over_chair") and meeting.row["presiding"] is not None and len(board) > 1,
    )
