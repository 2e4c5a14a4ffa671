"""The studio over the release's own definitions, on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.bootstrap import App, build
from engine.db import metadata
from engine.organisation import Passwords
from engine.organisation.demo import seed_demo_province
from engine.reference import seed_reference
from engine.settings import read_settings
from tests.support.visitor import Visitor
from web.app import create_app

DIAGRAM = "declaration/declaration.bpmn"
FORM = "declaration/leader_review.form"


@pytest.fixture(scope="module")
def app(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
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
    metadata.create_all(app.database.writer)
    with app.database.transaction() as tx:
        seed_reference(tx, app.year)
        seed_demo_province(tx, Passwords(time_cost=1, memory_cost=8), app.year)
    app.deploy_release()
    yield app
    app.close()


@pytest.fixture(scope="module")
def designer(app: App) -> Visitor:
    visitor = Visitor(create_app(app))
    visitor.sign_in("designer")
    return visitor


@pytest.fixture
def officer(app: App) -> Visitor:
    visitor = Visitor(create_app(app))
    visitor.sign_in("hosp3_officer")
    return visitor
