"""The pages of committees over the demo province with its filled pools."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from engine.bootstrap import RELEASE, App, build
from engine.clock import FixedClock
from engine.committee.demo_experts import seed_demo_experts
from engine.committee.tables import committee
from engine.declaration.demo_files import DemoFiles
from engine.settings import read_settings
from tests.support.databases import sqlite_url_in
from tests.support.province import QUICK, found_province
from tests.support.templates import Templates
from tests.support.visitor import Visitor
from web.app import create_app

NOON = datetime(2026, 6, 1, 4, tzinfo=UTC)
PASSWORD = "888888"


@pytest.fixture(scope="module")
def app(templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    folder = tmp_path_factory.mktemp("data")
    url = sqlite_url_in(folder)
    templates.fill(url, found_province, now=NOON, committees=True)
    settings = {
        "ZHIPING_DATA": str(folder),
        "ZHIPING_DATABASE_URL": url,
        "ZHIPING_CAPTCHA": "off",
        "ZHIPING_SQLITE_SYNCHRONOUS": "OFF",
    }
    app = replace(build(read_settings(settings), clock=FixedClock(NOON), queue=False), passwords=QUICK)
    app.deploy([path / "committee" for path in RELEASE])
    with app.database.transaction() as tx:
        book = app.lists.book(tx, 2026)
        seed_demo_experts(tx, book, QUICK.hash(PASSWORD), DemoFiles(app.files).upload)
    yield app
    app.close()


@pytest.fixture(scope="module")
def site(app: App) -> FastAPI:
    return create_app(app)


@pytest.fixture
def enter(site: FastAPI) -> Callable[[str], Visitor]:
    """Somebody signed in: `enter("pw0201")`."""

    def enter(login: str) -> Visitor:
        visitor = Visitor(site)
        visitor.take_seat(login)
        return visitor

    return enter


@pytest.fixture(scope="module")
def committee_of(app: App) -> Callable[[str], int]:
    """The id of a committee by its code."""

    def committee_of(code: str) -> int:
        with app.database.read() as tx:
            return int(tx.value(sa.select(committee.c.id).where(committee.c.code == code)))

    return committee_of
