"""`/review-meetings/{key}/roll`: 评委会票源生成 – who is there and votes, and whether they are enough (M17, Q18, J06)."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.access import Actor
from engine.db import Transaction
from engine.declaration.masking import masked_identity, masked_phone
from engine.errors import InvalidInput
from engine.review_meeting.balloting.roll import (
    Voter,
    choose_voters,
    make_roll,
    may_change_roll,
    quorums_of,
    roll_of,
)
from engine.review_meeting.balloting.standing import is_office, require_helper
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
    """取消选择 and 恢复选择 of those ticked, or of the one whose button was pressed."""
    try:
        choose(request, key, numbers_in(form, "expert"), form)
    except InvalidInput as error:
        with query(request) as (tx, actor):
            fields = error.fields or {"expert": [error.message]}
            return _draw(request, tx, actor, key, fields, typed=text_in(form, "reason"))
    return redirect(request, address_of(key, PART))


@router.post(PATH + "/confirm")
def confirm_roll(request: Request, key: Key, form: Form = POSTED) -> Response:
    with command(request) as (tx, actor):
        meeting_of(tx, actor, key)
        make_roll(tx, actor, key)
    flash(request, "票源已生成，各评委会清点出席人数后由主任发起投票。")
    return redirect(request, address_of(key, "ballots"))


def choose(request: Request, key: int, experts: list[int], form: Form) -> None:
    """Take these off the roll or put them back, by the button pressed."""
    votes = form.get("act") == "restore"
    with command(request) as (tx, actor):
        choose_voters(tx, actor, key, experts, votes=votes, reason=text_in(form, "reason"))
    flash(request, "已恢复选择。" if votes else "已取消选择。")


def _draw(
    request: Request, tx: Transaction, actor: Actor, key: int, errors: Errors | None = None, typed: str = ""
) -> Response:
    meeting = meeting_of(tx, actor, key)
    require_helper(tx, actor, key)
    voters, book = roll_of(tx, key), code_book(request, tx, meeting.year)
    quorums, whole = quorums_of(tx, key, voters), is_office(tx, actor, key)
    committees = [
        {
            "name": one["name"],
            "quorum": quorums.get(one["id"]),
            "voters": [
                line_of(key, number, voter, book, whole=whole)
                for number, voter in enumerate((voter for voter in voters if voter.committee == one["id"]), 1)
            ],
        }
        for one in meeting.committees
    ]
    return draw(
        request,
        tx,
        actor,
        key,
        "roll.html",
        "ballots",
        errors=errors,
        status=422 if errors else 200,
        meeting=meeting,
        committees=committees,
        changeable=may_change_roll(tx, key),
        typed=typed,
    )


def line_of(key: int, number: int, voter: Voter, book: Any, *, whole: bool) -> dict[str, Any]:
    """An expert as the list shows them; who only needs to know who votes reads the telephone masked."""
    return {
        "number": number,
        "voter": voter,
        "key": voter.expert,
        "url": f"{address_of(key, PART)}/{voter.expert}",
        "identity_number": masked_identity(voter.identity_number) if voter.identity_number else "",
        "identity_type": book.label("identity_type", voter.identity_type) if voter.identity_type else "",
        "phone": voter.phone if whole else masked_phone(voter.phone),
        "state": _state(voter),
        "why": voter.excluded or ("对全部材料回避" if voter.aside and voter.votes else ""),
    }


def _state(voter: Voter) -> tuple[str, str]:
    if not voter.present:
        return "未签到", ""
    if voter.excluded is not None:
        return "已取消选择", "warn"
    return ("出席，不发选票", "warn") if voter.aside else ("参加投票", "good")
