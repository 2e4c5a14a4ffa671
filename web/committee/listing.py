"""`/committees`, `/committees/past`: the committees of one's units, and those whose filing has run out (K1, K2)."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.clock import local
from engine.committee.committee_lists import CommitteeFilter, export_committees, list_committees, units_listed
from engine.committee.committees import has_right
from engine.reference import CodeBook
from web.committee.asking import key_of, page_of
from web.deps import code_book, query
from web.pages import is_htmx, page, piece, query_with
from web.paging import size_of
from web.workbooks import send_workbook

router = APIRouter()

STANDINGS = ("有效", "未生效", "已到期", "已停用")
BADGES = {"有效": "good", "未生效": "info", "已到期": "warn", "已停用": ""}


@router.get("/committees")
def show_committees(request: Request) -> Response:
    return _draw_list(request)


@router.get("/committees/past")
def show_past(request: Request) -> Response:
    """历史评委会 (K2): whose filing has run out; to be looked at only."""
    return _draw_list(request, past=True)


@router.get("/committees/export")
def export(request: Request) -> Response:
    """The list as a workbook, with the filters of the address."""
    with query(request) as (tx, actor):
        data = export_committees(
            tx, actor, code_book(request, tx), _asked(request, past="past" in request.query_params)
        )
        day = local(tx.now).date()
    return send_workbook(data, f"评委会 {day}")


def _asked(request: Request, *, past: bool) -> CommitteeFilter:
    """What an address asks of the list."""
    params = request.query_params
    return CommitteeFilter(
        text=params.get("text", "").strip()[:100],
        series=params.get("series", "")[:64],
        level=params.get("level", "")[:64],
        standing="" if past else params.get("standing", ""),
        forming_unit=key_of(params.get("unit")),
        region=params.get("region", "")[:12],
        past=past,
        sort=params.get("sort", ""),
    )


def _draw_list(request: Request, *, past: bool = False) -> Response:
    params = request.query_params
    number, size = page_of(params), size_of(params)
    with query(request) as (tx, actor):
        book = code_book(request, tx)
        found, total = list_committees(tx, actor, _asked(request, past=past), page=number, size=size)
        may_create = has_right(tx, actor)
        fields = _filters(book, units_listed(tx, actor), past=past)
    context: dict[str, Any] = {
        "rows": [
            {
                "id": one.id,
                "one": one,
                "series": book.label("title_series", one.fields.series),
                "levels": "、".join(book.label("title_level", level) for level in one.fields.levels),
                "region": book.label("region", one.fields.region),
                "badge": BADGES[one.standing],
            }
            for one in found
        ],
        "total": total,
        "number": number,
        "size": size,
        "filtered": any(params.get(field["name"]) for field in fields),
        "fields": fields,
        "export_url": f"/committees/export{query_with(params, page=None, past='1' if past else None)}",
        "may_create": may_create and not past,
        "past": past,
        "place": "/committees/past" if past else "/committees",
    }
    if is_htmx(request):
        return piece(request, "committee/list.html", "list", **context)
    return page(request, "committee/list.html", **context)


def _filters(book: CodeBook, units: Mapping[int, str], *, past: bool) -> list[dict[str, Any]]:
    def pick(name: str, label: str, options: Sequence[tuple[Any, str]]) -> dict[str, Any]:
        return {"name": name, "label": label, "kind": "select", "options": options}

    def codes(name: str) -> list[tuple[str, str]]:
        return [(code.value, code.label) for code in book.codes(name)]

    regions = [(code.value, book.path_label("region", code.value)) for code in book.codes("region")]
    standing = [] if past else [pick("standing", "状态", [(one, one) for one in STANDINGS])]
    return [
        {"name": "text", "label": "代码或名称"},
        pick("series", "评审系列", codes("title_series")),
        pick("level", "评审等级", codes("title_level")),
        *standing,
        pick("unit", "组建单位", list(units.items())),
        pick("region", "评审区域", regions),
    ]
