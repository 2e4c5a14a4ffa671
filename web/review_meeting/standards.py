"""`/review-meetings/{key}/standard`: 设置评分标准 (M9), 评分标准确认 (M10)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.access import Actor
from engine.db import Transaction
from engine.errors import InvalidInput, Refused
from engine.review_meeting.meetings import desk_of, groups_of, meeting_of
from engine.review_meeting.standards import (
    MOST_ITEMS,
    STEP,
    Item,
    StandardFields,
    first_items,
    remove_standard,
    save_standard,
    standards_of,
)
from engine.review_meeting.tables import StandardState
from web.deps import POSTED, Form, Key, command, query
from web.pages import flash, redirect
from web.review_meeting.frame import (
    BASE,
    Errors,
    address_of,
    complete_step,
    decimal_in,
    draw,
    may_keep,
    number_in,
    numbers_in,
    said_at,
    text_in,
)

router = APIRouter()

ADDRESS = BASE + "/{key}/standard"
CONFIRM = "confirm_standard"
SPARE = 2
STATES = {
    StandardState.DRAFT: ("草稿", ""),
    StandardState.SUBMITTED: ("待主任确认", "warn"),
    StandardState.CONFIRMED: ("已确认", "good"),
    StandardState.RETURNED: ("退回修改", "bad"),
}
SAID = {
    "submit": "评分标准已提交主任确认。",
    "approve": "评分标准已确认。",
    "return_for_revision": "评分标准已退回修改。",
    "remove": "标准已删除。",
}
Typed = dict[str, str]


@router.get(ADDRESS)
def show_standard(request: Request, key: Key) -> Response:
    with query(request) as (tx, actor):
        return _draw(request, tx, actor, key)


@router.post(ADDRESS)
def save(request: Request, key: Key, form: Form = POSTED) -> Response:
    """Save or delete a standard, hand them in, confirm or return them, by the button pressed."""
    wanted, standard = text_in(form, "do"), number_in(form, "standard")
    try:
        with command(request) as (tx, actor):
            if wanted == "submit":
                complete_step(tx, actor, key, STEP, {"outcome": "submit"})
            elif wanted in ("approve", "return_for_revision"):
                values = {"outcome": wanted, "opinion": text_in(form, "opinion")}
                complete_step(tx, actor, key, CONFIRM, values)
            elif wanted == "remove" and standard is not None:
                remove_standard(tx, actor, key, standard, version=number_in(form, "version") or 0)
            else:
                version = number_in(form, "version") or 0
                save_standard(tx, actor, key, _read(form), standard=standard, version=version)
    except (InvalidInput, Refused) as error:
        return _again(request, key, *said_at(error, "name"), form, standard)
    flash(request, SAID.get(wanted, "评分标准已保存。"))
    done = wanted in ("submit", "approve", "return_for_revision")
    return redirect(request, address_of(key) if done else f"{address_of(key)}/standard")


def _read(form: Form) -> StandardFields:
    """What was typed. Raises `InvalidInput` for what is no number."""
    problems: dict[str, list[str]] = {}
    items = []
    for number in range(MOST_ITEMS):
        name = text_in(form, f"item_{number}")
        points, weight = text_in(form, f"points_{number}"), text_in(form, f"weight_{number}")
        if not (name or points or weight):
            continue
        known = {"points": decimal_in(points), "weight": decimal_in(weight)}
        for field, value in known.items():
            if value is None:
                problems[f"{field}_{number}"] = [f"第 {number + 1} 项：请填写数字"]
        items.append(
            Item(
                name,
                known["points"] or Decimal(0),
                (known["weight"] or Decimal(0)) / 100,
                text_in(form, f"guide_{number}"),
            )
        )
    lowest = decimal_in(text_in(form, "lowest") or "0")
    if lowest is None:
        problems["lowest"] = ["请填写数字"]
    if problems:
        raise InvalidInput(fields=problems)
    return StandardFields(
        name=text_in(form, "name"),
        groups=tuple(numbers_in(form, "groups")),
        items=tuple(items),
        lowest=lowest or Decimal(0),
        anonymous=text_in(form, "anonymous") == "1",
    )


def _again(request: Request, key: int, errors: Errors, status: int, form: Form, standard: int | None) -> Response:
    typed = {name: str(value) for name, value in form.items() if isinstance(value, str)}
    chosen = numbers_in(form, "groups")
    with query(request) as (tx, actor):
        return _draw(request, tx, actor, key, errors, typed, chosen, standard, status)


def _draw(
    request: Request,
    tx: Transaction,
    actor: Actor,
    key: int,
    errors: Errors | None = None,
    typed: Typed | None = None,
    chosen: list[int] | None = None,
    standard: int | None = None,
    status: int = 200,
) -> Response:
    meeting, desk = meeting_of(tx, actor, key), desk_of(tx, actor, key)
    held = standards_of(tx, key)
    asked = request.query_params.get("standard", "")
    wanted = standard or (int(asked) if asked.isdecimal() and len(asked) < 19 else 0)
    editing = next((one for one in held if one["id"] == wanted), None)
    is_new = request.query_params.get("new") == "1" or not held
    groups = groups_of(tx, key)
    names = {one["id"]: one["name"] for one in groups}
    task = desk.task_of(STEP) if may_keep(actor, meeting) else None
    values = typed if typed and "name" in typed else _stored(editing)
    return draw(
        request,
        tx,
        actor,
        key,
        "standard.html",
        "standard",
        errors=errors,
        status=status,
        meeting=meeting,
        desk=desk,
        task=task,
        confirms=desk.task_of(CONFIRM),
        opinion=(typed or {}).get("opinion", ""),
        said=desk.variables.get("standard_confirmation") or {},
        standards=[
            {
                **one,
                "words": STATES[one["state"]],
                "group_names": "、".join(names.get(group, "") for group in one["groups"]) or "全部分组",
                "whole": sum(item["points"] * item["weight"] for item in one["items"]),
            }
            for one in held
        ],
        editing=editing,
        shows_form=task is not None and (editing is not None or is_new),
        typed=values,
        chosen=chosen if chosen is not None else list(editing["groups"]) if editing else [],
        choices=list(names.items()),
        lines=range(min(MOST_ITEMS, SPARE + sum(name.startswith("item_") for name in values))),
    )


def _stored(standard: Mapping[str, Any] | None) -> Typed:
    """What the inputs show of what is kept, or of what a new standard begins with."""
    items: list[dict[str, Any]]
    if standard is None:
        items = [
            {"name": one.name, "points": one.points, "weight": one.weight, "guide": one.guide} for one in first_items()
        ]
        found = {"name": "", "lowest": "0", "anonymous": ""}
    else:
        items = standard["items"]
        lowest = f"{standard['lowest'].normalize():f}"
        found = {"name": standard["name"], "lowest": lowest, "anonymous": "1" if standard["anonymous"] else ""}
    for number, item in enumerate(items):
        found[f"item_{number}"] = item["name"]
        found[f"points_{number}"] = f"{Decimal(str(item['points'])).normalize():f}"
        found[f"weight_{number}"] = f"{(Decimal(str(item['weight'])) * 100).normalize():f}"
        found[f"guide_{number}"] = item["guide"]
    return found
