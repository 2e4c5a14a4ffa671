"""Which pages `zhiping bench --only pages` has to come to: every GET route of the application, but for what draws no page."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from engine.bootstrap import build
from engine.settings import read_settings
from tests.support.province import found_province
from tests.support.templates import Templates
from web.app import create_app
from web.bench.addresses import FILE_ENDINGS, NO_PAGES, OF_AN_UPLOAD, PUZZLES, Addresses

#: what an endpoint that draws a page calls
DRAWS = {"page", "piece", "_draw", "public_page"}


@pytest.fixture(scope="module")
def web(sqlite_url: str, templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    folder: Path = tmp_path_factory.mktemp("addresses")
    templates.fill(sqlite_url, found_province)
    app = build(read_settings({"ZHIPING_DATABASE_URL": sqlite_url, "ZHIPING_DATA": str(folder)}), queue=False)
    yield create_app(app)
    app.close()


def endpoints(web: FastAPI) -> dict[str, Any]:
    """What answers GET, by route."""
    routes: list[Any] = list(web.routes)
    return {one.path: one.endpoint for one in routes if "GET" in (getattr(one, "methods", None) or ())}


def test_every_route_that_draws_a_page_has_to_be_come_to(web: FastAPI) -> None:
    addresses, answering = Addresses(web), endpoints(web)
    drawing = {path for path, endpoint in answering.items() if DRAWS & set(endpoint.__code__.co_names)}
    assert drawing - addresses.pages - OF_AN_UPLOAD - PUZZLES == set()
    assert len(addresses.pages) > 150


def test_what_is_said_to_be_no_page_is_there(web: FastAPI) -> None:
    addresses = Addresses(web)
    assert addresses.known == set(endpoints(web))
    assert addresses.known >= NO_PAGES
    assert {one for one in NO_PAGES if one.endswith(FILE_ENDINGS)} == set()


def test_a_path_belongs_to_the_route_the_application_chooses(web: FastAPI) -> None:
    addresses = Addresses(web)
    paths = ["/units/new?parent=1", "/units/12", "/units/12/children", "/nowhere"]
    assert [addresses.of(path) for path in paths] == ["/units/new", "/units/{key}", "/units/{key}/children", None]
