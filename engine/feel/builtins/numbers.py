"""Numeric functions."""

from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
)
from secrets import SystemRandom

from engine.feel.builtins.registry import builtin
from engine.feel.operators import finite, negate
from engine.feel.scope import Run
from engine.feel.values import NUMBERS, Value

_SCALES = range(-6111, 6177)
_ROUNDING = {
    "floor": ROUND_FLOOR,
    "ceiling": ROUND_CEILING,
    "round up": ROUND_UP,
    "round down": ROUND_DOWN,
    "round half up": ROUND_HALF_UP,
    "round half down": ROUND_HALF_DOWN,
}
_MODES = {
    "UP": ROUND_UP,
    "DOWN": ROUND_DOWN,
    "CEILING": ROUND_CEILING,
    "FLOOR": ROUND_FLOOR,
    "HALF_UP": ROUND_HALF_UP,
    "HALF_DOWN": ROUND_HALF_DOWN,
    "HALF_EVEN": ROUND_HALF_EVEN,
}
_RANDOM = SystemRandom()
_COSTLY = 50


def round_to(number: Decimal, scale: Decimal, rounding: str) -> Decimal | None:
    """`number` with `scale` decimal places (fewer than none rounds to tens …); null for a scale out of reach."""
    if scale != scale.to_integral_value() or not _SCALES[0] <= scale <= _SCALES[-1]:
        return None
    places = int(scale)
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and -exponent <= places:
        return number
    context = NUMBERS.copy()
    context.rounding = rounding
    return finite(number.quantize(Decimal(1).scaleb(-places, NUMBERS), context=context))


@builtin("decimal", "n: number, scale: number")
def decimal(run: Run, number: Decimal, scale: Decimal) -> Value:
    return round_to(number, scale, ROUND_HALF_EVEN)


@builtin("decimal", "n: number, scale: number, mode: string")
def decimal_by_mode(run: Run, number: Decimal, scale: Decimal, mode: str) -> Value:
    rounding = _MODES.get(mode.upper())
    return None if rounding is None else round_to(number, scale, rounding)


def _register_rounding(name: str, rounding: str) -> None:
    @builtin(name, "n: number, scale?: number")
    def rounded(run: Run, number: Decimal, scale: Decimal | None = None) -> Value:
        return round_to(number, Decimal(0) if scale is None else scale, rounding)


for _name, _rounding in _ROUNDING.items():
    _register_rounding(_name, _rounding)


@builtin("abs", "n: number")
@builtin("abs", "number: number")
@builtin("abs", "n: duration")
def absolute(run: Run, number: Value) -> Value:
    return negate(number) if number < type(number)(0) else number


@builtin("modulo", "dividend: number, divisor: number")
def modulo(run: Run, dividend: Decimal, divisor: Decimal) -> Value:
    if not divisor:
        return None
    quotient = NUMBERS.divide(dividend, divisor)
    if not quotient.is_finite() or quotient.adjusted() >= NUMBERS.prec - 1:
        return None
    return finite(NUMBERS.fma(-quotient.to_integral_value(ROUND_FLOOR), divisor, dividend))


@builtin("sqrt", "number: number")
def square_root(run: Run, number: Decimal) -> Value:
    run.charge(_COSTLY)
    return finite(NUMBERS.sqrt(number)) if number >= 0 else None


@builtin("log", "number: number")
def logarithm(run: Run, number: Decimal) -> Value:
    run.charge(_COSTLY)
    return finite(NUMBERS.ln(number)) if number > 0 else None


@builtin("exp", "number: number")
def exponential(run: Run, number: Decimal) -> Value:
    run.charge(_COSTLY)
    return finite(NUMBERS.exp(number))


@builtin("odd", "number: number")
def odd(run: Run, number: Decimal) -> Value:
    remainder = _halves(number)
    return None if remainder is None else remainder == 1


@builtin("even", "number: number")
def even(run: Run, number: Decimal) -> Value:
    remainder = _halves(number)
    return None if remainder is None else remainder == 0


def _halves(number: Decimal) -> Decimal | None:
    """The remainder by two; null for a fraction."""
    if number != number.to_integral_value():
        return None
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and exponent > 0:
        return Decimal(0)
    return Decimal(int(number) % 2)


@builtin("random number")
def random_number(run: Run) -> Value:
    return Decimal(_RANDOM.randrange(10**15)).scaleb(-15)
