"""Time is an argument: commands take a clock, tests move a `FixedClock`."""

from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class FixedClock:
    """A clock that stands still until it is moved.

    >>> clock = FixedClock(datetime(2026, 6, 30, tzinfo=UTC))
    >>> clock.advance(timedelta(days=1)).day
    1
    """

    def __init__(self, at: datetime) -> None:
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        return self._at

    def advance(self, by: timedelta) -> datetime:
        """Move forward by `by` and return the new instant."""
        self._at += by
        return self._at

    def move_to(self, at: datetime) -> datetime:
        self._at = at.astimezone(UTC)
        return self._at


def local(at: datetime) -> datetime:
    """The same instant as people in the province read it."""
    return at.astimezone(ZONE)
