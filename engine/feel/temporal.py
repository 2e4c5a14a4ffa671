"""Dates and times: reading and writing ISO 8601 text, arithmetic, and the properties FEEL shows of them.

A value with a zone is compared and shifted as an instant; one without never compares with one that has a zone.
"""

import re
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from engine.feel.durations import DaysTimeDuration, YearsMonthsDuration, parse_duration
from engine.feel.values import Value

_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_TIME = re.compile(
    r"(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:\d{2}(?::\d{2})?|@[A-Za-z][\w/+-]{0,60})?"
)
_EPOCH = date(2000, 1, 1)


def parse_date(text: str) -> date | None:
    """`2024-02-29`; None where the text is no date of the years 1 to 9999."""
    found = _DATE.fullmatch(text)
    try:
        return date(*(int(part) for part in found.groups())) if found else None
    except ValueError:
        return None


def parse_time(text: str) -> time | None:
    """`10:30`, `10:30:00.5`, with `Z`, `+08:00` or `@Asia/Shanghai`; a leading `T` is accepted."""
    found = _TIME.fullmatch(text.removeprefix("T"))
    if found is None:
        return None
    hour, minute, second, fraction, zone = found.groups()
    try:
        tz = parse_zone(zone) if zone else None
        return time(int(hour), int(minute), int(second or 0), int((fraction or "").ljust(6, "0")[:6]), tz)
    except ValueError:
        return None


def parse_datetime(text: str) -> datetime | None:
    """A date, `T` and a time; a date alone means its midnight."""
    day_text, separator, time_text = text.partition("T")
    day = parse_date(day_text)
    if day is None or not separator:
        return None if day is None else datetime.combine(day, time())
    clock = parse_time(time_text)
    return None if clock is None or time_text.startswith("T") else datetime.combine(day, clock)


@lru_cache(maxsize=256)
def parse_zone(text: str) -> tzinfo:
    """`Z`, an offset or a zone name with or without `@`. Raises `ValueError` where there is no such zone."""
    if text == "Z":
        return UTC
    if text[0] in "+-":
        hours, minutes, *seconds = (int(part) for part in text[1:].split(":"))
        offset = timedelta(hours=hours, minutes=minutes, seconds=sum(seconds))
        if minutes > 59 or offset > timedelta(hours=18):
            raise ValueError(text)
        return timezone(-offset if text[0] == "-" else offset)
    try:
        return ZoneInfo(text.removeprefix("@"))
    except (KeyError, OSError) as error:
        raise ValueError(text) from error


def parse_temporal(text: str) -> Value:
    """The value of `@"..."`: a date, date and time, time or duration; None where it is none of them."""
    if text.lstrip("-").startswith("P"):
        return parse_duration(text)
    if _DATE.match(text):
        return parse_datetime(text) if "T" in text else parse_date(text)
    return parse_time(text)


def text_of_temporal(value: date | time | datetime) -> str:
    """ISO 8601; a named zone is written as FEEL does (`@Asia/Shanghai`)."""
    if type(value) is date:
        return value.isoformat()
    assert isinstance(value, (time, datetime))
    plain = value.replace(tzinfo=None).isoformat()
    plain = plain.rstrip("0") if "." in plain else plain
    return plain + _text_of_zone(value)


def _text_of_zone(value: time | datetime) -> str:
    if isinstance(value.tzinfo, ZoneInfo):
        return f"@{value.tzinfo.key}"
    offset = value.utcoffset()
    if offset is None:
        return ""
    return "Z" if not offset else value.isoformat()[len(value.replace(tzinfo=None).isoformat()) :]


def order_key(value: date | time | datetime) -> tuple[str, object] | None:
    """What the value compares by, and in which group; values of different groups do not compare."""
    if type(value) is date:
        return "date", value
    assert isinstance(value, (time, datetime))
    if value.tzinfo is None:
        return type(value).__name__, value
    if isinstance(value, datetime):
        return "instant", value.astimezone(UTC)
    if value.utcoffset() is None:
        return f"time@{value.tzinfo}", value.replace(tzinfo=None)
    return "time of day", datetime.combine(_EPOCH, value) - datetime(2000, 1, 1, tzinfo=UTC)


def shift(value: date | time | datetime, by: timedelta) -> Value:
    """`value` later by a days-and-time duration; a time of day wraps round midnight. May raise `OverflowError`."""
    if isinstance(value, time):
        moved = datetime.combine(_EPOCH, value.replace(tzinfo=None)) + timedelta(
            seconds=by.seconds, microseconds=by.microseconds
        )
        return moved.time().replace(tzinfo=value.tzinfo)
    if not isinstance(value, datetime):
        return (datetime.combine(value, time()) + by).date()
    if value.tzinfo is None:
        return datetime.__add__(value, by)
    return (value.astimezone(UTC) + by).astimezone(value.tzinfo)


