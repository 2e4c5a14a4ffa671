"""Loops, quantified conditions and filters to closures. Each turn is charged with the size of its body."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal

from engine.feel import syntax as s
from engine.feel.compiler import Compiler, emits
from engine.feel.operators import both, either
from engine.feel.scope import Evaluate, Run, Scope
from engine.feel.values import NUMBERS, Range, Value

_Source = Callable[[Scope], Iterator[Value] | None]


@emits(s.For)
def _for(node: s.For, compiler: Compiler) -> Evaluate:
    sources, names = _iterators(node.iterators, compiler)
    with compiler.locals([*names, "partial"]):
        body = compiler.compile(node.body)
    weight = s.count_nodes(node.body)
    partial = any(isinstance(part, s.Name) and part.text == "partial" for part in s.walk(node.body))

    def loop(scope: Scope) -> Value:
        inner = scope.inner()
        results: list[Value] = []
        turns = _turns(inner, sources, names, 0)
        for turn in turns:
            if turn is None:
                return None
            inner.run.charge(weight)
            if partial:
                inner.run.charge(len(results))
                inner.locals["partial"] = list(results)
            results.append(body(inner))
        return results

    return loop


@emits(s.Quantified)
def _quantified(node: s.Quantified, compiler: Compiler) -> Evaluate:
    sources, names = _iterators(node.iterators, compiler)
    with compiler.locals(names):
        condition = compiler.compile(node.condition)
    weight = s.count_nodes(node.condition)
    join = either if node.kind == "some" else both

    def answers(inner: Scope) -> Iterator[Value]:
        for turn in _turns(inner, sources, names, 0):
            inner.run.charge(weight)
            yield None if turn is None else condition(inner)

    return lambda scope: join(answers(scope.inner()))


def _iterators(iterators: tuple[s.Iterate, ...], compiler: Compiler) -> tuple[list[_Source], list[str]]:
    sources: list[_Source] = []
    names: list[str] = []
    for iterator in iterators:
        with compiler.locals(names):
            sources.append(_source(iterator, compiler))
        names.append(iterator.name)
    return sources, names


def _source(iterator: s.Iterate, compiler: Compiler) -> _Source:
    source = compiler.compile(iterator.source)
    if iterator.end is None:
        return lambda scope: items_of(source(scope))
    end = compiler.compile(iterator.end)
    return lambda scope: _count(source(scope), end(scope))


def _turns(scope: Scope, sources: list[_Source], names: list[str], at: int) -> Iterator[bool | None]:
    """Set the loop variables to each combination in turn; yields None where a source is nothing to loop over."""
    items = sources[at](scope)
    if items is None:
        yield None
        return
    for item in items:
        scope.run.charge(1)
        scope.locals[names[at]] = item
        if at + 1 == len(sources):
            yield True
        else:
            yield from _turns(scope, sources, names, at + 1)


def items_of(value: Value) -> Iterator[Value] | None:
    """What a loop visits: the items of a list, the whole steps of a range, or a single value once."""
    if type(value) is list:
        return iter(value)
    if type(value) is Range:
        return _steps(value)
    return None if value is None else iter((value,))


def _steps(span: Range) -> Iterator[Value] | None:
    steps = _count(span.start, span.end)
    if steps is None:
        return None
    return (
        step
        for step in steps
        if (span.start_included or step != span.start) and (span.end_included or step != span.end)
    )


def _count(start: Value, end: Value) -> Iterator[Value] | None:
    """From `start` to `end` by ones or days, downwards when `end` is less."""
    if type(start) is Decimal and type(end) is Decimal:
        return _count_numbers(start, end)
    return _count_days(start, end) if type(start) is date and type(end) is date else None


def _count_numbers(start: Decimal, end: Decimal) -> Iterator[Decimal]:
    step = Decimal(1 if start <= end else -1)
    while (start <= end) if step > 0 else (start >= end):
        yield start
        following = NUMBERS.add(start, step)
        if following == start:
            return
        start = following


def _count_days(start: date, end: date) -> Iterator[date]:
    step = 1 if start <= end else -1
    for days in range(abs((end - start).days) + 1):
        yield start + timedelta(days=step * days)


@emits(s.Filter)
def _filter(node: s.Filter, compiler: Compiler) -> Evaluate:
    source = compiler.compile(node.source)
    if isinstance(node.condition, s.Literal) and type(node.condition.value) is Decimal:
        index = node.condition.value
        return lambda scope: item_at(_as_list(source(scope)), index)
    with compiler.item() as slot:
        condition = compiler.compile(node.condition)
    weight = s.count_nodes(node.condition)

    def select(scope: Scope) -> Value:
        items = _as_list(source(scope))
        return None if items is None else _select(scope.inner(), items, slot, condition, weight)

    return select


def _select(inner: Scope, items: list[Value], slot: str, condition: Evaluate, weight: int) -> Value:
    """Items for which the condition is true; where it is a number for the first item, the item at that place."""
    kept: list[Value] = []
    run: Run = inner.run
    for place, item in enumerate(items or [None]):
        run.charge(weight)
        inner.locals[slot] = item
        answer = condition(inner)
        if place == 0 and type(answer) is Decimal:
            return item_at(items, answer)
        if answer is True and items:
            kept.append(item)
    return kept


def _as_list(value: Value) -> list[Value] | None:
    return value if type(value) is list or value is None else [value]


def item_at(items: list[Value] | None, index: Decimal) -> Value:
    """The item at a place counted from 1, or from the end with -1; null outside."""
    place = whole(index)
    if items is None or place is None or place == 0 or abs(place) > len(items):
        return None
    return items[place - 1 if place > 0 else place]


def whole(number: Decimal) -> int | None:
    """The number as a Python int when it is whole and small enough to count with."""
    if abs(number) > 10**9 or number != number.to_integral_value():
        return None
    return int(number)
