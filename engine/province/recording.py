"""What a really run case left in the tables, with the places where a copy differs from it."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Dialect

from engine.db import Transaction, UtcDateTime
from engine.flow.journal import COVERED
from engine.flow.tables import case, journal

#: keys of recorded cases begin here, so that no other number in a text can be taken for one
FIRST_KEY = 500_000_000
KEY = r"(?<!\d)[5-9]\d{8}(?!\d)"
INSTANT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00|\+08:00)"

#: whose rows are recorded: a condition for each table
Pieces = Sequence[tuple[sa.Table, sa.ColumnElement[bool]]]


@dataclass(frozen=True, slots=True)
class Own:
    """A key the recorded cases made themselves, by its rank among them."""

    rank: int


@dataclass(frozen=True, slots=True)
class Slot:
    """Something each copy says in its own way: a name, a number, a unit."""

    name: str


@dataclass(frozen=True, slots=True)
class Instant:
    """A moment before the recording, which in a copy lies some time earlier; `form` is how the text writes it."""

    at: datetime
    form: str = ""


Part = str | Own | Slot | Instant


@dataclass(frozen=True, slots=True)
class Text:
    """A text with places in it; `binary` where the column holds bytes."""

    parts: Sequence[Part]
    binary: bool = False


#: what differs in a column of a row
Place = Own | Slot | Instant | Text


@dataclass(frozen=True, slots=True)
class Row:
    """A row as the driver takes it, and what differs in it by the place of the column."""

    fixed: tuple[Any, ...]
    places: Sequence[tuple[int, Place]]


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a journal: its row without the hashes, and what the hash covers."""

    row: Row
    covered: Text


@dataclass(frozen=True, slots=True)
class Recording:
    """Rows by table in the order they may be inserted; journals by the rank of their case; how many keys a copy needs."""

    rows: Sequence[tuple[sa.Table, Sequence[Row]]]
    journals: Mapping[int, Sequence[Entry]]
    width: int
    names: frozenset[str]
    first_at: datetime


def record(
    tx: Transaction,
    pieces: Pieces,
    *,
    slots: Mapping[str, str | int],
    since: int,
    shared: Collection[int] = (),
) -> Recording:
    """Read the rows and find the places.

    `slots` says what stands for what: the text or key in the recorded rows by the name of its slot. Keys from `since` on are
    the cases' own, but for those that copies share with them.
    """
    read = [(table, [dict(row._mapping) for row in tx.rows(_query(table, where))]) for table, where in pieces]
    reader = _Reader(tx.connection.dialect, tx.now, dict(slots), since, shared, read)
    tables = sorted(read, key=lambda one: _ORDER[one[0].name])
    rows = [(table, [reader.row(table, row) for row in found]) for table, found in tables if table is not journal]
    journals: dict[int, list[Entry]] = {}
    for entry in next((found for table, found in tables if table is journal), []):
        journals.setdefault(reader.rank_of(entry["case_key"]), []).append(reader.entry(entry))
    assert reader.first_at is not None
    return Recording(rows, journals, len(reader.ranks), frozenset(slots), reader.first_at)


_ORDER = {table.name: number for number, table in enumerate(case.metadata.sorted_tables)}


def _query(table: sa.Table, where: sa.ColumnElement[bool]) -> sa.Select[Any]:
    return sa.select(table).where(where).order_by(*table.primary_key.columns)


