"""The demo province on both databases."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from engine.access import Actor
from engine.bootstrap import App, build
from engine.clock import FixedClock
from engine.db import Database
from engine.declaration.demo_people import actor_of_login
from engine.settings import read_settings
from tests.support.province import found_province
from tests.support.templates import Templates

NOON = datetime(2026, 6, 1, 4, tzinfo=UTC)


@pytest.fixture(scope="module")
def app(database_url: str, templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    settings = read_settings(
        {
            "ZHIPING_DATABASE_URL": database_url,
            "ZHIPING_DATA": str(tmp_path_factory.mktemp("bulletin")),
            "ZHIPING_SQLITE_SYNCHRONOUS": "OFF",
        }
    )
    templates.fill(database_url, found_province, now=NOON)
    app = build(settings, FixedClock(NOON), queue=False)
    yield app
    app.close()


@pytest.fixture
def database(app: App) -> Database:
    return app.database


@pytest.fixture
def who(database: Database) -> Callable[..., Actor]:
    """The actor of a login in a role: `who("city_admin", "unit_admin")`."""

    def who(login: str, role: str = "unit_admin") -> Actor:
        with database.read() as tx:
            return actor_of_login(tx, login, role)

    return who
