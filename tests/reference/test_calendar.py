"""Working days: published years by the published days, later years by what is usual, both by what staff set."""

from datetime import date

import pytest

from engine.db import Database
from engine.errors import InvalidInput
from engine.reference import Calendar, load_calendar, set_calendar_day


@pytest.fixture(scope="module")
def calendar(database: Database) -> Calendar:
    with database.read() as tx:
        return load_calendar(tx)


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2026, 2, 14), True),  # a make-up Saturday before the Spring Festival
        (date(2026, 2, 17), False),
        (date(2026, 10, 1), False),
        (date(2026, 6, 30), True),
        (date(2026, 6, 28), False),
        (date(2027, 1, 1), False),  # nobody has published 2027 yet, but some dates the law names itself
        (date(2027, 10, 1), False),
        (date(2027, 10, 4), True),
        (date(2024, 5, 6), True),
        (date(2027, 1, 2), False),
    ],
)
def test_a_day_is_working_as_published_and_afterwards_by_its_weekday_and_the_holidays_of_fixed_date(
    calendar: Calendar, day: date, working: bool
) -> None:
    assert calendar.is_working_day(day) is working


def test_five_working_days_over_the_turn_of_an_unpublished_year_are_counted(calendar: Calendar) -> None:
    assert calendar.add_working_days(date(2026, 12, 29), 5) == date(2027, 1, 6)


def test_counting_back_and_forth_agree(calendar: Calendar) -> None:
    start = date(2026, 9, 28)
    for days in range(-12, 13):
        there = calendar.add_working_days(start, days)
        assert calendar.working_days_between(start, there) == days


def test_no_days_from_a_holiday_is_the_holiday_itself(calendar: Calendar) -> None:
    assert calendar.add_working_days(date(2026, 10, 1), 0) == date(2026, 10, 1)


def test_a_term_of_decades_is_refused(calendar: Calendar) -> None:
    with pytest.raises(InvalidInput):
        calendar.add_working_days(date(2026, 1, 1), 10_001)


def test_what_staff_set_stands_before_everything(database: Database) -> None:
    with database.transaction() as tx:
        set_calendar_day(tx, date(2027, 10, 1), working=True)
        set_calendar_day(tx, date(2027, 10, 1), working=False, note="国庆节")
        assert load_calendar(tx).add_working_days(date(2027, 9, 30), 1) == date(2027, 10, 4)
