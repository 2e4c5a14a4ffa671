"""`/review-meetings/{key}/experts`: 评审会议评委库 (M8) – who comes, chosen, drawn, placed in groups, exported."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.access import Actor, Permission
from engine.db import Transaction
from engine.errors import InvalidInput, Refused
from engine.review_meeting.drawing import draw_experts, draws_of, fill_seats
from engine.review_meeting.experts import ExpertFilter, experts_of
from engine.review_meeting.inviting import (
    ROLL_MADE,
    choose_experts,
    decline_for,
    distribute_experts,
    may_know_experts,
    place_experts,
    remove_expert,
)
from engine.review_meeting.meetings import Meeting, groups_of, is_in_meeting, meeting_of
from engine.review_meeting.planning import is_settled
from engine.review_meeting.pooling import pool_for
from engine.review_meeting.tables import ExpertPost, ExpertSource, Invitation
from web.deps import POSTED, Form, Key, code_book, command, query
from web.pages import flash, redirect
from web.review_meeting.frame import BASE, Errors, address_of, draw, may_keep, number_in, numbers_in, said_at, text_in

router = APIRouter()

ADDRESS = BASE + "/{key}/experts"
POSTS = {ExpertPost.CHAIR: "主任", ExpertPost.VICE_CHAIR: "副主任", ExpertPost.MEMBER: "评委"}
SOURCES = {ExpertSource.DRAWN: "随机抽取", ExpertSource.CHOSEN: "选择"}
ANSWERS = {
    Invitation.INVITED: ("待回复", "warn"),
    Invitation.CONFIRMED: ("参加", "good"),
    Invitation.DECLINED: ("不能参加", "bad"),
}
#: the numbers asked for a draw; each committee has its own two inputs
DRAWN = ("seats", "outside_seats")


@router.get(ADDRESS)
def show_experts(request: Request, key: Key) -> Response:
    with query(request) as (tx, actor):
        return _draw(request, tx, actor, key)


@router.post(ADDRESS)
def change(request: Request, key: Key, form: Form = POSTED) -> Response:
    """Draw, choose, place, distribute, decline, replace or remove, by the button pressed."""
    try:
        with command(request) as (tx, actor):
            said = _change(tx, actor, key, form)
    except (InvalidInput, Refused) as error:
        found, status = said_at(error, "experts")
        with query(request) as (tx, actor):
            return _draw(request, tx, actor, key, _named(form, found), form=form, status=status)
    flash(request, said)
    return redirect(request, f"{address_of(key)}/experts" + _kept(form))


def _change(tx: Transaction, actor: Actor, key: int, form: Form) -> str:
    committee, chosen = number_in(form, "committee") or 0, numbers_in(form, "expert")
    match text_in(form, "do"):
        case "draw":
            seats, outside = number_in(form, "seats"), number_in(form, "outside_seats")
            drawn = draw_experts(tx, actor, key, committee, seats=seats, outside_seats=outside)
            return f"已随机抽取 {drawn} 名评委。"
        case "fill":
            return f"已递补 {fill_seats(tx, actor, key, committee)} 名评委。"
        case "choose":
            return f"已邀请 {choose_experts(tx, actor, key, committee, numbers_in(form, 'pool'))} 名评委。"
        case "distribute":
            return f"已把 {distribute_experts(tx, actor, key)} 名评委分到组。"
        case "place" | "decline" | "remove" if not chosen:
            raise InvalidInput(fields={"expert": ["请先在名单中勾选评委"]})
        case "place":
            return f"已调整 {place_experts(tx, actor, key, number_in(form, 'to_group'), chosen)} 名评委的分组。"
        case "decline":
            for one in chosen:
                decline_for(tx, actor, key, one, text_in(form, "reason"))
            return f"已登记 {len(chosen)} 名评委不能参加。"
        case "remove":
            for one in chosen:
                remove_expert(tx, actor, key, one)
            return f"已取消 {len(chosen)} 名评委。"
    raise InvalidInput("请选择要办理的事项。")


def _named(form: Form, problems: Errors) -> Errors:
    """What is wrong with the numbers of a draw, by the inputs of the committee it was meant for."""
    committee = number_in(form, "committee")
    return {f"{name}-{committee}" if name in DRAWN else name: found for name, found in problems.items()}


def _typed(form: Form) -> dict[str, str]:
    """What was typed, by the ids of the inputs: the numbers of a draw, the reason, the group."""
    committee = number_in(form, "committee")
    drawn = {f"{name}-{committee}": text_in(form, name) for name in DRAWN}
    return {**drawn, **{name: text_in(form, name) for name in ("reason", "to_group")}}


def _kept(form: Form) -> str:
    committee = number_in(form, "committee")
    return f"?committee={committee}" if committee and text_in(form, "do") == "choose" else ""


def _known(tx: Transaction, actor: Actor, key: int) -> Meeting:
    meeting = meeting_of(tx, actor, key)
    may_know_experts(tx, actor, meeting, is_in_meeting(tx, actor, key))
    return meeting


def _draw(
    request: Request,
    tx: Transaction,
    actor: Actor,
    key: int,
    errors: Errors | None = None,
    *,
    form: Form | None = None,
    status: int = 200,
) -> Response:
    meeting = _known(tx, actor, key)
    book = code_book(request, tx, meeting.year)
    wanted = _key(request, "committee")
    may_change = may_keep(actor, meeting) and meeting.is_open and meeting.status not in ROLL_MADE
    shown = wanted if may_change and wanted in meeting.committee_ids else None
    rows, groups, asked = experts_of(tx, key), groups_of(tx, key), _asked(request)
    found = [row for row in rows if asked.finds(row)]
    draws = {one.committee: one for one in draws_of(tx, key)}
    return draw(
        request,
        tx,
        actor,
        key,
        "experts.html",
        "experts",
        errors=errors,
        status=status,
        meeting=meeting,
        experts=[{"id": row["expert"], "row": row, **_words(book, meeting, row)} for row in found],
        called=len(rows),
        coming=sum(row["invited"] is not Invitation.DECLINED for row in rows),
        fields=_filters(meeting, groups),
        groups=[(one["id"], one["name"]) for one in groups],
        typed=_typed(form) if form is not None else {},
        picked=numbers_in(form, "expert") if form is not None else (),
        may_change=may_change,
        exports=actor.may(Permission.MEETINGS_MANAGE),
        settled=is_settled(meeting.status),
        committees=[_committee(one, rows, draws.get(one["id"])) for one in meeting.committees],
        pool=pool_for(tx, meeting, shown) if shown else None,
        pool_of=shown,
        pool_name=meeting.committee_name(shown) if shown else "",
        specialty=lambda value: book.label("specialty", value) if value else "—",
    )


def _key(request: Request, name: str) -> int | None:
    text = request.query_params.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def _asked(request: Request) -> ExpertFilter:
    """What an address asks of the list."""
    params = request.query_params
    return ExpertFilter(
        text=params.get("text", "").strip()[:100],
        committee=_key(request, "of"),
        group=_key(request, "group"),
        answer=next((one for one in Invitation if one.value == params.get("answer")), None),
    )


def _filters(meeting: Meeting, groups: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    committees = [(one["id"], one["name"]) for one in meeting.committees]
    return [
        {"name": "text", "label": "姓名、单位或证件号码"},
        *([{"name": "of", "label": "评委会", "kind": "select", "options": committees}] if len(committees) > 1 else []),
        {"name": "group", "label": "分组", "kind": "select", "options": [(one["id"], one["name"]) for one in groups]},
        {
            "name": "answer",
            "label": "回复",
            "kind": "select",
            "options": [(one.value, words) for one, (words, _) in ANSWERS.items()],
        },
    ]


def _words(book: Any, meeting: Meeting, row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "committee": meeting.committee_name(row["committee"]),
        "post": POSTS[row["post"]],
        "source": SOURCES[row["source"]],
        "answer": ANSWERS[row["invited"]],
        "specialty": book.label("specialty", row["specialty"]) if row["specialty"] else "—",
    }


def _committee(one: Mapping[str, Any], rows: Any, drawn: Any) -> dict[str, Any]:
    mine = [row for row in rows if row["committee"] == one["id"]]
    coming = [row for row in mine if row["invited"] is not Invitation.DECLINED]
    return {
        "id": one["id"],
        "name": one["name"],
        "coming": len(coming),
        "declined": len(mine) - len(coming),
        "drawn": drawn,
        "free": 0 if drawn is None else drawn.seats - sum(row["source"] is ExpertSource.DRAWN for row in coming),
    }
