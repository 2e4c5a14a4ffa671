"""Where the code lists of a year and the calendar are had, without asking the database each time."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from engine.db import Transaction
from engine.db.keys import key_block
from engine.reference.book import Code, CodeBook
from engine.reference.calendar import Calendar, load_calendar
from engine.reference.tables import code

#: so long a change made by another process may go unseen
FRESH = timedelta(seconds=2)
#: the row that counts the changes of lists and calendar
CHANGES = "codes"


@dataclass(slots=True)
class _Kept:
    """What is in memory: as of which count of changes, and when that was last seen to be the present one."""

    changes: int
    seen: datetime


class CodeLists:
    """Keeps the books by year and the calendar in memory. Safe to share between threads.

    Every change raises a count in its transaction; a process asks for that count after two seconds at most and reads
    afresh what it has when somebody has raised it, so all processes follow each other.
    """

    def __init__(self) -> None:
        self._kept: _Kept | None = None
        self._books: dict[int, CodeBook] = {}
        self._calendar: Calendar | None = None
        self._lock = threading.Lock()

    def book(self, tx: Transaction, year: int) -> CodeBook:
        """The lists of that review year. A list that has no rows for it stands as in the nearest earlier year, else the earliest."""
        with self._lock:
            self._follow(tx)
            found = self._books.get(year)
            if found is None:
                found = self._books[year] = load_book(tx, year)
            return found

    def calendar(self, tx: Transaction) -> Calendar:
        """The working-day calendar."""
        with self._lock:
            self._follow(tx)
            if self._calendar is None:
                self._calendar = load_calendar(tx)
            return self._calendar

    def kept_book(self, now: datetime, year: int) -> CodeBook | None:
        """The book if it is in memory and fresh: no transaction is needed then."""
        return self._books.get(year) if self._is_fresh(now) else None

    def kept_calendar(self, now: datetime) -> Calendar | None:
        """The calendar if it is in memory and fresh."""
        return self._calendar if self._is_fresh(now) else None

    def forget(self) -> None:
        """Read afresh next time: for the process that changed something, after its commit."""
        with self._lock:
            self._kept = None
            self._books.clear()
            self._calendar = None

    def _is_fresh(self, now: datetime) -> bool:
        return self._kept is not None and abs(now - self._kept.seen) < FRESH

    def _follow(self, tx: Transaction) -> None:
        if self._is_fresh(tx.now):
            return
        changes = int(tx.value(sa.select(key_block.c.next).where(key_block.c.name == CHANGES)) or 0)
        if self._kept is None or self._kept.changes != changes:
            self._books.clear()
            self._calendar = None
        self._kept = _Kept(changes, tx.now)


def announce_change(tx: Transaction) -> None:
    """Let every process of the server read lists and calendar afresh, once this transaction is committed."""
    raised = tx.execute(sa.update(key_block).where(key_block.c.name == CHANGES).values(next=key_block.c.next + 1))
    if raised.rowcount == 0:
        tx.execute(sa.insert(key_block).values(name=CHANGES, next=1))
    tx.after_commit(tx.service(CodeLists).forget)


def version_of(tx: Transaction, name: str, year: int) -> int | None:
    """The year whose rows a list of that review year stands on; None for a list there is not."""
    years = tx.execute(sa.select(code.c.year).where(code.c.list == name).distinct()).scalars().all()
    return in_force(years, year)


def in_force(years: Sequence[int], year: int) -> int | None:
    """Of the years that have rows, the one that counts for `year`: the nearest earlier one, else the earliest."""
    before = [one for one in years if one <= year]
    return max(before) if before else min(years, default=None)


def load_book(tx: Transaction, year: int) -> CodeBook:
    """The book of a year as the database has it."""
    years: dict[str, list[int]] = {}
    for row in tx.rows(sa.select(code.c.list, code.c.year).distinct()):
        years.setdefault(row.list, []).append(row.year)
    wanted_years = sorted((name, found) for name, held in years.items() if (found := in_force(held, year)) is not None)
    wanted = sa.select(code).where(sa.tuple_(code.c.list, code.c.year).in_(wanted_years))
    rows = tx.rows(wanted.order_by(code.c.list, code.c.position, code.c.value)) if wanted_years else []
    return CodeBook(
        year,
        (Code(row.list, row.value, row.label, row.parent, row.rank, row.active, row.extra or {}) for row in rows),
    )
