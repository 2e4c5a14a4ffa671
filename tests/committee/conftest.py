"""The demo province with its committees, on both databases."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from engine.access import Actor
from engine.bootstrap import RELEASE, App, build
from engine.clock import FixedClock
from engine.db import Database
from engine.declaration.demo_people import actor_of_login
from engine.settings import read_settings
from tests.committee.pools import Pools
from tests.support.province import found_province
from tests.support.templates import Templates

NOON = datetime(2026, 6, 1, 4, tzinfo=UTC)


@pytest.fixture(scope="module")
def app(database_url: str, templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    settings = read_settings(
        {
            "ZHIPING_DATABASE_URL": database_url,
            "ZHIPING_DATA": str(tmp_path_factory.mktemp("committee")),
            "ZHIPING_SQLITE_SYNCHRONOUS": "OFF",
        }
    )
    templates.fill(database_url, found_province, now=NOON, committees=True)
    app = build(settings, FixedClock(NOON), queue=False)
    app.deploy([folder / "committee" for folder in RELEASE])
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


@pytest.fixture
def clock(app: App) -> Iterator[FixedClock]:
    """The province's clock, back at noon for each test."""
    clock = app.database.clock
    assert isinstance(clock, FixedClock)
    clock.move_to(NOON)
    yield clock
    clock.move_to(NOON)


@pytest.fixture
def pools(database: Database, who: Callable[..., Actor], clock: FixedClock) -> Pools:
    """What the tests do with the pools of the city's committees."""
    return Pools(database, who)
