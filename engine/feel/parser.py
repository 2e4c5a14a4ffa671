"""Tokens to tree, by recursive descent in the order of precedence of DMN 1.3 §10.3.1.2."""

from collections.abc import Callable, Iterable
from decimal import Decimal

from engine.feel import syntax as s
from engine.feel.cursor import Cursor
from engine.feel.errors import FeelLimitError
from engine.feel.levels import ADD, AND, COMPARE, LEVELS, OR
from engine.feel.limits import MAX_DEPTH
from engine.feel.parse_brackets import parse_context, parse_list_or_range, parse_open_range, parse_parenthesis
from engine.feel.parse_control import parse_conditional, parse_loop, parse_quantified
from engine.feel.parse_functions import parse_call, parse_function, parse_instance_of
from engine.feel.parse_tests import parse_tests, parse_tests_after_in
from engine.feel.parse_values import (
    parse_constant,
    parse_function_name,
    parse_input,
    parse_name,
    parse_number,
    parse_quoted,
    parse_string,
    parse_temporal_literal,
)
from engine.feel.values import NUMBERS

_STARTERS = frozenset({"(", "[", "]", "{", "-", "?", "@", "."})
_STARTING_KEYWORDS = frozenset({"for", "if", "some", "every", "function", "true", "false", "null"})


def parse_expression(text: str, names: Iterable[str] = ()) -> s.Node:
    """The tree of one expression. Raises `FeelSyntaxError`, `FeelLimitError`."""
    return Parser(text, names).whole(Parser.expression)


def parse_unary_tests(text: str, names: Iterable[str] = ()) -> s.Tests:
    """The tree of unary tests, as in a cell of a decision table."""
    tree = Parser(text, names).whole(parse_tests)
    assert isinstance(tree, s.Tests)
    return tree


class Parser(Cursor):
    """Reads expressions. The rules for what begins with its own word or bracket are in `parse_*`."""

    def whole(self, rule: "Callable[[Parser], s.Node]") -> s.Node:
        """Apply a rule to the whole text and check the depth of the tree."""
        try:
            tree = rule(self)
        except RecursionError:
            raise FeelLimitError(f"表达式嵌套超过 {MAX_DEPTH} 层，请拆成几步。") from None
        if self.token.kind != "end":
            self.fail("此处应结束，或应有运算符")
        if s.depth_of(tree, MAX_DEPTH * 2) > MAX_DEPTH * 2:
            raise FeelLimitError(f"表达式嵌套超过 {MAX_DEPTH} 层，请拆成几步。")
        return tree

    def expression(self) -> s.Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise FeelLimitError(f"表达式嵌套超过 {MAX_DEPTH} 层，请拆成几步。")
        try:
            return self.binary(OR)
        finally:
            self.depth -= 1

    def binary(self, lowest: int) -> s.Node:
        """Operators that bind at least as tight as `lowest`."""
        left = self.operand()
        while True:
            token = self.token
            level = LEVELS.get(token.text, 0) if token.kind in ("symbol", "keyword") else 0
            if level < lowest or level == 0:
                return left
            if level <= AND:
                left = self.logic(left, token.text, level)
            elif level == COMPARE:
                left = self.comparison(left)
            else:
                left = self.arithmetic(left, level)

    def logic(self, first: s.Node, operator: str, level: int) -> s.Node:
        operands = [first]
        while self.accept(operator):
            operands.append(self.binary(level + 1))
        return s.Logic(operator, tuple(operands))

    def arithmetic(self, first: s.Node, level: int) -> s.Node:
        rest: list[tuple[str, s.Node]] = []
        while self.token.kind == "symbol" and LEVELS.get(self.token.text) == level:
            rest.append((self.take().text, self.binary(level + 1)))
        return s.Arithmetic(first, tuple(rest))

    def comparison(self, left: s.Node) -> s.Node:
        operator = self.take().text
        if operator == "in":
            return s.In(left, parse_tests_after_in(self))
        if operator != "between":
            return s.Comparison(operator, left, self.binary(ADD))
        low = self.binary(ADD)
        self.expect("and", "between 的两个值之间")
        return s.Between(left, low, self.binary(ADD))

    def operand(self) -> s.Node:
        """A primary expression with its signs, paths, filters and invocations."""
        signs = 0
        while self.accept("-"):
            signs += 1
        operand = self.postfix(self.primary())
        if not signs:
            return operand
        if isinstance(operand, s.Literal) and type(operand.value) is Decimal:
            return s.Literal(NUMBERS.minus(operand.value) if signs % 2 else operand.value)
        return s.Negation(operand) if signs % 2 else s.Negation(s.Negation(operand))

    def postfix(self, node: s.Node) -> s.Node:
        while True:
            if self.next_is("."):
                self.take()
                node = s.Path(node, self.property_name())
            elif self.next_is("[") and not self.closes_range():
                node = self.filter_of(node)
            elif self.next_is("("):
                node = parse_call(self, node)
            elif self.next_is("instance"):
                node = parse_instance_of(self, node)
            else:
                return node

    def closes_range(self) -> bool:
        """Whether `[` here ends a range such as `]1..5[` instead of opening a filter."""
        following = self.tokens[self.at + 1]
        starts = (
            following.kind in ("name", "number", "string", "quoted")
            or (following.kind == "symbol" and following.text in _STARTERS)
            or (following.kind == "keyword" and following.text in _STARTING_KEYWORDS)
        )
        return self.range_ends > 0 and not starts

    def filter_of(self, source: s.Node) -> s.Node:
        self.take()
        ends, self.range_ends = self.range_ends, 0
        condition = self.expression()
        self.range_ends = ends
        self.expect("]", "筛选条件之后")
        return s.Filter(source, condition)

    def primary(self) -> s.Node:
        token = self.token
        rule = _BY_KIND.get(token.kind) or _BY_TEXT.get(token.text)
        if rule is None:
            self.fail("此处应有一个值，例如数字、文字或名称")
        return rule(self)

    def inside(self) -> s.Node:
        """An expression inside brackets, where `[` is a filter again."""
        ends, self.range_ends = self.range_ends, 0
        node = self.expression()
        self.range_ends = ends
        return node


_BY_KIND: dict[str, Callable[[Parser], s.Node]] = {
    "number": parse_number,
    "string": parse_string,
    "quoted": parse_quoted,
    "name": parse_name,
}
_BY_TEXT: dict[str, Callable[[Parser], s.Node]] = {
    **dict.fromkeys(("true", "false", "null"), parse_constant),
    **dict.fromkeys(("and", "or"), parse_function_name),
    **dict.fromkeys(("some", "every"), parse_quantified),
    "?": parse_input,
    "@": parse_temporal_literal,
    "[": parse_list_or_range,
    "]": parse_open_range,
    "(": parse_parenthesis,
    "{": parse_context,
    "if": parse_conditional,
    "for": parse_loop,
    "function": parse_function,
}
