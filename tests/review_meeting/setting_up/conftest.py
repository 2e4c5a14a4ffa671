"""The demo province on both databases with the diagrams published, and a hall to meet in."""

from collections.abc import Iterator

import pytest

from engine.bootstrap import App, build
from engine.clock import FixedClock
from engine.settings import read_settings
from tests.declaration.conftest import MORNING
from tests.review_meeting.setting_up.hall import Hall
from tests.support.province import found_province
from tests.support.templates import Templates


@pytest.fixture(scope="module")
def app(sqlite_url: str, templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    yield from make_app(sqlite_url, templates, str(tmp_path_factory.mktemp("meeting")))


def make_app(url: str, templates: Templates, folder: str) -> Iterator[App]:
    """The province without its stories at ten o'clock on the first of June."""
    settings = read_settings({"ZHIPING_DATABASE_URL": url, "ZHIPING_DATA": folder, "ZHIPING_SQLITE_SYNCHRONOUS": "OFF"})
    templates.fill(url, found_province, now=MORNING, committees=True, release=True)
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
def hall(app: App, clock: FixedClock) -> Hall:
    return Hall(app.database)
