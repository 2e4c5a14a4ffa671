"""`/results`: 评审后处理, the handlings of the meetings one sees (F1–F4); with `desk=approval` those the title office has (F5)."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.result.handlings import handling_of_meeting, list_handlings
from web.deps import Key, query
from web.pages import is_htmx, page, piece, redirect
from web.paging import SIZES, size_of
from web.result.words import BASE, STATUS_KINDS, kind_of

router = APIRouter()

FIELDS: list[dict[str, Any]] = [
    {"name": "text", "label": "会议名称"},
    {"name": "status", "label": "状态", "kind": "select", "options": [(one, one) for one in STATUS_KINDS]},
]


@router.get(BASE)
def show_handlings(request: Request) -> Response:
    params = request.query_params
    approval = params.get("desk") == "approval"
    number, size = page_number(request), size_of(params)
    with query(request) as (tx, actor):
        rows, total = list_handlings(
            tx,
            actor,
            approval=approval,
            text=params.get("text", "").strip(),
            status=params.get("status", ""),
            page=number,
            size=size,
        )
    context: dict[str, Any] = {
        "approval": approval,
        "rows": [{"row": row, "url": f"{BASE}/{row['key']}", "kind": kind_of(row["status"])} for row in rows],
        "total": total,
        "number": number,
        "size": size,
        "sizes": SIZES,
        "fields": FIELDS,
        "filtered": any(params.get(str(field["name"])) for field in FIELDS),
    }
    if is_htmx(request):
        return piece(request, "result/list.html", "list", **context)
    return page(request, "result/list.html", **context)


@router.get(BASE + "/of-meeting/{meeting}")
def lead_from_meeting(request: Request, meeting: Key) -> Response:
    """From the meeting to what follows it."""
    with query(request) as (tx, actor):
        key = handling_of_meeting(tx, actor, meeting)
    return redirect(request, f"{BASE}/{key}")


def page_number(request: Request) -> int:
    text = request.query_params.get("page", "")
    return max(1, int(text)) if text.isascii() and text.isdecimal() and len(text) < 6 else 1
