"""Keeping what people typed from being read as Markdown."""

import re

_MARKS = re.compile(r"([\\`*_{}\[\]()<>#+\-!|~.])")


def escape_markdown(text: str) -> str:
    """The text with every mark of Markdown taken literally, on one line."""
    return _MARKS.sub(r"\\\1", " ".join(text.split()))
