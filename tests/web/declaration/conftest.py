"""The whole application with the declaration published, and applicants who can sign in."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from engine.bootstrap import App, build
from engine.clock import FixedClock
from engine.organisation.tables import account
from engine.settings import Settings, read_settings
from tests.declaration.story import Story
from tests.support.province import QUICK, found_province
from tests.support.templates import Templates
from tests.support.visitor import Visitor
from web.app import create_app

#: a Monday, ten o'clock in the province
MORNING = datetime(2026, 6, 1, 2, tzinfo=UTC)
PASSWORD = "8" * 6

Enter = Callable[[str], Visitor]
Tell = Callable[..., Story]


def settings_for(database_url: str, folder: str) -> Settings:
    return read_settings(
        {
            "ZHIPING_DATA": folder,
            "ZHIPING_DATABASE_URL": database_url,
            "ZHIPING_DEMO": "1",
            "ZHIPING_CAPTCHA": "off",
            "ZHIPING_SQLITE_SYNCHRONOUS": "OFF",
        }
    )


def make_app(settings: Settings, templates: Templates) -> App:
    """The demo province at the beginning of June, without its stories."""
    templates.fill(settings.database_url, found_province, now=MORNING, release=True)
    return replace(build(settings, clock=FixedClock(MORNING), queue=False), passwords=QUICK)


def let_in(app: App, login: str) -> None:
    """Give an account the password every visitor of a test uses."""
    with app.database.transaction() as tx:
        known = {"password_hash": QUICK.hash(PASSWORD), "must_change": False}
        tx.execute(sa.update(account).where(account.c.login == login).values(**known))


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
def enter(site: FastAPI, clock: FixedClock) -> Enter:
    """Somebody signed in: `enter("hosp3_officer")`."""

    def enter(login: str) -> Visitor:
        visitor = Visitor(site)
        visitor.take_seat(login)
        return visitor

    return enter


@pytest.fixture
def tell(app: App, clock: FixedClock) -> Tell:
    """A fresh applicant who can sign in, of the unit whose officer is named: `tell("medu_officer")`."""

    def tell(officer: str = "hosp3_officer", **choices: str) -> Story:
        story = Story(app.database, officer, **choices)
        let_in(app, story.applicant.login)
        return story

    return tell
