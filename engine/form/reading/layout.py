"""How wide each component stands in the grid of sixteen columns."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

COLUMNS = 16
_HALF = frozenset({"textfield", "number", "datetime", "select", "checkbox", "filepicker"})
_FEW = 3


def spans(components: Sequence[Mapping[str, Any]]) -> list[int]:
    """One width per component. Neighbours with the same `layout.row` share what their fixed widths leave; without a
    layout short inputs stand two in a row."""
    numbered = list(enumerate(components))
    found: list[int] = []
    for row, members in groupby(numbered, key=lambda pair: _layout(pair[1]).get("row") or pair[0]):
        parts = [part for _, part in members]
        found += _shared(parts) if isinstance(row, str) else [_alone(parts[0])]
    return found


def _shared(parts: Sequence[Mapping[str, Any]]) -> list[int]:
    fixed = [_columns(part) for part in parts]
    left, open_parts = COLUMNS - sum(width or 0 for width in fixed), fixed.count(None)
    share = max(2, left // open_parts) if open_parts else 0
    return [width or share for width in fixed]


def _alone(part: Mapping[str, Any]) -> int:
    return _columns(part) or (COLUMNS // 2 if part.get("type") in _HALF or _is_short(part) else COLUMNS)


def _is_short(part: Mapping[str, Any]) -> bool:
    """Radio buttons that fit beside another input."""
    values = part.get("values")
    return part.get("type") == "radio" and isinstance(values, list) and len(values) <= _FEW


def _columns(part: Mapping[str, Any]) -> int | None:
    columns = _layout(part).get("columns")
    return min(columns, COLUMNS) if isinstance(columns, int) and columns > 0 else None


def _layout(part: Mapping[str, Any]) -> Mapping[str, Any]:
    layout = part.get("layout")
    return layout if isinstance(layout, Mapping) else {}
