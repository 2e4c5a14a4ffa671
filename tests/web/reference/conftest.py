"""The whole application over the demo province with the declaration published, on both databases."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from fastapi import FastAPI

from engine.bootstrap import App, build
from engine.clock import FixedClock
from engine.committee.demo import seed_demo_committees
from engine.db import metadata
from engine.organisation import Passwords
from engine.organisation.demo import seed_demo_province
from engine.reference import seed_reference
from engine.settings import read_settings
from tests.support.visitor import Visitor
from web.app import create_app

NOON = datetime(2026, 6, 1, 4, tzinfo=UTC)


@pytest.fixture(scope="module")
def app(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    settings = read_settings(
        {
            "ZHIPING_DATA": str(tmp_path_factory.mktemp("data")),
            "ZHIPING_DATABASE_URL": database_url,
            "ZHIPING_CAPTCHA": "off",
        }
    )
    quick = Passwords(time_cost=1, memory_cost=8)
    app = replace(build(settings, clock=FixedClock(NOON), queue=False), passwords=quick)
    metadata.create_all(app.database.writer)
    with app.database.transaction() as tx:
        seed_reference(tx, 2025)
        seed_demo_province(tx, quick, 2026)
        seed_demo_committees(tx)
    app.deploy_release()
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
        visitor.sign_in(login)
        return visitor

    return enter


@pytest.fixture
def office(enter: Callable[[str], Visitor]) -> Visitor:
    return enter("office_admin")


@pytest.fixture
def anybody(site: FastAPI, clock: FixedClock) -> Visitor:
    """Somebody who has not signed in."""
    return Visitor(site)
