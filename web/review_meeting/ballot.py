"""`/review-meetings/{key}/ballots`, `/ballots/{key}`: a committee's ballot as the chair and the office follow it (M18, M20, M21)."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from engine.access import Actor
from engine.db import Transaction
from engine.errors import InvalidInput, NotFound
from engine.flow.actions import task_actions
from engine.flow.completion import complete_task
from engine.flow.queries import case_tasks
from engine.review_meeting.balloting.ballots import ballots_of
from engine.review_meeting.balloting.counting import TELLERS, has_entered
from engine.review_meeting.balloting.lines import dossier_lines
from engine.review_meeting.balloting.reading import Standing, Tally, standing_of, tally_of_ballot
from engine.review_meeting.balloting.standing import is_helper, require_follower
from engine.review_meeting.balloting.tables import Outcome
from engine.review_meeting.console import pulse_of
from engine.review_meeting.meetings import meeting_of
from web.deps import POSTED, Form, Key, code_book, command, query
from web.pages import flash, page, piece, redirect
from web.review_meeting.frame import Errors, draw, page_in, text_in

router = APIRouter()

CONFIRM = "confirm_tally"
STATUS_KINDS = {"出席不足": "bad", "待发起投票": "warn", "待确认投票结果": "warn", "已表决": "good", "休会未表决": ""}
KINDS = {"secret": "无记名投票", "named": "记名投票", "paper": "纸质票"}
OUTCOMES = {Outcome.PASSED: ("通过", "good"), Outcome.FAILED: ("未通过", "bad"), Outcome.UNDECIDED: ("未决", "warn")}


@router.get("/review-meetings/{key}/ballots")
def show_ballots(request: Request, key: Key) -> Response:
    """The ballots of a meeting, one a committee (Q27)."""
    with query(request) as (tx, actor):
        meeting = meeting_of(tx, actor, key)
        require_follower(tx, actor, key)
        rows = [
            {
                "name": one.committee_name,
                "status": one.status,
                "kind": STATUS_KINDS.get(one.status, "info"),
                "url": f"/ballots/{one.key}",
                "present": one.variables.get("present"),
                "members": one.variables.get("members"),
                "passed": one.variables.get("passed"),
                "failed": one.variables.get("failed"),
            }
            for one in ballots_of(tx, key)
        ]
        return draw(
            request,
            tx,
            actor,
            key,
            "ballots.html",
            "ballots",
            meeting=meeting,
            rows=rows,
            helps=is_helper(tx, actor, key),
        )


@router.get("/ballots/{key}")
def show_ballot(request: Request, key: Key) -> Response:
    with query(request) as (tx, actor):
        return _draw(request, tx, actor, key)


@router.get("/ballots/{key}/progress")
def show_progress(request: Request, key: Key) -> Response:
    """Who has cast, as it stands now, which the live page asks for; once the step is another the page loads itself anew."""
    with query(request) as (tx, actor):
        held = standing_of(tx, actor, key)
    if request.query_params.get("mark") != _mark(held):
        return HTMLResponse(headers={"HX-Refresh": "true"})
    return piece(request, "review_meeting/ballot.html", "progress", held=held)


@router.post("/ballots/{key}/confirm")
def confirm(request: Request, key: Key, form: Form = POSTED) -> Response:
    """投票结果确认: announced and final, or undecided dossiers once more."""
    values = {
        "outcome": text_in(form, "outcome"),
        "announced": form.get("announced") == "1",
        "again_reason": text_in(form, "again_reason"),
    }
    try:
        with command(request) as (tx, actor):
            waiting = [one for one in case_tasks(tx, actor, key) if one.row["element_id"] == CONFIRM]
            if not waiting:
                raise NotFound
            complete_task(tx, actor, waiting[0].row["key"], values)
    except InvalidInput as error:
        with query(request) as (tx, actor):
            return _draw(request, tx, actor, key, error.fields)
    again = values["outcome"] == "hold_again"
    flash(request, "将对未决材料再次投票，请重新发起。" if again else "投票结果已宣布并确认。")
    return redirect(request, f"/ballots/{key}")


@router.get("/ballots/{key}/blank")
def print_blank(request: Request, key: Key) -> Response:
    """Blank paper ballots, to be printed and handed out (W16)."""
    with query(request) as (tx, actor):
        held = standing_of(tx, actor, key)
        if held.round is None:
            raise NotFound
        book = code_book(request, tx, held.meeting["year"])
        lines = [line_of(one, book) for one in dossier_lines(tx, held.round.key)]
    return page(
        request,
        "review_meeting/ballot_blank.html",
        held=held,
        lines=lines,
        back_url=f"/ballots/{key}",
        row=held.meeting,
    )


def line_of(line: Any, book: Any) -> dict[str, Any]:
    """A dossier with its codes in words."""
    title = book.label("title_name", line.title_name) if line.title_name else ""
    specialty = book.label("specialty", line.specialty) if line.specialty else ""
    return {"line": line, "title": title, "specialty": specialty}


def _there(held: Standing) -> str:
    """How many the roll had when the quorum was counted, before there is a round."""
    values = held.ballot.variables
    if values.get("present") is None:
        return ""
    return f"出席 {values['present']} 人，组成 {values['members']} 人"


def _mark(held: Standing) -> str:
    """What stays the same while only papers come in."""
    now = held.round
    instants = () if now is None else (now.no, now.closed_at, now.counted_at, now.confirmed_at)
    return "-".join(str(one) for one in (held.ballot.status, *instants))


def _draw(request: Request, tx: Transaction, actor: Actor, key: int, errors: Errors | None = None) -> Response:
    held = standing_of(tx, actor, key)
    meeting = held.ballot.meeting
    book = code_book(request, tx, held.meeting["year"])
    by = "expert" if request.query_params.get("by") == "expert" else "dossier"
    tally = _tally(tx, held)
    number, size = page_in(request)
    shown = tally.rows[(number - 1) * size : number * size] if tally else []
    entered = has_entered(tx, actor, key)
    # whoever has been one teller is not the other one too
    other = next((name for name, number in TELLERS.items() if entered not in (None, number)), None)
    masked = held.meeting["masked"] and not held.office
    tasks = [one for one in case_tasks(tx, actor, key) if one.may_work and one.row["form_id"] != "secret_ballot"]
    return draw(
        request,
        tx,
        actor,
        meeting,
        "ballot.html",
        "ballots",
        errors=errors,
        status=422 if errors else 200,
        held=held,
        address=f"/ballots/{key}",
        counted_there="" if held.round else _there(held),
        live=held.ballot.ended_at is None,
        mark=_mark(held),
        pulse=pulse_of(tx, [meeting])[meeting],
        ballot=held.ballot,
        status_word=(held.ballot.status, STATUS_KINDS.get(held.ballot.status, "info")),
        kind_words=KINDS,
        outcomes=OUTCOMES,
        steps=[one.row for one in tasks if one.row["element_id"] not in (CONFIRM, other)],
        confirms=any(one.row["element_id"] == CONFIRM for one in tasks),
        actions=task_actions(tx, actor, key),
        tally=tally,
        rows=[_row(one, book, masked=masked) for one in shown],
        number=number,
        size=size,
        by=by,
        views=[
            {"label": "按材料查看", "url": f"/ballots/{key}", "current": by == "dossier"},
            {"label": "按评委查看", "url": f"/ballots/{key}?by=expert", "current": by == "expert"},
        ],
    )


def _tally(tx: Transaction, held: Standing) -> Tally | None:
    try:
        return tally_of_ballot(tx, held)
    except NotFound:
        return None


def _row(one: Any, book: Any, *, masked: bool) -> dict[str, Any]:
    about = one.about
    return {
        "row": one,
        "key": one.declaration,
        "name": "" if masked else about["name"],
        "title": book.label("title_name", about["title_name"]) if about["title_name"] else "",
        "result": OUTCOMES[one.outcome],
    }
