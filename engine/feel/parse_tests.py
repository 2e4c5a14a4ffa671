"""Unary tests, and what may follow `in`."""

from typing import TYPE_CHECKING

from engine.feel import syntax as s
from engine.feel.errors import FeelSyntaxError
from engine.feel.levels import ADD, COMPARISONS
from engine.feel.parse_brackets import parse_range_from

if TYPE_CHECKING:
    from engine.feel.parser import Parser


def parse_tests(parser: "Parser") -> s.Node:
    """A whole cell: `-`, tests between commas, or `not(…)` around them."""
    if parser.token.text == "-" and parser.tokens[parser.at + 1].kind == "end":
        parser.take()
        return s.Tests((), False)
    negated = _negated_tests(parser)
    return negated if negated is not None else s.Tests(tuple(_tests(parser)), False)


def _negated_tests(parser: "Parser") -> s.Tests | None:
    """`not(…)` around all the tests; None where the text only begins with a call of `not`."""
    start = parser.at
    if parser.token.text != "not" or parser.tokens[start + 1].text != "(":
        return None
    try:
        parser.at += 2
        tests = _tests(parser)
        parser.expect(")", "not 的条件之后")
    except FeelSyntaxError:
        if _closing_parenthesis_ends(parser, start + 1):
            raise
        parser.at, parser.range_ends = start, 0
        return None
    if parser.token.kind == "end":
        return s.Tests(tuple(tests), True)
    parser.at = start
    return None


def _closing_parenthesis_ends(parser: "Parser", opened: int) -> bool:
    """Whether the bracket opened at this token is the last of the text: then `not(…)` is all there is."""
    level = 0
    for index in range(opened, len(parser.tokens)):
        level += {"(": 1, ")": -1}.get(parser.tokens[index].text, 0)
        if level == 0:
            return parser.tokens[index + 1].kind == "end"
    return True


def _tests(parser: "Parser") -> list[s.Node]:
    tests = [_test(parser)]
    while parser.accept(","):
        tests.append(_test(parser))
    return tests


def _test(parser: "Parser") -> s.Node:
    if parser.next_is(*COMPARISONS):
        return s.CompareTest(parser.take().text, parser.binary(ADD))
    return s.ValueTest(parser.expression())


def parse_tests_after_in(parser: "Parser") -> s.Tests:
    """What follows `in`: one test, or several in brackets."""
    if parser.next_is(*COMPARISONS):
        return s.Tests((s.CompareTest(parser.take().text, parser.binary(ADD)),), False)
    if not parser.next_is("("):
        return s.Tests((s.ValueTest(parser.binary(ADD)),), False)
    parser.take()
    ends, parser.range_ends = parser.range_ends, 0
    tests = _tests(parser)
    parser.range_ends = ends
    first = tests[0]
    if len(tests) == 1 and isinstance(first, s.ValueTest) and parser.accept(".."):
        return s.Tests((s.ValueTest(parse_range_from(parser, first.operand, False)),), False)
    parser.expect(")", "in 的条件之后")
    if len(tests) == 1 and isinstance(first, s.ValueTest):
        return s.Tests((s.ValueTest(parser.postfix(first.operand)),), False)
    return s.Tests(tuple(tests), False)
