"""A meeting whose ballot is confirmed, in the demo province on both databases."""

from collections.abc import Iterator

import pytest

from engine.bootstrap import App, build
from engine.clock import FixedClock
from engine.settings import read_settings
from tests.declaration.conftest import MORNING
from tests.result.decided import Decided
from tests.support.province import found_province
from tests.support.templates import Templates


@pytest.fixture(scope="module")
def app(database_url: str, templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    folder = tmp_path_factory.mktemp("result")
    settings = read_settings(
        {
            "ZHIPING_DATABASE_URL": database_url,
            "ZHIPING_DATA": str(folder),
            "ZHIPING_SQLITE_SYNCHRONOUS": "OFF",
            "ZHIPING_CAPTCHA": "off",
        }
    )
    templates.fill(database_url, found_province, now=MORNING, committees=True, release=True)
    app = build(settings, FixedClock(MORNING), queue=False)
    yield app
    app.close()


@pytest.fixture
def decided(app: App) -> Decided:
    """Three dossiers of one committee: two passed, one failed; the handling of the results has begun."""
    clock = app.database.clock
    assert isinstance(clock, FixedClock)
    clock.move_to(MORNING)
    return Decided(app.database, clock)
