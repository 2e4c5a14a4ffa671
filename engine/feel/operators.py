"""Arithmetic, equality and order, null-safe: operands that do not fit together give null."""

from datetime import date, datetime, time
from decimal import Decimal
from operator import ge, gt, le, lt
from typing import TYPE_CHECKING, Any

from engine.feel.durations import DaysTimeDuration, YearsMonthsDuration
from engine.feel.errors import FeelLimitError
from engine.feel.limits import MAX_STRING
from engine.feel.temporal import elapsed, order_key, shift, shift_months
from engine.feel.values import NUMBERS, Range, Value

if TYPE_CHECKING:
    from engine.feel.scope import Run

_DAYS = frozenset({date, datetime})
_CLOCKS = frozenset({date, datetime, time})
_DURATIONS = frozenset({YearsMonthsDuration, DaysTimeDuration})
_PLAIN = frozenset({Decimal, str, YearsMonthsDuration, DaysTimeDuration})


def finite(number: Decimal) -> Decimal | None:
    """The number, or null where the result is not a number or too large."""
    return number if number.is_finite() else None


def add(run: "Run", left: Value, right: Value) -> Value:
    """Numbers, text beside text, dates and times plus durations, durations."""
    kind, other = type(left), type(right)
    if kind is Decimal and other is Decimal:
        return finite(NUMBERS.add(left, right))
    if kind is str and other is str:
        if len(left) + len(right) > MAX_STRING:
            raise FeelLimitError(f"文字超过 {MAX_STRING} 个字符，请拆成几步。")
        run.charge((len(left) + len(right)) >> 6)
        return left + right
    if kind in _DURATIONS and other in _CLOCKS:
        left, right, kind, other = right, left, other, kind
    return _later(left, right, 1) if kind in _CLOCKS and other in _DURATIONS else _add_durations(left, right, 1)


def subtract(run: "Run", left: Value, right: Value) -> Value:
    """Numbers, dates and times minus durations or each other, durations."""
    kind, other = type(left), type(right)
    if kind is Decimal and other is Decimal:
        return finite(NUMBERS.subtract(left, right))
    if kind in _CLOCKS and other in _CLOCKS:
        try:
            return elapsed(left, right)
        except OverflowError:
            return None
    return _later(left, right, -1) if kind in _CLOCKS and other in _DURATIONS else _add_durations(left, right, -1)


def _later(value: Value, duration: Value, sign: int) -> Value:
    try:
        if type(duration) is DaysTimeDuration:
            return shift(value, sign * duration)
        return shift_months(value, sign * duration.total_months) if type(value) in _DAYS else None
    except (OverflowError, ValueError):
        return None


def _add_durations(left: Value, right: Value, sign: int) -> Value:
    if type(left) is not type(right) or type(left) not in _DURATIONS:
        return None
    if type(left) is YearsMonthsDuration:
        return YearsMonthsDuration(left.total_months + sign * right.total_months)
    try:
        return DaysTimeDuration.of(left + sign * right)
    except OverflowError:
        return None


def multiply(run: "Run", left: Value, right: Value) -> Value:
    """Numbers, and a duration by a number."""
    kind, other = type(left), type(right)
    if kind is Decimal and other is Decimal:
        return finite(NUMBERS.multiply(left, right))
    if kind is Decimal:
        left, right, kind, other = right, left, other, kind
    return _scale(left, right) if other is Decimal and kind in _DURATIONS else None


def _scale(duration: Value, by: Decimal) -> Value:
    if type(duration) is YearsMonthsDuration:
        months = NUMBERS.multiply(Decimal(duration.total_months), by)
        return YearsMonthsDuration(int(months)) if months.is_finite() and abs(months) < 10**12 else None
    micros = NUMBERS.multiply(Decimal(duration.total_microseconds), by)
    return _microseconds(micros)


def _microseconds(count: Decimal) -> DaysTimeDuration | None:
    if not count.is_finite() or abs(count) > 10**19:
        return None
    try:
        return DaysTimeDuration(microseconds=int(count))
    except OverflowError:
        return None


def divide(run: "Run", left: Value, right: Value) -> Value:
    """Numbers, a duration by a number, a duration by a duration of its kind. Division by zero is null."""
    kind, other = type(left), type(right)
    if kind is Decimal and other is Decimal:
        return finite(NUMBERS.divide(left, right)) if right else None
    if kind in _DURATIONS and other is Decimal:
        return _scale(left, NUMBERS.divide(Decimal(1), right)) if right else None
    if kind in _DURATIONS and other is kind:
        first, second = _size(left), _size(right)
        return finite(NUMBERS.divide(first, second)) if second else None
    return None


