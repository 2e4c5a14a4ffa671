"""`/my-meetings/{key}/attendance`: an expert's own page of a meeting – the answer to the invitation, signing in, what to do."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.errors import InvalidInput, NotFound, Refused
from engine.review_meeting.attending import sign_in, sign_out
from engine.review_meeting.balloting.casting import has_no_ballot, papers_cast
from engine.review_meeting.console import console_of
from engine.review_meeting.inviting import answer_invitation
from engine.review_meeting.meetings import meeting_of
from engine.review_meeting.mine import meetings_of_expert
from engine.review_meeting.planning import is_settled
from web.deps import POSTED, Form, Key, command, query
from web.pages import flash, page, redirect
from web.review_meeting.frame import Errors, kind_of, said_at, text_in

router = APIRouter()

ADDRESS = "/my-meetings/{key}/attendance"
SAID = {
    "come": "已确认参加。",
    "decline": "已登记不能参加，谢谢您的回复。",
    "sign_in": "已签到。",
    "sign_out": "已登记离会。",
}


@router.get(ADDRESS)
def show_meeting(request: Request, key: Key) -> Response:
    return _draw(request, key)


@router.post(ADDRESS)
def take_part(request: Request, key: Key, form: Form = POSTED) -> Response:
    """Come, decline, sign in or leave, by the button pressed."""
    wanted = text_in(form, "do")
    try:
        with command(request) as (tx, actor):
            if wanted == "sign_in":
                sign_in(tx, actor, key, text_in(form, "code"))
            elif wanted == "sign_out":
                sign_out(tx, actor, key)
            elif wanted in ("come", "decline"):
                answer_invitation(tx, actor, key, comes=wanted == "come", reason=text_in(form, "reason"))
            else:
                raise InvalidInput("请选择要办理的事项。")
    except (InvalidInput, Refused) as error:
        errors, status = said_at(error, "code")
        return _draw(request, key, errors, text_in(form, "reason"), status)
    flash(request, SAID[wanted])
    return redirect(request, "/my-meetings" if wanted == "decline" else f"/my-meetings/{key}/attendance")


def _draw(request: Request, key: int, errors: Errors | None = None, reason: str = "", status: int = 200) -> Response:
    with query(request) as (tx, actor):
        meeting = meeting_of(tx, actor, key)
        mine = next((row for row in meetings_of_expert(tx, actor) if row["case_key"] == key), None)
        if mine is None:
            raise NotFound
        console, papers = console_of(tx, actor, meeting), papers_cast(tx, actor, key)
        aside = not papers and has_no_ballot(tx, actor, key)
    return page(
        request,
        "review_meeting/taking_part.html",
        status=status,
        meeting=meeting,
        row=meeting.row,
        mine=mine,
        status_kind=kind_of(meeting.status),
        steps=[step for step in console.steps if step.task is not None],
        papers=papers,
        aside=aside,
        settled=is_settled(meeting.status),
        errors=dict(errors or {}),
        reason=reason,
    )
