"""The working-day calendar as staff see and change it: a year at a glance, a day put otherwise with the reason."""

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Literal

import sqlalchemy as sa

from engine.access import Actor, Permission, authorize
from engine.clock import local
from engine.db import Transaction
from engine.errors import InvalidInput, Refused
from engine.reference.calendar import set_calendar_day, usual_day
from engine.reference.changes import CALENDAR, record_change
from engine.reference.lists import announce_change
from engine.reference.seeds import seed_days
from engine.reference.tables import ChangeKind, calendar_day

#: the years one may look at and change
FIRST, LAST = 2004, 2099
#: the month from which the days off of the next year are asked for: the State Council publishes them in November
ASKED_FROM = 11


@dataclass(frozen=True, slots=True)
class Day:
    """`source` says who has it so: the days published by the State Council, this office, or what is usual."""

    day: date
    working: bool
    note: str
    source: Literal["published", "own", "usual"]


@dataclass(frozen=True, slots=True)
class YearCalendar:
    """`months` are twelve; each has weeks of seven from Monday, None where a day is of another month. `working` are the
    working days of each month. `published` says whether the days off of that year are known."""

    year: int
    months: Sequence[Sequence[Sequence[Day | None]]]
    working: Sequence[int]
    published: bool


def year_calendar(tx: Transaction, actor: Actor, year: int) -> YearCalendar:
    """A year at a glance. Raises `NotAllowed`, and `InvalidInput` for a year out of reach."""
    authorize(actor, Permission.CODES_MANAGE)
    if not FIRST <= year <= LAST:
        raise InvalidInput(f"年份应在 {FIRST} 至 {LAST} 之间。")
    first, last = date(year, 1, 1), date(year, 12, 31)
    held = sa.select(calendar_day).where(calendar_day.c.day >= first, calendar_day.c.day <= last)
    stored = {row.day: (row.working, row.note) for row in tx.rows(held)}
    weeks = calendar.Calendar()
    months = [
        [
            [_day(day, stored) if day.month == month else None for day in week]
            for week in weeks.monthdatescalendar(year, month)
        ]
        for month in range(1, 13)
    ]
    working = [sum(day is not None and day.working for week in month for day in week) for month in months]
    return YearCalendar(year, months, working, year <= last_published_year())


def day_of(tx: Transaction, actor: Actor, day: date) -> Day:
    """One day as it stands."""
    authorize(actor, Permission.CODES_MANAGE)
    row = tx.row(sa.select(calendar_day).where(calendar_day.c.day == day))
    return _day(day, {day: (row.working, row.note)} if row else {})


def override_day(tx: Transaction, actor: Actor, day: date, *, working: bool, note: str) -> None:
    """Put a day otherwise from now on, with the reason. Terms that are fixed already stay; new ones count by it.

    Raises `InvalidInput` by field, `Refused` for a day that is over.
    """
    before = _changeable(tx, actor, day)
    note = note.strip()
    if not 1 <= len(note) <= 100:
        raise InvalidInput(fields={"note": ["请写明原因，最多 100 个字"]})
    set_calendar_day(tx, day, working=working, note=note)
    after = {"working": working, "note": note}
    _record(tx, actor, day, ChangeKind.EDITED, before, after)


def reset_day(tx: Transaction, actor: Actor, day: date) -> None:
    """Let a day be again what is published, or what its weekday says."""
    before = _changeable(tx, actor, day)
    tx.execute(sa.delete(calendar_day).where(calendar_day.c.day == day))
    published = _published().get(day)
    if published is not None:
        set_calendar_day(tx, day, working=published[0], note=published[1])
    working, note = published or usual_day(day)
    _record(tx, actor, day, ChangeKind.DELETED, before, {"working": working, "note": note})


def last_published_year() -> int:
    """The last year whose days off are known; those after it go by what is usual and what staff put."""
    return max(day.year for day in _published())


def missing_year(tx: Transaction) -> int | None:
    """The year, this one or from `ASKED_FROM` on the next, whose days off are neither published in the release nor entered."""
    today = local(tx.now).date()
    this: int = today.year
    for year in (this, this + 1) if today.month >= ASKED_FROM else (this,):
        entered = sa.select(calendar_day.c.day).where(sa.extract("year", calendar_day.c.day) == year).limit(1)
        if year > last_published_year() and tx.row(entered) is None:
            return year
    return None


@cache
def _published() -> Mapping[date, tuple[bool, str]]:
    return {row["day"]: (row["working"], row["note"]) for row in seed_days()}


def _day(day: date, stored: Mapping[date, tuple[bool, str]]) -> Day:
    found = stored.get(day)
    if found is None:
        return Day(day, *usual_day(day), "usual" if day not in _published() else "own")
    return Day(day, *found, "published" if _published().get(day) == found else "own")


def _changeable(tx: Transaction, actor: Actor, day: date) -> Day:
    before = day_of(tx, actor, day)
    if day < local(tx.now).date():
        raise Refused("已经过去的日子不能修改。")
    if day.year > LAST:
        raise Refused(f"年份应在 {LAST} 年以内。")
    return before


def _record(
    tx: Transaction, actor: Actor, day: date, kind: ChangeKind, before: Day, after: Mapping[str, object]
) -> None:
    was = {"working": before.working, "note": before.note}
    record_change(tx, actor, kind, name=CALENDAR, year=day.year, value=day.isoformat(), before=was, after=dict(after))
    announce_change(tx)
