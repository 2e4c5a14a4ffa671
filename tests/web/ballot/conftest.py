"""Halls to vote in, served whole, on SQLite: the pages are the same on both databases."""

from collections.abc import Callable

import pytest
from fastapi import FastAPI

from engine.bootstrap import App
from tests.review_meeting.balloting.conftest import app, clock, hall, office
from tests.support.visitor import Visitor
from web.app import create_app

__all__ = ["app", "clock", "hall", "office"]


@pytest.fixture(scope="module")
def database_url(sqlite_url: str) -> str:
    return sqlite_url


@pytest.fixture(scope="module")
def served(app: App) -> FastAPI:
    return create_app(app)


@pytest.fixture
def visitor(served: FastAPI) -> Callable[[str], Visitor]:
    """`visitor("health_officer")`: somebody signed in."""

    def made(login: str) -> Visitor:
        somebody = Visitor(served)
        somebody.take_seat(login)
        return somebody

    return made
