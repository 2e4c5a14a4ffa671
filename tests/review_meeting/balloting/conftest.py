"""The demo province on both databases with the ballot published, and halls to vote in."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from engine.access import Actor
from engine.bootstrap import App, build
from engine.clock import FixedClock
from engine.declaration.demo_people import actor_of_login
from engine.settings import read_settings
from tests.review_meeting.balloting.hall import OFFICER, ROOT, SITTING, Hall
from tests.support.province import found_province
from tests.support.templates import Templates

MORNING = datetime(2026, 9, 7, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def app(database_url: str, templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    folder = tmp_path_factory.mktemp("ballot")
    settings = read_settings(
        {
            "ZHIPING_DATABASE_URL": database_url,
            "ZHIPING_DATA": str(folder),
            "ZHIPING_SQLITE_SYNCHRONOUS": "OFF",
            "ZHIPING_CAPTCHA": "off",
        }
    )
    templates.fill(database_url, found_province, now=MORNING)
    app = build(settings, FixedClock(MORNING), queue=False)
    forms = ROOT / "forms" / "review_meeting"
    diagrams = ROOT / "processes" / "review_meeting"
    app.deploy([SITTING, *diagrams.glob("*.dmn"), diagrams / "ballot.bpmn", *forms.glob("*.form")])
    yield app
    app.close()


@pytest.fixture
def clock(app: App) -> Iterator[FixedClock]:
    clock = app.database.clock
    assert isinstance(clock, FixedClock)
    clock.move_to(MORNING)
    yield clock
    clock.move_to(MORNING)


@pytest.fixture
def office(app: App) -> Actor:
    with app.database.read() as tx:
        return actor_of_login(tx, OFFICER, "case_officer")


@pytest.fixture
def hall(app: App, clock: FixedClock, office: Actor) -> Callable[..., Hall]:
    """`hall(experts=7, dossiers=3)`: a sitting whose ballot waits to be opened."""

    def made(**plan: object) -> Hall:
        assert office.unit is not None
        return Hall(app, office.unit, **plan)

    return made
