"""`/review-meetings/{key}/roll`: 评委会票源生成 – who is there and votes, and whether they are enough (M17, Q18, J06)."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.access import Actor
from engine.db import Transaction
from engine.declaration.masking import masked_identity
from engine.errors import InvalidInput
from engine.review_meeting.balloting.roll import (
    Voter,
    choose_voters,
    make_roll,
    may_change_roll,
    quorums_of,
    roll_of,
)
from engine.review_meeting.balloting.standing import require_helper
from engine.review_meeting.meetings import meeting_of
from web.deps import POSTED, Form, Key, code_book, command, query
from web.pages import flash, redirect
from web.review_meeting.frame import Errors, address_of, draw, numbers_in, text_in

router = APIRouter()

PART = "roll"
PATH = "/review-meetings/{key}/roll"


@router.get(PATH)
def show_roll(request: Request, key: Key) -> Response:
    with query(request) as (tx, actor):
        return _draw(request, tx, actor, key)


@router.post(PATH)
def change_roll(request: Request, key: Key, form: Form = POSTED) -> Response:
    """取消选择 and 恢复选择, of those ticked or of the one whose button was pressed."""
    votes, experts = form.get("act") == "restore", numbers_in(form, "expert")
    try:
        with command(request) as (tx, actor):
            choose_voters(tx, actor, key, experts, votes=votes, reason=text_in(form, "reason"))
    except InvalidInput as error:
        with query(request) as (tx, actor):
            fields = error.fields or {"expert": [error.message]}
            return _draw(request, tx, actor, key, fields, typed=text_in(form, "reason"))
    flash(request, "已恢复选择。" if votes else "已取消选择。")
    return redirect(request, address_of(key, PART))


@router.post(PATH + "/confirm")
def confirm_roll(request: Request, key: Key, form: Form = POSTED) -> Response:
    with command(request) as (tx, actor):
        meeting_of(tx, actor, key)
        make_roll(tx, actor, key)
    flash(request, "票源已生成，各评委会清点出席人数后由主任发起投票。")
    return redirect(request, address_of(key, "ballots"))


def _draw(
    request: Request, tx: Transaction, actor: Actor, key: int, errors: Errors | None = None, typed: str = ""
) -> Response:
    meeting = meeting_of(tx, actor, key)
    require_helper(tx, actor, key)
    voters, book = roll_of(tx, key), code_book(request, tx, meeting.year)
    quorums = quorums_of(tx, key, voters)
    return draw(
        request,
        tx,
        actor,
        key,
        "roll.html",
        PART,
        errors=errors,
        status=422 if errors else 200,
        meeting=meeting,
        committees=[
            {
                "name": one["name"],
                "quorum": quorums.get(one["id"]),
                "voters": [line_of(voter, book) for voter in voters if voter.committee == one["id"]],
            }
            for one in meeting.committees
        ],
        changeable=may_change_roll(tx, key),
        typed=typed,
    )


def line_of(voter: Voter, book: Any) -> dict[str, Any]:
    """An expert as the list shows them."""
    return {
        "voter": voter,
        "key": voter.expert,
        "identity_number": masked_identity(voter.identity_number) if voter.identity_number else "",
        "identity_type": book.label("identity_type", voter.identity_type) if voter.identity_type else "",
        "state": ("未签到", "")
        if not voter.present
        else ("参加投票", "good")
        if voter.votes
        else ("已取消选择", "warn"),
    }