def _size(duration: Value) -> Decimal:
    return Decimal(duration.total_months if type(duration) is YearsMonthsDuration else duration.total_microseconds)


def power(run: "Run", left: Value, right: Value) -> Value:
    """`left ** right` to 34 digits; null where the result is not a number or too large."""
    if type(left) is not Decimal or type(right) is not Decimal:
        return None
    run.charge(50)
    if not left:
        return None if right < 0 else Decimal(0 if right else 1)
    return finite(NUMBERS.power(left, right))


def negate(value: Value) -> Value:
    """A number or a duration with the other sign."""
    kind = type(value)
    if kind is Decimal:
        return NUMBERS.minus(value)
    if kind is YearsMonthsDuration:
        return YearsMonthsDuration(-value.total_months)
    return DaysTimeDuration.of(-value) if kind is DaysTimeDuration and value.days > -999_999_999 else None


def compare(left: Value, right: Value, order: Any) -> bool | None:
    """`order` (`operator.lt` …) of two values of one ordered type, else null."""
    kind = type(left)
    if kind is type(right) and kind in _PLAIN:
        return bool(order(left, right))
    if kind not in _CLOCKS or type(right) not in _CLOCKS:
        return None
    first, second = _key(left), _key(right)
    if first is None or second is None or first[0] != second[0]:
        return None
    return bool(order(first[1], second[1]))


def _key(value: Value) -> tuple[str, Any] | None:
    try:
        return order_key(value)
    except OverflowError:
        return None


def equal(run: "Run", left: Value, right: Value) -> bool | None:
    """FEEL's `=`: null equals only null, values of different types give null, lists and contexts go by content."""
    kind, other = type(left), type(right)
    if left is None or right is None:
        return left is right
    if kind in _CLOCKS and other in _CLOCKS:
        return compare(left, right, _same)
    if kind is not other:
        return None
    if kind is list:
        return _equal_lists(run, left, right)
    if kind is dict:
        return _equal_contexts(run, left, right)
    if kind is Range:
        return _equal_ranges(run, left, right)
    return bool(left == right)


def _same(left: Value, right: Value) -> bool:
    return bool(left == right)


def _equal_lists(run: "Run", left: list[Value], right: list[Value]) -> bool:
    if len(left) != len(right):
        return False
    run.charge(len(left))
    return all(equal(run, first, second) is True for first, second in zip(left, right, strict=True))


def _equal_contexts(run: "Run", left: dict[str, Value], right: dict[str, Value]) -> bool:
    if left.keys() != right.keys():
        return False
    run.charge(len(left))
    return all(equal(run, value, right[key]) is True for key, value in left.items())


def _equal_ranges(run: "Run", left: Range, right: Range) -> bool:
    if (left.start_included, left.end_included) != (right.start_included, right.end_included):
        return False
    return equal(run, left.start, right.start) is True and equal(run, left.end, right.end) is True


def includes(span: Range, value: Value) -> bool | None:
    """Whether the value lies in the range; null where it does not compare with the ends."""
    low = True if span.start is None else compare(value, span.start, ge if span.start_included else gt)
    if low is None:
        return None
    high = True if span.end is None else compare(value, span.end, le if span.end_included else lt)
    return None if high is None else low and high


def matches_test(run: "Run", value: Value, test: Value) -> bool | None:
    """`value in test` for one test value: inside a range, an element of a list, or equal."""
    if type(test) is Range:
        return includes(test, value)
    if type(test) is not list:
        return equal(run, value, test)
    run.charge(len(test))
    if equal(run, value, test) is True:
        return True
    return any((includes(item, value) if type(item) is Range else equal(run, value, item)) is True for item in test)


def both(values: Any) -> bool | None:
    """Three-valued conjunction; anything but true and false counts as null."""
    result: bool | None = True
    for value in values:
        if value is False:
            return False
        if value is not True:
            result = None
    return result


def either(values: Any) -> bool | None:
    """Three-valued disjunction; anything but true and false counts as null."""
    result: bool | None = False
    for value in values:
        if value is True:
            return True
        if value is not False:
            result = None
    return result
