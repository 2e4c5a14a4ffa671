"""Working days: weekends and the holidays of fixed date, with the exceptions published or entered for a year."""

from collections.abc import Mapping
from datetime import date, timedelta

import sqlalchemy as sa

from engine.db import Transaction
from engine.errors import InvalidInput
from engine.reference.tables import calendar_day

#: more would be a slip of the pen, not a term: some forty years
MOST_DAYS = 10_000
#: the holidays whose date the law itself names (全国年节及纪念日放假办法, as in force since 2025); those of the lunar calendar and the
#: days worked instead are known only once the State Council has published them
FIXED_HOLIDAYS = {
    (1, 1): "元旦",
    (5, 1): "劳动节",
    (5, 2): "劳动节",
    (10, 1): "国庆节",
    (10, 2): "国庆节",
    (10, 3): "国庆节",
}
FIXED_SINCE = 2025


def usual_day(day: date) -> tuple[bool, str]:
    """Whether a day of which nothing is said is worked, and the name of its holiday."""
    holiday = FIXED_HOLIDAYS.get((day.month, day.day), "") if day.year >= FIXED_SINCE else ""
    return day.weekday() < 5 and not holiday, holiday


class Calendar:
    """`exceptions` says of single days whether they are working days; every other day goes by `usual_day`."""

    def __init__(self, exceptions: Mapping[date, bool] | None = None) -> None:
        self._exceptions = dict(exceptions or {})

    def is_working_day(self, day: date) -> bool:
        exception = self._exceptions.get(day)
        return usual_day(day)[0] if exception is None else exception

    def add_working_days(self, day: date, days: int) -> date:
        """The `days`-th working day after `day` (before it where negative). The day itself is not counted.

        Zero days from a holiday is that holiday. Raises `InvalidInput` beyond 10,000 days.
        """
        if abs(days) > MOST_DAYS:
            raise InvalidInput(f"工作日天数应在 {MOST_DAYS} 以内。")
        step = timedelta(days=1 if days >= 0 else -1)
        left = abs(days)
        while left:
            day += step
            left -= self.is_working_day(day)
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """How many working days lie after `start` up to and including `end`; negative where `end` is the earlier."""
        if end < start:
            return -self.working_days_between(end, start)
        return sum(self.is_working_day(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))


def load_calendar(tx: Transaction) -> Calendar:
    """The calendar as the database has it."""
    return Calendar({row.day: row.working for row in tx.rows(sa.select(calendar_day.c.day, calendar_day.c.working))})


def set_calendar_day(tx: Transaction, day: date, *, working: bool, note: str = "") -> None:
    """Say of one day whether it is a working day, in place of what was said before."""
    tx.execute(sa.delete(calendar_day).where(calendar_day.c.day == day))
    tx.execute(sa.insert(calendar_day).values(day=day, working=working, note=note))
