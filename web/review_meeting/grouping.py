"""`/review-meetings/{key}/groups`: 会议分组 (M3)."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.access import Actor
from engine.db import Transaction
from engine.errors import InvalidInput, Refused
from engine.review_meeting.groups import OPEN_STEPS, add_group, edit_group, remove_group
from engine.review_meeting.meetings import desk_of, groups_of, meeting_of
from web.deps import POSTED, Form, Key, command, query
from web.pages import flash, redirect
from web.review_meeting.frame import BASE, Errors, address_of, complete_step, draw, number_in, said_at, text_in

router = APIRouter()

ADDRESS = BASE + "/{key}/groups"
STEP = "set_up_groups"


@router.get(ADDRESS)
def show_groups(request: Request, key: Key) -> Response:
    with query(request) as (tx, actor):
        return _draw(request, tx, actor, key)


@router.post(ADDRESS)
def save(request: Request, key: Key, form: Form = POSTED) -> Response:
    """Add, change or delete a group, or confirm them all, by the button pressed."""
    wanted, group, version = text_in(form, "do"), number_in(form, "group"), number_in(form, "version") or 0
    name, committee, seats = text_in(form, "name"), number_in(form, "committee"), number_in(form, "seats")
    try:
        with command(request) as (tx, actor):
            if wanted == "confirm":
                complete_step(tx, actor, key, STEP, {"outcome": "confirm"})
            elif wanted == "remove" and group is not None:
                remove_group(tx, actor, key, group, version=version)
            elif group is not None:
                edit_group(tx, actor, key, group, name=name, committee=committee, seats=seats, version=version)
            else:
                add_group(tx, actor, key, name=name, committee=committee, seats=seats)
    except (InvalidInput, Refused) as error:
        errors, status = said_at(error, "name")
        if wanted in ("confirm", "remove"):
            return _again(request, key, errors, {}, None, status)
        typed = {field: text_in(form, field) for field in ("name", "committee", "seats")}
        return _again(request, key, errors, typed, group, status)
    said = {"confirm": "分组已确认，请录入评审方案。", "remove": "分组已删除。"}
    flash(request, said.get(wanted, "分组已保存。"))
    return redirect(request, address_of(key) if wanted == "confirm" else f"{address_of(key)}/groups")


def _again(
    request: Request, key: int, errors: Errors, typed: Mapping[str, str], group: int | None, status: int
) -> Response:
    with query(request) as (tx, actor):
        return _draw(request, tx, actor, key, errors, typed, group, status)


def _draw(
    request: Request,
    tx: Transaction,
    actor: Actor,
    key: int,
    errors: Errors | None = None,
    typed: Mapping[str, str] | None = None,
    changed: int | None = None,
    status: int = 200,
) -> Response:
    desk = desk_of(tx, actor, key)
    wanted = number_of(request.query_params.get("group", "")) if changed is None else changed
    groups = groups_of(tx, key)
    meeting = meeting_of(tx, actor, key)
    return draw(
        request,
        tx,
        actor,
        key,
        "groups.html",
        "groups",
        errors=errors,
        status=status,
        desk=desk,
        meeting=meeting,
        committees_of_meeting=[(one["id"], one["name"]) for one in meeting.committees],
        groups=groups,
        editing=next((one for one in groups if one["id"] == wanted), None),
        typed=dict(typed or {}),
        may_change=any(one.row["element_id"] in OPEN_STEPS for one in desk.tasks),
        task=desk.task_of(STEP),
        seats=sum(one["seats"] for one in groups),
    )


def number_of(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None
