"""Databases prepared once and copied: making the tables and the demo province costs a second, a copy a few hundredths."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.databases import sqlite_url_in
from tests.support.postgres import PostgresServer


class Templates:
    """What this process of the test run has prepared, by who prepares it, with what, on which kind of database."""

    def __init__(self, request: pytest.FixtureRequest) -> None:
        self._request = request
        self._made: dict[tuple[object, ...], str] = {}

    def fill(self, url: str, make: Callable[..., None], **choices: Any) -> None:
        """Make the empty database at `url` a copy of what `make(url, **choices)` makes of another one.

        `make` runs once for these choices. It closes the database when it is done, and keeps nothing outside of it.
        """
        kind = url.partition(":")[0]
        made = (make, kind, *sorted(choices.items()))
        if made not in self._made:
            self._made[made] = self._create(kind)
            make(self._made[made], **choices)
        if kind == "sqlite":
            shutil.copyfile(_path(self._made[made]), _path(url))
        else:
            self._postgres.replace_database(url, self._made[made])

    @property
    def _postgres(self) -> PostgresServer:
        server: PostgresServer = self._request.getfixturevalue("postgres_server")
        return server

    def _create(self, kind: str) -> str:
        if kind != "sqlite":
            return self._postgres.create_database()
        factory: pytest.TempPathFactory = self._request.getfixturevalue("tmp_path_factory")
        return sqlite_url_in(factory.mktemp("template"))


def _path(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


@pytest.fixture(scope="session")
def templates(request: pytest.FixtureRequest) -> Templates:
    """Prepared databases to copy: `templates.fill(database_url, make_province, committees=True)`."""
    return Templates(request)
