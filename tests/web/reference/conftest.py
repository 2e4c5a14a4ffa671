"""The whole application over the demo province with the declaration published, on both databases."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from fastapi import FastAPI

from engine.bootstrap import App, build
from engine.clock import FixedClock
from engine.settings import read_settings
from tests.support.province import QUICK, found_province
from tests.support.templates import Templates
from tests.support.visitor import Visitor
from web.app import create_app

NOON = datetime(2026, 6, 1, 4, tzinfo=UTC)


@pytest.fixture(scope="module")
def app(database_url: str, templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    settings = read_settings(
        {
            "ZHIPING_DATA": str(tmp_path_factory.mktemp("data")),
            "ZHIPING_DATABASE_URL": database_url,
            "ZHIPING_CAPTCHA": "off",
            "ZHIPING_SQLITE_SYNCHRONOUS": "OFF",
        }
    )
    templates.fill(database_url, found_province, now=NOON, code_lists=2025, committees=True, release=True)
    app = replace(build(settings, clock=FixedClock(NOON), queue=False), passwords=QUICK)
    yield app
    app.close()


@pytest.fixture
def clock(app: App) -> FixedClock:
    """The time of this test; every test begins at noon."""
    app.database.clock = clock = FixedClock(NOON)
    return clock


@pytest.fixture(scope="module")
def site(app: App) -> FastAPI:
    return create_app(app)


@pytest.fixture
def enter(site: FastAPI, clock: FixedClock) -> Callable[[str], Visitor]:
    """Somebody signed in: `enter("office_admin")`."""

    def enter(login: str) -> Visitor:
        visitor = Visitor(site)
        visitor.take_seat(login)
        return visitor

    return enter


@pytest.fixture
def office(enter: Callable[[str], Visitor]) -> Visitor:
    return enter("office_admin")


@pytest.fixture
def anybody(site: FastAPI, clock: FixedClock) -> Visitor:
    """Somebody who has not signed in."""
    return Visitor(site)
