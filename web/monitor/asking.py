"""Reading the filters of a list from its address: what does not fit is left out, never an error page."""

from datetime import date, datetime, time, timedelta
from typing import Any

from starlette.datastructures import QueryParams

from engine.clock import ZONE
from engine.flow.search import Condition, Found, Operator, Page
from web.paging import Pager, size_of


def read_page(query: QueryParams) -> Page:
    """Size and cursor of the address."""
    after, before = query.get("after") or None, query.get("before") or None
    return Page(limit=size_of(query), after=None if before else after, before=before)


def pager_of(found: Found, asked: Page) -> Pager:
    """Whether there are pages before and after the one found."""
    full = len(found.rows) == asked.limit
    at_start = asked.after is None and asked.before is None
    has_previous = asked.after is not None or (asked.before is not None and full)
    has_next = asked.before is not None or (full and (found.more or not at_start or found.total > asked.limit))
    return Pager(
        total=found.total,
        more=found.more,
        previous=found.first if has_previous else None,
        next=found.last if has_next else None,
        size=asked.limit,
    )


def equal(column: str, value: Any) -> list[Condition]:
    """The column is that value; nothing where none was chosen."""
    return [] if value in (None, "") else [Condition(column, Operator.EQ, value)]


def number(column: str, text: str | None) -> list[Condition]:
    """The column is that number; nothing where the text is none."""
    return equal(column, int(text)) if text and text.isascii() and text.isdigit() and len(text) < 10 else []


def between(column: str, first: str | None, last: str | None) -> list[Condition]:
    """The instant lies from the first moment of one day to the last of another, in the zone of the province."""
    start, end = _day(first), _day(last)
    found = [Condition(column, Operator.GTE, _midnight(start))] if start else []
    return [*found, Condition(column, Operator.LT, _midnight(end + timedelta(days=1)))] if end else found


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE)
