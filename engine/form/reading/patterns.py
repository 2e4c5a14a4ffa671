"""Patterns of `validate.pattern`, read as JavaScript means them: anywhere in the text, digits and letters are ASCII."""

import regex

from engine.form.reading.part import Part


def read_pattern(pattern: object, part: Part) -> "regex.Pattern[str] | None":
    """The compiled pattern, or nothing and a finding."""
    try:
        return regex.compile(str(pattern), regex.ASCII | regex.VERSION0)
    except regex.error as error:
        part.notes.error("pattern", part.id, f"校验格式（pattern）写法有误：{error}。")
        return None
