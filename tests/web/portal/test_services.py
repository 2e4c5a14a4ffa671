"""服务账号与令牌 in the browser: made, shown once, used, revoked; one's own tokens."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from engine.bootstrap import App
from engine.clock import FixedClock
from engine.organisation.tables import account, api_token, membership, organisation_event
from tests.support.visitor import Page, Visitor
from web.api.app import create_api

Enter = Callable[[str], Visitor]
NEW = {"title": "一体化平台（测试）", "name": "领取服务任务", "days": "30", "scopes": "api:jobs"}


def shown(page: Page) -> str:
    """The token of the page that says it."""
    found = re.search(r'id="token"[^>]* value="([^"]+)"', page.html)
    assert found is not None, page.words
    return found[1]


@pytest.fixture
def call(app: App) -> Callable[[str], int]:
    """The status of an answer of the API to that token."""
    client = TestClient(create_api(app))

    def call(token: str) -> int:
        headers = {"Authorization": f"Bearer {token}"}
        return client.post("/user-tasks/search", json={}, headers=headers).status_code

    return call


@pytest.fixture
def service(enter: Enter) -> Callable[[str], tuple[Visitor, str, str]]:
    """A service account with one token: the administrator, the account's page and the token."""

    def service(login: str) -> tuple[Visitor, str, str]:
        admin = enter("sysadmin")
        admin.get("/service-accounts/new")
        page = admin.submit("/service-accounts/new", **NEW, login=login)
        place = next(link for link in page.links if re.fullmatch(r"/service-accounts/\d+", link))
        return admin, place, shown(page)

    return service


def test_a_service_account_calls_with_a_token_that_is_shown_once_and_kept_as_its_hash(
    service: Callable[[str], tuple[Visitor, str, str]], call: Callable[[str], int], app: App
) -> None:
    admin, place, token = service("platform_a")
    assert call(token) == 200
    page = admin.get(place)
    assert (token in page.html, "未使用" in page.words) == (False, False)
    assert "领取服务任务 领取和完成服务任务 2026年6月1日" in page.words
    with app.database.read() as tx:
        assert token not in {row.token_hash for row in tx.rows(sa.select(api_token.c.token_hash))}
        here = sa.select(organisation_event.c.event, organisation_event.c.actor).where(
            organisation_event.c.account == int(place.rpartition("/")[2])
        )
        hangs = sa.select(membership.c.unit).where(membership.c.account == int(place.rpartition("/")[2]))
        maker = sa.select(membership.c.unit).join(account, account.c.id == membership.c.account)
        assert tx.value(hangs) == tx.value(maker.where(account.c.login == "sysadmin"))
        done = {(row.event, row.actor) for row in tx.rows(here)}
    assert done == {("account:created", "sysadmin"), ("account:token_issued", "sysadmin")}


def test_a_token_has_only_what_was_ticked(service: Callable[[str], tuple[Visitor, str, str]], app: App) -> None:
    _, _, token = service("platform_b")
    answer = TestClient(create_api(app)).post(
        "/messages/publication", json={"name": "m", "correlationKey": "1"}, headers={"Authorization": f"Bearer {token}"}
    )
    assert answer.status_code == 403


def test_an_expired_token_is_refused_and_told_so_in_the_list(
    service: Callable[[str], tuple[Visitor, str, str]], call: Callable[[str], int], clock: FixedClock
) -> None:
    admin, place, token = service("platform_c")
    clock.advance(timedelta(days=30))
    assert call(token) == 401
    admin.sign_in("sysadmin")
    assert "已过期" in admin.get(place).words
    assert "没有有效令牌" in admin.get("/service-accounts").words


def test_a_revoked_token_and_those_of_a_disabled_account_are_refused(
    service: Callable[[str], tuple[Visitor, str, str]], call: Callable[[str], int]
) -> None:
    admin, place, first = service("platform_d")
    admin.get(place)
    second = shown(admin.submit(f"{place}/tokens", name="第二个", days="90", scopes="cases:read"))
    revoke = [form["action"] for form in admin.get(place).forms if form["action"].endswith("/revoke")]
    assert len(revoke) == 2
    assert "令牌已吊销" in admin.submit(revoke[0]).words
    assert sorted(call(token) for token in (first, second)) == [200, 401]
    admin.submit(f"{place}/disable")
    assert [call(token) for token in (first, second)] == [401, 401]
    page = admin.post(f"{place}/tokens", {**NEW, "csrf_token": admin.csrf})
    assert (page.status, page.message) == (409, "该账号已停用，请先启用再签发令牌。")


def test_what_is_missing_stands_beside_the_field_and_a_login_is_taken_once(enter: Enter) -> None:
    admin = enter("sysadmin")
    admin.get("/service-accounts/new")
    page = admin.post("/service-accounts/new", {"csrf_token": admin.csrf, "login": "x", "days": "7"})
    assert page.status == 422
    assert set(page.errors) == {
        "请填写名称，最多 50 个字符",
        "账号应为 2 至 30 个字符",
        "请填写令牌的用途，最多 50 个字符",
        "请选择有效期",
        "请至少选择一项权限",
    }
    page = admin.submit("/service-accounts/new", **NEW, login="api")
    assert page.errors == ["该登录名已被使用，请换一个"]


@pytest.mark.parametrize("login", ["office_admin", "tv_admin", "designer"])
def test_service_accounts_are_the_system_administrators_alone(enter: Enter, app: App, login: str) -> None:
    with app.database.read() as tx:
        key = tx.value(sa.select(account.c.id).where(account.c.login == "api"))
    visitor = enter(login)
    assert [visitor.get(path).status for path in ("/service-accounts", f"/service-accounts/{key}")] == [403, 403]
    assert "服务账号与令牌" not in visitor.get("/account").words
    if login == "office_admin":
        assert "接口服务" not in visitor.get("/accounts").words


def test_a_person_issues_tokens_within_the_own_rights_and_revokes_them(
    enter: Enter, call: Callable[[str], int]
) -> None:
    officer = enter("tv_officer")
    officer.get("/account/tokens")
    token = shown(officer.submit("/account/tokens", name="统计脚本", days="30", scopes="cases:read"))
    assert call(token) == 200
    page = officer.get("/account/tokens")
    wrong = officer.submit("/account/tokens", name="越权", days="30", scopes="units:manage")
    assert (wrong.status, wrong.errors) == (422, ["请至少选择一项权限"])
    revoke = next(form["action"] for form in page.forms if form["action"].endswith("/revoke"))
    stranger = enter("tv_admin")
    stranger.get("/account/tokens")
    assert stranger.post(revoke, {"csrf_token": stranger.csrf}).status == 404
    officer.submit(revoke)
    assert call(token) == 401
