"""Reading what a list of rows says of its rows."""

from itertools import islice
from typing import Any

from engine.form.model import Component, Field
from engine.form.reading.part import Part

MOST_ROWS = 200
_LONG = frozenset({"textarea", "checklist", "radio", "taglist", "filepicker"})


def row_limits(part: Part) -> dict[str, Any]:
    """How many rows there may be, and how many stand ready."""
    least, most = part.amount("minRows", 0), part.amount("maxRows", MOST_ROWS)
    if least > most:
        part.notes.error("property", part.id, "属性 minRows 不能大于 maxRows。")
    initial = part.raw.get("defaultRepetitions", 1)
    return {
        "least": least,
        "most": most,
        "initial": max(least, initial if isinstance(initial, int) and 0 <= initial <= most else 0),
        "may_change": part.raw.get("allowAddRemove") is not False,
        "add_label": part.properties.get("addLabel", ""),
    }


def row_columns(part: Part, children: tuple[Component, ...]) -> dict[str, Any]:
    """Whether rows are a table or cards, and what titles a card."""
    keys = [child.key for child in children if isinstance(child, Field)]
    columns = part.words("tableColumns")
    for missing in (name for name in columns if name not in keys):
        part.notes.error("property", part.id, f"属性 tableColumns 中的“{missing}”不是这张表的字段。")
    display = part.properties.get("display") or _fitting_display(children)
    if display not in ("table", "cards"):
        part.notes.error("property", part.id, f"属性 display 应为 table 或 cards，现在是“{display}”。")
        display = "cards"
    return {"columns": tuple(name for name in columns if name in keys) or _telling(children), "display": display}


def _telling(children: tuple[Component, ...]) -> tuple[str, ...]:
    """The first two short inputs, which tell one row from another."""
    short = (child for child in children if isinstance(child, Field) and child.type not in ("textarea", "filepicker"))
    return tuple(field.key for field in islice(short, 2))


def _fitting_display(children: tuple[Component, ...]) -> str:
    slim = all(isinstance(child, Field) and child.type not in _LONG for child in children)
    return "table" if slim and len(children) <= 6 else "cards"
