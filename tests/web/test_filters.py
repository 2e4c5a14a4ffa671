"""How values read on a page."""

from datetime import UTC, date, datetime

import pytest

from web.filters import date_cn, datetime_cn, file_size, id_groups, tel, working_days


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (date(2026, 6, 30), "2026年6月30日 (周二)"),
        ("2026-06-30", "2026年6月30日 (周二)"),
        (datetime(2026, 6, 29, 16, 30, tzinfo=UTC), "2026年6月30日 (周二)"),
        ("2026-06-29T16:30:00+00:00", "2026年6月30日 (周二)"),
        (None, ""),
        ("", ""),
    ],
)
def test_a_date_is_that_of_the_province(value: date | str | None, words: str) -> None:
    assert date_cn(value) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (datetime(2026, 6, 30, 2, 5, tzinfo=UTC), "2026年6月30日 10:05"),
        ("2026-06-30T10:05", "2026年6月30日 10:05"),
        (None, ""),
    ],
)
def test_an_instant_is_shown_in_local_time(value: datetime | str | None, words: str) -> None:
    assert datetime_cn(value) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [("99000019900101123X", "990000 19900101 123X"), ("9900001990", "9900001990"), (None, "")],
)
def test_an_identity_number_is_grouped_only_when_it_is_one(value: str | None, words: str) -> None:
    assert id_groups(value) == words


@pytest.mark.parametrize(
    ("value", "words"), [("13000000000", "130 0000 0000"), ("0311-8000000", "0311-8000000"), (None, "")]
)
def test_a_mobile_number_is_grouped(value: str | None, words: str) -> None:
    assert tel(value) == words


@pytest.mark.parametrize(("value", "words"), [(3, "3 个工作日"), (0, "不足 1 个工作日"), (None, "")])
def test_a_duration_is_in_working_days(value: int | None, words: str) -> None:
    assert working_days(value) == words


@pytest.mark.parametrize(("value", "words"), [(834211, "815 KB"), (1, "1 KB"), (1572864, "1.5 MB"), (None, "")])
def test_a_size_is_short(value: int | None, words: str) -> None:
    assert file_size(value) == words
