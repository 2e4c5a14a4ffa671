"""Dates, times, durations: literals, conversion, arithmetic, order, properties."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from engine.clock import FixedClock
from engine.feel import DaysTimeDuration, YearsMonthsDuration, evaluate
from tests.feel.tables import check


def days(**parts: float) -> DaysTimeDuration:
    return DaysTimeDuration.of(timedelta(**parts))


def months(count: int) -> YearsMonthsDuration:
    return YearsMonthsDuration(count)


LITERALS = [
    ('@"2024-02-29"', date(2024, 2, 29)),
    ('date("2024-02-29")', date(2024, 2, 29)),
    ('date("2023-02-29")', None),
    ('date("2024-2-9")', None),
    ('date("2024-02-29T00:00:00")', None),
    ("date(2024, 2, 29)", date(2024, 2, 29)),
    ("date(2024, 13, 1)", None),
    ("date(2024, 1.5, 1)", None),
    ("date(null)", None),
    ("date(1)", None),
    ('date(@"2024-02-29T10:00:00")', date(2024, 2, 29)),
    ('@"10:30:00"', time(10, 30)),
    ('time("10:30")', time(10, 30)),
    ('time("T10:30:15")', time(10, 30, 15)),
    ('time("10:30:15.25")', time(10, 30, 15, 250_000)),
    ('time("10:30:00Z")', time(10, 30, tzinfo=UTC)),
    ('time("10:30:00+08:00")', time(10, 30, tzinfo=timezone(timedelta(hours=8)))),
    ('time("10:30:00@Asia/Shanghai")', time(10, 30, tzinfo=ZoneInfo("Asia/Shanghai"))),
    ('time("25:00:00")', None),
    ('time("10:30:00@No/Where")', None),
    ('time("10:30:00+25:00")', None),
    ("time(10, 30, 15.5)", time(10, 30, 15, 500_000)),
    ('time(10, 30, 0, @"PT8H")', time(10, 30, tzinfo=timezone(timedelta(hours=8)))),
    ("time(10, 30, 0, null)", time(10, 30)),
    ("time(24, 0, 0)", None),
    ('time(10, 0, 0, @"P2D")', None),
    ('time(@"2024-01-01T10:30:00")', time(10, 30)),
    ('@"2024-01-01T10:30:00"', datetime(2024, 1, 1, 10, 30)),
    ('date and time("2024-01-01T10:30")', datetime(2024, 1, 1, 10, 30)),
    ('date and time("2024-01-01")', datetime(2024, 1, 1)),
    ('date and time("2024-01-01T10:30:00Z")', datetime(2024, 1, 1, 10, 30, tzinfo=UTC)),
    ('date and time("2024-01-01TT10:30:00")', None),
    ('date and time("x")', None),
    ('date and time(@"2024-01-01", @"10:30:00")', datetime(2024, 1, 1, 10, 30)),
    ('date and time(@"2024-01-01T08:00:00", @"10:30:00")', datetime(2024, 1, 1, 10, 30)),
    (
        'date and time(@"2020-07-31T14:27:30@Europe/Berlin", "America/Los_Angeles") = @"2020-07-31T05:27:30@America/Los_Angeles"',
        True,
    ),
    ('string(date and time(@"2020-07-31T14:27:30", "Z"))', "2020-07-31T14:27:30Z"),
    ('date and time(@"2020-07-31T14:27:30", "Mars")', None),
    ('@"P1Y2M"', months(14)),
    ('@"-P1Y"', months(-12)),
    ('duration("P14M")', months(14)),
    ('@"P1DT2H3M4.5S"', days(days=1, hours=2, minutes=3, seconds=4.5)),
    ('duration("-PT36H")', days(hours=-36)),
    ('duration("P")', None),
    ('duration("PT")', None),
    ('duration("P1Y1D")', None),
    ('duration("P1D2H")', None),
    ('duration("1D")', None),
    ('duration("P99999999999D")', None),
    ('duration(@"P1D")', days(days=1)),
    ('years and months duration(@"2011-12-22", @"2013-08-24")', months(20)),
    ('years and months duration(@"2013-08-24", @"2011-12-22")', months(-20)),
    ('years and months duration(@"2024-01-31", @"2024-02-29")', months(0)),
]

ARITHMETIC = [
    ('@"2024-01-31" + @"P1M"', date(2024, 2, 29)),
    ('@"P1M" + @"2024-01-31"', date(2024, 2, 29)),
    ('@"2024-03-31" - @"P1M"', date(2024, 2, 29)),
    ('@"2024-02-29" + @"P1Y"', date(2025, 2, 28)),
    ('@"2024-12-31" + @"P1D"', date(2025, 1, 1)),
    ('@"2024-01-01" + @"PT36H"', date(2024, 1, 2)),
    ('@"2024-01-01" - @"PT1H"', date(2023, 12, 31)),
    ('@"2024-01-01T10:00:00" + @"PT1H"', datetime(2024, 1, 1, 11)),
    ('@"2024-01-31T10:00:00" + @"P1M"', datetime(2024, 2, 29, 10)),
    ('@"23:30:00" + @"PT1H"', time(0, 30)),
    ('@"00:30:00" - @"PT1H"', time(23, 30)),
    ('@"10:00:00" + @"P1Y"', None),
    ('@"9999-12-31" + @"P1D"', None),
    ('@"9999-12-31" + @"P1M"', None),
    ('@"0001-01-01" - @"P1Y"', None),
    ('@"2024-03-01" - @"2024-02-01"', days(days=29)),
    ('@"2024-01-01T12:00:00" - @"2024-01-01"', days(hours=12)),
    ('@"2024-01-01T12:00:00Z" - @"2024-01-01T12:00:00+08:00"', days(hours=8)),
    ('@"2024-01-01T12:00:00Z" - @"2024-01-01T12:00:00"', None),
    ('@"12:00:00" - @"10:30:00"', days(minutes=90)),
    ('@"12:00:00Z" - @"12:00:00+08:00"', days(hours=8)),
    ('@"12:00:00" - @"2024-01-01"', None),
    ('@"2024-01-01" + @"2024-01-01"', None),
    ('@"P1D" + @"PT12H"', days(hours=36)),
    ('@"P1Y" - @"P1M"', months(11)),
    ('@"P1Y" + @"P1D"', None),
    ('@"P1D" * 1.5', days(hours=36)),
    ('2 * @"P1M"', months(2)),
    ('@"P1Y" / 4', months(3)),
    ('@"P1D" / @"PT6H"', 4),
    ('@"P1Y" / @"P1M"', 12),
    ('@"P1D" / 0', None),
    ('@"P1D" / @"PT0S"', None),
    ('-@"P1D"', days(days=-1)),
    ('-@"P1Y"', months(-12)),
    ('abs(@"-P1D")', days(days=1)),
    ('abs(@"-P1Y")', months(12)),
    ('@"P999999999D" + @"P1D"', None),
    ('@"P999999999D" * 1000000000', None),
]

ORDER = [
    ('@"2024-01-01" < @"2024-01-02"', True),
    ('@"2024-01-01" = @"2024-01-01"', True),
    ('@"2024-01-01" < @"2024-01-01T10:00:00"', None),
    ('@"2024-01-01" = "2024-01-01"', None),
    ('@"2024-01-01T00:00:00Z" = @"2024-01-01T08:00:00+08:00"', True),
    ('@"2024-01-01T00:00:00Z" < @"2024-01-01T08:00:01+08:00"', True),
    ('@"2024-01-01T00:00:00Z" < @"2024-01-01T08:00:01"', None),
    ('@"2024-01-01T00:00:00Z" = @"2024-01-01T00:00:00"', None),
    ('@"10:00:00Z" = @"18:00:00+08:00"', True),
    ('@"10:00:00" < @"11:00:00"', True),
    ('@"10:00:00@Asia/Shanghai" = @"10:00:00@Asia/Shanghai"', True),
    ('@"10:00:00@Asia/Shanghai" = @"10:00:00@Asia/Tokyo"', None),
    ('@"P1D" > @"PT23H"', True),
    ('@"P1Y" = @"P12M"', True),
    ('@"P1Y" > @"P364D"', None),
    ('@"2024-06-01" in [@"2024-01-01"..@"2024-12-31"]', True),
    ('is(@"10:00:00Z", @"18:00:00+08:00")', False),
    ('is(@"10:00:00Z", @"10:00:00Z")', True),
    ('@"0001-01-01T00:00:00+10:00" < @"2024-01-01T00:00:00Z"', None),
]

PROPERTIES = [
    ('@"2024-02-29".year', 2024),
    ('@"2024-02-29".month', 2),
    ('@"2024-02-29".day', 29),
    ('@"2024-02-29".weekday', 4),
    ('@"2024-02-29".hour', None),
    ('@"2024-02-29T10:30:15.5".hour', 10),
    ('@"2024-02-29T10:30:15.5".minute', 30),
    ('@"2024-02-29T10:30:15.5".second', 15.5),
    ('@"2024-02-29T10:30:15".weekday', 4),
    ('@"2024-02-29T10:30:15".time offset', None),
    ('@"2024-02-29T10:30:15+08:00".time offset', days(hours=8)),
    ('@"2024-02-29T10:30:15@Asia/Shanghai".timezone', "Asia/Shanghai"),
    ('@"2024-02-29T10:30:15Z".timezone', "Z"),
    ('@"2024-02-29T10:30:15+08:00".timezone', "+08:00"),
    ('@"10:30:15".timezone', None),
    ('@"10:30:15".hour', 10),
    ('@"P1Y2M".years', 1),
    ('@"P1Y2M".months', 2),
    ('@"-P1Y2M".months', -2),
    ('@"P1Y2M".days', None),
    ('@"P1DT2H3M4.5S".days', 1),
    ('@"P1DT2H3M4.5S".hours', 2),
    ('@"P1DT2H3M4.5S".minutes', 3),
    ('@"P1DT2H3M4.5S".seconds', 4.5),
    ('@"-PT90M".hours', -1),
    ('@"-PT90M".minutes', -30),
    ('[@"2024-01-01", @"2023-01-01"].year', [2024, 2023]),
    ('day of week(@"2024-02-29")', "Thursday"),
    ('day of year(@"2024-02-29")', 60),
    ('week of year(@"2021-01-01")', 53),
    ('month of year(@"2024-02-29T10:00:00")', "February"),
    ('last day of month(@"2024-02-05")', date(2024, 2, 29)),
    ("day of week(null)", None),
]

TEXTS = [
    ('string(@"2024-02-29")', "2024-02-29"),
    ('string(@"10:30:00")', "10:30:00"),
    ('string(@"10:30:00.5")', "10:30:00.5"),
    ('string(@"2024-02-29T10:30:00Z")', "2024-02-29T10:30:00Z"),
    ('string(@"2024-02-29T10:30:00+08:00")', "2024-02-29T10:30:00+08:00"),
    ('string(@"2024-02-29T10:30:00@Asia/Shanghai")', "2024-02-29T10:30:00@Asia/Shanghai"),
    ('string(@"P14M")', "P1Y2M"),
    ('string(@"P0M")', "P0M"),
    ('string(@"-P1M")', "-P1M"),
    ('string(@"PT36H")', "P1DT12H"),
    ('string(@"PT0S")', "PT0S"),
    ('string(@"-PT0.5S")', "-PT0.5S"),
]

RANGES = [
    ('for d in @"2024-02-28"..@"2024-03-01" return d.day', [28, 29, 1]),
    ('for d in @"2024-03-01"..@"2024-02-28" return d.day', [1, 29, 28]),
    ('min(@"2024-03-01", @"2024-02-28")', date(2024, 2, 28)),
]


@pytest.mark.parametrize(("text", "expected"), [*LITERALS, *ARITHMETIC, *ORDER, *PROPERTIES, *TEXTS, *RANGES])
def test_temporal_expression_has_its_value(text: str, expected: object) -> None:
    check(text, expected)


def test_now_and_today_come_from_the_clock_in_the_zone_of_the_province() -> None:
    clock = FixedClock(datetime(2026, 6, 30, 17, 0, tzinfo=UTC))
    assert evaluate("today()", {}, clock) == date(2026, 7, 1)
    assert evaluate("string(now())", {}, clock) == "2026-07-01T01:00:00@Asia/Shanghai"
    assert evaluate("now() = now()", {}) is True


def test_a_shift_over_the_change_of_summer_time_counts_hours() -> None:
    check('string(@"2024-03-31T01:30:00@Europe/Berlin" + @"PT1H")', "2024-03-31T03:30:00@Europe/Berlin")
    check('@"2024-03-31T03:30:00@Europe/Berlin" - @"2024-03-31T01:30:00@Europe/Berlin" = @"PT1H"', True)


class Holiday:
    """A calendar on which only 2024-01-08 is no working day."""

    def add_working_days(self, day: date, count: int) -> date:
        while count:
            day += timedelta(days=1)
            count -= day != date(2024, 1, 8)
        return day

    def working_days_between(self, start: date, end: date) -> int:
        return (end - start).days - (start < date(2024, 1, 8) <= end)


WORKING_DAYS = [
    ('add working days(@"2024-01-05", 1)', date(2024, 1, 8)),
    ('add working days(@"2024-01-06", 5)', date(2024, 1, 12)),
    ('add working days(@"2024-01-08", -1)', date(2024, 1, 5)),
    ('add working days(@"2024-01-06", 0)', date(2024, 1, 6)),
    ('add working days(@"2024-01-05T17:00:00", 1)', datetime(2024, 1, 8, 17)),
    ('add working days(@"2024-01-05", 1.5)', None),
    ('add working days(@"2024-01-05", 1000000)', None),
    ('add working days(@"9999-12-31", 1)', None),
    ('add working days("2024-01-05", 1)', None),
    ('working days between(@"2024-01-05", @"2024-01-08")', 1),
    ('working days between(@"2024-01-08", @"2024-01-05")', -1),
    ('working days between(@"2024-01-01", @"2024-12-31")', 261),
    ('working days between(@"2024-01-05", @"2024-01-05")', 0),
]


@pytest.mark.parametrize(("text", "expected"), WORKING_DAYS)
def test_without_a_calendar_the_weekend_is_free(text: str, expected: object) -> None:
    check(text, expected)


def test_a_calendar_decides_what_a_working_day_is() -> None:
    assert evaluate('add working days(@"2024-01-07", 1)', {}, None, Holiday()) == date(2024, 1, 9)
    assert evaluate('working days between(@"2024-01-07", @"2024-01-09")', {}, None, Holiday()) == 1
