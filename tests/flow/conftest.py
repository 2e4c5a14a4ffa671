"""`flow`: the flow over an empty database, on SQLite and on PostgreSQL in turn."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from engine.db import metadata
from tests.support.flow import Flow


@pytest.fixture
def flow(database_url: str) -> Iterator[Flow]:
    made = Flow(database_url)
    with made.database.writer.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(sa.delete(table))
    yield made
    made.close()
