"""The names an expression of a form may read, as form-js has them."""

from collections.abc import Mapping
from typing import Any

from engine.clock import Clock
from engine.feel import Expression, FeelError


class Scope:
    """Root names are the form's values, then the case's variables; in a repeated row `this` is the row, `parent` the
    scope around it and `i` the list of row numbers from outside in (the first is 1).
    """

    __slots__ = ("clock", "context", "index", "parent", "this", "values")

    def __init__(self, values: Mapping[str, Any], context: Mapping[str, Any], clock: Clock | None = None) -> None:
        self.values, self.context, self.clock = values, context, clock
        self.this: Mapping[str, Any] | None = None
        self.parent: Scope | None = None
        self.index: tuple[int, ...] = ()

    def row(self, this: Mapping[str, Any], number: int) -> "Scope":
        """The scope inside one row; `number` counts from 1."""
        inner = Scope(self.values, self.context, self.clock)
        inner.this, inner.parent, inner.index = this, self, (*self.index, number)
        return inner

    def evaluate(self, expression: Expression) -> object:
        """The expression's value; null where it cannot be worked out (too many steps, data nested too deep)."""
        try:
            return expression.evaluate(self, self.clock)
        except FeelError:
            return None

    def get(self, name: str, default: Any = None, /) -> Any:
        """A name as FEEL asks for it."""
        if name == "this":
            return self._whole()
        if name == "parent":
            return default if self.parent is None else self.parent._whole()
        if name == "i":
            return list(self.index)
        return self.values[name] if name in self.values else self.context.get(name, default)

    def _whole(self) -> Mapping[str, Any]:
        return {**self.context, **self.values} if self.this is None else self.this
