"""The whole application with a hall to meet in, and people who can sign in."""

from collections.abc import Callable, Iterator

import pytest
from fastapi import FastAPI

from engine.bootstrap import App
from engine.committee.demo import seed_demo_committees
from tests.review_meeting.setting_up.hall import Hall
from tests.support.templates import Templates
from tests.support.visitor import Visitor
from tests.web.declaration.conftest import let_in, make_app, settings_for
from web.app import create_app

Enter = Callable[[str], Visitor]


@pytest.fixture(scope="module")
def app(sqlite_url: str, templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    app = make_app(settings_for(sqlite_url, str(tmp_path_factory.mktemp("meetings"))), templates)
    with app.database.transaction() as tx:
        seed_demo_committees(tx)
    yield app
    app.close()


@pytest.fixture(scope="module")
def site(app: App) -> FastAPI:
    return create_app(app)


@pytest.fixture(scope="module")
def hall(app: App) -> Hall:
    return Hall(app.database)


@pytest.fixture
def enter(site: FastAPI, app: App) -> Enter:
    """Somebody signed in, an expert by the identity number: `enter("medu_officer")`."""

    def enter(login: str) -> Visitor:
        let_in(app, login)
        visitor = Visitor(site)
        visitor.take_seat(login)
        return visitor

    return enter
