"""A real server over a copy of the demo province, and people who sit down at a browser."""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from engine.bootstrap import build
from engine.db import Database
from engine.db.migrate import migrate
from engine.db.transfer import transfer
from engine.organisation import Passwords
from engine.settings import read_settings
from tests.journeys.acting import PASSWORD
from tests.journeys.desk import Desk, settings_of
from tests.support.browser import take_seat
from tests.support.databases import sqlite_url_in
from tests.support.nursery import Child, Nursery
from tests.support.postgres import PostgresServer
from web.assets import has_asset

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.support.browser import People

#: hashes that cost nothing: some hundred people sign in
QUICK = Passwords(time_cost=1, memory_cost=8)

Enter = Callable[..., "Page"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here is a journey, and may take its time on a busy machine.

    The long chapters found no province of their own, so they come first: one process founds it while the other is still at one.
    """
    here = [item for item in items if Path(__file__).parent in item.path.parents]
    for item in here:
        item.add_marker(pytest.mark.journey)
        item.add_marker(pytest.mark.timeout(400))
    waiting = {item for item in here if "site" in getattr(item, "fixturenames", ())}
    items.sort(key=waiting.__contains__)


@dataclass
class Site:
    """A server and the desk behind its pages."""

    server: Child
    desk: Desk

    @property
    def url(self) -> str:
        return self.server.url


def found_province(url: str, folder: Path) -> None:
    """The demo province with its stories, as `zhiping demo` makes it, but with passwords that are quick to check.

    In a thread, because the browser's loop may already run in this one.
    """

    def found() -> None:
        app = replace(build(read_settings({**settings_of(url, folder), "ZHIPING_DEMO": "1"})), passwords=QUICK)
        app.prepare()
        app.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(found).result()


@pytest.fixture(scope="session")
def sqlite_province(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the province, to be copied; the first process of the run makes it for all."""
    shared = "PYTEST_XDIST_WORKER" in os.environ
    base = tmp_path_factory.getbasetemp().parent if shared else tmp_path_factory.getbasetemp()
    folder = base / "province"
    with (base / "province.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            making = tmp_path_factory.mktemp("province")
            found_province(sqlite_url_in(making), making)
            shutil.copytree(making, folder)
    return folder


def carry_over(source: str, target: str) -> None:
    """The rows of one database into an empty one; in a thread for the same reason."""

    def carry() -> None:
        with Database(source) as read, Database(target) as written:
            migrate(written)
            transfer(read, written)

    with ThreadPoolExecutor(1) as pool:
        pool.submit(carry).result()


@pytest.fixture(scope="module")
def kind() -> str:
    """Which database the server of this module has; a module that wants both says so itself."""
    return "sqlite"


@pytest.fixture(scope="module")
def site(
    kind: str,
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    nursery: Nursery,
) -> Iterator[Site]:
    if not has_asset("vendor/app.js"):
        pytest.skip("needs the browser side (make setup)")
    folder = tmp_path_factory.mktemp("journey") / "data"
    shutil.copytree(request.getfixturevalue("sqlite_province"), folder)
    url = sqlite_url_in(folder)
    if kind == "postgresql":
        postgres: PostgresServer = request.getfixturevalue("postgres_server")
        founded, url = url, postgres.create_database()
        carry_over(founded, url)
    demo = {"ZHIPING_DEMO": "1", "ZHIPING_CAPTCHA": "off", "ZHIPING_WORKER": "embedded"}
    server = nursery.server(**demo, **settings_of(url, folder)).start().wait_until_ready()
    desk = Desk(url, folder, QUICK)
    yield Site(server, desk)
    desk.close()
    server.kill()


@pytest.fixture
def desk(site: Site) -> Desk:
    """What stands ready before a story begins."""
    return site.desk


@pytest.fixture
def enter(people: "People", site: Site) -> Enter:
    """Somebody who has signed in: `enter("hosp3_officer", color_scheme="dark")`."""

    def enter(login: str, password: str = PASSWORD, **options: Any) -> "Page":
        page = people.open(base_url=site.url, **options)
        page.goto(take_seat(page, login, password))
        return page

    return enter
