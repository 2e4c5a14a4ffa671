"""The whole application over the demo province, on both databases."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from fastapi import FastAPI

from engine.bootstrap import App, build
from engine.clock import FixedClock
from engine.settings import Settings, read_settings
from tests.support.province import QUICK, found_province
from tests.support.templates import Templates
from tests.support.visitor import Visitor
from web.app import create_app

NOON = datetime(2026, 6, 1, 4, tzinfo=UTC)


@pytest.fixture(scope="module")
def settings(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    data = tmp_path_factory.mktemp("data")
    return read_settings(
        {
            "ZHIPING_DATA": str(data),
            "ZHIPING_DATABASE_URL": database_url,
            "ZHIPING_DEMO": "1",
            "ZHIPING_CAPTCHA": "off",
            "ZHIPING_SQLITE_SYNCHRONOUS": "OFF",
            "ZHIPING_UPLOAD_MB": "1",
        }
    )


@pytest.fixture(scope="module")
def app(settings: Settings, database_url: str, templates: Templates) -> Iterator[App]:
    templates.fill(database_url, found_province, now=NOON)
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
def visitor(site: FastAPI, clock: FixedClock) -> Visitor:
    return Visitor(site)


@pytest.fixture
def enter(site: FastAPI, clock: FixedClock) -> Callable[[str], Visitor]:
    """Somebody signed in: `enter("medu_officer")`."""

    def enter(login: str) -> Visitor:
        visitor = Visitor(site)
        visitor.take_seat(login)
        return visitor

    return enter


@pytest.fixture
def site_with(app: App) -> Callable[..., FastAPI]:
    """The same province behind other settings: `site_with(captcha=True)`."""

    def site_with(**changes: object) -> FastAPI:
        return create_app(replace(app, settings=replace(app.settings, **changes)))  # type: ignore[arg-type]

    return site_with
