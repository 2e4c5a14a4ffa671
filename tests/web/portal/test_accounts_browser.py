"""The pages of accounts in a real browser: no accessibility fault, wide and light, narrow and dark."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from engine.bootstrap import App
from engine.clock import FixedClock
from engine.document.workbooks import write_workbook
from engine.organisation.people_import import staff_columns
from engine.organisation.tables import account, enrolment
from tests.support.axe import DESK, TELEPHONE, assert_usable
from tests.support.browser import take_seat
from tests.web.sample import serve

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.support.browser import People

WRONG = {"login": "hosp3_wrong", "name": "测示误", "role": "院长", "mobile": "130"}


@pytest.fixture(scope="module")
def database_url(sqlite_url: str) -> str:
    """What a page looks like does not depend on the database."""
    return sqlite_url


@pytest.fixture(scope="module")
def address(site: FastAPI) -> Iterator[str]:
    with serve(site) as address:
        yield address


@pytest.fixture
def sit_down(people: "People", address: str, clock: FixedClock) -> Callable[..., "Page"]:
    """Somebody who has signed in: `sit_down("hosp3_admin")`."""

    def sit_down(login: str) -> "Page":
        page = people.open(base_url=address)
        take_seat(page, login)
        return page

    return sit_down


@pytest.mark.catalogue("U4")
def test_the_pages_of_staff_can_be_used_by_everybody(sit_down: Callable[..., "Page"], app: App) -> None:
    with app.database.read() as tx:
        key = tx.value(sa.select(account.c.id).where(account.c.login == "hosp3_officer"))
    page = sit_down("hosp3_admin")
    own = [f"/accounts/{key}{end}" for end in ("", "/edit", "/disable", "/password")]
    for path in ("/accounts", "/accounts?tab=below", "/accounts/new", *own, "/accounts/import"):
        assert_usable(page, path, [DESK])
    content = write_workbook(staff_columns(), [WRONG, {**WRONG, "role": "经办人", "mobile": "13000000001"}])
    page.set_input_files("#file", {"name": "名单.xlsx", "mimeType": "application/zip", "buffer": content})
    page.get_by_role("button", name="上传并核对").click()
    page.get_by_role("heading", name="核对工作人员帐号").wait_for()
    assert_usable(page, looks=[DESK])


@pytest.mark.catalogue("U5")
def test_the_pages_of_applicants_can_be_used_by_everybody(sit_down: Callable[..., "Page"], app: App) -> None:
    page = sit_down("hosp3_officer")
    with app.database.read() as tx:
        whose = sa.select(account.c.person).where(account.c.login == "990000197603121014").scalar_subquery()
        key = tx.value(sa.select(enrolment.c.id).where(enrolment.c.person == whose))
    own = [f"/applicants/{key}{end}" for end in ("", "/edit", "/identity", "/transfer")]
    of_applicants = ("/applicants", "/applicants?name=无", "/applicants/new", "/applicants/import", *own)
    for path in (*of_applicants, "/account", "/account/contact", "/account/tokens", "/account/delegation"):
        assert_usable(page, path, [TELEPHONE])
    page.get_by_role("button", name="委托", exact=True).click()
    page.locator("#error-summary:focus").wait_for()
    assert_usable(page, looks=[TELEPHONE])


@pytest.mark.catalogue("A4")
def test_the_pages_of_a_forgotten_password_can_be_used_by_everybody(
    people: "People", address: str, clock: FixedClock
) -> None:
    page = people.open(base_url=address)
    page.goto("/forgot")
    page.fill("#login", "nobody_here")
    page.fill("#address", "13000000000")
    page.get_by_role("button", name="获取验证码").click()
    page.get_by_role("heading", name="设置新密码").wait_for()
    assert_usable(page, looks=[TELEPHONE])


def test_the_pages_of_service_accounts_can_be_used_by_everybody(sit_down: Callable[..., "Page"]) -> None:
    page = sit_down("sysadmin")
    page.goto("/service-accounts/new")
    page.get_by_role("button", name="建立并签发令牌").click()
    page.locator("#error-summary:focus").wait_for()
    assert_usable(page)
    page.fill("#title", "测试平台")
    page.fill("#login", "platform")
    page.fill("#name", "测试对接")
    page.get_by_label("领取和完成服务任务").check()
    page.get_by_role("button", name="建立并签发令牌").click()
    page.get_by_role("heading", name="令牌已签发").wait_for()
    assert_usable(page)
    page.get_by_role("link", name="已保存，返回").click()
    assert_usable(page)
    assert_usable(page, "/service-accounts")
    page.get_by_role("link", name="测试平台").first.click()
    page.get_by_role("button", name="吊销“测试对接”").click()
    page.locator("#confirm").get_by_role("button", name="吊销").click()
    page.get_by_text("令牌已吊销").wait_for()
    assert_usable(page)
