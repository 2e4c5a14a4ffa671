"""Attributes and properties that nobody reads: a slip of the pen should not pass in silence."""

import re

from engine.form.reading.part import Part
from engine.form.reading.vocabulary import ATTRIBUTES, PROPERTIES, VALIDATION


def note_strangers(part: Part) -> None:
    """Warn of attributes, checks and properties that do nothing on this type."""
    for name in sorted(set(part.raw) - ATTRIBUTES[part.type]):
        part.notes.warn("attribute", part.id, f"属性 {name} 对这种组件不起作用。")
    for name in sorted(set(part.validate) - VALIDATION):
        part.notes.warn("attribute", part.id, f"校验项 {name} 不起作用。")
    for name in part.properties:
        if not _serves(name, part):
            part.notes.warn("property", part.id, f"扩展属性 {name} 对这种组件不起作用。")


def _serves(name: str, part: Part) -> bool:
    if name.startswith("x-"):
        return True
    if part.raw.get("key") == "outcome" and name.split(".")[0] in ("style", "requires"):
        return True
    return part.type in PROPERTIES.get(re.sub(r"^(check|checkMessage)[2-9]$", r"\1", name), ())
