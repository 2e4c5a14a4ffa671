"""The demo province on SQLite, and who acts in it after results."""

import pytest

from engine.bootstrap import App
from engine.clock import FixedClock
from tests.declaration.conftest import MORNING
from tests.result.aftercare.office import Office


@pytest.fixture(scope="module")
def database_url(sqlite_url: str) -> str:
    return sqlite_url


@pytest.fixture
def office(app: App) -> Office:
    """The morning of June 1st."""
    clock = app.database.clock
    assert isinstance(clock, FixedClock)
    clock.move_to(MORNING)
    return Office(app.database, clock)
