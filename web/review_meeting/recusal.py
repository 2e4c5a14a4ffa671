"""`/review-meetings/{key}/recusals`: conflicts found with their evidence, what experts asked for, what the office orders (J13)."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.access import Actor
from engine.db import Transaction
from engine.errors import InvalidInput, NotFound
from engine.review_meeting.conflicts.listing import list_recusals
from engine.review_meeting.conflicts.recording import find_and_record
from engine.review_meeting.conflicts.recusing import lift_recusal, order_recusal
from engine.review_meeting.conflicts.tables import RecusalState
from engine.review_meeting.scoring.numbers import declaration_numbered
from engine.review_meeting.seats import keeps_meeting, meeting_row, seat_of, seated_experts
from web.deps import POSTED, Form, Key, command, query
from web.pages import flash, page, redirect
from web.review_meeting.scoring_words import SOURCES, STATES, assignment_url, key_in

router = APIRouter()

ADDRESS = "/review-meetings/{key}/recusals"
TABS: Mapping[str, tuple[str, RecusalState | None]] = {
    "": ("全部", None),
    "asked": ("待说明", RecusalState.ASKED),
    "active": ("须回避", RecusalState.ACTIVE),
    "lifted": ("不回避", RecusalState.LIFTED),
}
SIZE = 50


@router.get(ADDRESS)
def show_recusals(request: Request, key: Key) -> Response:
    with query(request) as (tx, actor):
        return _draw(request, tx, actor, key)


@router.post(ADDRESS)
def act(request: Request, key: Key, form: Form = POSTED) -> Response:
    """Look the facts through, order a recusal, lift one, by the button pressed."""
    wanted = str(form.get("do", ""))
    try:
        with command(request) as (tx, actor):
            said = _do(tx, actor, key, wanted, form)
    except InvalidInput as error:
        with query(request) as (tx, actor):
            return _draw(request, tx, actor, key, errors=error.fields, status=422)
    flash(request, said)
    return redirect(request, f"/review-meetings/{key}/recusals")


def _do(tx: Transaction, actor: Actor, key: int, wanted: str, form: Form) -> str:
    if wanted == "find":
        fresh = find_and_record(tx, actor, key)
        return f"查到 {fresh} 项新的关系，请核对。" if fresh else "没有查到新的关系。"
    if wanted == "lift":
        declaration, expert = key_in(form.get("declaration")), key_in(form.get("expert"))
        if declaration is None or expert is None:
            raise NotFound
        lift_recusal(tx, actor, key, declaration, expert, str(form.get("reason", "")))
        return "已解除回避。"
    number, expert = str(form.get("number", "")).strip(), key_in(form.get("expert"))
    declaration = declaration_numbered(tx, key, number)
    problems = {} if declaration else {"number": ["本次会议没有这个申报编号，请核对"]}
    if expert is None:
        problems["expert"] = ["请选择评委"]
    if problems or declaration is None or expert is None:
        raise InvalidInput(fields=problems)
    order_recusal(tx, actor, key, declaration, expert, str(form.get("reason", "")))
    return "已责令回避，原来的分配如受影响会提示组长。"


def _draw(
    request: Request,
    tx: Transaction,
    actor: Actor,
    key: int,
    *,
    errors: Mapping[str, list[str]] | None = None,
    status: int = 200,
) -> Response:
    tab = request.query_params.get("tab", "")
    state = TABS.get(tab, TABS[""])[1]
    asked = request.query_params.get("page", "")
    number = max(1, int(asked)) if asked.isdecimal() and len(asked) < 6 else 1
    found = list_recusals(tx, actor, key, state=state, page=number, size=SIZE)
    everything = sum(found.counts.values())
    seat = seat_of(tx, actor, key)
    office = keeps_meeting(tx, actor, key) or (seat is not None and seat.is_chair)
    typed = getattr(request.state, "form", {})
    meeting = meeting_row(tx, key)
    hides = bool(meeting["masked"]) and not keeps_meeting(tx, actor, key)
    experts = sorted(seated_experts(tx, key).values(), key=lambda row: row["name"])
    return page(
        request,
        "review_meeting/recusals.html",
        status=status,
        key=key,
        meeting=meeting,
        office=office,
        hides=hides,
        tabs=[
            {
                "label": words,
                "url": f"?tab={name}",
                "current": name == tab,
                "count": everything if wanted is None else found.counts[wanted],
            }
            for name, (words, wanted) in TABS.items()
        ],
        rows=[_row(key, one) for one in found.rows],
        number=number,
        size=SIZE,
        total=everything if state is None else found.counts[state],
        touched=found.touching,
        choices=[(row["expert"], f"{row['name']}（{row['workplace']}）") for row in experts],
        typed={name: str(typed.get(name, "")) for name in ("number", "expert", "reason")},
        errors=errors or {},
        address=f"/review-meetings/{key}/recusals",
    )


def _row(key: int, one: Any) -> dict[str, Any]:
    words, kind = STATES[one.state]
    return {
        "key": f"{one.declaration}-{one.expert}",
        "one": one,
        "source": SOURCES[one.source],
        "state": words,
        "kind": kind,
        "may_lift": one.state is not RecusalState.LIFTED,
        "assignment_url": assignment_url(key, group=one.group, tab="invalid") if one.reviews else "",
    }
