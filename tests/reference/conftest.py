"""A database with the tables and the seeds of this room, on both kinds."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from engine.clock import FixedClock
from engine.db import Database, metadata
from engine.reference import seed_reference


@pytest.fixture(scope="module")
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url, clock=FixedClock(datetime(2026, 6, 1, tzinfo=UTC)))
    metadata.create_all(database.writer)
    with database.transaction() as tx:
        seed_reference(tx, 2026)
    yield database
    database.dispose()
