"""Rows nobody has written in: they are shown, and count for nothing."""

from collections.abc import Mapping, Sequence
from typing import Any

from engine.form.model import Component, Field, Group, RowList
from engine.form.places import get


def is_blank(components: Sequence[Component], row: Any) -> bool:
    """Whether no input of the row holds more than its default; what is worked out was not written."""
    return isinstance(row, Mapping) and all(_nothing_in(component, row) for component in components)


def _nothing_in(component: Component, data: Mapping[str, Any]) -> bool:
    if isinstance(component, Field):
        value = None if component.is_worked_out else get(data, component.steps)
        return component.kind.is_empty(value) or value == component.default
    if isinstance(component, Group):
        return is_blank(component.children, get(data, component.steps) or {})
    if isinstance(component, RowList):
        rows = get(data, component.steps) or []
        return isinstance(rows, list) and all(is_blank(component.children, row) for row in rows)
    return True
