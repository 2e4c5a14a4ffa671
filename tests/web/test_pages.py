"""Pages and pieces: escaping, flashes, redirects, the frame."""

from collections.abc import Callable
from typing import Any

import pytest
from jinja2 import UndefinedError
from starlette.applications import Starlette
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

from tests.web.sample import VIEW
from web.pages import environment, flash, is_htmx, page, piece, query_with, redirect
from web.view import NavGroup, NavItem, View

LIST = environment().from_string(
    '{% extends "shared/frame.html" %}'
    '{% block content %}{% block rows %}<p>{{ name }} {{ ui.badge("已提交", "good") }}</p>{% endblock %}{% endblock %}'
)
HTMX = {"HX-Request": "true"}


def client_of(endpoint: Callable[[Request], Response], view: View | None = VIEW) -> TestClient:
    def with_view(request: Request) -> Response:
        if view:
            request.state.view = view
        return endpoint(request)

    return TestClient(
        Starlette(routes=[Route("/{rest:path}", with_view, methods=["GET", "POST"])]), follow_redirects=False
    )


def test_values_are_escaped() -> None:
    answer = client_of(lambda request: page(request, LIST, name="<b>甲</b>")).get("/")
    assert "<b>甲</b>" not in answer.text
    assert "&lt;b&gt;甲&lt;/b&gt;" in answer.text


def test_a_missing_name_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        client_of(lambda request: page(request, LIST)).get("/")


def test_a_piece_is_one_block_with_the_macros() -> None:
    answer = client_of(lambda request: piece(request, LIST, "rows", name="甲")).get("/")
    assert answer.text.startswith("<p>甲 <span")
    assert answer.text.endswith("已提交</span></p>")
    assert answer.headers["vary"] == "HX-Request"


def test_what_is_flashed_before_a_redirect_is_shown_once_where_it_leads() -> None:
    def endpoint(request: Request) -> Response:
        if request.method == "POST":
            flash(request, "已<保存>")
            return redirect(request, "/list")
        return page(request, LIST, name="甲")

    client = client_of(endpoint)
    assert client.post("/").headers["location"] == "/list"
    assert client.get("/list").text.count("已&lt;保存&gt;") == 1
    assert client.get("/list").text.count("已&lt;保存&gt;") == 0


def test_htmx_is_redirected_by_a_header() -> None:
    answer = client_of(lambda request: redirect(request, "/list")).post("/", headers=HTMX)
    assert (answer.status_code, answer.headers["hx-redirect"]) == (204, "/list")


def test_what_is_flashed_with_a_piece_is_a_toast() -> None:
    def endpoint(request: Request) -> Response:
        flash(request, "已签收")
        return piece(request, LIST, "rows", name="甲")

    body = client_of(endpoint).get("/").text
    assert body.count('<hx-partial hx-target="#toasts" hx-swap="beforeend">') == 1
    assert body.count("已签收") == 1


@pytest.mark.parametrize("cookie", ["%%%", "bnVsbA==", "MQ==", "W1siZXZpbCIsICJ4Il0sIFsxXV0=", "eyJhIjogMX0="])
def test_a_forged_flash_is_ignored(cookie: str) -> None:
    client = client_of(lambda request: page(request, LIST, name="甲"))
    answer = client.get("/", headers={"Cookie": f"flash={cookie}"})
    assert (answer.status_code, answer.text.count('class="alert')) == (200, 0)


@pytest.mark.parametrize(
    ("headers", "asked"),
    [
        ({}, False),
        (HTMX, True),
        ({**HTMX, "HX-History-Restore-Request": "true"}, False),
        ({**HTMX, "HX-Boosted": "true"}, False),
    ],
)
def test_only_htmx_that_wants_a_piece_gets_one(headers: dict[str, str], asked: bool) -> None:
    assert (
        is_htmx(Request({"type": "http", "headers": [(k.lower().encode(), v.encode()) for k, v in headers.items()]}))
        is asked
    )


def test_without_a_view_the_public_frame_is_drawn() -> None:
    body = client_of(lambda request: page(request, LIST, name="甲"), view=None).get("/").text
    assert body.count("登录入口") == 1
    assert body.count('class="nav"') == 0


def test_theme_density_and_folded_navigation_are_drawn_by_the_server() -> None:
    client = client_of(lambda request: page(request, LIST, name="甲"))
    body = client.get("/", headers={"Cookie": "theme=dark; density=compact; nav=closed; keys=off"}).text
    tag = body[body.index("<html") : body.index(">", body.index("<html"))]
    assert tag == '<html lang="zh-CN" data-theme="dark" data-density="compact" data-keys="off" data-nav="closed"'


def test_forged_preferences_fall_back() -> None:
    client = client_of(lambda request: page(request, LIST, name="甲"))
    body = client.get("/", headers={"Cookie": 'theme="><script>; density=x'}).text
    assert body.count('data-theme="auto" data-density="comfortable"') == 1


def test_the_longest_address_is_the_current_line() -> None:
    lists, batch = NavItem("列表", "/tasks"), NavItem("批次", "/tasks/batch?state=open")
    group = NavGroup("审核", (lists, batch))
    view = View(nav=(group,))
    assert view.current_item("/tasks/7") == (group, lists)
    assert view.current_item("/tasks/batch/3") == (group, batch)
    assert view.current_item("/tasksheet") is None


@pytest.mark.parametrize(
    ("changes", "link"),
    [
        ({"page": None}, "?tab=open&level=a&level=b"),
        ({"sort": "-name", "page": 2}, "?tab=open&level=a&level=b&sort=-name&page=2"),
        ({"tab": None, "level": None, "page": None}, "?"),
    ],
)
def test_links_of_a_list_keep_what_they_do_not_change(changes: dict[str, Any], link: str) -> None:
    assert query_with(QueryParams("tab=open&page=3&level=a&level=b"), **changes) == link
