"""Drawing up what is only shown."""

from collections.abc import Mapping
from typing import Any

from engine.form.markings import escape_markdown
from engine.form.model import Ornament
from engine.form.paths import html_id
from engine.form.reading.ornaments import is_own_picture
from engine.form.scope import Scope
from engine.form.values import shown
from engine.form.view import Column, Node

MOST_TABLE_ROWS = 500


def draw_ornament(ornament: Ornament, scope: Scope, prefix: str) -> Node | None:
    """The node of a text, image, table, separator or spacer; a picture from elsewhere has none."""
    common: dict[str, Any] = {"id": html_id(prefix + ornament.id), "span": ornament.span, "component": ornament.id}
    if ornament.type == "text":
        return Node(kind="text", text=ornament.text.render(scope, escape_markdown), **common)
    if ornament.type == "image":
        source = shown(ornament.source.value(scope))
        return (
            Node(kind="image", value=source, text=ornament.text.render(scope), **common)
            if is_own_picture(source)
            else None
        )
    if ornament.type == "table":
        return _table(ornament, scope, common)
    return Node(kind=ornament.type, amount=ornament.amount, **common)


def _table(table: Ornament, scope: Scope, common: dict[str, Any]) -> Node:
    columns = _table_columns(table, scope)
    source = table.source.value(scope)
    held = [row for row in source if isinstance(row, Mapping)] if isinstance(source, list) else []
    return Node(
        kind="table",
        label=table.label.render(scope),
        columns=columns,
        cells=tuple(tuple(shown(row.get(column.key)) for column in columns) for row in held[:MOST_TABLE_ROWS]),
        amount=table.amount,
        most=len(held),
        **common,
    )


def _table_columns(table: Ornament, scope: Scope) -> tuple[Column, ...]:
    found = table.columns_expression.value(scope) if table.columns_expression is not None else None
    if isinstance(found, list):
        named = [column for column in found if isinstance(column, Mapping) and column.get("key")]
        return tuple(Column(str(column["key"]), shown(column.get("label") or column["key"])) for column in named)
    return tuple(Column(key, label) for key, label in table.columns)
