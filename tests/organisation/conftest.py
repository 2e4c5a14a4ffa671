"""The demo province on both databases, and its people."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from engine.access import Actor
from engine.clock import FixedClock
from engine.db import Database
from engine.organisation import Passwords, sign_in
from engine.organisation.actors import Session, actor_of
from engine.organisation.passwords import INITIAL_PASSWORD
from engine.organisation.tables import unit
from engine.reference import CodeBook, load_book
from tests.support.province import QUICK, found_province
from tests.support.templates import Templates

YEAR = 2026


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 6, 1, 1, tzinfo=UTC))


@pytest.fixture(scope="session")
def passwords() -> Passwords:
    """As quick as argon2 can be."""
    return QUICK


@pytest.fixture(scope="module")
def province(database_url: str, templates: Templates) -> Iterator[Database]:
    clock = FixedClock(datetime(2026, 6, 1, 1, tzinfo=UTC))
    templates.fill(database_url, found_province, now=clock.now())
    database = Database(database_url, clock=clock, synchronous="OFF")
    yield database
    database.dispose()


@pytest.fixture
def database(province: Database, clock: FixedClock) -> Database:
    """The province at this test's own time."""
    province.clock = clock
    return province


@pytest.fixture
def book(database: Database) -> CodeBook:
    with database.read() as tx:
        return load_book(tx, YEAR)


@pytest.fixture
def enter(database: Database, passwords: Passwords) -> Callable[..., tuple[Actor, Session]]:
    """Signs somebody in: `enter("hosp3_officer")`."""

    def enter(login: str, password: str = INITIAL_PASSWORD) -> tuple[Actor, Session]:
        token = sign_in(database, passwords, login=login, password=password, address=login)
        with database.read() as tx:
            found = actor_of(tx, token)
        assert found is not None
        return found

    return enter


@pytest.fixture
def unit_id(database: Database) -> Callable[[str], int]:
    """The id of a unit by the beginning of its name, the first of the shortest."""

    def unit_id(name: str) -> int:
        with database.read() as tx:
            rows = tx.rows(sa.select(unit.c.id, unit.c.name).where(unit.c.name.startswith(name)))
        return int(min(rows, key=lambda row: len(row.name)).id)

    return unit_id
