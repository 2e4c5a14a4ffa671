"""`/declarations/statistics`: how many declarations of a unit are where; every number leads into the list."""

from typing import Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.clock import local
from engine.declaration.statistics import Line, Statistics, statistics_workbook, unit_statistics
from engine.flow.registry import registry_of
from web.declaration.viewing import WORKBOOK
from web.declaration.words import status_kind
from web.deps import query, year_of
from web.due import age_of
from web.pages import page

router = APIRouter()


@router.get("/declarations/statistics")
def show_statistics(request: Request) -> Response:
    with query(request) as (tx, actor):
        found = unit_statistics(tx, actor, year_of(request))
        calendar = registry_of(tx).calendar
        ages = {line.key: age_of(line.oldest, tx.now, calendar) for line in found.desks if line.oldest}
    return page(
        request,
        "declaration/statistics.html",
        year=found.year,
        total=found.total,
        statuses=[
            _line(line, found.total, status=line.key) | {"kind": status_kind(line.key)} for line in found.statuses
        ],
        units=[_line(line, found.total, **_of_unit(found, line)) for line in found.units],
        titles=[_line(line, found.total, **_of_title(line)) for line in found.titles],
        desks=[
            _line(line, found.total, review_unit=line.key) | {"age": ages.get(line.key, "")} for line in found.desks
        ],
        officers=[
            {"label": line.label, "count": line.count, "day": local(line.oldest).date() if line.oldest else None}
            for line in found.officers
        ],
    )


@router.get("/declarations/statistics.xlsx")
def export_statistics(request: Request) -> Response:
    with query(request) as (tx, actor):
        found = unit_statistics(tx, actor, year_of(request))
    name = quote(f"{found.year}年申报统计.xlsx")
    return Response(
        statistics_workbook(found),
        media_type=WORKBOOK,
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"},
    )


def _line(line: Line, total: int, **filters: str) -> dict[str, Any]:
    share = round(100 * line.count / total) if total else 0
    url = f"/declarations?{urlencode({'tab': 'all', **filters})}"
    return {"label": line.label, "count": line.count, "done": line.done, "share": share, "url": url}


def _of_unit(found: Statistics, line: Line) -> dict[str, str]:
    return {"scope": "own"} if line is found.units[0] and line.label == "本单位" else {"below": line.key}


def _of_title(line: Line) -> dict[str, str]:
    series, _, level = line.key.partition(" ")
    return {"title_series": series, "title_level": level}
