"""Functions over a list of numbers or truth values, given as one list or as arguments."""

from decimal import Decimal

from engine.feel.builtins.registry import builtin
from engine.feel.operators import both, either, finite
from engine.feel.scope import Run
from engine.feel.values import NUMBERS, Value


def _numbers(items: list[Value]) -> bool:
    return bool(items) and all(type(item) is Decimal for item in items)


def total(items: list[Decimal]) -> Decimal:
    """The sum to 34 digits."""
    result = Decimal(0)
    for item in items:
        result = NUMBERS.add(result, item)
    return result


@builtin("sum", "*list: list")
def sum_of(run: Run, items: list[Value]) -> Value:
    return finite(total(items)) if _numbers(items) else None


@builtin("product", "*list: list")
def product(run: Run, items: list[Value]) -> Value:
    if not _numbers(items):
        return None
    result = Decimal(1)
    for item in items:
        result = NUMBERS.multiply(result, item)
    return finite(result)


@builtin("mean", "*list: list")
def mean(run: Run, items: list[Value]) -> Value:
    return finite(NUMBERS.divide(total(items), Decimal(len(items)))) if _numbers(items) else None


@builtin("median", "*list: list")
def median(run: Run, items: list[Value]) -> Value:
    if not _numbers(items):
        return None
    ordered = sorted(items)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return finite(NUMBERS.divide(NUMBERS.add(ordered[middle - 1], ordered[middle]), Decimal(2)))


@builtin("stddev", "*list: list")
def standard_deviation(run: Run, items: list[Value]) -> Value:
    if not _numbers(items) or len(items) < 2:
        return None
    run.charge(50 + len(items))
    average = NUMBERS.divide(total(items), Decimal(len(items)))
    deviations = [NUMBERS.power(NUMBERS.subtract(item, average), Decimal(2)) for item in items]
    return finite(NUMBERS.sqrt(NUMBERS.divide(total(deviations), Decimal(len(items) - 1))))


@builtin("mode", "*list: list")
def mode(run: Run, items: list[Value]) -> Value:
    if not items:
        return []
    if not _numbers(items):
        return None
    counts: dict[Decimal, int] = {}
    for item in items:
        counts[item] = counts.get(item, 0) + 1
    most = max(counts.values())
    return sorted(item for item, count in counts.items() if count == most)


@builtin("all", "*list: list")
@builtin("and", "*list: list")
def all_of(run: Run, items: list[Value]) -> Value:
    return both(items)


@builtin("any", "*list: list")
@builtin("or", "*list: list")
def any_of(run: Run, items: list[Value]) -> Value:
    return either(items)
