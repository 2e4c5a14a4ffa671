"""The demo province with its committees, on both databases."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from engine.access import Actor
from engine.bootstrap import RELEASE, App, build
from engine.clock import FixedClock
from engine.committee.demo import seed_demo_committees
from engine.db import Database, metadata
from engine.declaration.demo import actor_of_login
from engine.organisation import Passwords
from engine.organisation.demo import seed_demo_province
from engine.reference import seed_reference
from engine.settings import read_settings

NOON = datetime(2026, 6, 1, 4, tzinfo=UTC)


@pytest.fixture(scope="module")
def app(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    settings = read_settings(
        {"ZHIPING_DATABASE_URL": database_url, "ZHIPING_DATA": str(tmp_path_factory.mktemp("committee"))}
    )
    app = build(settings, FixedClock(NOON), queue=False)
    metadata.create_all(app.database.writer)
    with app.database.transaction() as tx:
        seed_reference(tx, 2026)
        seed_demo_province(tx, Passwords(time_cost=1, memory_cost=8), 2026)
        seed_demo_committees(tx)
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
