"""The demo province on both databases with the diagrams published, and a hall to meet in."""

from collections.abc import Iterator

import pytest

from engine.bootstrap import App, build
from engine.clock import FixedClock
from engine.committee.demo import seed_demo_committees
from engine.db import metadata
from engine.organisation import Passwords
from engine.organisation.demo import seed_demo_province
from engine.reference import seed_reference
from engine.settings import read_settings
from tests.declaration.conftest import MORNING, YEAR
from tests.review_meeting.setting_up.hall import Hall


@pytest.fixture(scope="module")
def app(sqlite_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    yield from make_app(sqlite_url, str(tmp_path_factory.mktemp("meeting")))


def make_app(url: str, folder: str) -> Iterator[App]:
    """The province without its stories at ten o'clock on the first of June."""
    settings = read_settings({"ZHIPING_DATABASE_URL": url, "ZHIPING_DATA": folder, "ZHIPING_SQLITE_SYNCHRONOUS": "OFF"})
    app = build(settings, FixedClock(MORNING), queue=False)
    metadata.create_all(app.database.writer)
    with app.database.transaction() as tx:
        seed_reference(tx, YEAR)
        seed_demo_province(tx, Passwords(time_cost=1, memory_cost=8), YEAR)
        seed_demo_committees(tx)
    app.deploy_release()
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
def hall(app: App, clock: FixedClock) -> Hall:
    return Hall(app.database)
