"""What stands in brackets: lists, ranges, contexts and parentheses."""

from typing import TYPE_CHECKING

from engine.feel import syntax as s
from engine.feel.levels import COMPARISONS

if TYPE_CHECKING:
    from engine.feel.parser import Parser


def parse_list_or_range(parser: "Parser") -> s.Node:
    """`[1, 2]` or `[1..2]`."""
    parser.take()
    if parser.accept("]"):
        return s.ListOf(())
    first = parser.inside()
    if parser.accept(".."):
        return parse_range_from(parser, first, True)
    items = [first]
    while parser.accept(","):
        items.append(parser.inside())
    parser.expect("]", "列表的各项之后")
    return s.ListOf(tuple(items))


def parse_open_range(parser: "Parser") -> s.Node:
    """`]1..2]`."""
    parser.take()
    start = parser.inside()
    parser.expect("..", "区间的起点之后")
    return parse_range_from(parser, start, False)


def parse_range_from(parser: "Parser", start: s.Node, included: bool) -> s.Node:
    """What follows `..`: the end of a range and its bracket."""
    parser.range_ends += 1
    end = parser.expression()
    parser.range_ends -= 1
    if not parser.next_is("]", ")", "["):
        parser.fail("区间的终点之后应有“]”或“)”")
    return s.RangeOf(start, end, included, parser.take().text == "]")


def parse_parenthesis(parser: "Parser") -> s.Node:
    """`(1 + 2)`, `(1..2)` or `(< 5)`."""
    parser.take()
    if parser.next_is(*COMPARISONS):
        node = _range_of_operator(parser)
        parser.expect(")", "区间之后")
        return node
    node = parser.inside()
    if parser.accept(".."):
        return parse_range_from(parser, node, False)
    parser.expect(")", "括号中的表达式之后")
    return node


def _range_of_operator(parser: "Parser") -> s.Node:
    """`(< 5)` and its kind, of DMN 1.4."""
    token = parser.take()
    operand = parser.inside()
    if token.text == "!=":
        parser.fail("区间不能用“!=”表示", token.position)
    if token.text == "=":
        return s.RangeOf(operand, operand, True, True)
    included = token.text.endswith("=")
    if token.text[0] == "<":
        return s.RangeOf(None, operand, False, included)
    return s.RangeOf(operand, None, included, False)


def parse_context(parser: "Parser") -> s.Node:
    """`{key: value, "another key": value}`."""
    parser.take()
    entries: list[tuple[str, s.Node]] = []
    with parser.known.nested():
        while not parser.next_is("}"):
            if entries:
                parser.expect(",", "上下文的两项之间")
            key = parser.words_until(":", "上下文的键")
            parser.take()
            entries.append((key, parser.inside()))
            parser.known.add(key)
    parser.take()
    return s.ContextOf(tuple(entries))
