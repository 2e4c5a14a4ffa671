"""Copies of a recording: rows with keys, names and moments of their own, journals chained anew."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import sqlalchemy as sa

from engine.flow.tables import case, journal
from engine.province.recording import Instant, Own, Part, Place, Recording, Row, Slot, Text

CHINA = timezone(timedelta(hours=8))
_names = [column.name for column in journal.columns]
PREVIOUS, HASH = _names.index("previous"), _names.index("hash")
CASE_KEY, CASE_HASH = (list(case.columns.keys()).index(name) for name in ("key", "journal_hash"))


class Copy:
    """One copy. `base` is the first of its keys, `slots` what it says in its own way, `earlier` how much earlier it happened."""

    def __init__(
        self, recording: Recording, base: int, slots: Mapping[str, str | int], earlier: timedelta, *, as_text: bool
    ) -> None:
        self._recording, self._base, self._slots = recording, base, slots
        self._earlier, self._as_text = earlier, as_text
        self._written: dict[tuple[datetime, str], Any] = {}

    def rows(self) -> Iterator[tuple[sa.Table, list[tuple[Any, ...]]]]:
        """Rows by table, as the driver takes them, in the order they may be inserted."""
        lines, heads = self._journals()
        for table, recorded in self._recording.rows:
            rows = [self._row(one) for one in recorded]
            if table is case:
                for row in rows:
                    row[CASE_HASH] = heads[row[CASE_KEY]]
            yield table, [tuple(row) for row in rows]
        yield journal, lines

    def _journals(self) -> tuple[list[tuple[Any, ...]], dict[int, bytes]]:
        lines: list[tuple[Any, ...]] = []
        heads: dict[int, bytes] = {}
        for rank, entries in self._recording.journals.items():
            head: bytes | None = None
            for entry in entries:
                row = self._row(entry.row)
                row[PREVIOUS] = head
                head = hashlib.sha256((head or b"") + self._text(entry.covered.parts).encode()).digest()
                row[HASH] = head
                lines.append(tuple(row))
            assert head is not None
            heads[self._base + rank] = head
        return lines, heads

    def _row(self, row: Row) -> list[Any]:
        values = list(row.fixed)
        for at, place in row.places:
            values[at] = self._value(place)
        return values

    def _value(self, place: Place) -> Any:
        if type(place) is Own:
            return self._base + place.rank
        if type(place) is Slot:
            return self._slots[place.name]
        if type(place) is Instant:
            return self._instant(place)
        assert isinstance(place, Text)
        text = self._text(place.parts)
        return text.encode() if place.binary else text

    def _text(self, parts: Any) -> str:
        return "".join([part if type(part) is str else self._word(part) for part in parts])

    def _word(self, part: Part) -> str:
        if type(part) is Own:
            return str(self._base + part.rank)
        if type(part) is Slot:
            return str(self._slots[part.name])
        assert isinstance(part, Instant)
        return str(self._instant(part))

    def _instant(self, part: Instant) -> Any:
        key = (part.at, part.form)
        if key not in self._written:
            at = part.at - self._earlier
            self._written[key] = _write(part.form, at) if part.form else self._stored(at)
        return self._written[key]

    def _stored(self, at: datetime) -> Any:
        return at.replace(tzinfo=None).isoformat(timespec="microseconds") if self._as_text else at


def _write(form: str, at: datetime) -> str:
    """The instant as the recorded text wrote its own."""
    zone, ending = _ZONES[form[-6:] if form[-1] != "Z" else "Z"]
    text = at.astimezone(zone).replace(tzinfo=None)
    spec = "microseconds" if "." in form else "seconds"
    return text.isoformat(timespec=spec) + ending


_ZONES: Mapping[str, tuple[timezone, str]] = {
    "Z": (UTC, "Z"),
    "+00:00": (UTC, "+00:00"),
    "+08:00": (CHINA, "+08:00"),
}

#: gives the slots of the n-th copy
Slots = Callable[[int], Mapping[str, str | int]]
