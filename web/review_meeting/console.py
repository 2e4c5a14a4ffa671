"""`/review-meetings/{key}`: 会议进度 – where everything stands, who is awaited, what comes next; told live."""

import asyncio
from collections.abc import AsyncIterator, Hashable
from typing import Any, cast

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from engine.access import Actor
from engine.bootstrap import App
from engine.db import Transaction
from engine.errors import ZhipingError
from engine.flow.registry import registry_of
from engine.review_meeting.balloting.standing import is_follower, is_office, presides
from engine.review_meeting.console import Console, Step, console_of, pulse_of
from engine.review_meeting.creating import EARLY
from engine.review_meeting.dossiers import count_groups
from engine.review_meeting.meetings import Meeting, groups_of, is_in_meeting, meeting_of
from engine.review_meeting.tables import DossierStage
from web.broadcast import Broadcaster
from web.deps import Key, app_of, query
from web.due import age_of, due_in
from web.pages import piece
from web.review_meeting.frame import BASE, address_of, draw, kind_of

router = APIRouter()

STAGES = {
    DossierStage.WAITING: "待分配",
    DossierStage.ASSIGNED: "待主审打分",
    DossierStage.SCORED: "待副审确认",
    DossierStage.SECONDARY_CONFIRMED: "待组长确认",
    DossierStage.LEADER_CONFIRMED: "待主任确认",
    DossierStage.CHAIR_CONFIRMED: "主任已确认",
}
STATES = {"done": ("已办理", "good"), "open": ("正在办理", "info"), "ahead": ("未开始", ""), "skipped": ("不需要", "")}
#: nothing more will happen there
OVER = frozenset({"done", "skipped"})
ACTIONS = {"hand_over_chair": "更换主持人", "cancel_meeting": "取消会议"}
#: seconds between two signs of life, and how long one connection lasts before the browser opens another
BREATH, LASTS = 20.0, 600.0


@router.get(BASE + "/{key}")
def show_console(request: Request, key: Key) -> Response:
    with query(request) as (tx, actor):
        meeting = meeting_of(tx, actor, key)
        return draw(
            request,
            tx,
            actor,
            key,
            "console.html",
            "",
            meeting=meeting,
            pulse=pulse_of(tx, [key])[key],
            may_edit=actor.unit == meeting.unit and meeting.status in EARLY,
            **_progress(tx, actor, meeting),
        )


@router.get(BASE + "/{key}/progress")
def show_progress(request: Request, key: Key) -> Response:
    """The changing part alone, which live pages ask for."""
    with query(request) as (tx, actor):
        meeting = meeting_of(tx, actor, key)
        progress = _progress(tx, actor, meeting)
    return piece(request, "review_meeting/console.html", "progress", row=meeting.row, base=address_of(key), **progress)


@router.get(BASE + "/{key}/events")
async def watch(request: Request, key: Key) -> Response:
    """Server-sent events: one `progress` whenever something has happened in the meeting since what the page has seen.

    It holds no thread and no connection to the database. Each event's id is what was seen with it, so that a page that was
    away hears what it missed.
    """
    now = await run_in_threadpool(_pulse, request, key)
    seen = request.headers.get("last-event-id") or request.query_params.get("seen") or now
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_events(request, key, seen), media_type="text/event-stream", headers=headers)


async def _events(request: Request, key: int, pulse: str) -> AsyncIterator[str]:
    yield "retry: 3000\n\n"
    loop = asyncio.get_running_loop()
    until = loop.time() + LASTS
    while loop.time() < until and not await request.is_disconnected():
        if not await _broadcaster(request).wait((key, pulse), BREATH):
            yield ": \n\n"
            continue
        try:
            pulse = await run_in_threadpool(_pulse, request, key)
        except ZhipingError:  # signed out, or may not see it any more
            return
        yield f"event: progress\nid: {pulse}\ndata: {key}\n\n"


def _pulse(request: Request, key: int) -> str:
    with query(request) as (tx, actor):
        meeting_of(tx, actor, key)
        return pulse_of(tx, [key])[key]


def _broadcaster(request: Request) -> Broadcaster:
    """One for all meetings somebody watches in this process."""
    state = request.app.state
    if not hasattr(state, "meetings"):
        app = app_of(request)
        state.meetings = Broadcaster(lambda wanted: _moved(app, wanted))
    return cast(Broadcaster, state.meetings)


def _moved(app: App, wanted: frozenset[Hashable]) -> frozenset[Hashable]:
    """Of the meetings as somebody last saw them, those that have moved on."""
    seen = cast("frozenset[tuple[int, str]]", wanted)
    with app.database.read() as tx:
        now = pulse_of(tx, sorted({key for key, _ in seen}))
    return frozenset((key, pulse) for key, pulse in seen if now[key] != pulse)


def _progress(tx: Transaction, actor: Actor, meeting: Meeting) -> dict[str, Any]:
    console = console_of(tx, actor, meeting)
    counts, calendar = count_groups(tx, meeting.key), registry_of(tx).calendar
    following = console.following
    total = sum(console.stages.values())
    return {
        "console": console,
        "post_here": is_in_meeting(tx, actor, meeting.key),
        "following": None if following is None or following.task is None else _line(following, tx, calendar),
        "awaited": [_line(step, tx, calendar) for step in console.awaited],
        "lanes": (lanes := _lanes(console, tx, calendar)),
        "parts": [{"label": lane["name"], "state": lane["state"]} for lane in lanes],
        "groups": [{**group, "dossiers": counts.get(group["id"], 0)} for group in groups_of(tx, meeting.key)],
        "stages": [(words, console.stages[stage]) for stage, words in STAGES.items()],
        "confirmed": console.stages[DossierStage.CHAIR_CONFIRMED],
        "total": total,
        "unplaced": counts.get(None, 0),
        "actions": [
            {
                "name": ACTIONS.get(one.action, one.name),
                "url": f"/cases/{meeting.key}/actions/{one.action}",
                "action": one,
            }
            for one in console.actions
            if one.action != "hand_over_chair" or meeting.row["presiding"] is not None
        ],
        "watches_votes": presides(tx, actor, meeting.key) or is_office(tx, actor, meeting.key),
        "follows": is_follower(tx, actor, meeting.key),
        "ballots": [{**one, "kind": kind_of(one["status"])} for one in console.ballots],
    }


def _line(step: Step, tx: Transaction, calendar: Any) -> dict[str, Any]:
    words, kind = STATES[step.state]
    return {
        "step": step,
        "words": words,
        "kind": kind,
        "url": f"/tasks/{step.task.row['key']}" if step.task is not None else "",
        "who": "、".join(step.who),
        "age": _waited(age_of(step.since, tx.now, calendar)) if step.since else "",
        "due": due_in(step.due, tx.now, calendar) if step.due else None,
    }


def _waited(age: str) -> str:
    """已 2 个工作日, but 刚刚到达."""
    return f"已 {age}" if age[:1].isdigit() else f"{age}到达"


def _lanes(console: Console, tx: Transaction, calendar: Any) -> list[dict[str, Any]]:
    """The steps by the large parts of the meeting, in the order of the diagram."""
    lanes: dict[str, list[dict[str, Any]]] = {}
    for step in console.steps:
        lanes.setdefault(step.lane, []).append(_line(step, tx, calendar))
    return [
        {
            "name": name,
            "lines": lines,
            "state": "done"
            if all(one["step"].state in OVER for one in lines)
            else "current"
            if any(one["step"].state != "ahead" for one in lines)
            else "",
        }
        for name, lines in lanes.items()
    ]
