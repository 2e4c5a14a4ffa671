"""Fixtures that give a database: `database_url` on SQLite and on PostgreSQL in turn, or one of the two by name."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.parts import require
from tests.support.postgres import PostgresServer


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL server for this process of the test run. Ask it for a database of your own with `create_database()`."""
    server = PostgresServer(require("PostgreSQL"))
    try:
        yield server.start()
    finally:
        server.stop()


@pytest.fixture(scope="module")
def sqlite_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """An empty SQLite file for this module."""
    return sqlite_url_in(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="module")
def postgres_url(postgres_server: PostgresServer) -> str:
    """An empty PostgreSQL database for this module."""
    return postgres_server.create_database()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty database for this module, on each kind in turn: every test that asks for it runs on both."""
    return str(request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url"))


def sqlite_url_in(folder: Path) -> str:
    """The address of a SQLite file in `folder`."""
    return f"sqlite:///{folder / 'zhiping.db'}"
