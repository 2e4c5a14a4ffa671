"""From JSON to FEEL and back: what an expression of a form reads and what it leaves."""

import math
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

LONGEST_NUMBER = 15
"""Digits a JSON number keeps everywhere; a longer number stays text."""


def feel_value(value: object) -> object:
    """A JSON value as FEEL reads it: numbers become decimals by their printed form, dates stay text."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, float):
        return Decimal(repr(value)) if math.isfinite(value) else None
    if isinstance(value, list | tuple):
        return [feel_value(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): feel_value(item) for key, item in value.items()}
    return value


def json_value(value: object) -> Any:
    """A FEEL value as it is stored: decimals become numbers, dates and durations ISO text."""
    if value is None or isinstance(value, bool | str | int):
        return value
    if isinstance(value, Decimal):
        return json_number(value)
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [json_value(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): json_value(item) for key, item in value.items()}
    return str(value)


def json_number(number: Decimal) -> int | float | str | None:
    """The number as JSON keeps it exactly, or its digits as text when there are more than fifteen."""
    if not number.is_finite():
        return None
    if len(number.as_tuple().digits) > LONGEST_NUMBER or abs(number.adjusted()) > LONGEST_NUMBER:
        return format(number, "f") if abs(number.adjusted()) < 100 else str(number)
    return int(number) if number == number.to_integral_value() else float(number)


def shown(value: object) -> str:
    """A value inside a sentence: nothing for null, 是 or 否 for a truth, items joined by 、."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, list | tuple):
        return "、".join(shown(item) for item in value)
    return str(value)
