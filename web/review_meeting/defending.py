"""`/review-meetings/{key}/defence`: 组织答辩 – the order of the lot, and what became of it (W9)."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.access import Actor
from engine.clock import local
from engine.db import Transaction
from engine.errors import InvalidInput, Refused
from engine.review_meeting.defence.holding import note_defences
from engine.review_meeting.defence.schedule import sessions_of, set_schedule
from engine.review_meeting.defending import STEP
from engine.review_meeting.meetings import desk_of, meeting_of, require_watcher
from engine.review_meeting.planning import is_settled
from web.deps import POSTED, Form, Key, code_book, command, query
from web.pages import flash, redirect
from web.review_meeting.frame import (
    BASE,
    Errors,
    address_of,
    complete_step,
    draw,
    moment_in,
    number_in,
    numbers_in,
    said_at,
    text_in,
)

router = APIRouter()

ADDRESS = BASE + "/{key}/defence"


@router.get(ADDRESS)
def show_defence(request: Request, key: Key) -> Response:
    with query(request) as (tx, actor):
        return _draw(request, tx, actor, key)


@router.post(ADDRESS)
def finish(request: Request, key: Key, form: Form = POSTED) -> Response:
    """The defences are over, with what is noted of them."""
    note = text_in(form, "defence_note")
    try:
        with command(request) as (tx, actor):
            complete_step(tx, actor, key, STEP, {"outcome": "done", "defence_note": note})
    except (InvalidInput, Refused) as error:
        errors, status = said_at(error, "defence_note")
        with query(request) as (tx, actor):
            return _draw(request, tx, actor, key, errors, note, status)
    flash(request, "答辩已结束。")
    return redirect(request, address_of(key))


@router.post(ADDRESS + "/schedule")
def schedule(request: Request, key: Key, form: Form = POSTED) -> Response:
    """Set when a group begins; everybody in it is told."""
    typed = {name: text_in(form, name) for name in ("group", "starts_at", "minutes", "venue")}
    try:
        with command(request) as (tx, actor):
            told = set_schedule(
                tx,
                actor,
                key,
                number_in(form, "group") or 0,
                starts_at=moment_in(form, "starts_at"),
                minutes=number_in(form, "minutes") or 0,
                venue=typed["venue"],
            )
    except (InvalidInput, Refused) as error:
        errors, status = said_at(error, "starts_at")
        with query(request) as (tx, actor):
            return _draw(request, tx, actor, key, errors, status=status, typed=typed)
    flash(request, f"答辩安排已保存，已通知 {told} 名申报人。")
    return redirect(request, f"{address_of(key)}/defence")


@router.post(ADDRESS + "/notes")
def note(request: Request, key: Key, form: Form = POSTED) -> Response:
    """The ticked came to defend, or did not, by the button pressed."""
    came = text_in(form, "do") != "absent"
    try:
        with command(request) as (tx, actor):
            noted = note_defences(tx, actor, key, numbers_in(form, "declaration"), came=came)
    except (InvalidInput, Refused) as error:
        errors, status = said_at(error, "declaration")
        with query(request) as (tx, actor):
            return _draw(request, tx, actor, key, errors, status=status)
    flash(request, f"已登记 {noted} 人{'到场' if came else '缺席'}。")
    return redirect(request, f"{address_of(key)}/defence")


def _draw(
    request: Request,
    tx: Transaction,
    actor: Actor,
    key: int,
    errors: Errors | None = None,
    note: str = "",
    status: int = 200,
    typed: Mapping[str, str] | None = None,
) -> Response:
    meeting, desk = meeting_of(tx, actor, key), desk_of(tx, actor, key)
    require_watcher(actor)
    book = code_book(request, tx, meeting.year)
    return draw(
        request,
        tx,
        actor,
        key,
        "defence.html",
        "",
        errors=errors,
        status=status,
        meeting=meeting,
        desk=desk,
        task=desk.task_of(STEP),
        note=note or desk.variables.get("defence_note") or "",
        sessions=sessions_of(tx, meeting) if is_settled(meeting.status) else [],
        typed=typed or {},
        starts=lambda schedule: f"{local(schedule['starts_at']):%Y-%m-%dT%H:%M}" if schedule else "",
        title=lambda value: book.label("title_name", value) if value else "",
    )
