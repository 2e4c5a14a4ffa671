"""Function definitions, invocations, and the types that parameters and `instance of` name."""

from typing import TYPE_CHECKING

from engine.feel import syntax as s
from engine.feel.cursor import join_words
from engine.feel.names import Words
from engine.feel.typenames import TYPES

if TYPE_CHECKING:
    from engine.feel.parser import Parser

_TYPES = Words(TYPES)


def parse_function(parser: "Parser") -> s.Node:
    """`function(a, b: number) body`."""
    parser.take()
    parser.expect("(", "function 之后")
    parameters: list[str] = []
    with parser.known.nested():
        while not parser.next_is(")"):
            if parameters:
                parser.expect(",", "两个参数之间")
            parameters.append(parser.words_until(":", ",", ")", "参数名"))
            parser.known.add(parameters[-1])
            if parser.accept(":"):
                _type_name(parser)
        parser.take()
        if parser.next_is("external"):
            parser.fail("不支持外部函数")
        return s.FunctionOf(tuple(parameters), parser.expression())


def parse_call(parser: "Parser", function: s.Node) -> s.Node:
    """The arguments of an invocation, all by position or all by name."""
    parser.take()
    names: list[str] = []
    arguments: list[s.Node] = []
    while not parser.next_is(")"):
        if arguments:
            parser.expect(",", "两个参数之间")
        named = _argument_name(parser)
        if arguments and (named is None) == bool(names):
            parser.fail("参数要么都写名称，要么都不写")
        names += [] if named is None else [named]
        arguments.append(parser.inside())
    parser.take()
    return s.Call(function, tuple(names), tuple(arguments))


def _argument_name(parser: "Parser") -> str | None:
    ahead = parser.at
    while parser.tokens[ahead].kind in ("name", "keyword", "quoted"):
        ahead += 1
    if ahead == parser.at or parser.tokens[ahead].text != ":":
        return None
    name = join_words(parser.tokens[parser.at : ahead])
    parser.at = ahead + 1
    return name


def _type_name(parser: "Parser") -> str:
    """A type: a word or the words of a known type; lists, contexts, functions and ranges may say of what in `<>`."""
    known = _TYPES.match(parser.tokens, parser.at)
    if known is None and parser.token.kind not in ("name", "keyword", "quoted"):
        parser.fail("此处应有类型名称")
    name, words = known or (parser.token.text, 1)
    parser.at += words
    if name in ("list", "context", "function", "range") and parser.next_is("<"):
        _type_arguments(parser)
    if name == "function" and parser.accept("->"):
        _type_name(parser)
    return name


def _type_arguments(parser: "Parser") -> None:
    level = 0
    while True:
        token = parser.take()
        level += {"<": 1, ">": -1}.get(token.text, 0)
        if level == 0:
            return
        if token.kind == "end":
            parser.fail("类型之后应有“>”")


def parse_instance_of(parser: "Parser", operand: s.Node) -> s.Node:
    """`operand instance of type`, from `instance` on."""
    parser.take()
    parser.expect("of", "instance 之后")
    return s.InstanceOf(operand, _type_name(parser))
