"""How a built-in function is declared and how arguments are fitted to its parameters.

A declaration such as `"list: list, start position: number, length?: number"` names each parameter and its type; `?`
marks one that may be left out, `*` one that takes all the arguments that are left, or one list. Null for a typed
parameter gives null; so do a wrong type and a wrong number of arguments. A list of one item stands for the item and
an item for a list of one where the parameter asks for it (DMN 1.3 §10.3.2.9.4).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from engine.feel.durations import DaysTimeDuration, YearsMonthsDuration
from engine.feel.names import register_builtin
from engine.feel.scope import Run
from engine.feel.values import Function, Range, Value

_KINDS: dict[str, frozenset[type]] = {
    "any": frozenset(),
    "number": frozenset({Decimal}),
    "string": frozenset({str}),
    "boolean": frozenset({bool}),
    "date": frozenset({date}),
    "day": frozenset({date, datetime}),
    "time": frozenset({time}),
    "clock": frozenset({time, datetime}),
    "datetime": frozenset({datetime}),
    "duration": frozenset({DaysTimeDuration, YearsMonthsDuration}),
    "days": frozenset({DaysTimeDuration}),
    "list": frozenset({list}),
    "context": frozenset({dict}),
    "range": frozenset({Range}),
    "function": frozenset({Function}),
    "point": frozenset({Decimal, str, date, time, datetime, DaysTimeDuration, YearsMonthsDuration}),
}
_MISFIT: Any = object()


@dataclass(frozen=True, slots=True)
class _Parameter:
    name: str
    kinds: frozenset[type]
    optional: bool
    rest: bool

    def fit(self, value: Value) -> Value:
        if not self.kinds:
            return value
        if type(value) in self.kinds:
            return value
        if list in self.kinds:
            return _MISFIT if value is None else [value]
        if type(value) is list and len(value) == 1 and type(value[0]) in self.kinds:
            return value[0]
        return None if value is None and self.optional else _MISFIT


@dataclass(frozen=True, slots=True)
class _Signature:
    parameters: tuple[_Parameter, ...]
    function: Callable[..., Value]

    @property
    def required(self) -> int:
        return sum(1 for parameter in self.parameters if not parameter.optional and not parameter.rest)

    def fit(self, arguments: list[Value]) -> list[Value] | None:
        """The arguments as the function wants them, or None where they do not fit."""
        count = len(self.parameters)
        if self.parameters and self.parameters[-1].rest:
            arguments = self._gather(arguments)
        if not self.required <= len(arguments) <= count:
            return None
        fitted = [parameter.fit(value) for parameter, value in zip(self.parameters, arguments, strict=False)]
        return None if any(value is _MISFIT for value in fitted) else fitted

    def _gather(self, arguments: list[Value]) -> list[Value]:
        before = len(self.parameters) - 1
        if len(arguments) < before:
            return []
        rest = arguments[before:]
        if before == 0 and len(rest) == 1:
            return rest if type(rest[0]) is list else [rest]
        return [*arguments[:before], rest]

    def order(self, arguments: dict[str, Value]) -> list[Value] | None:
        """Named arguments in the order of the parameters; None where a name is unknown or one is missing."""
        names = [parameter.name for parameter in self.parameters]
        if not arguments.keys() <= set(names):
            return None
        given = [parameter.name in arguments or parameter.optional for parameter in self.parameters]
        return [arguments.get(name) for name in names] if all(given) else None


class Builtin:
    """All the signatures of one name; the first that fits is called."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.signatures: list[_Signature] = []

    def call(self, run: Run, arguments: list[Value]) -> Value:
        for signature in self.signatures:
            fitted = signature.fit(arguments)
            if fitted is not None:
                return _apply(run, signature.function, fitted)
        return None

    def call_by_name(self, run: Run, arguments: dict[str, Value]) -> Value:
        for signature in self.signatures:
            ordered = signature.order(arguments)
            if ordered is None:
                continue
            if signature.parameters and signature.parameters[-1].rest:
                last = ordered.pop()
                ordered += last if type(last) is list and ordered else [last]
            fitted = signature.fit(ordered)
            if fitted is not None:
                return _apply(run, signature.function, fitted)
        return None

    def as_value(self) -> Function:
        names = tuple(parameter.name for parameter in self.signatures[0].parameters)
        return Function(names, self.call, None, self.call_by_name)


def _apply(run: Run, function: Callable[..., Value], arguments: list[Value]) -> Value:
    steps = 1
    for value in arguments:
        kind = type(value)
        if kind is list or kind is dict:
            steps += len(value)
        elif kind is str:
            steps += len(value) >> 6
    run.charge(steps)
    return function(run, *arguments)


_BUILTINS: dict[str, Builtin] = {}


def builtin(name: str, parameters: str = "") -> Callable[[Callable[..., Value]], Callable[..., Value]]:
    """Declare a signature of the built-in function `name`; the Python function gets the run and the arguments."""

    def register(function: Callable[..., Value]) -> Callable[..., Value]:
        if name not in _BUILTINS:
            _BUILTINS[name] = Builtin(name)
            register_builtin(name)
        declared = tuple(_parameter(part) for part in parameters.split(",") if part)
        _BUILTINS[name].signatures.append(_Signature(declared, function))
        return function

    return register


def _parameter(text: str) -> _Parameter:
    name, _, kind = text.strip().partition(":")
    return _Parameter(
        name=name.strip("*?"),
        kinds=_KINDS[kind.strip() or "any"],
        optional=name.endswith("?"),
        rest=name.startswith("*"),
    )


def functions() -> dict[str, Function]:
    """Every built-in function by name."""
    return {name: found.as_value() for name, found in _BUILTINS.items()}
