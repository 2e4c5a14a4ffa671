"""The manual's main story: an applicant declares, every level reviews, one sends it back, and it reaches the top."""

import re
from typing import TYPE_CHECKING

import pytest

from engine.declaration.demo_dossier import dossier_values
from engine.reference import load_book
from tests.declaration.story import PHYSICIAN
from tests.journeys.acting import NEW_PASSWORD, PASSWORD, decide, fill_field, fill_section, said, sign_in
from tests.journeys.conftest import Enter, Site
from tests.support.axe import assert_accessible

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.support.browser import People

HOSPITAL = "示范医科大学第三附属医院（示例）"
LEVELS = [
    ("hosp3", HOSPITAL),
    ("medu", "示范医科大学（示例）"),
    ("edu", "示范省教育厅（示例）"),
    ("office", "河北省职称改革领导小组办公室（示例）"),
]
SETUP = {
    "title_category": "health",
    "title_series": "physician",
    "specialty": "physician-01",
    "title_name": "physician-senior",
    "title_level": "senior",
    "declaration_route": "regular",
    "review_mode": "review",
}
OPINION = "工作总结摘要未写明任现职以来的成果，请补充后重新提交。"
SUMMARY = "任现职以来完成示范手术一百例，指导青年医师五名。（示例）"
NOTICE = "经量化评分、推荐小组评议，已公示五个工作日，无异议。（示例）"
PANEL = "推荐小组一致同意推荐。（示例）"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """The main story is told on both databases."""
    return str(request.param)


class Look:
    """Looks at the page that is open: nothing may keep anybody from using it."""

    def __init__(self, kind: str) -> None:
        self.seen: list[str] = []
        self._axe = kind == "sqlite"  # what a page looks like does not depend on the database

    def __call__(self, page: "Page") -> None:
        self.seen.append(re.sub(r"\d+", "#", page.url.partition("//")[2].partition("/")[2]))
        if self._axe:
            assert_accessible(page)


@pytest.mark.catalogue("A5", "P1", "P5", "P6", "P7", "P8", "P10", "P11", "P21", "P22", "P23", "P24", "U7", "U9", "U10")
@pytest.mark.catalogue("U12", "U13", "U15")
def test_a_declaration_climbs_all_four_levels(people: "People", enter: Enter, site: Site, kind: str) -> None:
    look = Look(kind)
    login = site.desk.enrol()
    page = people.open(base_url=site.url)
    first_time(page, login, look)
    case_key = start(page, look)
    fill(page, site, look)
    leave_and_come_back(page, login, look)
    hand_in(page, look)


def first_time(page: "Page", login: str, look: Look) -> None:
    page.goto("/")
    look(page)
    page.get_by_role("link", name="立即申报").click()
    look(page)
    sign_in(page, login)
    assert said(page) == ["您使用的是初始密码，设置新密码后才能办理其他事项。"]
    look(page)
    page.get_by_label("初始密码").fill(PASSWORD)
    page.locator("#password").fill(NEW_PASSWORD)
    page.get_by_label("再次输入新密码").fill(NEW_PASSWORD)
    page.get_by_role("button", name="确认修改").click()
    page.wait_for_url("**/declaration")
    look(page)


def start(page: "Page", look: Look) -> int:
    page.get_by_role("link", name="立即申报").click()
    for key, value in SETUP.items():
        fill_field(page.locator(f'[name="setup.{key}"]'), value)
    look(page)
    page.get_by_role("button", name="立即申报").click()
    page.wait_for_url("**/fill")
    return int(page.url.split("/")[-2])


def fill(page: "Page", site: Site, look: Look) -> None:
    book = site.desk.read(lambda tx: load_book(tx, site.desk.year))
    dossier = dossier_values(book, PHYSICIAN, 1976, lambda name: name)  # files by their names
    look(page)
    page.get_by_role("link", name="逐项填写").click()
    for section, value in dossier.items():
        page.goto(f"{page.url.partition('?')[0]}?section={section}")
        fill_section(page, section, value)
        page.get_by_text("已自动保存").wait_for()
        print(section, page.locator("nav.sections li.complete, nav.sections li.lacking").all_inner_texts())
        look(page)


def leave_and_come_back(page: "Page", login: str, look: Look) -> None:
    page.context.clear_cookies()
    sign_in(page, login, NEW_PASSWORD)
    print(page.locator("main").inner_text())


def hand_in(page: "Page", look: Look) -> None:
    page.goto("/declaration")
    page.get_by_role("link", name="提交", exact=True).click()
    print(page.locator("main").inner_text())
