"""The demo province behind the pages of units, on both databases; workbooks to import; statements counted."""

import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from engine.bootstrap import App, build
from engine.clock import FixedClock
from engine.organisation.tables import unit
from engine.settings import read_settings
from tests.support.province import QUICK, found_province
from tests.support.templates import Templates
from tests.support.visitor import Page, Visitor
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
    templates.fill(database_url, found_province, now=NOON)
    app = replace(build(settings, clock=FixedClock(NOON), queue=False), passwords=QUICK)
    yield app
    app.close()


@pytest.fixture(scope="module")
def site(app: App) -> FastAPI:
    return create_app(app)


@pytest.fixture
def enter(site: FastAPI) -> Callable[[str], Visitor]:
    """Somebody signed in: `enter("medu_admin")`."""

    def enter(login: str) -> Visitor:
        visitor = Visitor(site)
        visitor.take_seat(login)
        return visitor

    return enter


@pytest.fixture
def unit_id(app: App) -> Callable[[str], int]:
    """The id of a unit by the beginning of its name."""

    def unit_id(name: str) -> int:
        with app.database.read() as tx:
            found = sa.select(unit.c.id).where(unit.c.name.startswith(name)).order_by(unit.c.id).limit(1)
            return int(tx.value(found))

    return unit_id


@pytest.fixture
def counting(app: App) -> Callable[[], AbstractContextManager[list[str]]]:
    """The statements its block sends."""

    @contextmanager
    def counting() -> Iterator[list[str]]:
        sent: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            if not statement.startswith(("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE")):
                sent.append(statement)

        engines = {app.database.reader, app.database.writer}
        for engine in engines:
            sa.event.listen(engine, "before_cursor_execute", note)
        yield sent
        for engine in engines:
            sa.event.remove(engine, "before_cursor_execute", note)

    return counting


def send_file(visitor: Visitor, path: str, name: str, content: bytes) -> Page:
    """Post a file as a page's form would."""
    fields = {"csrf_token": visitor.csrf}
    visitor.page = Page(visitor.client.post(path, data=fields, files={"file": (name, io.BytesIO(content))}))
    return visitor.page


@pytest.fixture
def form() -> Mapping[str, str]:
    """What one types for a new unit, besides the code, the name and the superior."""
    return {
        "region": "130100",
        "category": "hospital",
        "nature": "public_institution",
        "industry": "Q",
        "responsible_person": "测试领导",
        "contact_person": "测试联系人",
        "contact_phone": "0311-12345678",
        "recommendation_mode": "round",
        "leader_review": "1",
    }
