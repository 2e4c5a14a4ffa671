"""Literals, and the few words that are values of their own."""

from engine.feel import syntax as s
from engine.feel.cursor import Cursor
from engine.feel.errors import FeelSyntaxError
from engine.feel.lexer import unescape
from engine.feel.temporal import parse_temporal
from engine.feel.values import NUMBERS

_CONSTANTS: dict[str, bool | None] = {"true": True, "false": False, "null": None}


def parse_number(cursor: Cursor) -> s.Node:
    token = cursor.take()
    value = NUMBERS.create_decimal(token.text)
    if not value.is_finite():
        raise FeelSyntaxError("数字太大", cursor.text, token.position)
    return s.Literal(value)


def parse_string(cursor: Cursor) -> s.Node:
    return s.Literal(unescape(cursor.take(), cursor.text))


def parse_quoted(cursor: Cursor) -> s.Node:
    return s.Name(cursor.take().text.strip("`"))


def parse_name(cursor: Cursor) -> s.Node:
    return s.Name(cursor.name())


def parse_constant(cursor: Cursor) -> s.Node:
    return s.Literal(_CONSTANTS[cursor.take().text])


def parse_function_name(cursor: Cursor) -> s.Node:
    """`and(…)` and `or(…)`, the functions, where an operator cannot stand."""
    if cursor.tokens[cursor.at + 1].text != "(":
        cursor.fail("此处应有一个值，例如数字、文字或名称")
    return s.Name(cursor.take().text)


def parse_input(cursor: Cursor) -> s.Node:
    cursor.take()
    return s.Input()


def parse_temporal_literal(cursor: Cursor) -> s.Node:
    at = cursor.take()
    if cursor.token.kind != "string":
        cursor.fail("“@”之后应有双引号中的日期、时间或时长")
    text = unescape(cursor.take(), cursor.text)
    value = parse_temporal(text)
    if value is None:
        raise FeelSyntaxError(f"“{text[:40]}”不是日期、时间或时长", cursor.text, at.position)
    return s.Literal(value)
