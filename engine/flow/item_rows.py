"""The rows of multi-instance items: a command reads the ones it changes and counts the others."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.db import Transaction
from engine.flow.tables import ElementState, item

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Counts:
    """How far the items of one body are. `following` is the first that has not begun, None where all have."""

    all: int
    completed: int
    cancelled: int
    begun: int
    following: int | None

    @property
    def active(self) -> int:
        """Items that are not done, begun or not."""
        return self.all - self.completed - self.cancelled


class ItemRows:
    """The items of one case in one command."""

    def __init__(self, tx: Transaction, case_key: int) -> None:
        self._tx = tx
        self._case_key = case_key
        self._rows: dict[int, dict[int, Row]] = {}
        #: bodies of which every row is here
        self._whole: set[int] = set()
        self._changed: set[tuple[int, int]] = set()

    def open(self, body_key: int, values: list[Any]) -> None:
        """Fix the items of a new body."""
        self._whole.add(body_key)
        self._rows[body_key] = {
            index: {
                "case_key": self._case_key,
                "body_key": body_key,
                "index": index,
                "element_key": None,
                "value": value,
                "output": None,
                "state": ElementState.ACTIVE,
            }
            for index, value in enumerate(values)
        }
        self._changed.update((body_key, index) for index in self._rows[body_key])

    def get(self, body_key: int, index: int) -> Row:
        """One item."""
        held = self._rows.setdefault(body_key, {})
        if index not in held:
            self._read(body_key, item.c.index == index)
        return held[index]

    def all(self, body_key: int) -> dict[int, Row]:
        """Every item by its index."""
        if body_key not in self._whole:
            self._read(body_key, sa.true())
            self._whole.add(body_key)
        return dict(sorted(self._rows[body_key].items()))

    def change(self, body_key: int, index: int, **values: Any) -> None:
        self.get(body_key, index).update(values)
        self._changed.add((body_key, index))

    def counts(self, body_key: int) -> Counts:
        """Counted in the database, but for the rows that are here."""
        held = self._rows.get(body_key, {})
        states = [row["state"] for row in held.values()]
        begun = sum(row["element_key"] is not None and row["state"] is ElementState.ACTIVE for row in held.values())
        waiting = [index for index, row in held.items() if row["element_key"] is None]
        rest = None if body_key in self._whole else self._count_others(body_key, held)
        if rest is not None and rest.following is not None:
            waiting.append(rest.following)
        return Counts(
            all=len(states) + (rest.all or 0 if rest else 0),
            completed=states.count(ElementState.COMPLETED) + (rest.completed or 0 if rest else 0),
            cancelled=states.count(ElementState.CANCELLED) + (rest.cancelled or 0 if rest else 0),
            begun=begun + (rest.begun or 0 if rest else 0),
            following=min(waiting, default=None),
        )

    def store(self) -> None:
        """Put new and changed items into the write set."""
        for body_key, index in sorted(self._changed):
            self._tx.writes.upsert(item, self._rows[body_key][index], ("element_key", "output", "state"))
        self._changed.clear()

    def _count_others(self, body_key: int, held: dict[int, Row]) -> sa.Row[Any]:
        i = item.c

        def how_many(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
            return sa.func.sum(sa.case((condition, 1), else_=0))

        query = sa.select(
            sa.func.count().label("all"),
            how_many(i.state == ElementState.COMPLETED).label("completed"),
            how_many(i.state == ElementState.CANCELLED).label("cancelled"),
            how_many(sa.and_(i.state == ElementState.ACTIVE, i.element_key.is_not(None))).label("begun"),
            sa.func.min(sa.case((i.element_key.is_(None), i.index))).label("following"),
        ).where(i.case_key == self._case_key, i.body_key == body_key, i.index.not_in(sorted(held)))
        return self._tx.connection.execute(query).one()

    def _read(self, body_key: int, which: sa.ColumnElement[bool]) -> None:
        held = self._rows.setdefault(body_key, {})
        query = sa.select(item).where(item.c.case_key == self._case_key, item.c.body_key == body_key, which)
        for found in self._tx.connection.execute(query):
            row = dict(found._mapping)
            held.setdefault(row["index"], row)
