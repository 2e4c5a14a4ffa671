"""Compiled expressions and unary tests, kept in a cache by their text."""

from dataclasses import dataclass
from functools import lru_cache

from engine.clock import Clock
from engine.feel import compile_calls, compile_loops, compile_operators
from engine.feel.builtins import FUNCTIONS
from engine.feel.compiler import INPUT, compile_tree
from engine.feel.errors import FeelLimitError
from engine.feel.parser import parse_expression, parse_unary_tests
from engine.feel.scope import EMPTY, Evaluate, Run, Scope, Variables, WorkingDays
from engine.feel.syntax import Node, Tests
from engine.feel.values import Value, check_size, from_json

_ROOMS = (compile_calls, compile_loops, compile_operators)
"""Importing a room teaches the compiler its nodes."""

_CACHED = 4096
_TOO_DEEP = "数据嵌套太深，或函数互相调用太多，请拆成几步。"


@dataclass(frozen=True, slots=True, eq=False)
class Expression:
    """A compiled expression.

    `names` are the variables it reads; `filter_names` may be read too, or be entries of the items a filter looks at.
    """

    text: str
    names: frozenset[str]
    filter_names: frozenset[str]
    tree: Node
    _evaluate: Evaluate

    def evaluate(
        self, context: Variables = EMPTY, clock: Clock | None = None, calendar: WorkingDays | None = None
    ) -> Value:
        """The value over `context`, a mapping or anything lazy that answers `get`.

        Raises `FeelLimitError`, and `FeelAssertionError` where the text itself asserts; wrong types give null.
        """
        return self.within(Run(clock, calendar), context)

    def within(self, run: Run, context: Variables) -> Value:
        """As `evaluate`, as a part of a larger evaluation that shares its limits."""
        try:
            value = self._evaluate(Scope(run, context, {}, {}))
        except RecursionError:
            raise FeelLimitError(_TOO_DEEP) from None
        if type(value) is list or type(value) is dict:
            check_size(value)
        return value


@dataclass(frozen=True, slots=True, eq=False)
class UnaryTests:
    """Compiled tests of one value, as in a cell of a decision table. `names` are the variables they read."""

    text: str
    names: frozenset[str]
    filter_names: frozenset[str]
    tree: Node
    _evaluate: Evaluate

    def matches(
        self,
        value: object,
        context: Variables = EMPTY,
        clock: Clock | None = None,
        calendar: WorkingDays | None = None,
    ) -> bool | None:
        """Whether the value passes; None where that cannot be said (a missing value, other types).

        Raises `FeelLimitError`, `FeelAssertionError`.
        """
        return self.within(Run(clock, calendar), value, context)

    def alternatives(self) -> "tuple[UnaryTests, ...]":
        """The tests between the commas, each on its own."""
        assert isinstance(self.tree, Tests)
        return tuple(_compile_tests(self.text, Tests((test,), False)) for test in self.tree.tests)

    def within(self, run: Run, value: object, context: Variables) -> bool | None:
        """As `matches`, as a part of a larger evaluation that shares its limits."""
        try:
            answer = self._evaluate(Scope(run, context, {}, {INPUT: from_json(value)}))
        except RecursionError:
            raise FeelLimitError(_TOO_DEEP) from None
        return answer if type(answer) is bool else None


@lru_cache(maxsize=_CACHED)
def compile_expression(text: str, names: frozenset[str] = frozenset()) -> Expression:
    """Compile an expression; a leading `=` is ignored. `names` are names with spaces that the context will hold.

    Raises `FeelSyntaxError` with the place in `text`, and `FeelLimitError`.
    """
    tree = parse_expression(_without_equals(text), names)
    evaluate, free, filtered = compile_tree(tree, FUNCTIONS)
    return Expression(text, free, filtered, tree, evaluate)


@lru_cache(maxsize=_CACHED)
def compile_unary_tests(text: str, names: frozenset[str] = frozenset()) -> UnaryTests:
    """Compile unary tests; `-` and an empty text let everything pass. Raises as `compile_expression` does."""
    return _compile_tests(text, parse_unary_tests(text if text.strip() else "-", names))


def _compile_tests(text: str, tree: Tests) -> UnaryTests:
    evaluate, free, filtered = compile_tree(tree, FUNCTIONS)
    return UnaryTests(text, free, filtered, tree, evaluate)


def _without_equals(text: str) -> str:
    """The leading `=` of Camunda's attributes as a space, so that positions stay those of the text."""
    start = len(text) - len(text.lstrip())
    return text[:start] + " " + text[start + 1 :] if text.startswith("=", start) else text


def evaluate(
    text: str, context: Variables = EMPTY, clock: Clock | None = None, calendar: WorkingDays | None = None
) -> Value:
    """Compile and evaluate one expression. Raises `FeelError` of some kind, nothing else."""
    return compile_expression(text).evaluate(context, clock, calendar)
