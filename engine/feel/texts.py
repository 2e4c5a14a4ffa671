"""Any value as text: what `string()` gives, and how values are written as FEEL."""

from datetime import date, datetime, time
from decimal import Decimal

from engine.feel.durations import DaysTimeDuration, YearsMonthsDuration
from engine.feel.errors import FeelLimitError
from engine.feel.limits import MAX_STRING
from engine.feel.scope import Run
from engine.feel.temporal import text_of_temporal
from engine.feel.values import Function, Range, Value


def text_of(value: Value, run: Run | None = None) -> str:
    """`string(value)`: text stays as it is; inside lists and contexts it stands in quotes.

    Raises `FeelLimitError` where the result would be too long.
    """
    if type(value) is str:
        return value
    return "".join(_Writer(run or Run(None, None)).write(value))


def number_text(number: Decimal) -> str:
    """Plain digits, no exponent and no trailing zeros."""
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


class _Writer:
    def __init__(self, run: Run) -> None:
        self.run = run
        self.parts: list[str] = []
        self.size = 0

    def write(self, value: Value) -> list[str]:
        self.run.charge(1)
        if type(value) is list:
            self._several("[", value, "]")
        elif type(value) is dict:
            self._entries(value)
        elif type(value) is Range:
            self._range(value)
        else:
            self._put(literal(value))
        return self.parts

    def _put(self, text: str) -> None:
        self.size += len(text)
        if self.size > MAX_STRING:
            raise FeelLimitError(f"文字超过 {MAX_STRING} 个字符，请拆成几步。")
        self.parts.append(text)

    def _several(self, opening: str, items: list[Value], closing: str) -> None:
        self._put(opening)
        for index, item in enumerate(items):
            self._put(", " if index else "")
            self.write(item)
        self._put(closing)

    def _entries(self, context: dict[str, Value]) -> None:
        self._put("{")
        for index, (key, value) in enumerate(context.items()):
            self._put((", " if index else "") + (key if key.isidentifier() else literal(key)) + ": ")
            self.write(value)
        self._put("}")

    def _range(self, span: Range) -> None:
        self._put("[" if span.start_included else "(")
        for end, after in ((span.start, ".."), (span.end, "]" if span.end_included else ")")):
            self._put(("" if end is None else literal(end)) + after)


def literal(value: Value) -> str:
    """A single value as it is written in FEEL, a list or context shortened to its kind."""
    if value is None:
        return "null"
    if type(value) is bool:
        return "true" if value else "false"
    if type(value) is str:
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if type(value) is Decimal:
        return number_text(value)
    if isinstance(value, (date, time, datetime)):
        return text_of_temporal(value)
    return str(value) if isinstance(value, (YearsMonthsDuration, DaysTimeDuration)) else _kind(value)


def _kind(value: Value) -> str:
    if type(value) is Function:
        return f"function({', '.join(value.parameters)})"
    return "[…]" if type(value) is list else "{…}"
