"""When things happened in the demo: on working days before today, in office hours, within the year."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta

from engine.clock import ZONE, FixedClock, local
from engine.db import Database, Transaction
from engine.reference import CodeLists

#: how far back the first story begins where the stories are not played to their ends
WEEKS = 4
#: working days the stories need from their first step to their last
LONGEST = 44
#: between two steps of a story
PAUSE = timedelta(minutes=40)
OPENS, CLOSES = 9, 17


class Season:
    """The working days before today. Stories reach their ends only where the year holds them all (`is_mature`)."""

    def __init__(self, tx: Transaction, today: date | None = None) -> None:
        self._calendar = tx.service(CodeLists).calendar(tx)
        self.today = today or local(tx.now).date()

    @property
    def is_mature(self) -> bool:
        """Whether the year is old enough: in its first weeks what the ends need would have happened in the year before."""
        return self.day(LONGEST).year == self.today.year

    def day(self, days_ago: int) -> date:
        """The working day so many before today, which is not one of them."""
        return self._calendar.add_working_days(self.today, -days_ago)

    def at(self, days_ago: int, hour: int = OPENS, minute: int = 0) -> datetime:
        """An instant of that day."""
        return datetime.combine(self.day(days_ago), time(hour, minute), ZONE)

    def next_morning(self, at: datetime) -> datetime:
        """Nine o'clock of the working day after."""
        return datetime.combine(self._calendar.add_working_days(local(at).date(), 1), time(OPENS), ZONE)


class OfficeTime(Iterator[datetime]):
    """One instant of a story after the other, in office hours unless `go_to` asks for a later one; it leaves out the days between."""

    def __init__(self, season: Season, minute: int) -> None:
        self._season, self._minute = season, minute
        self._at, self._late = season.at(LONGEST, OPENS, minute), False

    def go_to(self, days_ago: int, hour: int = OPENS) -> None:
        """Go on so many working days before today; never back."""
        self._at = max(self._at, self._season.at(days_ago, hour, self._minute) - PAUSE)
        self._late = hour >= CLOSES

    def __next__(self) -> datetime:
        self._at += PAUSE
        if local(self._at).hour >= CLOSES and not self._late:
            self._at = self._season.next_morning(self._at) + timedelta(minutes=self._minute)
        self._late = False
        return self._at


def moments_until(
    now: datetime, end: datetime, number: int, steps: int, since: datetime | None = None
) -> Iterator[datetime]:
    """Instants in office hours until `end`, from `since`, or from some weeks ago (within the year)."""
    first_day = datetime(local(now).year, 1, 1, tzinfo=ZONE)
    begin = since or max(now - timedelta(weeks=WEEKS) + timedelta(hours=11 * number), first_day)
    begin = max(min(begin, end - timedelta(days=2)), first_day) if since is None else begin
    pause = (end - begin) / steps
    return (max(begin, min(_in_office_hours(begin + pause * step), end)) for step in range(steps + 1))


def _in_office_hours(at: datetime) -> datetime:
    """The same day, its 24 hours drawn into those from nine to five."""
    midnight = local(at).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(hours=9) + (at - midnight) / 3


@contextmanager
def standing_at(database: Database, at: datetime) -> Iterator[None]:
    """The database's clock stands at that instant for a while: nobody else uses it yet."""
    kept, database.clock = database.clock, FixedClock(at)
    try:
        yield
    finally:
        database.clock = kept
