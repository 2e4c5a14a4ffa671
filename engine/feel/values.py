"""The values FEEL works on, and how Python and JSON values become FEEL values and back.

Inside an evaluation every value has exactly one of these types: Decimal, str, bool, date, time, datetime,
YearsMonthsDuration, DaysTimeDuration, list, dict (text keys), Range, Function or None.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal
from math import isfinite
from typing import Any

from engine.feel.durations import DaysTimeDuration, YearsMonthsDuration
from engine.feel.errors import FeelLimitError
from engine.feel.limits import MAX_DEPTH, MAX_DIGITS, MAX_NODES

Value = Any
"""One of the types above; `Any` because null-safe code asks for the type at each use."""

NUMBERS = Context(prec=34, rounding=ROUND_HALF_EVEN, Emin=-6143, Emax=6144, traps=[])
"""IEEE 754 decimal128, as DMN asks. Nothing traps: NaN and infinity become null."""


@dataclass(frozen=True, slots=True, eq=False)
class Range:
    """A range; an end that is None is open to that side. Equality is FEEL's, by `operators.equal`."""

    start: Value
    end: Value
    start_included: bool = True
    end_included: bool = True

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Range) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash((self.start_included, self.end_included))

    def _key(self) -> tuple[Value, Value, bool, bool]:
        return self.start, self.end, self.start_included, self.end_included


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """A function as a value. `call` takes the run of the evaluation and the arguments by position."""

    parameters: tuple[str, ...]
    call: Callable[[Any, list[Value]], Value]
    names: dict[str, Value] | None = None
    """The names the body sees, so that an entry of a context can call itself."""
    by_name: Callable[[Any, dict[str, Value]], Value] | None = None
    """Invocation by parameter name, where it is more than putting arguments in order."""


ATOMS = frozenset({str, bool, date, time, datetime, YearsMonthsDuration, DaysTimeDuration, type(None), Range, Function})
"""Types that enter as they are."""


def from_json(value: object) -> Value:
    """The FEEL value of a process variable: numbers become `Decimal(repr(...))`, dates in text stay text.

    Values that FEEL does not know (any Python object) become null, so no expression reaches them.
    Raises `FeelLimitError` where a value is nested too deep or a whole number has too many digits.
    """
    return _enter(value, MAX_DEPTH)


def _enter(value: Any, depth: int) -> Value:
    kind = type(value)
    if kind in ATOMS:
        return value
    if kind is Decimal:
        return value if value.is_finite() else None
    if kind is int:
        return number_of(value)
    if kind is float:
        return Decimal(repr(value)) if isfinite(value) else None
    if depth == 0:
        raise FeelLimitError(f"数据嵌套超过 {MAX_DEPTH} 层，请简化数据。")
    if kind is list or kind is tuple:
        return [_enter(item, depth - 1) for item in value]
    if kind is dict:
        return {str(key): _enter(item, depth - 1) for key, item in value.items()}
    return _enter_other(value, depth)


def number_of(value: int) -> Decimal:
    """A whole number, exact up to `MAX_DIGITS` digits."""
    if value.bit_length() > MAX_DIGITS * 3:
        raise FeelLimitError(f"数字超过 {MAX_DIGITS} 位，请检查数据。")
    return Decimal(value)


def _enter_other(value: Any, depth: int) -> Value:
    """Subclasses (enums of text, lazy mappings, numeric types) as the plain type they stand for."""
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return number_of(int(value))
    if isinstance(value, float):
        return _enter(float(value), depth)
    if isinstance(value, Mapping):
        return {str(key): _enter(value[key], depth - 1) for key in value}
    if isinstance(value, (set, frozenset, list, tuple)):
        return [_enter(item, depth - 1) for item in value]
    if isinstance(value, datetime):
        return datetime.combine(value.date(), value.timetz())
    if isinstance(value, date):
        return date(value.year, value.month, value.day)
    return DaysTimeDuration.of(value) if isinstance(value, timedelta) else None


def to_json(value: Value) -> Any:
    """The JSON form of a FEEL value: whole numbers to 64 bits become int, others float where that is exact, else text.

    A fraction that goes on and on (1/3) is rounded to the nearest float: as text it could not be compared any more.
    Dates, times, durations and ranges become ISO text, functions null. Raises `FeelLimitError` where the value is too
    large to be written.
    """
    return _Leave(MAX_NODES).leave(value, MAX_DEPTH)


def check_size(value: Value) -> None:
    """Raise `FeelLimitError` where a list or context, with what is shared counted each time, is too large to pass on."""
    level, nodes, depth = [value], 0, 0
    while level:
        nodes += len(level)
        depth += 1
        if nodes > MAX_NODES or depth > MAX_DEPTH:
            raise FeelLimitError("结果太大或嵌套太深，请拆成几步。")
        level = [item for holder in level for item in _items(holder)]


def _items(value: Value) -> Iterable[Value]:
    if type(value) is list:
        return value
    return value.values() if type(value) is dict else ()


class _Leave:
    def __init__(self, nodes: int) -> None:
        self.nodes = nodes

    def leave(self, value: Value, depth: int) -> Any:
        self.nodes -= 1
        kind = type(value)
        if value is None or kind is str or kind is bool:
            return value
        if kind is Decimal:
            return _number_to_json(value)
        if self.nodes < 0 or depth == 0:
            raise FeelLimitError("数据太大或嵌套太深，不能保存，请简化。")
        if kind is list:
            return [self.leave(item, depth - 1) for item in value]
        if kind is dict:
            return {key: self.leave(item, depth - 1) for key, item in value.items()}
        return _text_to_json(value)


#: digits that tell every float from its neighbours; digits of a whole part that a float keeps beside a fraction
_FLOAT_DIGITS, _WHOLE_DIGITS = 17, 15


def _number_to_json(number: Decimal) -> int | float | str:
    if number.adjusted() < 19 and number == number.to_integral_value() and -(2**63) <= number < 2**63:
        return int(number)
    near = float(number)
    goes_on = len(number.as_tuple().digits) > _FLOAT_DIGITS and number.adjusted() < _WHOLE_DIGITS and near != 0
    return near if goes_on or (isfinite(near) and Decimal(repr(near)) == number) else str(number)


def _text_to_json(value: Value) -> str | None:
    if isinstance(value, (date, time, datetime)):
        return value.isoformat()
    if isinstance(value, (YearsMonthsDuration, DaysTimeDuration)):
        return str(value)
    if isinstance(value, Range):
        ends = [str(_Leave(2).leave(end, 1)) if end is not None else "" for end in (value.start, value.end)]
        return ("[" if value.start_included else "(") + "..".join(ends) + ("]" if value.end_included else ")")
    return None
