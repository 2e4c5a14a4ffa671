"""Expressions in the place of an element: which variables they see, which clock and calendar, and what a fault is called."""

from typing import Any

from engine.db import Transaction
from engine.errors import ProcessFault
from engine.feel import Expression, FeelError, to_json
from engine.flow.model import Value
from engine.flow.registry import Registry, clock_of
from engine.flow.scopes import Scopes, View


class Evaluation:
    """Evaluates for one case in one command, which sees one instant."""

    def __init__(self, tx: Transaction, registry: Registry, scopes: Scopes) -> None:
        self._clock = clock_of(tx)
        self._calendar = registry.calendar
        self._scopes = scopes

    def feel(self, expression: Expression, scope: int, element_id: str, code: str = "expression") -> Any:
        """The FEEL value. Raises `ProcessFault` on the element where it cannot be worked out."""
        self._scopes.need(expression.names | expression.filter_names, scope)
        try:
            return expression.evaluate(View(self._scopes, scope), clock=self._clock, calendar=self._calendar)
        except FeelError as error:
            raise ProcessFault(f"“{element_id}”的表达式无法求值：{error}", element_id, code) from error

    def json(self, expression: Expression, scope: int, element_id: str, code: str = "expression") -> Any:
        """The value as a variable keeps it."""
        value = self.feel(expression, scope, element_id, code)
        try:
            return to_json(value)
        except FeelError as error:
            raise ProcessFault(f"“{element_id}”的表达式结果太大：{error}", element_id, code) from error

    def value(self, value: Value | None, scope: int, element_id: str, code: str = "expression") -> Any:
        """An attribute: its text, or what its expression gives, as a variable keeps it."""
        if value is None:
            return None
        return value.text if value.expression is None else self.json(value.expression, scope, element_id, code)

    def text(self, value: Value | None, scope: int, element_id: str, code: str = "expression") -> str | None:
        """The same where a text is wanted: numbers are written out, an empty one is None."""
        found = self.value(value, scope, element_id, code)
        if found is None or found == "":
            return None
        if isinstance(found, str):
            return found
        if isinstance(found, bool) or not isinstance(found, int | float):
            raise ProcessFault(f"“{element_id}”的表达式应得到文本，而不是 {type(found).__name__}。", element_id, code)
        return str(found)
