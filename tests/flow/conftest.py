"""`flow`: the flow over an empty database, on SQLite and on PostgreSQL in turn."""

from collections.abc import Iterator

import pytest

from tests.support.flow import Flow


@pytest.fixture
def flow(database_url: str) -> Iterator[Flow]:
    made = Flow(database_url)
    made.empty()
    yield made
    made.close()
