"""Tokens to tree, by recursive descent in the order of precedence of DMN 1.3 §10.3.1.2."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import NoReturn

from engine.feel import syntax as s
from engine.feel.errors import FeelLimitError, FeelSyntaxError
from engine.feel.lexer import Token, tokenize, unescape
from engine.feel.limits import MAX_DEPTH
from engine.feel.names import KnownNames
from engine.feel.temporal import parse_temporal
from engine.feel.values import NUMBERS

_COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">="})
_OR, _AND, _COMPARE, _ADD, _MULTIPLY, _POWER = range(1, 7)
_LEVELS = {
    "or": _OR,
    "and": _AND,
    **dict.fromkeys((*_COMPARISONS, "between", "in"), _COMPARE),
    **dict.fromkeys("+-", _ADD),
    **dict.fromkeys("*/", _MULTIPLY),
    "**": _POWER,
}
_CONSTANTS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
_STARTERS = frozenset({"(", "[", "]", "{", "-", "?", "@", "."})
_STARTING_KEYWORDS = frozenset({"for", "if", "some", "every", "function", "true", "false", "null"})


def parse_expression(text: str, names: Iterable[str] = ()) -> s.Node:
    """The tree of one expression. Raises `FeelSyntaxError`, `FeelLimitError`."""
    return Parser(text, names).whole(Parser.expression)


def parse_unary_tests(text: str, names: Iterable[str] = ()) -> s.Tests:
    """The tree of unary tests, as in a cell of a decision table."""
    tree = Parser(text, names).whole(Parser.unary_tests)
    assert isinstance(tree, s.Tests)
    return tree


class Parser:
    def __init__(self, text: str, names: Iterable[str]) -> None:
        self.text = text
        self.tokens = tokenize(text)
        self.at = 0
        self.depth = 0
        self.range_ends = 0
        self.known = KnownNames(names)

    # Moving over the tokens

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    def next_is(self, *words: str) -> bool:
        token = self.tokens[self.at]
        return token.text in words and token.kind in ("symbol", "keyword")

    def take(self) -> Token:
        token = self.tokens[self.at]
        if token.kind != "end":
            self.at += 1
        return token

    def accept(self, *words: str) -> Token | None:
        return self.take() if self.next_is(*words) else None

    def expect(self, word: str, where: str) -> Token:
        if not self.next_is(word):
            self.fail(f"{where}应有“{word}”")
        return self.take()

    def fail(self, reason: str, position: int | None = None) -> NoReturn:
        token = self.token
        found = "表达式已结束" if token.kind == "end" else f"这里是“{token.text[:20]}”"
        raise FeelSyntaxError(f"{reason}，{found}", self.text, token.position if position is None else position)

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

    # Expressions, from the loosest binding to the tightest

    def expression(self) -> s.Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise FeelLimitError(f"表达式嵌套超过 {MAX_DEPTH} 层，请拆成几步。")
        try:
            return self.binary(_OR)
        finally:
            self.depth -= 1

    def binary(self, lowest: int) -> s.Node:
        """Operators that bind at least as tight as `lowest`."""
        left = self.operand()
        while True:
            token = self.token
            level = _LEVELS.get(token.text, 0) if token.kind in ("symbol", "keyword") else 0
            if level < lowest or level == 0:
                return left
            if level <= _AND:
                left = self.logic(left, token.text, level)
            elif level == _COMPARE:
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
        while self.token.kind == "symbol" and _LEVELS.get(self.token.text) == level:
            rest.append((self.take().text, self.binary(level + 1)))
        return s.Arithmetic(first, tuple(rest))

    def comparison(self, left: s.Node) -> s.Node:
        operator = self.take().text
        if operator == "in":
            return s.In(left, self.tests_after_in())
        if operator != "between":
            return s.Comparison(operator, left, self.binary(_ADD))
        low = self.binary(_ADD)
        self.expect("and", "between 的两个值之间")
        return s.Between(left, low, self.binary(_ADD))

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
                node = self.call(node)
            elif self.next_is("instance"):
                node = self.instance_of(node)
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

    def instance_of(self, operand: s.Node) -> s.Node:
        self.take()
        self.expect("of", "instance 之后")
        return s.InstanceOf(operand, self.type_name())

    def property_name(self) -> str:
        known = self.known.match(self.tokens, self.at, properties=True)
        if known is not None:
            self.at += known[1]
            return known[0]
        token = self.token
        if token.kind not in ("name", "keyword", "quoted"):
            self.fail("“.”之后应有名称")
        self.take()
        return token.text.strip("`") if token.kind == "quoted" else token.text

    # Primary expressions

    def primary(self) -> s.Node:
        token = self.token
        if token.kind == "number":
            return self.number()
        if token.kind == "string":
            return s.Literal(unescape(self.take(), self.text))
        if token.kind == "quoted":
            return s.Name(self.take().text.strip("`"))
        if token.kind == "name":
            return s.Name(self.name())
        rule = _PRIMARY.get(token.text) if token.kind != "end" else None
        if rule is None:
            self.fail("此处应有一个值，例如数字、文字或名称")
        return rule(self)

    def number(self) -> s.Node:
        token = self.take()
        value = NUMBERS.create_decimal(token.text)
        if not value.is_finite():
            raise FeelSyntaxError("数字太大", self.text, token.position)
        return s.Literal(value)

    def name(self) -> str:
        known = self.known.match(self.tokens, self.at)
        self.at += 1 if known is None else known[1]
        return self.tokens[self.at - 1].text if known is None else known[0]

    def constant(self) -> s.Node:
        return s.Literal(_CONSTANTS[self.take().text])

    def function_name(self) -> s.Node:
        """`and(…)` and `or(…)`, the functions, where an operator cannot stand."""
        if self.tokens[self.at + 1].text != "(":
            self.fail("此处应有一个值，例如数字、文字或名称")
        return s.Name(self.take().text)

    def input_value(self) -> s.Node:
        self.take()
        return s.Input()

    def temporal(self) -> s.Node:
        at = self.take()
        if self.token.kind != "string":
            self.fail("“@”之后应有双引号中的日期、时间或时长")
        text = unescape(self.take(), self.text)
        value = parse_temporal(text)
        if value is None:
            raise FeelSyntaxError(f"“{text[:40]}”不是日期、时间或时长", self.text, at.position)
        return s.Literal(value)

    def list_or_range(self) -> s.Node:
        self.take()
        if self.accept("]"):
            return s.ListOf(())
        first = self.inside()
        if self.accept(".."):
            return self.range_from(first, True)
        items = [first]
        while self.accept(","):
            items.append(self.inside())
        self.expect("]", "列表的各项之后")
        return s.ListOf(tuple(items))

    def open_range(self) -> s.Node:
        self.take()
        start = self.inside()
        self.expect("..", "区间的起点之后")
        return self.range_from(start, False)

    def inside(self) -> s.Node:
        """An expression inside brackets, where `[` is a filter again."""
        ends, self.range_ends = self.range_ends, 0
        node = self.expression()
        self.range_ends = ends
        return node

    def range_from(self, start: s.Node, included: bool) -> s.Node:
        self.range_ends += 1
        end = self.expression()
        self.range_ends -= 1
        if not self.next_is("]", ")", "["):
            self.fail("区间的终点之后应有“]”或“)”")
        return s.RangeOf(start, end, included, self.take().text == "]")

    def parenthesis(self) -> s.Node:
        self.take()
        if self.next_is(*_COMPARISONS):
            node = self.range_of_operator()
            self.expect(")", "区间之后")
            return node
        node = self.inside()
        if self.accept(".."):
            return self.range_from(node, False)
        self.expect(")", "括号中的表达式之后")
        return node

    def range_of_operator(self) -> s.Node:
        """`(< 5)` and its kind, of DMN 1.4."""
        token = self.take()
        operand = self.inside()
        if token.text == "!=":
            self.fail("区间不能用“!=”表示", token.position)
        if token.text == "=":
            return s.RangeOf(operand, operand, True, True)
        included = token.text.endswith("=")
        if token.text[0] == "<":
            return s.RangeOf(None, operand, False, included)
        return s.RangeOf(operand, None, included, False)

    def context(self) -> s.Node:
        self.take()
        entries: list[tuple[str, s.Node]] = []
        with self.known.nested():
            while not self.next_is("}"):
                if entries:
                    self.expect(",", "上下文的两项之间")
                key = self.words_until(":", "上下文的键")
                self.take()
                entries.append((key, self.inside()))
                self.known.add(key)
        self.take()
        return s.ContextOf(tuple(entries))

    def words_until(self, *ends: str) -> str:
        """A key, a parameter or a loop variable: all words up to one of `ends[:-1]`, which is not taken."""
        *stops, what = ends
        if self.token.kind == "string" and self.tokens[self.at + 1].text in stops:
            return unescape(self.take(), self.text)
        start = self.at
        while not self.next_is(*stops):
            if self.token.kind not in ("name", "keyword", "number", "quoted") and not self.next_is(
                "-", "+", "*", "/", "."
            ):
                self.fail(f"{what}之后应有“{stops[0]}”" if self.at > start else f"此处应有{what}")
            self.take()
        if self.at == start:
            self.fail(f"此处应有{what}")
        return join_words(self.tokens[start : self.at])

    # Control flow

    def conditional(self) -> s.Node:
        self.take()
        condition = self.inside()
        self.expect("then", "if 的条件之后")
        then = self.inside()
        self.expect("else", "then 的结果之后")
        return s.If(condition, then, self.expression())

    def loop(self) -> s.Node:
        self.take()
        with self.known.nested():
            iterators = self.iterators()
            self.expect("return", "for 的循环变量之后")
            self.known.add("partial")
            return s.For(iterators, self.expression())

    def quantified(self) -> s.Node:
        kind = self.take().text
        with self.known.nested():
            iterators = self.iterators()
            self.expect("satisfies", f"{kind} 的变量之后")
            return s.Quantified(kind, iterators, self.expression())

    def iterators(self) -> tuple[s.Iterate, ...]:
        found: list[s.Iterate] = []
        while not found or self.accept(","):
            name = self.words_until("in", "循环变量")
            self.take()
            source = self.inside()
            end = self.inside() if self.accept("..") else None
            found.append(s.Iterate(name, source, end))
            self.known.add(name)
        if len(found) > 10:
            raise FeelLimitError("一个循环最多有 10 个变量，请拆成几步。")
        return tuple(found)

    # Functions

    def function(self) -> s.Node:
        self.take()
        self.expect("(", "function 之后")
        parameters: list[str] = []
        with self.known.nested():
            while not self.next_is(")"):
                if parameters:
                    self.expect(",", "两个参数之间")
                parameters.append(self.words_until(":", ",", ")", "参数名"))
                self.known.add(parameters[-1])
                if self.accept(":"):
                    self.type_name()
            self.take()
            if self.next_is("external"):
                self.fail("不支持外部函数")
            return s.FunctionOf(tuple(parameters), self.expression())

    def call(self, function: s.Node) -> s.Node:
        self.take()
        names: list[str] = []
        arguments: list[s.Node] = []
        while not self.next_is(")"):
            if arguments:
                self.expect(",", "两个参数之间")
            named = self.argument_name()
            if arguments and (named is None) == bool(names):
                self.fail("参数要么都写名称，要么都不写")
            names += [] if named is None else [named]
            arguments.append(self.inside())
        self.take()
        return s.Call(function, tuple(names), tuple(arguments))

    def argument_name(self) -> str | None:
        ahead = self.at
        while self.tokens[ahead].kind in ("name", "keyword", "quoted"):
            ahead += 1
        if ahead == self.at or self.tokens[ahead].text != ":":
            return None
        name = join_words(self.tokens[self.at : ahead])
        self.at = ahead + 1
        return name

    def type_name(self) -> str:
        """A type: words, and for lists, contexts, functions and ranges what stands between `<` and `>`."""
        start = self.at
        while self.token.kind in ("name", "keyword", "quoted") or (self.next_is("-") and self.at > start):
            if self.next_is("and", "or") and self.tokens[self.at - 1].text not in ("date", "years", "days"):
                break
            self.take()
        if self.at == start:
            self.fail("此处应有类型名称")
        name = join_words(self.tokens[start : self.at])
        if name in ("list", "context", "function", "range") and self.next_is("<"):
            self.type_arguments()
        if name == "function" and self.accept("->"):
            self.type_name()
        return name

    def type_arguments(self) -> None:
        level = 0
        while True:
            token = self.take()
            level += {"<": 1, ">": -1}.get(token.text, 0)
            if level == 0:
                return
            if token.kind == "end":
                self.fail("类型之后应有“>”")

    # Unary tests

    def unary_tests(self) -> s.Node:
        if self.token.text == "-" and self.tokens[self.at + 1].kind == "end":
            self.take()
            return s.Tests((), False)
        negated = self.negated_tests()
        return negated if negated is not None else s.Tests(tuple(self.tests()), False)

    def negated_tests(self) -> s.Tests | None:
        """`not(…)` around all the tests; None where the text only begins with a call of `not`."""
        start = self.at
        if self.token.text != "not" or self.tokens[start + 1].text != "(":
            return None
        try:
            self.at += 2
            tests = self.tests()
            self.expect(")", "not 的条件之后")
        except FeelSyntaxError:
            if self.closing_parenthesis_ends(start + 1):
                raise
            self.at = start
            return None
        if self.token.kind == "end":
            return s.Tests(tuple(tests), True)
        self.at = start
        return None

    def closing_parenthesis_ends(self, opened: int) -> bool:
        """Whether the bracket opened at this token is the last of the text: then `not(…)` is all there is."""
        level = 0
        for index in range(opened, len(self.tokens)):
            level += {"(": 1, ")": -1}.get(self.tokens[index].text, 0)
            if level == 0:
                return self.tokens[index + 1].kind == "end"
        return True

    def tests(self) -> list[s.Node]:
        tests = [self.test()]
        while self.accept(","):
            tests.append(self.test())
        return tests

    def test(self) -> s.Node:
        if self.next_is(*_COMPARISONS):
            return s.CompareTest(self.take().text, self.binary(_ADD))
        return s.ValueTest(self.expression())

    def tests_after_in(self) -> s.Tests:
        """What follows `in`: one test, or several in brackets."""
        if self.next_is(*_COMPARISONS):
            return s.Tests((s.CompareTest(self.take().text, self.binary(_ADD)),), False)
        if not self.next_is("("):
            return s.Tests((s.ValueTest(self.binary(_ADD)),), False)
        self.take()
        ends, self.range_ends = self.range_ends, 0
        tests = self.tests()
        self.range_ends = ends
        first = tests[0]
        if len(tests) == 1 and isinstance(first, s.ValueTest) and self.accept(".."):
            return s.Tests((s.ValueTest(self.range_from(first.operand, False)),), False)
        self.expect(")", "in 的条件之后")
        if len(tests) == 1 and isinstance(first, s.ValueTest):
            return s.Tests((s.ValueTest(self.postfix(first.operand)),), False)
        return s.Tests(tuple(tests), False)


def join_words(tokens: list[Token]) -> str:
    """Words as one name: spaces between them become one space."""
    return "".join(
        (" " if token.spaced and index else "") + token.text.strip("`") for index, token in enumerate(tokens)
    )


_PRIMARY: dict[str, Callable[[Parser], s.Node]] = {
    "true": Parser.constant,
    "false": Parser.constant,
    "null": Parser.constant,
    "and": Parser.function_name,
    "or": Parser.function_name,
    "?": Parser.input_value,
    "@": Parser.temporal,
    "[": Parser.list_or_range,
    "]": Parser.open_range,
    "(": Parser.parenthesis,
    "{": Parser.context,
    "if": Parser.conditional,
    "for": Parser.loop,
    "some": Parser.quantified,
    "every": Parser.quantified,
    "function": Parser.function,
}
