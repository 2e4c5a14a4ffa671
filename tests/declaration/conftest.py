"""The demo province on both databases with the declaration published, and the people who act in it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from engine.access import Actor
from engine.bootstrap import App, build
from engine.clock import FixedClock
from engine.db import Database
from engine.declaration.demo_people import actor_of_login
from engine.settings import read_settings
from tests.declaration.story import Story
from tests.support.province import found_province
from tests.support.templates import Templates

YEAR = 2026
#: a Monday, ten o'clock in the province
MORNING = datetime(2026, 6, 1, 2, tzinfo=UTC)


@pytest.fixture(scope="module")
def app(database_url: str, templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    folder = tmp_path_factory.mktemp("declaration")
    settings = read_settings(
        {"ZHIPING_DATABASE_URL": database_url, "ZHIPING_DATA": str(folder), "ZHIPING_SQLITE_SYNCHRONOUS": "OFF"}
    )
    templates.fill(database_url, found_province, now=MORNING, committees=True, release=True)
    app = build(settings, FixedClock(MORNING), queue=False)
    yield app
    app.close()


@pytest.fixture
def clock(app: App) -> Iterator[FixedClock]:
    """The province's clock, back in the morning for each test."""
    clock = app.database.clock
    assert isinstance(clock, FixedClock)
    clock.move_to(MORNING)
    yield clock
    clock.move_to(MORNING)


@pytest.fixture
def database(app: App, clock: FixedClock) -> Database:
    return app.database


@pytest.fixture
def who(database: Database) -> Callable[..., Actor]:
    """The actor of a login: `who("hosp3_officer")`."""

    def who(login: str, role: str = "case_officer") -> Actor:
        with database.read() as tx:
            return actor_of_login(tx, login, role)

    return who


@pytest.fixture
def story(database: Database) -> Story:
    """A fresh applicant of the third hospital with a complete dossier to declare with."""
    return Story(database)
