"""`/review-meetings`, `/review-meetings/past`: active and past meetings (M1, M2); `/my-meetings`: an expert's own."""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.reference import CodeBook
from engine.review_meeting.creating import may_call
from engine.review_meeting.meetings import MeetingFilter, list_meetings, require_watcher, statuses_of
from engine.review_meeting.mine import meetings_of_expert
from web.deps import code_book, query
from web.pages import is_htmx, page, piece
from web.review_meeting.frame import ACTIVE, PAST, kind_of, page_in

router = APIRouter()

SIZES = (20, 50, 100)


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
    params = request.query_params
    year = params.get("year", "")
    wanted = MeetingFilter(
        past=past,
        text=params.get("text", "").strip()[:100],
        year=int(year) if year.isascii() and year.isdecimal() and len(year) == 4 else None,
        series=params.get("series", "")[:64],
        status=params.get("status", "")[:20],
        sort=params.get("sort", ""),
    )
    with query(request) as (tx, actor):
        require_watcher(actor)
        rows, total = list_meetings(tx, actor, wanted, page=number, size=size)
        calls = not past and may_call(tx, actor)
        fields = _filters(code_book(request, tx), statuses_of(tx, actor, past=past))
    context: dict[str, Any] = {
        "past": past,
        "rows": [{"row": row, "url": f"{ACTIVE}/{row['case_key']}", "kind": kind_of(row["status"])} for row in rows],
        "total": total,
        "number": number,
        "size": size,
        "sizes": SIZES,
        "fields": fields,
        "calls": calls,
        "filtered": any(params.get(field["name"]) for field in fields),
        "address": PAST if past else ACTIVE,
    }
    if is_htmx(request):
        return piece(request, "review_meeting/list.html", "list", **context)
    return page(request, "review_meeting/list.html", **context)


def _filters(book: CodeBook, statuses: Sequence[str]) -> list[dict[str, Any]]:
    series = [(code.value, code.label) for code in book.codes("title_series")]
    return [
        {"name": "text", "label": "会议名称或编号"},
        {"name": "year", "label": "年度", "kind": "number"},
        {"name": "series", "label": "评审系列", "kind": "select", "options": series},
        {"name": "status", "label": "状态", "kind": "select", "options": [(one, one) for one in statuses]},
    ]
