"""Functions that make a value out of another."""

import re
from datetime import date, datetime, time
from decimal import Decimal

from engine.feel.builtins.registry import builtin
from engine.feel.compile_loops import whole
from engine.feel.durations import DaysTimeDuration, parse_duration
from engine.feel.scope import Run
from engine.feel.temporal import months_between, parse_date, parse_datetime, parse_time, parse_zone
from engine.feel.texts import text_of
from engine.feel.values import NUMBERS, Value

_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,5})?", re.ASCII)
_GROUPINGS = (" ", ",", ".")
_DECIMALS = (".", ",")


@builtin("string", "from")
@builtin("string", "value")
def string(run: Run, value: Value) -> Value:
    return None if value is None else text_of(value, run)


@builtin("number", "from: string")
def number(run: Run, text: str) -> Value:
    if not _NUMBER.fullmatch(text):
        return None
    value = NUMBERS.create_decimal(text)
    return value if value.is_finite() else None


@builtin("number", "from: number")
def number_itself(run: Run, value: Decimal) -> Value:
    return value


@builtin("number", "from: string, grouping separator, decimal separator")
def number_with_separators(run: Run, text: str, grouping: Value, decimal: Value) -> Value:
    if grouping not in (None, *_GROUPINGS) or decimal not in (None, *_DECIMALS) or (grouping and grouping == decimal):
        return None
    plain = text.replace(grouping, "") if grouping else text
    return number(run, plain.replace(decimal, ".") if decimal else plain)


@builtin("date", "from: string")
def date_from_text(run: Run, text: str) -> Value:
    return parse_date(text)


@builtin("date", "from: day")
def date_from_day(run: Run, day: date) -> Value:
    return date(day.year, day.month, day.day)


@builtin("date", "year: number, month: number, day: number")
def date_from_parts(run: Run, year: Decimal, month: Decimal, day: Decimal) -> Value:
    parts = [whole(part) for part in (year, month, day)]
    try:
        return None if None in parts else date(*(part or 0 for part in parts))
    except ValueError:
        return None


@builtin("time", "from: string")
def time_from_text(run: Run, text: str) -> Value:
    return parse_time(text)


@builtin("time", "from: clock")
def time_from_clock(run: Run, value: time | datetime) -> Value:
    return value.timetz() if isinstance(value, datetime) else value


@builtin("time", "from: date")
def time_from_date(run: Run, value: date) -> Value:
    return time(0, 0, tzinfo=parse_zone("Z"))


@builtin("time", "hour: number, minute: number, second: number, offset?: days")
def time_from_parts(
    run: Run, hour: Decimal, minute: Decimal, second: Decimal, offset: DaysTimeDuration | None = None
) -> Value:
    hours, minutes, micros = whole(hour), whole(minute), whole((second * 1_000_000).to_integral_value())
    if hours is None or minutes is None or micros is None or not 0 <= micros < 60_000_000:
        return None
    try:
        zone = None if offset is None else parse_zone(_offset_text(offset))
        return time(hours, minutes, micros // 1_000_000, micros % 1_000_000, zone)
    except ValueError:
        return None


def _offset_text(offset: DaysTimeDuration) -> str:
    sign, days, hours, minutes, rest = offset.parts()
    if days or hours > 18 or rest % 1_000_000:
        raise ValueError(offset)
    return f"{'-' if sign < 0 else '+'}{hours:02d}:{minutes:02d}:{rest // 1_000_000:02d}"


@builtin("date and time", "from: string")
def datetime_from_text(run: Run, text: str) -> Value:
    return parse_datetime(text)


@builtin("date and time", "from: datetime")
def datetime_itself(run: Run, value: datetime) -> Value:
    return value


@builtin("date and time", "date: day, time: time")
def datetime_from_date_and_time(run: Run, day: date, clock: time) -> Value:
    return datetime.combine(date(day.year, day.month, day.day), clock)


@builtin("date and time", "date: datetime, timezone: string")
def datetime_in_zone(run: Run, value: datetime, zone: str) -> Value:
    try:
        tz = parse_zone(zone) if zone else None
        return None if tz is None else value.astimezone(tz) if value.tzinfo else value.replace(tzinfo=tz)
    except (ValueError, OverflowError):
        return None


@builtin("date and time", "date: date")
def datetime_from_date(run: Run, day: date) -> Value:
    return datetime.combine(day, time())


@builtin("duration", "from: string")
def duration_from_text(run: Run, text: str) -> Value:
    return parse_duration(text)


@builtin("duration", "from: duration")
def duration_itself(run: Run, value: Value) -> Value:
    return value


@builtin("years and months duration", "from: day, to: day")
def years_and_months_duration(run: Run, start: date, end: date) -> Value:
    return months_between(date(start.year, start.month, start.day), date(end.year, end.month, end.day))
