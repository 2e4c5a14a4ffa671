"""The whole application, a meeting being scored, and experts who can sign in."""

from collections.abc import Callable, Iterator

import pytest
from fastapi import FastAPI

from engine.bootstrap import App
from engine.clock import FixedClock
from tests.review_meeting.panel import Panel
from tests.support.templates import Templates
from tests.support.visitor import Visitor
from tests.web.declaration.conftest import MORNING, let_in, make_app, settings_for
from web.app import create_app

Enter = Callable[[str], Visitor]


@pytest.fixture(scope="module")
def app(sqlite_url: str, templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    app = make_app(settings_for(sqlite_url, str(tmp_path_factory.mktemp("data"))), templates)
    yield app
    app.close()


@pytest.fixture
def clock(app: App) -> FixedClock:
    """The time of this test; every test begins on the same morning."""
    app.database.clock = clock = FixedClock(MORNING)
    return clock


@pytest.fixture(scope="module")
def site(app: App) -> FastAPI:
    return create_app(app)


@pytest.fixture
def panel(app: App, clock: FixedClock) -> Panel:
    """A meeting whose experts can sign in."""
    return let_experts_in(app, Panel(app.database))


def let_experts_in(app: App, panel: Panel) -> Panel:
    for login in panel.logins:
        let_in(app, login)
    return panel


@pytest.fixture
def enter(site: FastAPI, clock: FixedClock) -> Enter:
    """Somebody signed in: `enter("office_officer")`."""

    def enter(login: str) -> Visitor:
        visitor = Visitor(site)
        visitor.take_seat(login)
        return visitor

    return enter
