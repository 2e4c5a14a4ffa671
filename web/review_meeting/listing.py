"""`/review-meetings`, `/review-meetings/past`: active and past meetings (M1, M2); `/my-meetings`: an expert's own."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.review_meeting.creating import may_call
from engine.review_meeting.meetings import list_meetings, require_watcher
from engine.review_meeting.mine import meetings_of_expert
from web.deps import query
from web.pages import is_htmx, page, piece
from web.review_meeting.frame import ACTIVE, PAST, kind_of, page_in

router = APIRouter()

SIZES = (20, 50, 100)
FIELDS = [{"name": "text", "label": "会议名称或编号"}, {"name": "year", "label": "年度", "kind": "number"}]


@router.get(ACTIVE)
def show_active(request: Request) -> Response:
    return _draw(request, past=False)


@router.get(PAST)
def show_past(request: Request) -> Response:
    return _draw(request, past=True)


@router.get("/my-meetings")
def show_mine(request: Request) -> Response:
    """The meetings somebody sits in or helps with, the next one first."""
    with query(request) as (tx, actor):
        rows = meetings_of_expert(tx, actor)
    return page(
        request,
        "review_meeting/mine.html",
        rows=[
            {"row": row, "url": f"/my-meetings/{row['case_key']}/attendance", "kind": kind_of(row["status"])}
            for row in rows
        ],
    )


def _draw(request: Request, *, past: bool) -> Response:
    number, size = page_in(request, SIZES)
    year = request.query_params.get("year", "")
    with query(request) as (tx, actor):
        require_watcher(actor)
        rows, total = list_meetings(
            tx,
            actor,
            past=past,
            text=request.query_params.get("text", "").strip(),
            year=int(year) if year.isascii() and year.isdecimal() and len(year) == 4 else None,
            page=number,
            size=size,
        )
        calls = not past and may_call(tx, actor)
    context: dict[str, Any] = {
        "past": past,
        "rows": [{"row": row, "url": f"{ACTIVE}/{row['case_key']}", "kind": kind_of(row["status"])} for row in rows],
        "total": total,
        "number": number,
        "size": size,
        "sizes": SIZES,
        "fields": FIELDS,
        "calls": calls,
        "filtered": any(request.query_params.get(str(field["name"])) for field in FIELDS),
        "address": PAST if past else ACTIVE,
    }
    if is_htmx(request):
        return piece(request, "review_meeting/list.html", "list", **context)
    return page(request, "review_meeting/list.html", **context)
