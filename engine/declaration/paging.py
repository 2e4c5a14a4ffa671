"""Pages by keyset: the next page begins after the last row seen, however deep it lies and whatever came in since."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa

from engine.db import Transaction, UtcDateTime
from engine.errors import InvalidInput

PAGE = 10
MOST = 100

Place = tuple[datetime | str, int]


@dataclass(frozen=True, slots=True)
class Keyset:
    """The order of a list: a column that is never null, then the key that tells equal ones apart."""

    by: sa.ColumnElement[Any]
    key: sa.ColumnElement[int]
    descending: bool = False


def page(
    tx: Transaction, query: sa.Select[Any], order: Keyset, cursor: str | None, size: int = PAGE
) -> tuple[Sequence[sa.Row[Any]], str | None, str | None]:
    """The rows of one page with the cursors of the pages before and after it (None at an end).

    Raises `InvalidInput` for a cursor that is none of ours.
    """
    size = max(1, min(size, MOST))
    backward, place = _read(cursor, order)
    descending = order.descending != backward
    if place is not None:
        here = sa.tuple_(order.by, order.key)
        # the bound carries the column's own type: SQLite keeps instants as text
        by = sa.bindparam(None, place[0], order.by.type)
        beyond = sa.tuple_(by, sa.literal(place[1]))
        query = query.where(here < beyond if descending else here > beyond)
    columns = (order.by.label("_by"), order.key.label("_key"))
    sort = [column.desc() if descending else column.asc() for column in (order.by, order.key)]
    found = tx.rows(query.add_columns(*columns).order_by(*sort).limit(size + 1))
    rows, more = found[:size], len(found) > size
    if backward:
        rows = rows[::-1]
    has_before = more if backward else place is not None
    has_after = True if backward else more
    if not rows:
        return rows, None, None
    return rows, _write(rows[0], backward=True) if has_before else None, _write(rows[-1]) if has_after else None


def _write(row: sa.Row[Any], *, backward: bool = False) -> str:
    by = row._by.isoformat() if isinstance(row._by, datetime) else row._by
    text = orjson.dumps([int(backward), by, row._key])
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


def _read(cursor: str | None, order: Keyset) -> tuple[bool, Place | None]:
    if not cursor:
        return False, None
    try:
        backward, by, key = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        place = datetime.fromisoformat(by) if isinstance(order.by.type, UtcDateTime) else str(by)
        return bool(backward), (place, int(key))
    except (binascii.Error, ValueError, TypeError):
        raise InvalidInput("列表的位置已失效，请从第一页重新查看。") from None
