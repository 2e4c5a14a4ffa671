"""`/review-meetings/{key}/experts`: 评审会议评委库 (M8) – who comes, chosen, drawn, placed in groups, exported."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.access import Actor, Permission, authorize
from engine.db import Transaction
from engine.document.workbooks import Column, write_workbook
from engine.errors import InvalidInput, Refused
from engine.review_meeting.drawing import draw_experts, draws_of, fill_seats
from engine.review_meeting.experts import experts_of
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
from web.review_meeting.frame import BASE, Errors, address_of, draw, may_keep, number_in, numbers_in, text_in

router = APIRouter()

ADDRESS = BASE + "/{key}/experts"
POSTS = {ExpertPost.CHAIR: "主任", ExpertPost.VICE_CHAIR: "副主任", ExpertPost.MEMBER: "评委"}
SOURCES = {ExpertSource.DRAWN: "随机抽取", ExpertSource.CHOSEN: "选择"}
ANSWERS = {
    Invitation.INVITED: ("待回复", "warn"),
    Invitation.CONFIRMED: ("参加", "good"),
    Invitation.DECLINED: ("不能参加", "bad"),
}
COLUMNS = (
    Column("number", "序号", width=6),
    Column("name", "姓名", width=12),
    Column("identity_type", "证件类型", width=12),
    Column("identity_number", "证件号码", width=22),
    Column("phone", "手机号码", width=14),
    Column("workplace", "工作单位", width=30),
    Column("specialty", "从事专业", width=16),
    Column("title", "职称", width=18),
    Column("committee", "评委会", width=36),
    Column("group", "分组", width=14),
    Column("post", "职务", width=10),
    Column("source", "产生方式", width=10),
    Column("answer", "回复", width=10),
)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


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
    except InvalidInput as error:
        with query(request) as (tx, actor):
            return _draw(request, tx, actor, key, error.fields or {"experts": [error.message]}, status=422)
    except Refused as error:
        with query(request) as (tx, actor):
            return _draw(request, tx, actor, key, {"experts": [error.message]}, status=409)
    flash(request, said)
    return redirect(request, f"{address_of(key)}/experts" + _kept(form))


@router.get(ADDRESS + ".xlsx")
def export(request: Request, key: Key) -> Response:
    """评委清单 as a workbook, with identity numbers and telephones: for the office alone (J19)."""
    with query(request) as (tx, actor):
        meeting = meeting_of(tx, actor, key)
        authorize(actor, Permission.MEETINGS_MANAGE)
        book = code_book(request, tx, meeting.year)
        rows = [
            {
                "number": number,
                "name": row["name"],
                "identity_type": book.label("identity_type", row["identity_type"]),
                "identity_number": row["identity_number"],
                "phone": row["phone"],
                "workplace": row["workplace"],
                "specialty": book.label("specialty", row["specialty"]) if row["specialty"] else "",
                "title": book.label("title_name", row["title_name"]) if row["title_name"] else "",
                "committee": meeting.committee_name(row["committee"]),
                "group": row["group_name"] or "",
                "post": POSTS[row["post"]],
                "source": SOURCES[row["source"]],
                "answer": ANSWERS[row["invited"]][0],
            }
            for number, row in enumerate(experts_of(tx, key), 1)
        ]
    headers = {"Content-Disposition": f'attachment; filename="experts-{meeting.meeting_no}.xlsx"'}
    return Response(write_workbook(COLUMNS, rows, title="评委清单"), media_type=XLSX, headers=headers)


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
        case "place":
            return f"已调整 {place_experts(tx, actor, key, number_in(form, 'to_group'), chosen)} 名评委的分组。"
        case "decline":
            for one in chosen[:1]:
                decline_for(tx, actor, key, one, text_in(form, "reason"))
            return "已登记不能参加。"
        case "remove":
            for one in chosen:
                remove_expert(tx, actor, key, one)
            return f"已取消 {len(chosen)} 名评委。"
    raise InvalidInput("请选择要办理的事项。")


def _kept(form: Form) -> str:
    committee = number_in(form, "committee")
    return f"?committee={committee}" if committee and text_in(form, "do") == "choose" else ""


def _known(tx: Transaction, actor: Actor, key: int) -> Meeting:
    meeting = meeting_of(tx, actor, key)
    may_know_experts(tx, actor, meeting, is_in_meeting(tx, actor, key))
    return meeting


def _draw(
    request: Request, tx: Transaction, actor: Actor, key: int, errors: Errors | None = None, status: int = 200
) -> Response:
    meeting = _known(tx, actor, key)
    book = code_book(request, tx, meeting.year)
    asked = request.query_params.get("committee", "")
    wanted = int(asked) if asked.isdecimal() and len(asked) < 19 else 0
    may_change = may_keep(actor, meeting) and meeting.is_open and meeting.status not in ROLL_MADE
    shown = wanted if may_change and wanted in meeting.committee_ids else None
    rows = experts_of(tx, key)
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
        experts=[{"id": row["expert"], "row": row, **_words(book, row)} for row in rows],
        groups=[(one["id"], one["name"]) for one in groups_of(tx, key)],
        may_change=may_change,
        exports=actor.may(Permission.MEETINGS_MANAGE),
        settled=is_settled(meeting.status),
        committees=[_committee(one, rows, draws.get(one["id"])) for one in meeting.committees],
        pool=pool_for(tx, meeting, shown) if shown else None,
        pool_of=shown,
        pool_name=meeting.committee_name(shown) if shown else "",
        specialty=lambda value: book.label("specialty", value) if value else "—",
    )


def _words(book: Any, row: Mapping[str, Any]) -> dict[str, Any]:
    return {
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
