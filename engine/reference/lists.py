"""Where the code lists of a year and the calendar are had, without asking the database each time."""

import threading
from datetime import datetime, timedelta

import sqlalchemy as sa

from engine.db import Transaction
from engine.reference.book import Code, CodeBook
from engine.reference.calendar import Calendar, load_calendar
from engine.reference.tables import code

#: another process may have changed a list; so long may it go unseen
FRESH = timedelta(seconds=60)


class CodeLists:
    """Keeps the books by year and the calendar in memory, for a minute or until `forget`. Safe to share between threads."""

    def __init__(self) -> None:
        self._books: dict[int, tuple[datetime, CodeBook]] = {}
        self._calendar: tuple[datetime, Calendar] | None = None
        self._lock = threading.Lock()

    def book(self, tx: Transaction, year: int) -> CodeBook:
        """The lists of that review year. A list that has no rows for it stands as in the nearest earlier year, else the earliest."""
        with self._lock:
            kept = self._books.get(year)
            if kept is None or not _fresh(tx.now, kept[0]):
                kept = self._books[year] = (tx.now, load_book(tx, year))
            return kept[1]

    def calendar(self, tx: Transaction) -> Calendar:
        """The working-day calendar."""
        with self._lock:
            if self._calendar is None or not _fresh(tx.now, self._calendar[0]):
                self._calendar = (tx.now, load_calendar(tx))
            return self._calendar[1]

    def kept_book(self, now: datetime, year: int) -> CodeBook | None:
        """The book if it is in memory and fresh: no transaction is needed then."""
        kept = self._books.get(year)
        return kept[1] if kept is not None and _fresh(now, kept[0]) else None

    def kept_calendar(self, now: datetime) -> Calendar | None:
        """The calendar if it is in memory and fresh."""
        kept = self._calendar
        return kept[1] if kept is not None and _fresh(now, kept[0]) else None

    def forget(self) -> None:
        """Read afresh next time: for the process that changed something, after its commit."""
        with self._lock:
            self._books.clear()
            self._calendar = None


def _fresh(now: datetime, at: datetime) -> bool:
    return abs(now - at) < FRESH


def load_book(tx: Transaction, year: int) -> CodeBook:
    """The book of a year as the database has it."""
    years = tx.rows(sa.select(code.c.list, code.c.year).distinct())
    in_force: dict[str, int] = {}
    for row in sorted(years, key=lambda row: (row.year <= year, row.year if row.year <= year else -row.year)):
        in_force[row.list] = row.year
    wanted = sa.select(code).where(sa.tuple_(code.c.list, code.c.year).in_(sorted(in_force.items())))
    rows = tx.rows(wanted.order_by(code.c.list, code.c.position, code.c.value)) if in_force else []
    return CodeBook(
        year,
        (Code(row.list, row.value, row.label, row.parent, row.rank, row.active, row.extra or {}) for row in rows),
    )
