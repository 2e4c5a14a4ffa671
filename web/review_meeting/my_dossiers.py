"""`/my-meetings/{key}`: what is an expert's in a meeting, part by part, with progress; many confirmed in one go (M13–M16)."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.access import Actor
from engine.db import Transaction
from engine.errors import InvalidInput
from engine.reference import CodeBook
from engine.review_meeting.conflicts.recusing import state_no_interest
from engine.review_meeting.scoring.confirming import OUTCOMES, start_confirmation
from engine.review_meeting.scoring.dossiers import Mine, Progress, my_dossiers, progress_of
from engine.review_meeting.scoring.parts import WORDS, Part
from engine.review_meeting.seats import Seat, need_seat
from web.deps import POSTED, Form, Key, code_book, command, query
from web.pages import flash, page, redirect
from web.review_meeting.scoring_words import dossier_url, key_in, mine_url, stage_badge, title_of

router = APIRouter()

TEMPLATE = "review_meeting/my_dossiers.html"
SIZES = (20, 50, 100)
#: parts that confirm what others have scored
CONFIRMING = (Part.SECONDARY, Part.LEADER, Part.CHAIR)


@router.get("/my-meetings/{key}")
def show_mine(request: Request, key: Key) -> Response:
    with query(request) as (tx, actor):
        return _draw(request, tx, actor, key)


@router.post("/my-meetings/{key}/confirm")
def confirm_many(request: Request, key: Key, form: Form = POSTED) -> Response:
    """批量确认, 全部确认, 批量退回: the ticked dossiers, or all that wait; what follows is 我的任务进度."""
    wanted, everything = str(form.get("outcome", "")), form.get("all") == "1"
    try:
        with command(request) as (tx, actor):
            batch = start_confirmation(
                tx,
                actor,
                key,
                declarations=None if everything else _ticked(form),
                outcome=wanted if wanted in OUTCOMES else "confirm",
                reason=str(form.get("reason", "")),
                command_key=str(form.get("command_key", ""))[:60] or None,
            )
    except InvalidInput as error:
        return _again(request, key, error)
    return redirect(request, f"/batches/{batch}")


@router.post("/my-meetings/{key}/statements")
def state_many(request: Request, key: Key, form: Form = POSTED) -> Response:
    """The expert has nothing to do with the ticked dossiers; those the facts ask about are answered one by one."""
    ticked = _ticked(form)
    try:
        with command(request) as (tx, actor):
            mine = my_dossiers(tx, actor, key, _part(form.get("part")), only=ticked)
            fitting = [one.declaration for one in mine if not one.asked and not one.barred]
            if not fitting:
                raise InvalidInput("请先勾选要说明的材料；系统查到关系的须逐份说明。")
            state_no_interest(tx, actor, key, fitting)
    except InvalidInput as error:
        return _again(request, key, error)
    left = len(ticked) - len(fitting)
    flash(request, f"已对 {len(fitting)} 份材料作出说明。" + (f"另有 {left} 份须逐份说明。" if left else ""))
    return redirect(request, mine_url(key, part=form.get("part")))


def _ticked(form: Form) -> list[int]:
    return [found for one in form.getlist("declaration") if (found := key_in(one)) is not None]


def _again(request: Request, key: int, error: InvalidInput) -> Response:
    with query(request) as (tx, actor):
        sentences = [one for found in error.fields.values() for one in found] or [error.message]
        return _draw(request, tx, actor, key, problems=sentences, status=422)


def _draw(
    request: Request, tx: Transaction, actor: Actor, key: int, *, problems: Sequence[str] = (), status: int = 200
) -> Response:
    seat, progress = need_seat(tx, actor, key), progress_of(tx, actor, key)
    asked = request.query_params.get("part") or getattr(request.state, "form", {}).get("part")
    shown = next((one for one in progress if one.part == asked), None) or _first(progress)
    waiting = request.query_params.get("stage", "") == "waiting"
    total = shown.waiting if waiting else shown.total
    number, size = _place(request, total)
    lines = my_dossiers(tx, actor, key, shown.part, waiting=waiting, page=number, size=size)
    book = code_book(request, tx, seat.meeting["year"])
    return page(
        request,
        TEMPLATE,
        status=status,
        key=key,
        seat=seat,
        meeting=seat.meeting,
        part=shown.part,
        stage="waiting" if waiting else "",
        progress=[
            {"words": WORDS[one.part], "one": one, "url": mine_url(key, part=one.part), "current": one is shown}
            for one in progress
        ],
        shown=shown,
        rows=[_row(seat, book, one) for one in lines],
        number=number,
        size=size,
        total=total,
        sizes=SIZES,
        confirms=shown.part in CONFIRMING,
        problems=problems,
        command_key=uuid4().hex,
    )


def _first(progress: Sequence[Progress]) -> Progress:
    """The part with something to do, else the first; an empty one where nothing is the expert's yet."""
    waiting = next((one for one in progress if one.waiting), None)
    return waiting or next(iter(progress), Progress(Part.PRIMARY, 0, 0, 0, 0, 0))


def _part(posted: object) -> Part:
    return next((one for one in Part if one == str(posted or "")), Part.PRIMARY)


def _place(request: Request, total: int) -> tuple[int, int]:
    params = request.query_params
    size = next((one for one in SIZES if str(one) == params.get("size")), SIZES[0])
    asked, last = params.get("page", ""), max(1, -(-total // size))
    return (min(int(asked), last) if asked.isdecimal() and 0 < len(asked) < 6 and int(asked) else 1), size


def _row(seat: Seat, book: CodeBook, one: Mine) -> dict[str, Any]:
    words, kind = stage_badge(one.stage)
    if one.barred:
        words, kind = "须回避", "bad"
    elif one.task_key is not None and one.drafted:
        words, kind = "已暂存", "warn"
    return {
        "key": one.declaration,
        "one": one,
        "url": dossier_url(seat.meeting["case_key"], one.declaration, part=one.part),
        "title": title_of(book, one.title_name),
        "specialty": book.label("specialty", one.specialty) if one.specialty else "",
        "stage": words,
        "kind": kind,
        "score": "—" if one.score is None else f"{one.score:g}",
        "action": _action(one),
    }


def _action(one: Mine) -> str:
    if one.barred:
        return ""
    if not one.stated:
        return "作回避说明"
    if one.task_key is None:
        return "查看"
    return "打分" if one.part is Part.PRIMARY else "确认"