def shift_months(value: date, months: int) -> date:
    """The same day `months` later, or the last day of a shorter month. May raise `ValueError`."""
    year, month = divmod(value.year * 12 + value.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise ValueError(year)
    return value.replace(year=year, month=month + 1, day=min(value.day, monthrange(year, month + 1)[1]))


def elapsed(later: Value, earlier: Value) -> DaysTimeDuration | None:
    """`later - earlier` for two dates, times or date-times; a date beside a date-time counts as its midnight (UTC)."""
    if isinstance(later, time) or isinstance(earlier, time):
        return _elapsed_times(later, earlier)
    if type(later) is not type(earlier):
        zone = UTC if getattr(later, "tzinfo", None) or getattr(earlier, "tzinfo", None) else None
        later, earlier = (
            value if isinstance(value, datetime) else datetime.combine(value, time(tzinfo=zone))
            for value in (later, earlier)
        )
    return _difference(order_key(later), order_key(earlier))


def _elapsed_times(later: Value, earlier: Value) -> DaysTimeDuration | None:
    if type(later) is not type(earlier):
        return None
    first, second = order_key(later), order_key(earlier)
    if first is None or second is None or first[0] != second[0]:
        return None
    if first[0] == "time of day":
        return _difference(first, second)
    return DaysTimeDuration.of(
        datetime.combine(_EPOCH, later.replace(tzinfo=None)) - datetime.combine(_EPOCH, earlier.replace(tzinfo=None))
    )


def _difference(later: tuple[str, Value] | None, earlier: tuple[str, Value] | None) -> DaysTimeDuration | None:
    if later is None or earlier is None or later[0] != earlier[0]:
        return None
    return DaysTimeDuration.of(later[1] - earlier[1])


def months_between(start: date, end: date) -> YearsMonthsDuration:
    """Whole months from `start` to `end`, negative when `end` is earlier."""
    if end < start:
        return YearsMonthsDuration(-months_between(end, start).total_months)
    months = (end.year - start.year) * 12 + end.month - start.month
    return YearsMonthsDuration(months - (1 if end.day < start.day else 0))


def property_of(value: Value, name: str) -> Value:
    """`date.year`, `time.hour`, `duration.days` …; null for a property the value does not have."""
    reader = _PROPERTIES[type(value)].get(name)
    return None if reader is None else reader(value)


def _zone_offset(value: Value) -> DaysTimeDuration | None:
    offset = value.utcoffset()
    return None if offset is None else DaysTimeDuration.of(offset)


def _zone_name(value: Value) -> str | None:
    if value.tzinfo is None:
        return None
    return (
        value.tzinfo.key
        if isinstance(value.tzinfo, ZoneInfo)
        else str(value.tzinfo.tzname(None)).removeprefix("UTC") or "Z"
    )


def _second(value: Value) -> Decimal:
    return Decimal(value.second) + Decimal(value.microsecond) / 1_000_000


def _part(index: int) -> object:
    def read(value: DaysTimeDuration) -> Decimal:
        parts = value.parts()
        return Decimal(parts[0] * parts[index])

    return read


def _seconds(value: DaysTimeDuration) -> Decimal:
    parts = value.parts()
    return parts[0] * Decimal(parts[4]) / 1_000_000


_DATE_PROPERTIES: dict[str, Value] = {
    "year": lambda value: Decimal(value.year),
    "month": lambda value: Decimal(value.month),
    "day": lambda value: Decimal(value.day),
    "weekday": lambda value: Decimal(value.isoweekday()),
}
_TIME_PROPERTIES: dict[str, Value] = {
    "hour": lambda value: Decimal(value.hour),
    "minute": lambda value: Decimal(value.minute),
    "second": _second,
    "time offset": _zone_offset,
    "timezone": _zone_name,
}
_PROPERTIES: dict[type, dict[str, Value]] = {
    date: _DATE_PROPERTIES,
    time: _TIME_PROPERTIES,
    datetime: _DATE_PROPERTIES | _TIME_PROPERTIES,
    YearsMonthsDuration: {
        "years": lambda value: Decimal(value.years),
        "months": lambda value: Decimal(value.months),
    },
    DaysTimeDuration: {"days": _part(1), "hours": _part(2), "minutes": _part(3), "seconds": _seconds},
}
TEMPORAL = frozenset(_PROPERTIES)
"""The types that have properties here."""
