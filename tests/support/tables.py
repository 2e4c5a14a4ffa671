"""Databases with the tables and nothing in them, or with the code lists of a year; for `templates.fill`."""

from datetime import datetime

from engine.clock import FixedClock
from engine.db import Database, metadata
from engine.reference import seed_reference


def make_tables(url: str, *, code_lists: int | None = None, now: datetime | None = None) -> None:
    """The tables, and where a year is given its code lists as of `now`."""
    database = Database(url, clock=FixedClock(now) if now else None, synchronous="OFF")
    metadata.create_all(database.writer)
    if code_lists is not None:
        with database.transaction() as tx:
            seed_reference(tx, code_lists)
    database.dispose()
