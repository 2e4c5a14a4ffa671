"""Numbers, kept exactly."""

import unicodedata
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from engine.form.kinds.base import Kind
from engine.form.options import Option
from engine.form.scope import Scope
from engine.form.values import LONGEST_NUMBER, json_number, shown

if TYPE_CHECKING:
    from engine.form.model import Field

NOT_A_NUMBER = f"{{}}应为数字，不超过 {LONGEST_NUMBER} 位"


class Number(Kind):
    """A JSON number, or with `serializeToString` its digits as text. What is no number stays the text typed."""

    def read(self, field: "Field", texts: Sequence[str]) -> Any:
        text = unicodedata.normalize("NFKC", texts[-1]).strip().replace(",", "")
        if not text:
            return None
        number = decimal(text)
        if number is None:
            return texts[-1].strip()[:40]
        return format(number, "f") if field.as_text else json_number(number)

    def faults(self, field: "Field", value: Any, scope: Scope, options: Sequence[Option]) -> Iterator[str]:
        number = decimal(value) if isinstance(value, str) == field.as_text else None
        if number is None or len(number.as_tuple().digits) > LONGEST_NUMBER:
            yield NOT_A_NUMBER
            return
        yield from _range_faults(field, number, scope)
        yield from _step_faults(field, number)


def decimal(value: object) -> Decimal | None:
    """A number, or a text that is one plain number of sensible size; else nothing."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    try:
        number = Decimal(repr(value) if isinstance(value, float) else value)
    except (InvalidOperation, ValueError):
        return None
    return number if number.is_finite() and abs(number.adjusted()) <= 2 * LONGEST_NUMBER else None


def _range_faults(field: "Field", number: Decimal, scope: Scope) -> Iterator[str]:
    least, most = decimal(field.minimum.value(scope)), decimal(field.maximum.value(scope))
    if least is not None and number < least:
        yield f"{{}}不能小于 {shown(least)}"
    if most is not None and number > most:
        yield f"{{}}不能大于 {shown(most)}"


def _step_faults(field: "Field", number: Decimal) -> Iterator[str]:
    exponent = number.normalize().as_tuple().exponent
    if field.digits is not None and isinstance(exponent, int) and -exponent > field.digits:
        yield "{}应为整数" if field.digits == 0 else f"{{}}最多 {field.digits} 位小数"
    elif field.step and number % field.step:
        yield f"{{}}应为 {shown(field.step)} 的倍数"
