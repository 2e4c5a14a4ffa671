"""Static files: hashed addresses, long cache, compression, nothing outside the folder."""

import gzip
from collections.abc import Iterator

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from web.assets import STYLE_PARTS, Assets, find_asset, has_asset, static_url


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with TestClient(Starlette(routes=[Mount("/static", Assets())])) as client:
        yield client


def test_a_hashed_address_is_kept_for_a_year(client: httpx.Client) -> None:
    answer = client.get(static_url("zhiping.css"))
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"] == "text/css; charset=utf-8"


def test_an_outdated_hash_is_not_kept(client: httpx.Client) -> None:
    assert client.get("/static/zhiping.css?v=000000000000").headers["cache-control"] == "no-cache"


def test_a_file_the_browser_has_is_not_sent_again(client: httpx.Client) -> None:
    first = client.get("/static/js.js")
    again = client.get("/static/js.js", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_text_is_compressed_for_who_takes_it(client: httpx.Client) -> None:
    asset = find_asset("zhiping.css")
    assert asset is not None
    assert asset.packed is not None
    assert gzip.decompress(asset.packed) == asset.body
    assert client.get("/static/zhiping.css").headers["content-encoding"] == "gzip"
    assert "content-encoding" not in client.get("/static/zhiping.css", headers={"Accept-Encoding": "identity"}).headers


def test_the_style_sheet_is_all_its_parts_in_order() -> None:
    asset = find_asset("zhiping.css")
    assert asset is not None
    parts = [find_asset(f"css/{part}.css") for part in STYLE_PARTS]
    assert asset.body == b"\n".join(part.body for part in parts if part is not None)
    assert asset.body.index(b"@layer tokens, base, components, utilities, print;") < asset.body.index(
        b"@layer tokens {"
    )


@pytest.mark.parametrize("name", ["../pages.py", "css/../../pages.py", "nothing.css", ""])
def test_nothing_outside_the_folder_is_sent(client: httpx.Client, name: str) -> None:
    assert find_asset(name) is None
    assert client.get(f"/static/{name.replace('../', '%2e%2e/')}").status_code == 404


def test_a_file_that_is_not_built_has_a_plain_address() -> None:
    assert not has_asset("vendor/nothing.js")
    assert static_url("vendor/nothing.js") == "/static/vendor/nothing.js"
