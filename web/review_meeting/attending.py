"""`/review-meetings/{key}/attendance`: 签到 as the office keeps it; the code on the screen of the room."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.access import Actor
from engine.db import Transaction
from engine.errors import InvalidInput, Refused
from engine.review_meeting.attending import note_attendance
from engine.review_meeting.console import attendance_of
from engine.review_meeting.experts import experts_of, is_present
from engine.review_meeting.meetings import meeting_of, require_watcher
from engine.review_meeting.planning import is_settled
from engine.review_meeting.tables import Invitation
from web.deps import POSTED, Form, Key, command, query
from web.pages import flash, redirect
from web.review_meeting.frame import BASE, Errors, address_of, draw, may_keep, numbers_in, said_at, text_in

router = APIRouter()

ADDRESS = BASE + "/{key}/attendance"


@router.get(ADDRESS)
def show_attendance(request: Request, key: Key) -> Response:
    with query(request) as (tx, actor):
        return _draw(request, tx, actor, key)


@router.post(ADDRESS)
def note(request: Request, key: Key, form: Form = POSTED) -> Response:
    """The ticked experts are there, or have left, by the button pressed."""
    present = text_in(form, "do") != "leave"
    try:
        with command(request) as (tx, actor):
            ticked = numbers_in(form, "expert")
            if not ticked:
                raise InvalidInput(fields={"expert": ["请勾选评委"]})
            noted = note_attendance(tx, actor, key, ticked, present=present)
    except (InvalidInput, Refused) as error:
        with query(request) as (tx, actor):
            return _draw(request, tx, actor, key, *said_at(error, "expert"))
    flash(request, f"已登记 {noted} 名评委{'签到' if present else '离会'}。")
    return redirect(request, f"{address_of(key)}/attendance")


def _draw(
    request: Request, tx: Transaction, actor: Actor, key: int, errors: Errors | None = None, status: int = 200
) -> Response:
    meeting = meeting_of(tx, actor, key)
    require_watcher(actor)
    rows = [row for row in experts_of(tx, key) if row["invited"] is not Invitation.DECLINED]
    here = {one["id"]: [row for row in rows if row["committee"] == one["id"]] for one in meeting.committees}
    return draw(
        request,
        tx,
        actor,
        key,
        "attendance.html",
        "attendance",
        errors=errors,
        status=status,
        meeting=meeting,
        people=[{"id": row["expert"], "row": row, "present": is_present(row)} for row in rows],
        attendance=attendance_of(tx, key),
        quorum=[
            (
                one["name"],
                sum(is_present(row) for row in here[one["id"]]),
                one["members"] or len(here[one["id"]]),
            )
            for one in meeting.committees
        ],
        # also after the roll is made: a quorum that failed waits for those who come late
        may_note=may_keep(actor, meeting) and is_settled(meeting.status) and meeting.is_open,
        settled=is_settled(meeting.status),
    )
