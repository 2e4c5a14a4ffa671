"""Signing in as a person meets it: the portal, the two tabs, the puzzle, what went wrong, the first password."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from fastapi import FastAPI

from engine.bootstrap import App
from engine.clock import FixedClock
from engine.organisation import Puzzle
from tests.support.visitor import Visitor
from web.organisation import signing

Enter = Callable[[str], Visitor]


@pytest.mark.catalogue("A1", "A2")
def test_the_portal_names_the_system_and_leads_to_signing_in(visitor: Visitor) -> None:
    home = visitor.get("/")
    assert home.heading == "河北省专业技术人员职称评审信息系统"
    assert "主办单位：河北省人力资源和社会保障厅" in home.words
    assert re.search(r'<a[^>]*href="/sign-in"[^>]*>.*?登录入口</a>', home.html, re.S)
    assert re.search(r'<a[^>]*href="/sign-in\?as=person&amp;next=/declaration"[^>]*>立即申报</a>', home.html)


@pytest.mark.catalogue("A3", "A4")
def test_two_tabs_ask_for_the_login_name_or_the_identity_number(visitor: Visitor) -> None:
    for tab, label, other in (("unit", "登录名", "person"), ("person", "证件号码", "unit")):
        page = visitor.get(f"/sign-in?as={tab}")
        assert re.search(rf'<label for="login">{label}</label>', page.html)
        assert f"/sign-in?as={other}" in page.links
        assert "/forgot" in page.links


@pytest.mark.catalogue("Q1")
@pytest.mark.parametrize("tab", ["unit", "person"])
@pytest.mark.parametrize(
    ("login", "home"),
    [("990000197603121014", "我的申报"), ("medu_officer", "今年申报材料"), ("office_admin", "流程概况")],
)
def test_whoever_signs_in_on_either_tab_comes_to_the_menu_of_the_role(
    visitor: Visitor, tab: str, login: str, home: str
) -> None:
    visitor.get(f"/sign-in?as={tab}")
    visitor.submit("/sign-in", login=login, password="888888")
    assert re.search(rf"<nav class=\"nav\".*?<a [^>]*><span>{home}</span>", visitor.get("/account").html, re.S)


@pytest.mark.catalogue("A7")
def test_the_workspace_shows_unit_role_and_year(enter: Enter) -> None:
    page = enter("medu_officer").get("/account")
    words = "".join(page.words.split())
    assert "示范医科大学（示例）职称改革领导小组办公室经办人" in words
    assert "2026 年度" in page.words


def test_what_was_typed_stays_and_the_password_does_not(visitor: Visitor) -> None:
    page = visitor.sign_in("edu_officer", "my-secret-1", **{"as": "unit"})
    assert (page.status, page.errors) == (422, ["账号或密码不正确，请核对后重新输入。"])
    form = page.form("/sign-in")
    assert (form["login"], form["password"], form["as"]) == ("edu_officer", "", "unit")
    assert "my-secret-1" not in page.html


def test_every_empty_field_is_named(visitor: Visitor) -> None:
    page = visitor.sign_in("", "")
    assert (page.status, page.errors) == (422, ["请填写证件号码", "请填写密码"])
    assert {"#login", "#password"} <= set(page.links)


def test_after_five_failures_the_page_says_until_when(visitor: Visitor, clock: FixedClock) -> None:
    for _ in range(5):
        page = visitor.sign_in("cityhosp_leader", "wrong")
    assert (page.status, page.errors) == (
        409,
        ["登录失败次数过多，已锁定，请在 12:15（约 15 分钟后）再试，或联系单位管理员重置密码。"],
    )
    clock.advance(timedelta(minutes=16))
    assert visitor.sign_in("cityhosp_leader").path != "/sign-in"


@pytest.mark.catalogue("Q2")
def test_a_forgotten_password_leads_to_who_resets_it(visitor: Visitor) -> None:
    words = visitor.get("/forgot").words
    assert words.count("请联系本单位管理员重置") == 1
    assert words.count("联系上级单位管理员") == 1


class TestThePuzzle:
    @pytest.fixture
    def drawn(self, monkeypatch: pytest.MonkeyPatch) -> list[Puzzle]:
        """The puzzles as they are drawn: what a person reads off the picture."""
        seen: list[Puzzle] = []
        draw = signing.draw_puzzle

        def reading(puzzle: Puzzle) -> str:
            seen.append(puzzle)
            return draw(puzzle)

        monkeypatch.setattr(signing, "draw_puzzle", reading)
        return seen

    @pytest.fixture
    def guarded(self, site_with: Callable[..., FastAPI], clock: FixedClock) -> Visitor:
        return Visitor(site_with(captcha=True))

    @pytest.mark.catalogue("A4")
    def test_the_picture_is_in_the_page_and_its_answer_lets_one_in(self, guarded: Visitor, drawn: list[Puzzle]) -> None:
        page = guarded.get("/sign-in")
        assert page.html.count('src="data:image/png;base64,') == 1
        guarded.submit("/sign-in", login="medu_leader", password="888888", captcha=drawn[-1].answer)
        assert guarded.get("/account").status == 200

    def test_a_wrong_answer_gives_a_new_picture_and_keeps_the_account(
        self, guarded: Visitor, drawn: list[Puzzle]
    ) -> None:
        guarded.get("/sign-in")
        page = guarded.submit("/sign-in", login="medu_leader", password="888888", captcha="zzzz")
        assert page.errors == ["验证码不正确，请按新的验证码重新输入"]
        assert page.form("/sign-in")["login"] == "medu_leader"
        assert len({puzzle.ticket for puzzle in drawn}) == 2

    def test_an_answer_is_asked_for(self, guarded: Visitor) -> None:
        assert guarded.sign_in("medu_leader").errors == ["请填写验证码"]

    def test_who_cannot_see_it_answers_a_sum(self, guarded: Visitor, drawn: list[Puzzle]) -> None:
        page = guarded.get("/sign-in?puzzle=sum")
        assert "data:image" not in page.html
        assert drawn[-1].question in page.words
        guarded.submit("/sign-in", login="medu_leader", password="888888", captcha=drawn[-1].answer)
        assert guarded.get("/account").status == 200

    def test_another_one_comes_as_a_piece(self, guarded: Visitor, drawn: list[Puzzle]) -> None:
        piece = guarded.get("/sign-in/puzzle?as=unit", **{"HX-Request": "true"})
        assert "<html" not in piece.html
        assert drawn[-1].ticket in piece.html


class TestTheFirstPassword:
    @pytest.mark.catalogue("A5")
    def test_it_has_to_be_changed_before_anything_else(self, enter: Enter) -> None:
        newcomer = enter("hosp3_new")
        assert (newcomer.page.path, newcomer.page.heading) == ("/password", "修改密码")
        assert newcomer.get("/account").path == "/password"
        page = newcomer.submit("/password", current="888888", password="888888", repeated="888888")
        assert (page.status, page.errors) == (422, ["新密码至少 8 个字符"])
        newcomer.submit("/password", current="888888", password="xinmima-2026", repeated="xinmima-2026")
        assert newcomer.get("/account").path == "/account"

    def test_one_changes_ones_password_at_any_time(self, enter: Enter, visitor: Visitor) -> None:
        officer = enter("archive_leader")
        assert "/password" in officer.get("/account").links
        officer.get("/password")
        officer.submit("/password", current="888888", password="xinmima-2026", repeated="xinmima-2026")
        assert visitor.sign_in("archive_leader").status == 422
        assert visitor.sign_in("archive_leader", "xinmima-2026").path != "/sign-in"


class TestRoles:
    @pytest.mark.catalogue("Q35")
    def test_who_has_several_chooses_once_and_switches_at_the_top(self, enter: Enter) -> None:
        both = enter("990000198001311202")
        assert (both.page.path, both.page.heading) == ("/role", "选择身份")
        keys = re.findall(r'name="role" value="(\d+)"[^>]*>(申报人|评审专家) ·', both.page.html)
        expert = next(key for key, label in keys if label == "评审专家")
        both.submit("/role", role=expert)
        page = both.get("/account")
        assert "示范医科大学（示例） · 评审专家" in page.words
        assert "我的申报" not in page.words
        assert enter("990000198001311202").page.path != "/role"

    @pytest.mark.parametrize("role", ["0", "99999", "x", "-1", "9" * 40, ""])
    def test_a_role_that_is_not_ones_own_is_not_found(self, enter: Enter, role: str) -> None:
        officer = enter("medu_officer")
        officer.get("/account")
        assert officer.post("/role", {"csrf_token": officer.csrf, "role": role}).status == 404

    def test_the_menu_of_roles_costs_nothing_where_there_is_one(self, enter: Enter) -> None:
        assert 'action="/role"' not in enter("medu_officer").get("/account").html
        assert 'action="/role"' in enter("city_officer").get("/account").html


def test_signing_out_ends_the_session_and_going_back_leads_to_the_door(enter: Enter) -> None:
    officer = enter("medu_officer")
    officer.get("/account")
    officer.submit("/sign-out")
    assert (officer.page.path, "您已退出登录。" in officer.page.words) == ("/sign-in", True)
    assert officer.get("/account").path == "/sign-in?next=/account"


@pytest.mark.parametrize(
    ("next", "path"),
    [
        ("/account", "/account"),
        ("//evil.example", "/sign-in"),
        ("https://evil.example", "/sign-in"),
        ("/\\evil.example", "/sign-in"),
        ("/sign-in?next=/account", "/sign-in"),
    ],
)
def test_one_comes_back_to_where_one_wanted_to_go_and_nowhere_else(visitor: Visitor, next: str, path: str) -> None:
    visitor.get(f"/sign-in?next={next}")
    assert visitor.page.form("/sign-in")["next"] == ("/account" if path == "/account" else "")


class TestLooks:
    def test_they_are_kept_for_the_account_and_for_the_browser(self, enter: Enter, visitor: Visitor) -> None:
        officer = enter("medu_admin")
        officer.get("/account")
        answer = officer.client.post(
            "/preferences", data={"theme": "dark"}, headers={"X-CSRF-Token": officer.csrf, "Sec-Fetch-Mode": "cors"}
        )
        assert (answer.status_code, answer.cookies["theme"]) == (204, "dark")
        assert '<html lang="zh-CN" data-theme="dark" data-density="compact"' in enter("medu_admin").get("/account").html
        assert 'data-theme="dark"' in officer.get("/forgot").html

    def test_without_scripts_one_stays_on_the_page(self, enter: Enter) -> None:
        officer = enter("medu_admin")
        officer.get("/account")
        fields = {"csrf_token": officer.csrf, "density": "comfortable"}
        page = officer.post("/preferences", fields, referer="http://testserver/account")
        assert (page.path, 'data-density="comfortable"' in page.html) == ("/account", True)

    def test_strange_words_are_refused(self, enter: Enter) -> None:
        officer = enter("medu_admin")
        officer.get("/account")
        assert officer.post("/preferences", {"csrf_token": officer.csrf, "theme": "pink"}).status == 422


@pytest.mark.catalogue("A10")
def test_another_review_year_is_chosen_at_the_top(enter: Enter) -> None:
    officer = enter("medu_officer")
    officer.get("/account")
    officer.post("/year", {"csrf_token": officer.csrf, "year": "2024"}, referer="http://testserver/account")
    assert "2024 年度" in officer.page.words
    officer.post("/year", {"csrf_token": officer.csrf, "year": "1900"}, referer="http://testserver/account")
    assert "1900 年度" not in officer.page.words


@pytest.mark.catalogue("Q41")
def test_a_person_sees_the_identity_of_the_account_and_cannot_change_it(enter: Enter) -> None:
    page = enter("990000197603121014").get("/account")
    for fact in (
        "赵示一",
        "居民身份证（户口簿）",
        "990000 19760312 1014",
        "男性",
        "1976年3月12日 (周五)",
        "130 0000 0001",
    ):
        assert fact in page.words
    assert {form["action"] for form in page.forms} == {"", "/search", "/year", "/preferences", "/sign-out"}


class TestTheDemoPage:
    def test_it_lists_everybody_and_fills_in_the_form(self, visitor: Visitor) -> None:
        page = visitor.get("/demo")
        entry = "/sign-in?as=unit&login=medu_officer"
        assert entry in page.links
        form = visitor.get(entry).form("/sign-in")
        assert (form["login"], form["password"]) == ("medu_officer", "888888")
        assert visitor.submit("/sign-in").path != "/sign-in"

    def test_outside_demo_mode_there_is_none_and_nothing_is_filled_in(
        self, site_with: Callable[..., FastAPI], clock: FixedClock
    ) -> None:
        visitor = Visitor(site_with(demo=False))
        assert visitor.get("/demo").status == 404
        assert visitor.get("/sign-in?as=unit&login=medu_officer").form("/sign-in")["password"] == ""


def test_over_https_the_cookie_is_bound_to_this_host(site_with: Callable[..., FastAPI], clock: FixedClock) -> None:
    visitor = Visitor(site_with(secure_cookies=True))
    visitor.get("/sign-in")
    fields = {**visitor.page.form("/sign-in"), "login": "medu_officer", "password": "888888"}
    answer = visitor.client.post("/sign-in", data=fields, follow_redirects=False)
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-session=")
    assert {"HttpOnly", "Secure", "SameSite=lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    assert answer.headers["strict-transport-security"].startswith("max-age=31536000")


def test_no_script_reads_the_cookie(app: App, visitor: Visitor) -> None:
    visitor.get("/sign-in")
    fields = {**visitor.page.form("/sign-in"), "login": "medu_officer", "password": "888888"}
    cookie = visitor.client.post("/sign-in", data=fields, follow_redirects=False).headers["set-cookie"]
    assert cookie.startswith("session=")
    assert "HttpOnly" in cookie
