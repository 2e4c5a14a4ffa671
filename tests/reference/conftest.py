"""A database with the tables and the seeds of this room, on both kinds."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from engine.clock import FixedClock
from engine.db import Database
from tests.support.tables import make_tables
from tests.support.templates import Templates

FIRST = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def database(database_url: str, templates: Templates) -> Iterator[Database]:
    templates.fill(database_url, make_tables, code_lists=2026, now=FIRST)
    database = Database(database_url, clock=FixedClock(FIRST))
    yield database
    database.dispose()
