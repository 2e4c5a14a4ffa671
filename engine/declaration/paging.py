"""Pages by keyset: the next page begins after the last row seen, however deep it lies and whatever came in since."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa

from engine.db import Transaction
from engine.errors import InvalidInput

PAGE = 10
MOST = 100


@dataclass(frozen=True, slots=True)
class Keyset:
    """The order of a list: an instant, then the key that tells equal instants apart."""

    at: sa.ColumnElement[datetime]
    key: sa.ColumnElement[int]
    newest_first: bool = False


def page(
    tx: Transaction, query: sa.Select[Any], order: Keyset, cursor: str | None, size: int = PAGE
) -> tuple[Sequence[sa.Row[Any]], str | None, str | None]:
    """The rows of one page with the cursors of the pages before and after it (None at an end).

    Raises `InvalidInput` for a cursor that is none of ours.
    """
    size = max(1, min(size, MOST))
    backward, place = _read(cursor)
    descending = order.newest_first != backward
    if place is not None:
        here = sa.tuple_(order.at, order.key)
        # the bound carries the column's own type: SQLite keeps instants as text
        at = sa.bindparam(None, place[0], order.at.type)
        beyond = sa.tuple_(at, sa.literal(place[1]))
        query = query.where(here < beyond if descending else here > beyond)
    columns = (order.at.label("_at"), order.key.label("_key"))
    sort = [column.desc() if descending else column.asc() for column in (order.at, order.key)]
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
    text = orjson.dumps([int(backward), row._at.isoformat(), row._key])
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


def _read(cursor: str | None) -> tuple[bool, tuple[datetime, int] | None]:
    if not cursor:
        return False, None
    try:
        backward, at, key = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return bool(backward), (datetime.fromisoformat(at), int(key))
    except (binascii.Error, ValueError, TypeError):
        raise InvalidInput("列表的位置已失效，请从第一页重新查看。") from None
