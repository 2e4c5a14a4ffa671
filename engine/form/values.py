"""Texts and numbers as JSON keeps them, and values as sentences show them."""

import re
from decimal import Decimal

from engine.feel import text_of

LONGEST_NUMBER = 15
"""Digits a JSON number keeps everywhere; a longer number stays text."""


_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufeff]")


def plain(text: str) -> str:
    """The text without control characters and half characters, which no database and no page can keep."""
    return _UNWANTED.sub("", text)


def json_number(number: Decimal) -> int | float | str:
    """The number as JSON keeps it exactly, or its digits as text when there are more than fifteen."""
    if len(number.as_tuple().digits) > LONGEST_NUMBER or abs(number.adjusted()) > LONGEST_NUMBER:
        return format(number, "f")
    return int(number) if number == number.to_integral_value() else float(number)


def shown(value: object) -> str:
    """A value inside a sentence: nothing for null, 是 or 否 for a truth, items joined by 、."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        value = Decimal(repr(value))
    if isinstance(value, list | tuple):
        return "、".join(shown(item) for item in value)
    return str(value) if isinstance(value, int) else text_of(value)
