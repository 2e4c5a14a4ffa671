"""A prepared database with the process of these tests, on SQLite and on PostgreSQL in turn, and servers on it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from engine.bootstrap import App, build
from engine.organisation import issue_token
from engine.organisation.demo import seed_demo_province
from engine.settings import read_settings
from tests.chaos.parts import diagram, make_tables, register
from tests.support.nursery import Child, Nursery
from tests.support.province import QUICK
from tests.support.templates import Templates


@dataclass
class Ground:
    """The database seen from the tests (never from the server), and how to start a server on it."""

    app: App
    token: str
    settings: dict[str, str]
    nursery: Nursery

    def server(self, prepare: str = "tests.chaos.parts:with_handlers", **more: str) -> Child:
        return self.nursery.server(prepare=prepare, **{**self.settings, **more})

    def worker(self, prepare: str) -> Child:
        return self.nursery.worker(prepare=prepare, **self.settings)


def settings_of(database_url: str, folder: Path) -> dict[str, str]:
    return {
        "ZHIPING_DATA": str(folder),
        "ZHIPING_DATABASE_URL": database_url,
        "ZHIPING_WORKER": "embedded",
        "ZHIPING_WORKER_LEASE": "3",
        "ZHIPING_CAPTCHA": "off",
        "ZHIPING_LOG_LEVEL": "WARNING",
    }


def found_ground(url: str) -> None:
    """For `templates.fill`: the database as a release migrates it, the demo province, and the process of these tests."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        app = build(read_settings(settings_of(url, folder)), extra=register)
        app.prepare()
        make_tables(app.database.writer)
        with app.database.transaction() as tx:
            seed_demo_province(tx, QUICK, app.year)
        (folder / "chaos.bpmn").write_bytes(diagram())
        app.deploy([folder / "chaos.bpmn"])
        app.close()


@pytest.fixture(scope="module")
def ground(
    database_url: str, templates: Templates, tmp_path_factory: pytest.TempPathFactory, nursery: Nursery
) -> Iterator[Ground]:
    templates.fill(database_url, found_ground)
    settings = settings_of(database_url, tmp_path_factory.mktemp("chaos"))
    app = build(read_settings(settings), extra=register)
    with app.database.transaction() as tx:
        token = issue_token(tx, "api")
    yield Ground(app, token, settings, nursery)
    app.close()
