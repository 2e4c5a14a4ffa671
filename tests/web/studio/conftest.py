"""The studio over the release's own definitions, on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.bootstrap import App, build
from engine.settings import read_settings
from tests.support.province import found_province
from tests.support.templates import Templates
from tests.support.visitor import Visitor
from web.app import create_app

DIAGRAM = "declaration/declaration.bpmn"
FORM = "declaration/leader_review.form"


@pytest.fixture(scope="module")
def app(database_url: str, templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    data: Path = tmp_path_factory.mktemp("data")
    settings = read_settings(
        {
            "ZHIPING_DATABASE_URL": database_url,
            "ZHIPING_DATA": str(data),
            "ZHIPING_CAPTCHA": "off",
            "ZHIPING_SQLITE_SYNCHRONOUS": "OFF",
        }
    )
    app = build(settings, queue=False)
    year = app.year
    templates.fill(database_url, found_province, year=year, code_lists=year, release=True)
    yield app
    app.close()


@pytest.fixture(scope="module")
def designer(app: App) -> Visitor:
    visitor = Visitor(create_app(app))
    visitor.take_seat("designer")
    return visitor


@pytest.fixture
def officer(app: App) -> Visitor:
    visitor = Visitor(create_app(app))
    visitor.take_seat("hosp3_officer")
    return visitor
