"""What a decision or a business knowledge model computes: a kind of boxed expression.

Literal expressions, invocations, boxed contexts, lists, relations and functions are here, decision tables in `table`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from engine.decision.result import Evaluated
from engine.feel import Expression, Function, Run, Value, Variables


class Environment:
    """The variables of one evaluation: own names first, then the caller's inputs."""

    __slots__ = ("outer", "own", "run")

    def __init__(self, run: Run, outer: Variables, own: Mapping[str, Value]) -> None:
        self.run = run
        self.outer = outer
        self.own = dict(own)

    def get(self, name: str, default: Any = None, /) -> Any:
        return self.own[name] if name in self.own else self.outer.get(name, default)

    def inner(self, own: Mapping[str, Value]) -> "Environment":
        """An environment that sees these names before all others."""
        return Environment(self.run, self, own)


class Logic(Protocol):
    """A boxed expression. `evaluate` may note in `record` which rules fired."""

    def evaluate(self, environment: Environment, record: Evaluated) -> Value: ...

    def names(self) -> frozenset[str]:
        """The names it reads from outside."""
        ...


@dataclass(frozen=True, slots=True)
class Broken:
    """Logic that could not be read; the problems of its decision tell why, and keep it from being evaluated."""

    def evaluate(self, environment: Environment, record: Evaluated) -> Value:
        return None

    def names(self) -> frozenset[str]:
        return frozenset()


@dataclass(frozen=True, slots=True)
class Literal:
    expression: Expression

    def evaluate(self, environment: Environment, record: Evaluated) -> Value:
        return self.expression.within(environment.run, environment)

    def names(self) -> frozenset[str]:
        return self.expression.names


@dataclass(frozen=True, slots=True)
class Invocation:
    """A business knowledge model called with bound parameters."""

    function: Logic
    bindings: tuple[tuple[str, Logic], ...]

    def evaluate(self, environment: Environment, record: Evaluated) -> Value:
        called = self.function.evaluate(environment, record)
        if not isinstance(called, Function):
            return None
        bound = {name: logic.evaluate(environment, record) for name, logic in self.bindings}
        return called.call(environment.run, [bound.get(name) for name in called.parameters])

    def names(self) -> frozenset[str]:
        return self.function.names().union(*(logic.names() for _, logic in self.bindings))


@dataclass(frozen=True, slots=True)
class BoxedContext:
    """Entries that see the ones before them; an entry without a name is the result."""

    entries: tuple[tuple[str, Logic], ...]

    def evaluate(self, environment: Environment, record: Evaluated) -> Value:
        inner = environment.inner({})
        for name, logic in self.entries:
            value = logic.evaluate(inner, record)
            if not name:
                return value
            inner.own[name] = value
        return dict(inner.own)

    def names(self) -> frozenset[str]:
        return frozenset(self._free())

    def _free(self) -> Iterator[str]:
        known: set[str] = set()
        for name, logic in self.entries:
            yield from logic.names() - known
            known.add(name)


@dataclass(frozen=True, slots=True)
class BoxedList:
    items: tuple[Logic, ...]

    def evaluate(self, environment: Environment, record: Evaluated) -> Value:
        return [item.evaluate(environment, record) for item in self.items]

    def names(self) -> frozenset[str]:
        return frozenset().union(*(item.names() for item in self.items))


@dataclass(frozen=True, slots=True)
class BoxedFunction:
    """A function of its parameters and of what is around it; the body of a business knowledge model."""

    parameters: tuple[str, ...]
    body: Logic

    def evaluate(self, environment: Environment, record: Evaluated) -> Value:
        def call(run: Run, arguments: list[Value]) -> Value:
            if len(arguments) != len(self.parameters):
                return None
            run.charge(1)
            inner = environment.inner(dict(zip(self.parameters, arguments, strict=True)))
            return run.call(lambda: self.body.evaluate(inner, record))

        return Function(self.parameters, call)

    def names(self) -> frozenset[str]:
        return self.body.names() - set(self.parameters)
