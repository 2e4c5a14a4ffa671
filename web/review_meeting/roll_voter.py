"""`/review-meetings/{key}/roll/{expert}`: 详情 of one expert of the roll, 取消选择 with its reason (M17)."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.access import Actor
from engine.db import Transaction
from engine.declaration.masking import masked_identity, masked_phone
from engine.errors import InvalidInput, NotFound
from engine.review_meeting.balloting.roll import Voter, may_change_roll, quorums_of, roll_of
from engine.review_meeting.balloting.standing import is_office, require_helper
from engine.review_meeting.meetings import meeting_of
from web.deps import POSTED, Form, Key, code_book, query
from web.filters import datetime_cn
from web.pages import is_htmx, piece, redirect
from web.review_meeting.experts import POSTS, SOURCES
from web.review_meeting.frame import Errors, address_of, draw, text_in
from web.review_meeting.roll import PART, PATH, choose, line_of

router = APIRouter()


@router.get(PATH + "/{expert}")
def show_voter(request: Request, key: Key, expert: Key) -> Response:
    """详情 of one expert; in the drawer of the roll its changing part alone."""
    with query(request) as (tx, actor):
        return _draw(request, tx, actor, key, expert)


@router.post(PATH + "/{expert}")
def exclude_voter(request: Request, key: Key, expert: Key, form: Form = POSTED) -> Response:
    """取消选择 of one expert, with the reason."""
    try:
        choose(request, key, [expert], form)
    except InvalidInput as error:
        with query(request) as (tx, actor):
            fields = error.fields or {"reason": [error.message]}
            return _draw(request, tx, actor, key, expert, fields, text_in(form, "reason"))
    return redirect(request, address_of(key, PART))


def _draw(
    request: Request,
    tx: Transaction,
    actor: Actor,
    key: int,
    expert: int,
    errors: Errors | None = None,
    typed: str = "",
) -> Response:
    meeting = meeting_of(tx, actor, key)
    require_helper(tx, actor, key)
    voters, book = roll_of(tx, key), code_book(request, tx, meeting.year)
    voter = next((one for one in voters if one.expert == expert), None)
    if voter is None:
        raise NotFound
    whole = is_office(tx, actor, key)
    context: dict[str, Any] = {
        "one": line_of(key, 0, voter, book, whole=whole),
        "about": _about(voter, book, whole=whole),
        "committee": meeting.committee_name(voter.committee),
        "quorum": quorums_of(tx, key, voters).get(voter.committee),
        "changeable": may_change_roll(tx, key),
        "typed": typed,
    }
    if is_htmx(request):
        return piece(
            request,
            "review_meeting/roll_voter.html",
            "voter",
            base=address_of(key),
            errors=dict(errors or {}),
            **context,
        )
    status = 422 if errors else 200
    return draw(
        request, tx, actor, key, "roll_voter.html", "ballots", errors=errors, status=status, meeting=meeting, **context
    )


def _about(voter: Voter, book: Any, *, whole: bool) -> list[tuple[str, str]]:
    """详情: the office checks the number against the document, the chair does not need it."""
    number = voter.identity_number if whole else masked_identity(voter.identity_number)
    title = book.label("title_name", voter.title_name) if voter.title_name else ""
    said = [
        ("离会", datetime_cn(voter.signed_out_at) if voter.signed_out_at else ""),
        ("取消选择的原因", voter.excluded or ""),
        ("回避", "对全部材料回避，计入出席，不发选票" if voter.aside else ""),
    ]
    return [
        ("证件类型", book.label("identity_type", voter.identity_type) if voter.identity_type else ""),
        ("证件号码", number),
        ("手机号码", voter.phone if whole else masked_phone(voter.phone)),
        ("工作单位", voter.workplace),
        ("职称", title),
        ("从事专业", book.label("specialty", voter.specialty) if voter.specialty else ""),
        ("分组", voter.group),
        ("职务", POSTS[voter.post]),
        ("产生方式", SOURCES[voter.source]),
        ("签到", datetime_cn(voter.signed_in_at) if voter.signed_in_at else "未签到"),
        *(one for one in said if one[1]),
    ]
