"""Patterns of `validate.pattern`: read as JavaScript means them, refused where they could run for ever."""

import re
from re import _constants as words  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from engine.form.reading.part import Part

_REPEATS = {words.MAX_REPEAT, words.MIN_REPEAT}
_MANY = 25


def read_pattern(pattern: object, part: Part) -> re.Pattern[str] | None:
    """The compiled pattern, or nothing and a finding."""
    try:
        compiled = re.compile(str(pattern), re.ASCII)
        if _nests_repeats(parser.parse(str(pattern), re.ASCII), False):
            part.notes.error("pattern", part.id, "校验格式（pattern）中重复里又有重复或分支，可能使页面停住，请改写。")
            return None
    except (re.error, OverflowError, RecursionError) as error:
        part.notes.error("pattern", part.id, f"校验格式（pattern）写法有误：{error}。")
        return None
    return compiled


def _nests_repeats(node: Any, inside: bool) -> bool:
    """Whether an open repetition or a choice stands inside an open repetition: `(a+)+` and
    `(a|aa)+` take for ever on the wrong text."""
    for operator, argument in node:
        repeated = operator in _REPEATS and argument[1] > _MANY
        if inside and (repeated or operator == words.BRANCH):
            return True
        if any(_nests_repeats(child, inside or repeated) for child in _children(argument)):
            return True
    return False


def _children(argument: Any) -> list[Any]:
    if isinstance(argument, parser.SubPattern):
        return [argument]
    if isinstance(argument, list | tuple):
        return [child for item in argument for child in _children(item)]
    return []
