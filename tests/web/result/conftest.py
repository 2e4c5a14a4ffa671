"""Results served whole, on SQLite: the pages are the same on both databases."""

from collections.abc import Callable

import pytest
from fastapi import FastAPI

from engine.bootstrap import App
from tests.result.conftest import app, decided
from tests.support.visitor import Visitor
from tests.web.declaration.conftest import let_in
from web.app import create_app

__all__ = ["app", "decided"]


@pytest.fixture(scope="module")
def database_url(sqlite_url: str) -> str:
    return sqlite_url


@pytest.fixture(scope="module")
def served(app: App) -> FastAPI:
    return create_app(app)


@pytest.fixture
def visitor(app: App, served: FastAPI) -> Callable[[str], Visitor]:
    """`visitor("medu_officer")`: somebody signed in; nobody where no login is given."""

    def made(login: str = "") -> Visitor:
        somebody = Visitor(served)
        if login:
            let_in(app, login)
            somebody.take_seat(login)
        return somebody

    return made
