"""Functions of the calendar and the clock, working days among them."""

from calendar import monthrange
from datetime import date, datetime, timedelta
from decimal import Decimal

from engine.feel.builtins.registry import builtin
from engine.feel.compile_loops import whole
from engine.feel.durations import DaysTimeDuration, YearsMonthsDuration
from engine.feel.scope import Run
from engine.feel.values import Value

Duration = DaysTimeDuration | YearsMonthsDuration

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_MOST_WORKING_DAYS = 10_000
_WORKING_WEEK = 5


@builtin("now")
def now(run: Run) -> Value:
    return run.now()


@builtin("today")
def today(run: Run) -> Value:
    return run.now().date()


@builtin("day of week", "date: day")
def day_of_week(run: Run, day: date) -> Value:
    return _WEEKDAYS[day.weekday()]


@builtin("day of year", "date: day")
def day_of_year(run: Run, day: date) -> Value:
    return Decimal(day.timetuple().tm_yday)


@builtin("week of year", "date: day")
def week_of_year(run: Run, day: date) -> Value:
    return Decimal(day.isocalendar().week)


@builtin("month of year", "date: day")
def month_of_year(run: Run, day: date) -> Value:
    return _MONTHS[day.month - 1]


@builtin("last day of month", "date: day")
def last_day_of_month(run: Run, day: date) -> Value:
    return date(day.year, day.month, monthrange(day.year, day.month)[1])


@builtin("cycle", "interval: duration")
def cycle_for_ever(run: Run, interval: Duration) -> Value:
    return f"R/{interval}"


@builtin("cycle", "repetitions: any, interval: duration")
def cycle(run: Run, repetitions: Value, interval: Duration) -> Value:
    """A timer's cycle as ISO 8601, as Camunda 8 has it; without end where `repetitions` is null."""
    if repetitions is None:
        return f"R/{interval}"
    times = whole(repetitions) if type(repetitions) is Decimal else None
    return None if times is None or times < 0 else f"R{times}/{interval}"


@builtin("add working days", "date: day, days: number")
def add_working_days(run: Run, day: date, days: Decimal) -> Value:
    """The day that is `days` working days later, or earlier; the time of a date and time is kept."""
    count = whole(days)
    if count is None or abs(count) > _MOST_WORKING_DAYS:
        return None
    run.charge(abs(count))
    start = date(day.year, day.month, day.day)
    try:
        found = run.calendar.add_working_days(start, count) if run.calendar else _add_weekdays(start, count)
    except OverflowError:
        return None
    return datetime.combine(found, day.timetz()) if isinstance(day, datetime) else found


@builtin("working days between", "from: day, to: day")
def working_days_between(run: Run, start: date, end: date) -> Value:
    """Working days after `from` up to and including `to`; negative when `to` is earlier."""
    first, last = date(start.year, start.month, start.day), date(end.year, end.month, end.day)
    if run.calendar is not None:
        run.charge(abs((last - first).days))
        return Decimal(run.calendar.working_days_between(first, last))
    return Decimal(_count_weekdays(first, last) if first <= last else -_count_weekdays(last, first))


def _add_weekdays(day: date, count: int) -> date:
    step = timedelta(days=1 if count > 0 else -1)
    left = abs(count)
    while left:
        day += step
        left -= day.weekday() < _WORKING_WEEK
    return day


def _count_weekdays(first: date, last: date) -> int:
    weeks, rest = divmod((last - first).days, 7)
    return weeks * _WORKING_WEEK + sum((first.weekday() + day) % 7 < _WORKING_WEEK for day in range(1, rest + 1))
