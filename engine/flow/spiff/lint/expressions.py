"""Expressions beyond their syntax, which reading checks: how they are written, and dates compared with text."""

from collections.abc import Iterator
from datetime import date, datetime

from engine.feel import Expression, FeelError, compile_expression
from engine.feel.builtins import FUNCTIONS
from engine.feel.syntax import Between, Call, Comparison, Filter, Literal, Name, Path, walk
from engine.feel.syntax import Node as Tree
from engine.flow.spiff.lint.finding import File, Notes
from engine.flow.spiff.source import ZEEBE, Node, bpmn, namespace, text_of
from engine.flow.spiff.values import shown

_WRITTEN_AS_TEXT = ("conditionExpression", "condition", "completionCondition", "timeDate", "timeDuration", "timeCycle")
_ALWAYS_FEEL = ("conditionExpression", "condition", "completionCondition")
_FEEL_NAMES = ("", "feel", "http://www.omg.org/spec/DMN/20180521/FEEL/", "https://www.omg.org/spec/DMN/20191111/FEEL/")
_OF_BPMN = "http://www.w3.org/1999/XPath"
"""What BPMN means where a file names no language; some tools write it into every file."""
_MAKES_DATES = ("date", "date and time", "now", "today", "add working days")


def check_expressions(file: File, notes: Notes) -> None:
    _check_language(file.source.root, "expressionLanguage", notes, but=_OF_BPMN)
    for process in file.source.processes():
        for tag in _ALWAYS_FEEL:
            for node in process.iter(bpmn(tag)):
                _check_writing(node, notes)
        for node, text in _texts(process):
            _check_tree(node, text, notes)


def _check_writing(node: Node, notes: Notes) -> None:
    if not _check_language(node, "language", notes):
        return
    if text_of(node) and not text_of(node).startswith("="):
        text = shown(text_of(node))
        notes("feel-prefix", node, f"条件“{text}”应以“=”开头，请写成“= {text}”。")


def _check_language(node: Node, attribute: str, notes: Notes, but: str = "") -> bool:
    """Whether the language is FEEL, or none is named; `but` is the one that stands for none."""
    language = node.get(attribute, "").strip()
    if language == but or language.lower() in {name.lower() for name in _FEEL_NAMES}:
        return True
    notes("expression-language", node, f"表达式语言 {language} 不支持，请改用 FEEL 并删除 {attribute} 属性。")
    return False


def _texts(process: Node) -> Iterator[tuple[Node, str]]:
    """Every text that begins with `=`: conditions, timers and attributes of the extension elements."""
    for node in process.iter(*(bpmn(tag) for tag in _WRITTEN_AS_TEXT)):
        yield node, text_of(node)
    for node in process.iter():
        if namespace(node) == ZEEBE:
            yield from ((node, str(value).strip()) for value in node.attrib.values())


def _check_tree(node: Node, text: str, notes: Notes) -> None:
    if not text.startswith("="):
        return
    try:
        compiled = compile_expression(text)
    except FeelError:
        return
    _check_functions(node, compiled, notes)
    _check_dates(node, text, compiled.tree, notes)


def _check_functions(node: Node, compiled: Expression, notes: Notes) -> None:
    """A name that is called and comes from outside the expression: variables are never functions."""
    for part in walk(compiled.tree):
        if isinstance(part, Call) and isinstance(part.function, Name):
            name = part.function.text
            if name in compiled.names and name not in FUNCTIONS:
                notes(
                    "unknown-function",
                    node,
                    f"表达式“{shown(compiled.text)}”中的函数 {name} 不存在，结果总是空值，请核对名称。",
                )


def _check_dates(node: Node, text: str, tree: Tree, notes: Notes) -> None:
    for part in walk(tree):
        for left, right in _compared(part):
            if (_is_date(left) and _is_text(right)) or (_is_date(right) and _is_text(left)):
                message = (
                    f"表达式“{shown(text)}”把日期与文本比较，结果总是空值；变量中的日期是文本，请写成 date(变量)。"
                )
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
