"""The names an expression of a form may read, as form-js has them."""

from collections.abc import Mapping
from typing import Any

from engine.clock import Clock
from engine.feel import Expression, FeelError
from engine.form.values import feel_value


class Scope:
    """Root names are the form's values, then the case's variables; in a repeated row `this` is the row, `parent` the
    scope around it and `i` the list of row numbers from outside in (the first is 1).

    Values are turned into FEEL values when first read, so a scope is thrown away when values change.
    """

    __slots__ = ("_known", "_root", "clock", "context", "index", "parent", "this", "values")

    def __init__(self, values: Mapping[str, Any], context: Mapping[str, Any], clock: Clock | None = None) -> None:
        self.values, self.context, self.clock = values, context, clock
        self.this: Mapping[str, Any] | None = None
        self.parent: Scope | None = None
        self.index: tuple[int, ...] = ()
        self._root = self
        self._known: dict[str, object] = {}

    def row(self, this: Mapping[str, Any], number: int) -> "Scope":
        """The scope inside one row; `number` counts from 1."""
        inner = Scope(self.values, self.context, self.clock)
        inner.this, inner.parent, inner.index, inner._root = this, self, (*self.index, number), self._root
        return inner

    def evaluate(self, expression: Expression) -> object:
        """The expression's value; null where it cannot be worked out (too many steps, a name that is missing)."""
        try:
            return expression.evaluate({name: self._lookup(name) for name in expression.names}, clock=self.clock)
        except FeelError:
            return None

    def _lookup(self, name: str) -> object:
        special = self if name in ("this", "parent", "i") else self._root
        if name not in special._known:
            special._known[name] = feel_value(special._read(name))
        return special._known[name]

    def _read(self, name: str) -> object:
        if name == "this":
            return self._whole()
        if name == "parent":
            return None if self.parent is None else self.parent._whole()
        if name == "i":
            return list(self.index)
        return self.values[name] if name in self.values else self.context.get(name)

    def _whole(self) -> Mapping[str, Any]:
        return {**self.context, **self.values} if self.this is None else self.this
