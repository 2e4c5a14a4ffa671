"""Tree to closures: names, literals and structures. Each node becomes one function of a `Scope`.

`Compiler` knows which names are local at each place; what is left over is free and comes from the caller's context.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from engine.feel import syntax as s
from engine.feel.errors import FeelLimitError
from engine.feel.limits import MAX_DEPTH
from engine.feel.operators import compare
from engine.feel.scope import Evaluate, Scope
from engine.feel.temporal import TEMPORAL, property_of
from engine.feel.values import ATOMS, Function, Range, Value

INPUT = "?"
"""The local name of the value under test."""

Emit = Callable[[Any, "Compiler"], Evaluate]
_EMITTERS: dict[type[s.Node], Emit] = {}


def emits(kind: type[s.Node]) -> Callable[[Emit], Emit]:
    """Register the function that compiles one kind of node."""

    def register(emit: Emit) -> Emit:
        _EMITTERS[kind] = emit
        return emit

    return register


class Compiler:
    """Compiles one tree and collects its free names.

    `free` are names that must come from the context; `filtered` are free names inside a filter, which may instead be
    entries of the filtered items.
    """

    def __init__(self, builtins: "dict[str, Function]") -> None:
        self.builtins = builtins
        self.free: set[str] = set()
        self.filtered: set[str] = set()
        self._frames: list[frozenset[str] | str] = []

    def compile(self, node: s.Node) -> Evaluate:
        return _EMITTERS[type(node)](node, self)

    @contextmanager
    def locals(self, names: Iterable[str]) -> Iterator[None]:
        """Names are local within."""
        self._frames.append(frozenset(names))
        try:
            yield
        finally:
            self._frames.pop()

    @contextmanager
    def item(self) -> Iterator[str]:
        """A filter: within, names are entries of the item first. Gives the local name that holds the item."""
        slot = f" item {len(self._frames)}"
        self._frames.append(slot)
        try:
            yield slot
        finally:
            self._frames.pop()

    def is_local(self, name: str) -> bool:
        return any(isinstance(frame, frozenset) and name in frame for frame in self._frames)

    def name(self, name: str) -> Evaluate:
        """How to read a name here: entries of enclosing filters, local names, then the context."""
        slots: list[str] = []
        for frame in reversed(self._frames):
            if isinstance(frame, str):
                slots.append(frame)
                if name == "item":
                    return _in_items(name, slots, _read_local(frame))
            elif name in frame:
                return _in_items(name, slots, _read_local(name))
        (self.filtered if slots else self.free).add(name)
        return _in_items(name, slots, _read_context(name))


def _read_local(name: str) -> Evaluate:
    return lambda scope: scope.locals[name]


def _in_items(name: str, slots: list[str], otherwise: Evaluate) -> Evaluate:
    for slot in reversed(slots):
        otherwise = _in_item(name, slot, otherwise)
    return otherwise


def _in_item(name: str, slot: str, otherwise: Evaluate) -> Evaluate:
    def read(scope: Scope) -> Value:
        item = scope.locals[slot]
        if type(item) is dict and name in item:
            return item[name]
        return otherwise(scope)

    return read


def _read_context(name: str) -> Evaluate:
    def read(scope: Scope) -> Value:
        value = scope.context.get(name)
        return value if type(value) in ATOMS else scope.enter(name, value)

    return read


@emits(s.Literal)
def _literal(node: s.Literal, compiler: Compiler) -> Evaluate:
    value = node.value
    return lambda scope: value


@emits(s.Name)
def _name(node: s.Name, compiler: Compiler) -> Evaluate:
    return compiler.name(node.text)


@emits(s.Input)
def _input(node: s.Input, compiler: Compiler) -> Evaluate:
    if compiler.is_local(INPUT):
        return _read_local(INPUT)
    return lambda scope: scope.locals.get(INPUT)


@emits(s.ListOf)
def _list(node: s.ListOf, compiler: Compiler) -> Evaluate:
    items = [compiler.compile(item) for item in node.items]
    return lambda scope: [item(scope) for item in items]


@emits(s.ContextOf)
def _context(node: s.ContextOf, compiler: Compiler) -> Evaluate:
    entries: list[tuple[str, Evaluate, bool]] = []
    known: list[str] = []
    for key, value in node.entries:
        recursive = isinstance(value, s.FunctionOf)
        with compiler.locals([*known, key] if recursive else known):
            entries.append((key, compiler.compile(value), recursive))
        known.append(key)

    def build(scope: Scope) -> Value:
        inner = scope.inner()
        result: dict[str, Value] = {}
        for key, evaluate, recursive in entries:
            value = result[key] = inner.locals[key] = evaluate(inner)
            if recursive:
                value.names[key] = value
        return result

    return build


@emits(s.RangeOf)
def _range(node: s.RangeOf, compiler: Compiler) -> Evaluate:
    nothing: Evaluate = lambda scope: None  # noqa: E731
    start = compiler.compile(node.start) if node.start else nothing
    end = compiler.compile(node.end) if node.end else nothing
    bounded = node.start is not None and node.end is not None
    if isinstance(node.start, s.Literal) and isinstance(node.end, s.Literal):
        fixed = make_range(node.start.value, node.end.value, node.start_included, node.end_included, bounded=bounded)
        return lambda scope: fixed

    def build(scope: Scope) -> Value:
        return make_range(start(scope), end(scope), node.start_included, node.end_included, bounded=bounded)

    return build


def make_range(start: Value, end: Value, start_included: bool, end_included: bool, *, bounded: bool) -> Range | None:
    """A range, or null where its ends have no order (or are missing although written)."""
    ends = [end_value for end_value in (start, end) if end_value is not None]
    if not ends or (bounded and len(ends) < 2) or compare(ends[0], ends[-1], _any_order) is None:
        return None
    return Range(start, end, start_included, end_included)


def _any_order(left: Value, right: Value) -> bool:
    return True


@emits(s.Path)
def _path(node: s.Path, compiler: Compiler) -> Evaluate:
    source, name = compiler.compile(node.source), node.name

    def read(scope: Scope) -> Value:
        value = source(scope)
        if type(value) is dict:
            return value.get(name)
        return follow(scope, value, name)

    return read


def follow(scope: Scope, value: Value, name: str) -> Value:
    """`value.name` for anything that is no context: of each item of a list, of a date, a duration, a range."""
    kind = type(value)
    if kind is list:
        scope.run.charge(len(value))
        return [item.get(name) if type(item) is dict else follow(scope, item, name) for item in value]
    if kind in TEMPORAL:
        return property_of(value, name)
    if kind is Range:
        return _RANGE[name](value) if name in _RANGE else None
    return None


_RANGE: dict[str, Callable[[Range], Value]] = {
    "start": lambda value: value.start,
    "end": lambda value: value.end,
    "start included": lambda value: value.start_included,
    "end included": lambda value: value.end_included,
}


def compile_tree(tree: s.Node, builtins: "dict[str, Function]") -> tuple[Evaluate, frozenset[str], frozenset[str]]:
    """The closure of a tree, its free names, and the names in filters that may be free."""
    compiler = Compiler(builtins)
    try:
        evaluate = compiler.compile(tree)
    except RecursionError:
        raise FeelLimitError(f"表达式嵌套超过 {MAX_DEPTH} 层，请拆成几步。") from None
    return evaluate, frozenset(compiler.free), frozenset(compiler.filtered - compiler.free)
