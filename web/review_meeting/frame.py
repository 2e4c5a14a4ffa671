"""What the pages of one meeting share: its head with the tabs, inputs read, steps completed."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from fastapi import Request
from starlette.responses import Response

from engine.access import Actor, Permission
from engine.clock import ZONE
from engine.db import Transaction
from engine.errors import InvalidInput, Refused, StaleTask
from engine.flow.completion import complete_task
from engine.review_meeting.balloting.standing import is_follower
from engine.review_meeting.conflicts.listing import reads_recusals
from engine.review_meeting.meetings import Desk, Meeting, desk_of, is_in_meeting, meeting_of
from web.deps import Form
from web.pages import page

BASE = "/review-meetings"
ACTIVE, PAST = BASE, f"{BASE}/past"
STATUS_KINDS = {
    "草拟": "",
    "方案待审": "warn",
    "标准待确认": "warn",
    "打分中": "info",
    "投票中": "info",
    "结果已确认": "good",
    "已关闭": "good",
    "已取消": "",
}
#: from here on the results are handled (Q21: their publication is shown there and only linked to from here)
DECIDED = frozenset({"结果已确认", "已关闭"})
#: address below the meeting → words of the tab; the first is the console itself
TABS = (
    ("", "会议进度"),
    ("groups", "会议分组"),
    ("plan", "评审方案"),
    ("experts", "评委库"),
    ("chair", "主任"),
    ("dossiers", "参评材料"),
    ("standard", "评分标准"),
    ("leaders", "组长"),
    ("attendance", "签到"),
    ("recusals", "回避"),
    ("ballots", "投票"),
)
LATE = "这一步已经办理，或者现在不由您办理，请查看会议进度。"

Errors = Mapping[str, list[str]]


def said_at(error: InvalidInput | Refused, field: str) -> tuple[Errors, int]:
    """What a page says at its fields, and its status, where a command was refused; `field` stands for what belongs to none."""
    if isinstance(error, InvalidInput):
        return error.fields or {field: [error.message]}, 422
    return {field: [error.message]}, 409


def kind_of(status: str) -> str:
    return STATUS_KINDS.get(status, "info")


def address_of(key: int, part: str = "") -> str:
    return f"{BASE}/{key}/{part}" if part else f"{BASE}/{key}"


def draw(
    request: Request,
    tx: Transaction,
    actor: Actor,
    key: int,
    template: str,
    part: str,
    *,
    errors: Errors | None = None,
    status: int = 200,
    **context: Any,
) -> Response:
    """A page of the meeting with its head; every template of it extends `review_meeting/_meeting.html`."""
    meeting: Meeting = context.pop("meeting", None) or meeting_of(tx, actor, key)
    desk: Desk = context.pop("desk", None) or desk_of(tx, actor, key)
    post = is_in_meeting(tx, actor, key)
    keeps = may_keep(actor, meeting)
    refused = set() if keeps else _refused_to(tx, actor, key)
    return page(
        request,
        f"review_meeting/{template}",
        status=status,
        meeting=meeting,
        row=meeting.row,
        desk=desk,
        post=post,
        keeps=keeps,
        watches=actor.may(Permission.MEETINGS_MANAGE) or actor.everywhere,
        status_kind=kind_of(meeting.status),
        decided=meeting.status in DECIDED,
        tabs=[
            {"label": words, "url": address_of(key, where), "current": where == part}
            for where, words in TABS
            if where not in refused and (where not in HIDDEN_FROM_EXPERTS or post is None or keeps)
        ],
        errors=dict(errors or {}),
        base=address_of(key),
        **context,
    )


#: what only the office sets up
HIDDEN_FROM_EXPERTS = frozenset({"plan", "dossiers", "attendance"})


def _refused_to(tx: Transaction, actor: Actor, key: int) -> set[str]:
    """The tabs whose pages would refuse the actor: they have readers of their own."""
    readers = {"recusals": reads_recusals, "ballots": is_follower}
    return {where for where, may_read in readers.items() if not may_read(tx, actor, key)}


def may_keep(actor: Actor, meeting: Meeting) -> bool:
    """Whether the actor is of the unit that calls the meeting."""
    return actor.may(Permission.MEETINGS_MANAGE) and actor.unit == meeting.unit


def complete_step(tx: Transaction, actor: Actor, key: int, element: str, values: Mapping[str, Any]) -> None:
    """Complete the open task of that element. Raises `StaleTask` where there is none the actor may do."""
    waiting = desk_of(tx, actor, key).task_of(element)
    if waiting is None:
        raise StaleTask(LATE)
    complete_task(tx, actor, waiting.row["key"], dict(values))


def text_in(form: Form, name: str) -> str:
    return str(form.get(name, "")).strip()


def number_in(form: Form, name: str) -> int | None:
    text = text_in(form, name)
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def numbers_in(form: Form, name: str) -> list[int]:
    """Every value of that name that is a number, each once."""
    texts = (str(value) for value in form.getlist(name))
    return list(dict.fromkeys(int(text) for text in texts if text.isascii() and text.isdecimal() and len(text) < 19))


def decimal_in(text: str) -> Decimal | None:
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def moment_in(form: Form, name: str) -> datetime | None:
    """A date and time as typed, in the province's time."""
    try:
        return datetime.fromisoformat(text_in(form, name)).replace(tzinfo=ZONE)
    except ValueError:
        return None


def page_in(request: Request, sizes: tuple[int, ...] = (50, 100, 200)) -> tuple[int, int]:
    """The page and its size as the address says."""
    params = request.query_params
    text = params.get("page", "")
    number = max(1, int(text)) if text.isascii() and text.isdecimal() and len(text) < 6 else 1
    return number, next((size for size in sizes if str(size) == params.get("size")), sizes[0])