class _Reader:
    def __init__(
        self,
        dialect: Dialect,
        now: datetime,
        slots: Mapping[str, str | int],
        since: int,
        shared: Collection[int],
        read: Sequence[tuple[sa.Table, Sequence[Mapping[str, Any]]]],
    ) -> None:
        self._dialect, self._now = dialect, now
        own = {
            row[column.name]
            for table, rows in read
            for column in table.columns
            if isinstance(column.type, sa.BigInteger)
            for row in rows
            if row[column.name] is not None and row[column.name] >= since
        }
        self._numbers: dict[int, Own | Slot] = {
            value: Slot(name) for name, value in slots.items() if type(value) is int
        }
        others = own - self._numbers.keys() - set(shared)
        self.ranks = {key: rank for rank, key in enumerate(sorted(others))}
        self._numbers |= {key: Own(rank) for key, rank in self.ranks.items()}
        self._words = {value: Slot(name) for name, value in slots.items() if type(value) is str}
        words = [re.escape(word) for word in sorted(self._words, key=len, reverse=True)]
        self._pattern = re.compile("|".join((INSTANT, *words, KEY)))
        self._binders: dict[sa.Table, list[Any]] = {}
        self._split: dict[str, list[Part]] = {}
        self.first_at: datetime | None = None

    def rank_of(self, key: int) -> int:
        return self.ranks[key]

    def row(self, table: sa.Table, row: Mapping[str, Any]) -> Row:
        fixed: list[Any] = []
        places: list[tuple[int, Place]] = []
        for at, (column, bind) in enumerate(zip(table.columns, self._binders_of(table), strict=True)):
            value = row[column.name]
            place = self._place(column, value, bind)
            if place is not None:
                places.append((at, place))
                fixed.append(None)
            else:
                fixed.append(_plain(value if bind is None or value is None else bind(value)))
        return Row(tuple(fixed), places)

    def entry(self, row: Mapping[str, Any]) -> Entry:
        covered = {name: row[name] for name in COVERED} | {"at": row["at"].isoformat(timespec="microseconds")}
        text = orjson.dumps(covered, option=orjson.OPT_SORT_KEYS).decode()
        return Entry(self.row(journal, {**row, "previous": None, "hash": None}), Text(self._parts(text)))

    def _binders_of(self, table: sa.Table) -> list[Any]:
        if table not in self._binders:
            types = [column.type.dialect_impl(self._dialect) for column in table.columns]
            self._binders[table] = [one.bind_processor(self._dialect) for one in types]
        return self._binders[table]

    def _place(self, column: sa.Column[Any], value: Any, bind: Any) -> Place | None:
        if value is None:
            return None
        if isinstance(column.type, UtcDateTime):
            return self._moment(value, "")
        if isinstance(column.type, sa.BigInteger):
            return self._numbers.get(value)
        if isinstance(column.type, sa.LargeBinary):
            if column.name != "snapshot":
                return None
            parts = self._parts(bytes(value).decode())
            return Text(parts, binary=True) if len(parts) > 1 else None
        native = bind(value) if bind is not None else value
        if not isinstance(native, str):
            return None
        parts = self._parts(native)
        if len(parts) == 1 and isinstance(parts[0], Slot):
            return parts[0]
        return Text(parts) if len(parts) > 1 or not isinstance((*parts, "")[0], str) else None

    def _parts(self, text: str) -> list[Part]:
        """The text with its places; the same text stands in many rows."""
        if text not in self._split:
            self._split[text] = self._parted(text)
        return self._split[text]

    def _parted(self, text: str) -> list[Part]:
        parts: list[Part] = []
        end = 0
        for found in self._pattern.finditer(text):
            part = self._part(found.group())
            if part is None:
                continue
            if found.start() > end:
                parts.append(text[end : found.start()])
            parts.append(part)
            end = found.end()
        return [*parts, text[end:]] if end < len(text) else parts

    def _part(self, found: str) -> Part | None:
        if found in self._words:
            return self._words[found]
        if found.isdecimal():
            return self._numbers.get(int(found))
        return self._moment(datetime.fromisoformat(found), found)

    def _moment(self, at: datetime, form: str) -> Instant | None:
        """What lies ahead of the recording, a due date, is the same in every copy."""
        if at > self._now:
            return None
        instant = at.astimezone(UTC)
        self.first_at = instant if self.first_at is None else min(self.first_at, instant)
        return Instant(instant, form)


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value
