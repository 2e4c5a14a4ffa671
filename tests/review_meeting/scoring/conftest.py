"""A meeting that has been set up."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.access import Actor
from engine.bootstrap import App, build
from engine.clock import FixedClock
from engine.db import Database
from engine.declaration.demo_people import actor_of_login
from engine.settings import read_settings
from tests.review_meeting.panel import Panel
from tests.support.province import found_province
from tests.support.templates import Templates

NOON = datetime(2026, 9, 1, 4, tzinfo=UTC)


def make_app(database_url: str, templates: Templates, folder: Path, *, committees: bool = False) -> App:
    """The demo province with the release's diagrams."""
    templates.fill(database_url, found_province, now=NOON, committees=committees, release=True)
    settings = read_settings(
        {"ZHIPING_DATABASE_URL": database_url, "ZHIPING_DATA": str(folder), "ZHIPING_SQLITE_SYNCHRONOUS": "OFF"}
    )
    return build(settings, FixedClock(NOON), queue=False)


@pytest.fixture(scope="module")
def app(sqlite_url: str, templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    app = make_app(sqlite_url, templates, tmp_path_factory.mktemp("scoring"))
    yield app
    app.close()


@pytest.fixture
def database(app: App) -> Database:
    return app.database


@pytest.fixture
def panel(database: Database) -> Panel:
    return Panel(database)


@pytest.fixture
def who(database: Database) -> Callable[..., Actor]:
    """The actor of a login in a role."""

    def who(login: str, role: str = "case_officer") -> Actor:
        with database.read() as tx:
            return actor_of_login(tx, login, role)

    return who
