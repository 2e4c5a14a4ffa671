"""`if`, `for`, `some` and `every`."""

from typing import TYPE_CHECKING

from engine.feel import syntax as s
from engine.feel.errors import FeelLimitError
from engine.feel.limits import MAX_ITERATORS

if TYPE_CHECKING:
    from engine.feel.parser import Parser


def parse_conditional(parser: "Parser") -> s.Node:
    """`if condition then value else value`; neither part may be left out."""
    parser.take()
    condition = parser.inside()
    parser.expect("then", "if 的条件之后")
    then = parser.inside()
    parser.expect("else", "then 的结果之后")
    return s.If(condition, then, parser.expression())


def parse_loop(parser: "Parser") -> s.Node:
    """`for x in xs, y in 1..3 return body`."""
    parser.take()
    with parser.known.nested():
        iterators = _iterators(parser)
        parser.expect("return", "for 的循环变量之后")
        return s.For(iterators, parser.expression())


def parse_quantified(parser: "Parser") -> s.Node:
    """`some` or `every` … `satisfies` condition."""
    kind = parser.take().text
    with parser.known.nested():
        iterators = _iterators(parser)
        parser.expect("satisfies", f"{kind} 的变量之后")
        return s.Quantified(kind, iterators, parser.expression())


def _iterators(parser: "Parser") -> tuple[s.Iterate, ...]:
    found: list[s.Iterate] = []
    while not found or parser.accept(","):
        name = parser.words_until("in", "循环变量")
        parser.take()
        source = parser.inside()
        end = parser.inside() if parser.accept("..") else None
        found.append(s.Iterate(name, source, end))
        parser.known.add(name)
    if len(found) > MAX_ITERATORS:
        raise FeelLimitError(f"一个循环最多有 {MAX_ITERATORS} 个变量，请拆成几步。")
    return tuple(found)
