"""Sessions and their limits: forged posts, expired sessions, work that is kept, answers in the form that was asked for."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from fastapi import APIRouter, FastAPI, Request, Response

from engine.bootstrap import App
from engine.clock import FixedClock
from engine.db import Database
from engine.errors import InvalidInput, NotAllowed, NotFound, ProcessFault, Refused, StaleTask, Unavailable
from tests.support.visitor import Visitor
from web.app import create_app
from web.deps import POSTED, Form, command, query
from web.pages import redirect

Enter = Callable[[str], Visitor]
JSON = {"accept": "application/json"}
HTMX = {"HX-Request": "true"}

FAULTS = {
    "missing": (NotFound(), 404, "没有找到"),
    "forbidden": (NotAllowed(), 403, "不能办理"),
    "invalid": (InvalidInput("两处有误。", {"name": ["请填写姓名"]}), 422, "填写有误"),
    "refused": (Refused("会议已关闭。"), 409, "现在不能办理"),
    "stale": (StaleTask(), 409, "现在不能办理"),
    "fault": (ProcessFault("没有可走的出口", "gateway_1"), 500, "系统出错了"),
    "away": (Unavailable(), 503, "系统正忙"),
    "bug": (RuntimeError("secret detail"), 500, "系统出错了"),
}

router = APIRouter()
#: what arrived, post by post
ARRIVED: list[list[tuple[str, str]]] = []


@router.get("/trial")
def read_something(request: Request) -> Response:
    with query(request):
        return Response("read")


@router.post("/trial")
def write_something(request: Request, form: Form = POSTED) -> Response:
    with command(request):
        ARRIVED.append([(name, str(value)) for name, value in form.multi_items() if name != "csrf_token"])
    return redirect(request, "/account")


@router.api_route("/fault/{kind}", methods=["GET", "POST"])
def fail(request: Request, kind: str, form: Form = POSTED) -> Response:
    raise FAULTS[kind][0]


@router.get("/numbered/{key}")
def show_numbered(key: int) -> Response:
    return Response(str(key))


@pytest.fixture(scope="module")
def site(app: App) -> FastAPI:
    site = create_app(app)
    site.include_router(router)
    return site


@pytest.fixture
def officer(enter: Enter) -> Visitor:
    ARRIVED.clear()
    visitor = enter("medu_officer")
    visitor.get("/account")
    return visitor


class TestForgery:
    def test_a_post_needs_the_token_of_the_session(self, officer: Visitor, enter: Enter) -> None:
        other = enter("edu_officer")
        other.get("/account")
        for fields in ({}, {"csrf_token": ""}, {"csrf_token": "伪造"}, {"csrf_token": other.csrf}):
            page = officer.post("/trial", fields)
            assert (page.status, page.message) == (403, "页面停留过久，没有提交成功，请刷新页面后再提交一次。")
        assert ARRIVED == []
        officer.post("/trial", {"csrf_token": officer.csrf, "a": "1"})
        officer.post("/trial", {"a": "2"}, **{"X-CSRF-Token": officer.csrf})
        assert ARRIVED == [[("a", "1")], [("a", "2")]]

    @pytest.mark.parametrize(
        "headers",
        [
            {"origin": "https://evil.example"},
            {"origin": "null"},
            {"sec-fetch-site": "cross-site"},
            {"sec-fetch-site": "same-site", "origin": "http://testserver"},
        ],
    )
    def test_another_site_posts_nothing_not_even_with_the_token(
        self, officer: Visitor, headers: dict[str, str]
    ) -> None:
        page = officer.post("/trial", {"csrf_token": officer.csrf}, **headers)
        assert (page.status, page.message) == (403, "请求来自其他网站，已被拒绝。请从本系统的页面办理。")
        assert page.headers["content-security-policy"].startswith("default-src 'self'")

    def test_our_own_pages_may_post(self, officer: Visitor) -> None:
        headers = {"origin": "http://testserver", "sec-fetch-site": "same-origin"}
        assert officer.post("/trial", {"csrf_token": officer.csrf}, **headers).path == "/account"

    def test_another_site_signs_nobody_in(self, visitor: Visitor) -> None:
        fields = {"login": "medu_officer", "password": "888888"}
        assert visitor.post("/sign-in", fields, origin="https://evil.example").status == 403


class TestAnExpiredSession:
    @pytest.fixture
    def expired(self, officer: Visitor, clock: FixedClock) -> Visitor:
        clock.advance(timedelta(hours=9))
        return officer

    def test_a_page_leads_to_the_door_and_back(self, expired: Visitor) -> None:
        page = expired.get("/trial?tab=open")
        assert page.path == "/sign-in?next=/trial%3Ftab%3Dopen"
        expired.submit("/sign-in", login="medu_officer", password="888888")
        assert (expired.page.path, expired.page.html) == ("/trial?tab=open", "read")

    def test_a_piece_leads_there_too_by_the_page_it_is_in(self, expired: Visitor) -> None:
        page = expired.get("/trial", **HTMX, **{"HX-Current-URL": "http://testserver/account?x=1"})
        assert (page.status, page.headers["hx-redirect"]) == (401, "/sign-in?next=/account%3Fx%3D1")

    def test_what_htmx_posts_stays_in_the_page_which_works_again_after_signing_in(self, expired: Visitor) -> None:
        kept = expired.csrf
        page = expired.post("/trial", {"a": "1"}, **HTMX, **{"X-CSRF-Token": kept})
        assert (page.status, page.message) == (401, "登录已过期，请重新登录；填写的内容仍在本页。")
        assert "hx-redirect" not in page.headers
        expired.sign_in("medu_officer")
        expired.post("/trial", {"a": "1"}, **{"X-CSRF-Token": kept})
        assert ARRIVED == [[("a", "1")]]

    def test_scripts_get_a_sentence(self, expired: Visitor) -> None:
        page = expired.post("/trial", {"a": "1"}, **JSON)
        assert (page.status, page.html) == (401, '{"message":"登录已过期，请重新登录；填写的内容仍在本页。"}')

    def test_what_a_form_posted_is_kept_over_signing_in_and_sent_by_one_press(self, expired: Visitor) -> None:
        typed = {"csrf_token": expired.csrf, "opinion": "同意推荐，材料齐全 & 属实", "tags": "甲"}
        page = expired.post("/trial?step=2", typed, referer="http://testserver/account")
        assert page.status == 401
        assert "刚才填写的内容已保留，登录后可继续提交。" in page.words
        page = expired.submit("/sign-in", login="medu_officer", password="888888")
        assert page.heading == "已重新登录"
        assert ARRIVED == []
        expired.submit("/trial?step=2")
        assert ARRIVED == [[("opinion", "同意推荐，材料齐全 & 属实"), ("tags", "甲")]]

    def test_it_survives_a_wrong_password(self, expired: Visitor) -> None:
        expired.post("/trial", {"csrf_token": expired.csrf, "opinion": "同意"})
        expired.submit("/sign-in", login="medu_officer", password="wrong")
        expired.submit("/sign-in", login="medu_officer", password="888888")
        expired.submit("/trial")
        assert ARRIVED == [[("opinion", "同意")]]

    def test_somebody_else_who_signs_in_does_not_get_it(self, expired: Visitor) -> None:
        expired.post("/trial", {"csrf_token": expired.csrf, "opinion": "同意"})
        page = expired.submit("/sign-in", login="medu_leader", password="888888")
        assert page.heading != "已重新登录"
        assert "同意" not in page.html

    def test_nothing_is_sent_on_to_another_host(self, visitor: Visitor) -> None:
        visitor.get("/sign-in")
        page = visitor.submit(
            "/sign-in",
            login="medu_officer",
            password="888888",
            kept="a=1",
            kept_path="//evil.example",
            kept_account="1",
        )
        assert "evil" not in page.html

    def test_a_session_in_use_goes_on(self, officer: Visitor, clock: FixedClock) -> None:
        for _ in range(4):
            clock.advance(timedelta(hours=7))
            assert officer.get("/trial").html == "read"


class TestEveryKindOfError:
    @pytest.mark.parametrize("kind", FAULTS)
    def test_it_is_a_page_a_piece_and_json_with_the_same_status(self, officer: Visitor, kind: str) -> None:
        error, status, heading = FAULTS[kind]
        page = officer.get(f"/fault/{kind}")
        assert (page.status, page.heading) == (status, heading)
        assert "medu_officer" not in page.html
        assert "石示" not in page.html
        piece = officer.get(f"/fault/{kind}", **HTMX)
        assert (piece.status, "<html" in piece.html, piece.message) == (status, False, page.message)
        answer = officer.client.get(f"/fault/{kind}", headers=JSON)
        assert (answer.status_code, answer.json()["message"]) == (status, page.message)
        assert "secret detail" not in page.html + piece.html + answer.text
        if kind == "invalid":
            assert answer.json()["fields"] == {"name": ["请填写姓名"]}
            assert "请填写姓名" in page.words
        assert str(error) == page.message or status == 500

    def test_a_busy_system_says_when_to_come_again_and_keeps_what_was_typed(self, officer: Visitor) -> None:
        page = officer.post("/fault/away", {"csrf_token": officer.csrf, "opinion": "同意"})
        assert (page.status, page.headers["retry-after"]) == (503, "5")
        form = page.form("/fault/away")
        assert (form["opinion"], form["csrf_token"]) == ("同意", officer.csrf)

    def test_a_fault_has_a_number_to_ask_by(self, officer: Visitor) -> None:
        page = officer.get("/fault/bug")
        assert f"编号 {page.headers['x-request-id']}" in page.words

    @pytest.mark.parametrize("path", ["/nowhere", "/numbered/abc", "/static/../web/app.py", "/files/99", "/files/x"])
    def test_an_address_that_leads_nowhere_is_not_found(self, officer: Visitor, path: str) -> None:
        page = officer.get(path)
        assert (page.status, page.heading) == (404, "没有找到")

    def test_a_stranger_sees_the_public_frame(self, visitor: Visitor) -> None:
        page = visitor.get("/nowhere")
        assert (page.status, page.heading, "登录入口" in page.words) == (404, "没有找到", True)

    def test_the_wrong_method_is_said_so(self, officer: Visitor) -> None:
        assert officer.get("/sign-out").status == 405

    def test_the_page_comes_even_without_a_database(
        self, site: FastAPI, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def away(*_: object) -> None:
            raise Unavailable

        monkeypatch.setattr(Database, "read", away)
        page = visitor.get("/account")
        assert (page.status, page.message) == (
            503,
            "系统正忙或数据库暂时无法连接，您填写的内容仍在页面上，请稍后再提交一次。",
        )
        assert visitor.get("/readyz").status == 503
        assert visitor.get("/healthz").status == 200


class TestTheSurroundings:
    def test_every_answer_is_guarded(self, officer: Visitor) -> None:
        for path in ("/", "/account", "/nowhere", "/sign-in", "/fault/bug"):
            headers = officer.get(path).headers
            assert headers["content-security-policy"] == (
                "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
                "font-src 'self' data:; object-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
            )
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["referrer-policy"] == "same-origin"
            assert headers["cache-control"] == "no-store"

    @pytest.mark.parametrize("size", [8 * 1024 * 1024 + 1])
    def test_a_body_that_is_too_long_is_not_read(self, officer: Visitor, size: int) -> None:
        page = officer.post("/trial", {"a": "x" * size}, **{"X-CSRF-Token": officer.csrf})
        assert (page.status, ARRIVED) == (413, [])

    def test_nor_is_one_that_does_not_say_how_long_it_is(self, officer: Visitor) -> None:
        def endless() -> object:
            yield b"a="
            for _ in range(9):
                yield b"x" * 1024 * 1024

        answer = officer.client.post(
            "/trial",
            content=endless(),
            headers={"X-CSRF-Token": officer.csrf, "content-type": "application/x-www-form-urlencoded"},
        )
        assert (answer.status_code, ARRIVED) == (413, [])

    def test_the_measures_tell_routes_and_no_people(self, officer: Visitor) -> None:
        officer.get("/numbered/4711?name=赵示一")
        measures = officer.get("/metrics").html
        assert 'zhiping_requests_total{method="GET",route="/numbered/{key}",status="200"}' in measures
        assert "/numbered/4711" not in measures
        assert "赵示一" not in measures

    @pytest.mark.parametrize(("headers", "most"), [(HTMX, 1), ({}, 3)])
    def test_who_asks_costs_one_statement_and_the_count_of_the_menu_two(
        self, app: App, officer: Visitor, headers: dict[str, str], most: int
    ) -> None:
        statements: list[str] = []

        def note(*arguments: object) -> None:
            statements.append(str(arguments[2]))

        sa.event.listen(app.database.reader, "before_cursor_execute", note)
        try:
            assert officer.get("/trial", **headers).html == "read"
        finally:
            sa.event.remove(app.database.reader, "before_cursor_execute", note)
        assert len(statements) == most
