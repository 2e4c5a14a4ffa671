"""Instants, durations and cycles as ISO 8601 and FEEL write them. What names no zone is read in the province's."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from engine.clock import ZONE
from engine.feel.durations import YearsMonthsDuration
from engine.feel.temporal import parse_datetime

_DURATION = re.compile(
    r"(?P<sign>[+-]?)P(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?"
)
#: a zone named behind an offset, as Camunda 8 lets dates be written: `2026-01-05T10:00:00+08:00[Asia/Shanghai]`
_NAMED_ZONE = re.compile(r"(?<=[Z\d])\[[\w/+-]+\]$", re.ASCII)
_YEARS = 1000
"""No timer waits longer: it must not run over the last year a computer knows."""


@dataclass(frozen=True, slots=True)
class Span:
    """Calendar months and exact time."""

    months: int
    exact: timedelta

    def after(self, at: datetime) -> datetime:
        """The instant that much later; a day the month does not have becomes its last."""
        if not self.months:
            return at + self.exact
        there = at.astimezone(ZONE)
        index = there.year * 12 + there.month - 1 + self.months
        year, month = divmod(index, 12)
        day = min(there.day, monthrange(year, month + 1)[1])
        return (there.replace(year=year, month=month + 1, day=day) + self.exact).astimezone(UTC)

    @property
    def is_positive(self) -> bool:
        return self.months > 0 or self.exact > timedelta(0)


@dataclass(frozen=True, slots=True)
class Cycle:
    """`R3/PT10S`, `R/2026-01-01T00:00:00Z/P1D`: how often (None for ever), how far apart, from when."""

    times: int | None
    every: Span
    text: str
    start: datetime | None = None


def read_span(value: Any) -> Span | None:
    """A duration from its text or FEEL value; None where it is none, or longer than 1000 years."""
    try:
        span = _span_of(value)
    except OverflowError:
        return None
    if span is None or abs(span.months) > _YEARS * 12 or abs(span.exact) > timedelta(days=_YEARS * 366):
        return None
    return span


def _span_of(value: Any) -> Span | None:
    if isinstance(value, YearsMonthsDuration):
        return Span(value.total_months, timedelta(0))
    if isinstance(value, timedelta):
        return Span(0, timedelta(days=value.days, seconds=value.seconds, microseconds=value.microseconds))
    if not isinstance(value, str):
        return None
    found = _DURATION.fullmatch(value.strip())
    if found is None or value.strip().endswith(("P", "T")):
        return None
    sign = -1 if found["sign"] == "-" else 1
    number = {name: float(text or 0) for name, text in found.groupdict().items() if name != "sign"}
    exact = timedelta(
        weeks=number["weeks"],
        days=number["days"],
        hours=number["hours"],
        minutes=number["minutes"],
        seconds=number["seconds"],
    )
    return Span(sign * int(number["years"] * 12 + number["months"]), sign * exact)


def read_instant(value: Any) -> datetime | None:
    """An instant from its text or FEEL value; a date is its first moment. None where it is none."""
    if isinstance(value, str):
        value = parse_datetime(_NAMED_ZONE.sub("", value.strip()))
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time())
    if not isinstance(value, datetime):
        return None
    try:
        return (value if value.tzinfo else value.replace(tzinfo=ZONE)).astimezone(UTC)
    except OverflowError:
        return None


def read_cycle(value: Any) -> Cycle | None:
    """A repeating interval from its text; None where it is none, is empty or would repeat without time passing."""
    if not isinstance(value, str):
        return None
    head, *rest = value.strip().split("/")
    found = re.fullmatch(r"R(-1|\d{0,9})", head)
    if found is None or not 1 <= len(rest) <= 2:
        return None
    every = read_span(rest[-1])
    start = read_instant(rest[0]) if len(rest) == 2 else None
    if every is None or not every.is_positive or (len(rest) == 2 and start is None):
        return None
    times = int(found[1]) if found[1] not in ("", "-1") else None
    if times == 0:
        return None
    return Cycle(times, every, rest[-1], start)
