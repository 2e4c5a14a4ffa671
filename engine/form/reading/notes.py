"""The notebook of a reading: findings, and the expressions compiled with their faults noted."""

import re
from typing import Any

from engine.feel import Expression, FeelError, compile_expression
from engine.form.dynamic import ABSENT, NO_TEXT, Dynamic, Template
from engine.form.findings import Finding, Severity

_SLOT = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_FORM_LOOP = re.compile(r"\{\{\s*[#/]")


class Notes:
    """Collects what is wrong; reading goes on, so that one look tells everything."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        #: what the expressions read
        self.names: set[str] = set()

    def error(self, rule: str, element: str, message: str) -> None:
        self._add(rule, "error", element, message)

    def warn(self, rule: str, element: str, message: str) -> None:
        self._add(rule, "warning", element, message)

    def dynamic(self, raw: object, element: str, place: str) -> Dynamic:
        """A property that may be an expression; text that begins with `=` is one."""
        if isinstance(raw, str) and raw.lstrip().startswith("="):
            expression = self.expression(raw.lstrip()[1:], element, place)
            return ABSENT if expression is None else Dynamic(expression=expression)
        return Dynamic(raw)

    def template(self, raw: object, element: str, place: str) -> Template:
        """A text that may hold `{{ expressions }}` or be one as a whole."""
        if raw is None or raw == "":
            return NO_TEXT
        if not isinstance(raw, str):
            self.error("attribute", element, f"{place}应为文字。")
            return NO_TEXT
        if raw.startswith("="):
            expression = self.expression(raw[1:], element, place)
            return NO_TEXT if expression is None else Template((expression,))
        if "{{" not in raw:
            return Template((raw,))
        return self._slots(raw, element, place)

    def expression(self, text: str, element: str, place: str) -> Expression | None:
        """The compiled expression, or nothing and a finding with the place of the fault."""
        try:
            expression = compile_expression(text.strip())
        except FeelError as error:
            self.error("feel", element, f"{place}：{error.message}")
            return None
        self.names |= expression.names | expression.filter_names
        return expression

    def _slots(self, raw: str, element: str, place: str) -> Template:
        if _FORM_LOOP.search(raw):
            self.error("template", element, f"{place}中的循环和条件写法（{{{{#…}}}}）不支持，请改用显示条件或表格。")
            return NO_TEXT
        pieces: list[str | Expression] = []
        for number, part in enumerate(_SLOT.split(raw)):
            piece: Any = self.expression(part, element, place) if number % 2 else part
            if piece:
                pieces.append(piece)
        return Template(tuple(pieces))

    def _add(self, rule: str, severity: Severity, element: str, message: str) -> None:
        self.findings.append(Finding(rule, severity, element, message))
