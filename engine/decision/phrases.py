"""The FEEL texts of a model, compiled; what is wrong with them is noted as a problem."""

from engine.decision.document import Element, attribute, id_of, text_in
from engine.feel import Expression, FeelError, UnaryTests, compile_expression, compile_unary_tests

Problem = tuple[str, str]
"""The id of the element at fault, and a sentence."""


class Phrases:
    """Compiles the texts of one model. `names` are the names with spaces that they may use."""

    def __init__(self, names: frozenset[str]) -> None:
        self.names = names
        self.problems: list[Problem] = []

    def note(self, element: Element, message: str) -> None:
        """Note a problem of an element, or of the nearest one around it that has an id."""
        self.problems.append((id_of(element), message))

    def expression(self, element: Element | None, title: str, text: str | None = None) -> Expression | None:
        """The expression in an element (or `text` in its place); None where it is empty or wrong."""
        text = text_in(element) if text is None else text
        if element is None or not text or not self._is_feel(element, title):
            return None
        try:
            return compile_expression(text, self.names)
        except FeelError as error:
            self.note(element, f"{title}：{error.message}")
            return None

    def tests(self, element: Element, title: str) -> UnaryTests | None:
        """The unary tests in an element; None where they are wrong."""
        if not self._is_feel(element, title):
            return None
        try:
            return compile_unary_tests(text_in(element), self.names)
        except FeelError as error:
            self.note(element, f"{title}：{error.message}")
            return None

    def allowed(self, element: Element | None, title: str) -> UnaryTests | None:
        """The allowed values of a column; None where any value is."""
        return None if element is None or not text_in(element) else self.tests(element, f"{title}的允许取值")

    def _is_feel(self, element: Element, title: str) -> bool:
        language = attribute(element, "expressionLanguage")
        if not language or "feel" in language.lower():
            return True
        self.note(element, f"{title}：只支持 FEEL 表达式，不支持“{language}”。")
        return False
