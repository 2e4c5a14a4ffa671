"""List functions."""

from collections.abc import Callable
from decimal import Decimal
from functools import cmp_to_key
from operator import gt, lt
from typing import Any

from engine.feel.builtins.registry import builtin
from engine.feel.compile_loops import whole
from engine.feel.operators import compare, equal
from engine.feel.scope import Run
from engine.feel.values import Function, Value


@builtin("list contains", "list: list, element")
def list_contains(run: Run, items: list[Value], element: Value) -> Value:
    return any(equal(run, item, element) is True for item in items)


@builtin("count", "list: list")
def count(run: Run, items: list[Value]) -> Value:
    return Decimal(len(items))


def _extreme(items: list[Value], order: Any) -> Value:
    """The first item that no other passes; null for an empty list or items that do not compare."""
    if not items or compare(items[0], items[0], order) is None:
        return None
    best = items[0]
    for item in items[1:]:
        passes = compare(item, best, order)
        if passes is None:
            return None
        best = item if passes else best
    return best


@builtin("min", "*list: list")
def minimum(run: Run, items: list[Value]) -> Value:
    return _extreme(items, lt)


@builtin("max", "*list: list")
def maximum(run: Run, items: list[Value]) -> Value:
    return _extreme(items, gt)


@builtin("sublist", "list: list, start position: number, length?: number")
def sublist(run: Run, items: list[Value], start: Decimal, length: Decimal | None = None) -> Value:
    first = whole(start)
    size = len(items) if length is None else whole(length)
    if first is None or first == 0 or abs(first) > len(items) or size is None or size < 0:
        return None
    begin = first - 1 if first > 0 else len(items) + first
    return items[begin : begin + size]


@builtin("append", "list: list, *items: list")
def append(run: Run, items: list[Value], more: list[Value]) -> Value:
    return [*items, *more]


def _joined(run: Run, lists: list[Value]) -> list[Value]:
    joined: list[Value] = []
    for part in lists:
        joined += part if type(part) is list else [part]
    run.charge(len(joined))
    return joined


@builtin("concatenate", "*lists: list")
def concatenate(run: Run, lists: list[Value]) -> Value:
    return _joined(run, lists)


@builtin("insert before", "list: list, position: number, newItem")
def insert_before(run: Run, items: list[Value], position: Decimal, item: Value) -> Value:
    place = whole(position)
    if place is None or place == 0 or place > len(items) + 1 or -place > len(items):
        return None
    at = place - 1 if place > 0 else len(items) + place
    return [*items[:at], item, *items[at:]]


@builtin("remove", "list: list, position: number")
def remove(run: Run, items: list[Value], position: Decimal) -> Value:
    at = _index(items, position)
    return None if at is None else items[:at] + items[at + 1 :]


@builtin("list replace", "list: list, position: number, newItem")
def list_replace(run: Run, items: list[Value], position: Decimal, item: Value) -> Value:
    at = _index(items, position)
    return None if at is None else [*items[:at], item, *items[at + 1 :]]


@builtin("list replace", "list: list, match: function, newItem")
def list_replace_matching(run: Run, items: list[Value], match: Function, item: Value) -> Value:
    answers = [match.call(run, [old, item]) for old in items]
    if any(type(answer) is not bool for answer in answers):
        return None
    return [item if answer else old for old, answer in zip(items, answers, strict=True)]


def _index(items: list[Value], position: Decimal) -> int | None:
    place = whole(position)
    if place is None or place == 0 or abs(place) > len(items):
        return None
    return place - 1 if place > 0 else len(items) + place


@builtin("reverse", "list: list")
def reverse(run: Run, items: list[Value]) -> Value:
    return items[::-1]


@builtin("index of", "list: list, match")
def index_of(run: Run, items: list[Value], match: Value) -> Value:
    return [Decimal(place) for place, item in enumerate(items, 1) if equal(run, item, match) is True]


def distinct(run: Run, items: list[Value]) -> list[Value]:
    """The items without those equal to an earlier one, in their order."""
    seen: set[tuple[type, Value]] = set()
    kept: list[Value] = []
    others: list[Value] = []
    for item in items:
        if type(item) in (str, Decimal, bool):
            key = (type(item), item)
            if key in seen:
                continue
            seen.add(key)
        else:
            run.charge(len(others))
            if any(equal(run, item, other) is True for other in others):
                continue
            others.append(item)
        kept.append(item)
    return kept


@builtin("distinct values", "list: list")
def distinct_values(run: Run, items: list[Value]) -> Value:
    return distinct(run, items)


@builtin("union", "*lists: list")
def union(run: Run, lists: list[Value]) -> Value:
    return distinct(run, _joined(run, lists))


@builtin("duplicate values", "list: list")
def duplicate_values(run: Run, items: list[Value]) -> Value:
    first = distinct(run, items)
    if len(first) == len(items):
        return []
    run.charge(len(items) * len(first))
    return [item for item in first if sum(equal(run, item, other) is True for other in items) > 1]


@builtin("flatten", "list: list")
def flatten(run: Run, items: list[Value]) -> Value:
    flat: list[Value] = []
    waiting = [iter(items)]
    while waiting:
        for item in waiting[-1]:
            run.charge(1)
            if type(item) is list:
                waiting.append(iter(item))
                break
            flat.append(item)
        else:
            waiting.pop()
    return flat


@builtin("partition", "list: list, size: number")
def partition(run: Run, items: list[Value], size: Decimal) -> Value:
    step = whole(size)
    if step is None or step < 1:
        return None
    return [items[at : at + step] for at in range(0, len(items), step)]


@builtin("is empty", "list: list")
def is_empty(run: Run, items: list[Value]) -> Value:
    return not items


@builtin("sort", "list: list")
def sort_by_value(run: Run, items: list[Value]) -> Value:
    if any(compare(item, items[0], lt) is None for item in items):
        return None
    return _sorted(run, items, lambda first, second: compare(first, second, lt))


@builtin("sort", "list: list, precedes: function")
def sort(run: Run, items: list[Value], precedes: Function) -> Value:
    return _sorted(run, items, lambda first, second: precedes.call(run, [first, second]))


def _sorted(run: Run, items: list[Value], precedes: Callable[[Value, Value], Value]) -> Value:
    """Sorted and stable; null where `precedes` answers anything but true or false."""
    unclear = False

    def order(first: Value, second: Value) -> int:
        nonlocal unclear
        run.charge(1)
        answer = precedes(first, second)
        unclear = unclear or type(answer) is not bool
        if answer is True:
            return -1
        return 1 if precedes(second, first) is True else 0

    result = sorted(items, key=cmp_to_key(order))
    return None if unclear else result
