"""Lists of accounts and people, read from a place on: the id of the last row shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.db import Transaction
from engine.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Slice:
    """Rows, the newest first; `previous` and `next` are cursors, None at an end."""

    rows: Sequence[Any]
    previous: str | None
    next: str | None


def read_slice(
    tx: Transaction,
    wanted: sa.Select[Any],
    key: sa.ColumnElement[Any],
    *,
    limit: int,
    before: str | None = None,
    after: str | None = None,
) -> Slice:
    """A page of `wanted` by falling `key`, in one statement. Raises `InvalidInput` for a cursor that is none."""
    if before is not None:
        found = tx.rows(wanted.where(key > _number(before)).order_by(key).limit(limit + 1))
        more, rows = len(found) > limit, list(reversed(found[:limit]))
        return Slice(rows, _cursor(rows, 0, key) if more else None, _cursor(rows, -1, key))
    if after is not None:
        wanted = wanted.where(key < _number(after))
    rows = list(tx.rows(wanted.order_by(key.desc()).limit(limit + 1)))
    more, rows = len(rows) > limit, rows[:limit]
    return Slice(rows, _cursor(rows, 0, key) if after is not None else None, _cursor(rows, -1, key) if more else None)


def _cursor(rows: Sequence[Any], place: int, key: sa.ColumnElement[Any]) -> str | None:
    return str(rows[place]._mapping[key]) if rows else None


def _number(cursor: str) -> int:
    if not cursor.isdecimal() or len(cursor) > 18:
        raise InvalidInput("翻页位置无效，请回到第一页。")
    return int(cursor)
