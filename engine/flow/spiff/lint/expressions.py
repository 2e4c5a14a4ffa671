"""Expressions beyond their syntax, which reading checks: how they are written, and dates compared with text."""

from collections.abc import Iterator
from datetime import date, datetime

from engine.feel import FeelError, compile_expression
from engine.feel.syntax import Between, Call, Comparison, Filter, Literal, Name, Path, walk
from engine.feel.syntax import Node as Tree
from engine.flow.spiff.lint.finding import File, Notes
from engine.flow.spiff.source import ZEEBE, Node, bpmn, namespace, text_of

_WRITTEN_AS_TEXT = ("conditionExpression", "condition", "completionCondition", "timeDate", "timeDuration", "timeCycle")
_ALWAYS_FEEL = ("conditionExpression", "condition", "completionCondition")
_FEEL_NAMES = ("", "feel", "http://www.omg.org/spec/DMN/20180521/FEEL/", "https://www.omg.org/spec/DMN/20191111/FEEL/")
_MAKES_DATES = ("date", "date and time", "now", "today", "add working days")


def check_expressions(file: File, notes: Notes) -> None:
    for process in file.source.processes():
        for tag in _ALWAYS_FEEL:
            for node in process.iter(bpmn(tag)):
                _check_writing(node, notes)
        for node, text in _texts(process):
            _check_dates(node, text, notes)


def _check_writing(node: Node, notes: Notes) -> None:
    language = node.get("language", "").strip().lower()
    if language not in {name.lower() for name in _FEEL_NAMES}:
        notes("expression-language", node, f"表达式语言 {language} 不支持，请改用 FEEL 并删除 language 属性。")
    elif text_of(node) and not text_of(node).startswith("="):
        notes("feel-prefix", node, f"条件“{text_of(node)}”应以“=”开头，请写成“= {text_of(node)}”。")


def _texts(process: Node) -> Iterator[tuple[Node, str]]:
    """Every text that begins with `=`: conditions, timers and attributes of the extension elements."""
    for node in process.iter(*(bpmn(tag) for tag in _WRITTEN_AS_TEXT)):
        yield node, text_of(node)
    for node in process.iter():
        if namespace(node) == ZEEBE:
            yield from ((node, str(value).strip()) for value in node.attrib.values())


def _check_dates(node: Node, text: str, notes: Notes) -> None:
    if not text.startswith("="):
        return
    try:
        tree = compile_expression(text).tree
    except FeelError:
        return
    for part in walk(tree):
        for left, right in _compared(part):
            if (_is_date(left) and _is_text(right)) or (_is_date(right) and _is_text(left)):
                message = f"表达式“{text}”把日期与文本比较，结果总是空值；变量中的日期是文本，请写成 date(变量)。"
                notes("date-as-text", node, message)


def _compared(part: Tree) -> Iterator[tuple[Tree, Tree]]:
    if isinstance(part, Comparison):
        yield part.left, part.right
    elif isinstance(part, Between):
        yield part.value, part.low
        yield part.value, part.high


def _is_date(part: Tree) -> bool:
    if isinstance(part, Literal):
        return isinstance(part.value, date | datetime)
    return isinstance(part, Call) and isinstance(part.function, Name) and part.function.text in _MAKES_DATES


def _is_text(part: Tree) -> bool:
    """A text, or a variable: what comes from JSON is never a date."""
    if isinstance(part, Literal):
        return isinstance(part.value, str)
    return isinstance(part, Name | Path | Filter)
