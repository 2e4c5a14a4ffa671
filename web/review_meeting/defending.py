"""`/review-meetings/{key}/defence`: 组织答辩 – the order of the lot, and what became of it (W9)."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.access import Actor
from engine.db import Transaction
from engine.errors import InvalidInput, Refused
from engine.review_meeting.defending import STEP, defence_order
from engine.review_meeting.meetings import desk_of, groups_of, meeting_of, require_watcher
from engine.review_meeting.planning import is_settled
from web.deps import POSTED, Form, Key, code_book, command, query
from web.pages import flash, redirect
from web.review_meeting.frame import BASE, Errors, address_of, complete_step, draw, text_in

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
    except InvalidInput as error:
        with query(request) as (tx, actor):
            return _draw(request, tx, actor, key, error.fields, note, 422)
    except Refused as error:
        with query(request) as (tx, actor):
            return _draw(request, tx, actor, key, {"defence_note": [error.message]}, note, 409)
    flash(request, "答辩已结束。")
    return redirect(request, address_of(key))


def _draw(
    request: Request,
    tx: Transaction,
    actor: Actor,
    key: int,
    errors: Errors | None = None,
    note: str = "",
    status: int = 200,
) -> Response:
    meeting, desk = meeting_of(tx, actor, key), desk_of(tx, actor, key)
    require_watcher(actor)
    book = code_book(request, tx, meeting.year)
    ordered = defence_order(tx, meeting) if is_settled(meeting.status) else {}
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
        groups=[(one["name"], ordered.get(one["id"], [])) for one in groups_of(tx, key) if ordered.get(one["id"])],
        title=lambda value: book.label("title_name", value) if value else "",
    )
