"""Process variables in and out."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum

import pytest

from engine.feel import (
    DaysTimeDuration,
    FeelLimitError,
    Range,
    YearsMonthsDuration,
    evaluate,
    from_json,
    text_of,
    to_json,
)


class Level(StrEnum):
    SENIOR = "senior"


INWARD = [
    (1, Decimal(1)),
    (0.1, Decimal("0.1")),
    (1e300, Decimal("1E+300")),
    (12345678901234567890123, Decimal("12345678901234567890123")),
    (float("nan"), None),
    (float("inf"), None),
    (Decimal("NaN"), None),
    (True, True),
    ("2024-01-01", "2024-01-01"),
    (Level.SENIOR, "senior"),
    (None, None),
    ([1, (2, "a")], [Decimal(1), [Decimal(2), "a"]]),
    ({"a": {1: 2}}, {"a": {"1": Decimal(2)}}),
    (timedelta(days=1), DaysTimeDuration(days=1)),
    (object(), None),
    (len, None),
]


@pytest.mark.parametrize(("value", "expected"), INWARD)
def test_json_becomes_feel(value: object, expected: object) -> None:
    entered = from_json(value)
    assert (type(entered), entered) == (type(expected), expected)


OUTWARD = [
    (Decimal(1), 1),
    (Decimal("1.0"), 1),
    (Decimal("1E+3"), 1000),
    (Decimal("0.1"), 0.1),
    (Decimal("0.3333333333333333333333333333333333"), 1 / 3),
    (Decimal("-83.33333333333333333333333333333333"), -250 / 3),
    (Decimal("12345678901234.567"), "12345678901234.567"),
    (Decimal("1234567890123456.333333333333333333"), "1234567890123456.333333333333333333"),
    (Decimal("1.000000000000000000000000000000000E-400"), "1.000000000000000000000000000000000E-400"),
    (Decimal(2**63 - 1), 2**63 - 1),
    (Decimal(2**63), "9223372036854775808"),
    (Decimal("1E+30"), 1e30),
    (Decimal("1E+6000"), "1E+6000"),
    (True, True),
    (None, None),
    (date(2024, 1, 1), "2024-01-01"),
    (time(10, 30), "10:30:00"),
    (datetime(2024, 1, 1, 10, tzinfo=UTC), "2024-01-01T10:00:00+00:00"),
    (YearsMonthsDuration(14), "P1Y2M"),
    (DaysTimeDuration(days=1, hours=2), "P1DT2H"),
    (Range(Decimal(1), Decimal(5), True, False), "[1..5)"),
    (Range(None, Decimal(5), False, True), "(..5]"),
    ([Decimal(1), {"a": date(2024, 1, 1)}], [1, {"a": "2024-01-01"}]),
]


@pytest.mark.parametrize(("value", "expected"), OUTWARD)
def test_feel_becomes_json(value: object, expected: object) -> None:
    left = to_json(value)
    assert (type(left), left) == (type(expected), expected)


def test_a_function_leaves_as_null() -> None:
    assert to_json(evaluate("{f: function(x) x}")) == {"f": None}


def test_an_identity_number_keeps_all_its_digits() -> None:
    assert to_json(from_json(990000199001011234)) == 990000199001011234


def test_what_is_too_large_is_refused() -> None:
    nested: object = 1
    for _ in range(200):
        nested = [nested]
    with pytest.raises(FeelLimitError):
        from_json(nested)
    with pytest.raises(FeelLimitError):
        to_json(nested)
    with pytest.raises(FeelLimitError):
        from_json(10**5000)


def test_text_of_a_value() -> None:
    assert text_of([Decimal("1.50"), "a", None, date(2024, 1, 1)]) == '[1.5, "a", null, 2024-01-01]'


def test_the_context_is_not_changed() -> None:
    context = {"rows": [{"a": 1}]}
    evaluate('context put(rows[1], "b", 2)', context)
    assert context == {"rows": [{"a": 1}]}
