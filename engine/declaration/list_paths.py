"""How a list is found without reading the province: from the few rows that can be in it, along a desk, or along the index of
its order.

Both databases look ahead badly where a page is a handful of rows of many: SQLite knows nothing of how often a value
occurs, PostgreSQL nothing of how columns belong together. So each narrow end is asked first how long it is, by its index
alone and no further than it matters; the way that reads the fewest rows is taken. No statement of a list keeps one plan for
all values: what is quick for a rare title reads half the province for a common one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import operators

from engine.access import Actor, unit_ancestor
from engine.db import PLANNED_ANEW, Transaction
from engine.declaration.tables import declaration, declaration_review
from engine.flow.tables import TaskState, case_party, task

#: so many keys are few enough to be named
FEW = 1000
#: nothing is counted further: reading so many rows takes longer than any other way
MANY = 15_000
#: as many declarations a year as the lists are made for; where there are fewer, every way is quick
PROVINCE = 300_000

d, r = declaration.c, declaration_review.c


def unindexed(tx: Transaction, column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """The column in a way that SQLite does not look it up by an index (a plus before it); PostgreSQL weighs by itself."""
    if not tx.is_sqlite:
        return column
    return sa.UnaryExpression(column, operator=operators.custom_op("+"), type_=column.type)


class End:
    """A narrow end: the keys it leaves, named where they are few (None where they are not)."""

    def __init__(
        self, tx: Transaction | None, wanted: sa.Select[Any], keys: Sequence[int] | None, size: int | None = None
    ):
        self.wanted = wanted
        self.keys = keys
        self._tx = tx
        self._size = len(keys) if keys is not None else size

    @property
    def size(self) -> int:
        """How many, counted up to `MANY` and not before somebody asks."""
        if self._size is None:
            assert self._tx is not None
            counted = sa.select(sa.func.count()).select_from(self.wanted.limit(MANY).subquery())
            self._size = int(self._tx.value(counted.execution_options(**PLANNED_ANEW)))
        return self._size


@dataclass(frozen=True, slots=True)
class Path:
    """From where a list is read: from the keys of `end`, else along the desk's index, else along the order's."""

    end: End | None = None
    along_desk: bool = False


def end_of(tx: Transaction, wanted: sa.Select[Any]) -> End:
    """How long an end is; `wanted` selects keys by one index."""
    keys = [row[0] for row in tx.rows(wanted.limit(FEW + 1).execution_options(**PLANNED_ANEW))]
    return End(tx, wanted, keys if len(keys) <= FEW else None)


def best_path(filters: Sequence[End], desk: End, *, rows: int, by_desk: bool, at_desk: bool) -> Path:
    """The way to so many `rows` that reads least. `filters` are what each filter leaves of the province, `desk` what waits at
    the desk or lies in the units; `by_desk` says that the desk's own order is asked for, `at_desk` that it has an index.

    Filters are taken to be independent of each other and of the desk: wrong in detail, right in order of magnitude.
    """
    if by_desk and not filters:
        return Path(along_desk=True) if at_desk else Path(desk)
    share = 1.0
    for end in filters:
        share *= end.size / PROVINCE if end.size < MANY else 0.3
    narrowest = min(filters, key=lambda end: end.size, default=None)
    enough = rows / share if share else float("inf")
    along_desk = min(desk.size, enough) if by_desk else desk.size
    ways: list[tuple[float, Path]] = [(along_desk, Path(along_desk=True) if at_desk else Path(desk))]
    if not by_desk:
        ways.append((enough * PROVINCE / max(desk.size, 1) if desk.size < MANY else enough, Path()))
    if narrowest is not None:
        ways.append((narrowest.size, Path(narrowest)))
    return min(ways, key=lambda way: way[0])[1]


def key_among(tx: Transaction, column: sa.ColumnElement[int], end: End) -> sa.ColumnElement[bool]:
    """Whether the column is a key the end leaves."""
    return column.in_(end.wanted) if end.keys is None else key_in(tx, column, end.keys)


def key_in(tx: Transaction, column: sa.ColumnElement[int], keys: Sequence[int]) -> sa.ColumnElement[bool]:
    """Whether the column is one of these keys, sent as one value: a statement per number of keys would fill the caches."""
    if tx.is_sqlite:
        each = sa.func.json_each(sa.literal(str(list(keys)))).table_valued("value")
        return column.in_(sa.select(each.c.value))
    return column == sa.any_(sa.cast(sa.literal(list(keys), sa.ARRAY(sa.BigInteger)), sa.ARRAY(sa.BigInteger)))


def at_desk(places: Sequence[tuple[int, str]]) -> sa.ColumnElement[bool]:
    """The reviews of these units and roles."""
    return sa.or_(sa.false(), *(sa.and_(r.unit == unit, r.role == role) for unit, role in places))


def desk_end(tx: Transaction, places: Sequence[tuple[int, str]], year: int, *, decided: bool) -> End:
    """What waits at a desk, or was decided there."""
    return end_of(tx, sa.select(r.case_key).where(at_desk(places), r.decided.is_(decided), r.year == year))


def held_end(tx: Transaction, places: Sequence[tuple[int, str]]) -> End:
    """What is on hold at a desk, of the little that is on hold at all."""
    held = sa.select(r.case_key).join(task, task.c.case_key == r.case_key)
    # the word itself, not a parameter: only so the index of what is on hold fits
    state = task.c.state == sa.bindparam(None, TaskState.ON_HOLD, task.c.state.type, literal_execute=True)
    return end_of(tx, held.where(at_desk(places), r.decided.is_(False), state))


def scope_end(tx: Transaction, actor: Actor, year: int) -> End:
    """The declarations of the actor's units and those below."""
    if actor.everywhere:
        return End(None, sa.select(d.case_key).where(d.year == year), None, PROVINCE)
    below = sa.select(d.case_key).join(unit_ancestor, unit_ancestor.c.unit == d.unit)
    below = below.where(unit_ancestor.c.ancestor.in_(sorted(actor.units)), d.year == year)
    party = sa.select(case_party.c.case_key).where(case_party.c.principal.in_(sorted(actor.principals)))
    return end_of(tx, sa.union_all(below, party).subquery().select())


def is_seen(actor: Actor) -> sa.ColumnElement[bool]:
    """Whether the actor sees the declaration of the row: the flow's rule, asked row by row since the row carries the unit of
    its case, so that a list in order stops at its page."""
    if actor.everywhere:
        return sa.true()
    party = sa.exists().where(case_party.c.case_key == d.case_key, case_party.c.principal.in_(sorted(actor.principals)))
    if not actor.units:
        return party
    below = sa.exists().where(unit_ancestor.c.unit == d.unit, unit_ancestor.c.ancestor.in_(sorted(actor.units)))
    return sa.or_(below, party)
