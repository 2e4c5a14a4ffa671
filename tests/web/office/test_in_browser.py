"""The office in Chromium: nothing axe objects to, light and dark, wide and narrow; and what htmx and the scripts add."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from fastapi import FastAPI

from engine.access import SYSTEM
from engine.bootstrap import App
from engine.clock import FixedClock
from engine.flow.definitions import deploy_resources
from tests.support.axe import assert_accessible, assert_usable
from tests.support.browser import take_seat
from tests.web.office.conftest import APPLICANT, Office, request_diagram
from tests.web.sample import serve
from web.assets import has_asset

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.support.browser import People

pytestmark = pytest.mark.skipif(not has_asset("vendor/app.js"), reason="the browser side is not built: make setup")

Open = Callable[..., "Page"]


def drawn(xml: bytes) -> bytes:
    """The diagram with a place for each of its elements, side by side."""
    ids = ("begin", "ask", "answer", "fits", "sign", "done")
    shapes = "".join(
        f'<bpmndi:BPMNShape id="{id_}_di" bpmnElement="{id_}"><dc:Bounds x="{150 * n}" y="80" width="100" height="80"/></bpmndi:BPMNShape>'
        for n, id_ in enumerate(ids)
    )
    plane = f'<bpmndi:BPMNDiagram id="d"><bpmndi:BPMNPlane id="pl" bpmnElement="request">{shapes}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>'
    return xml.replace(b"</bpmn:definitions>", plane.encode() + b"</bpmn:definitions>")


@pytest.fixture(scope="module")
def database_url(sqlite_url: str) -> str:
    """What a browser shows does not depend on the kind of database."""
    return sqlite_url


@pytest.fixture(scope="module")
def url(site: FastAPI, app: App) -> Iterator[str]:
    with app.database.transaction() as tx:
        deploy_resources(tx, SYSTEM, {"request.bpmn": drawn(request_diagram())})
    with serve(site) as url:
        yield url


@pytest.fixture
def open_as(people: "People", url: str, clock: FixedClock) -> Open:
    """A page of somebody signed in: `open_as("medu_officer", color_scheme="dark")`."""

    def open_as(login: str, **options: object) -> "Page":
        page = people.open(base_url=url, **options)
        take_seat(page, login)
        return page

    return open_as


def test_the_officers_pages_can_be_used_by_everybody(office: Office, open_as: Open) -> None:
    case = office.ask("测试申报人甲 2026 年度请示", due="2026-05-29T18:00:00")
    office.ask("测试申报人乙 2026 年度请示", due="2026-06-02T18:00:00")
    office.ask("测试申报人丙 2026 年度请示")
    task = office.task(case)
    page = open_as("medu_officer")
    for path in (
        "/inbox",
        "/inbox?tab=done",
        f"/tasks/{task}",
        f"/tasks/{task}/hold",
        f"/cases/{case}/print",
    ):
        assert_usable(page, path)
    page.goto(f"/cases/{case}")
    page.locator("[data-bpmn-viewer][data-state=ready]").wait_for()
    assert_usable(page)


def test_the_administrators_pages_can_be_used_by_everybody(office: Office, open_as: Open) -> None:
    case = office.ask("测试申报人甲 2026 年度请示")
    page = open_as("sysadmin")
    paths = (
        "/monitor",
        "/cases?state=active",
        "/incidents",
        "/monitor/orphans",
        f"/monitor/cases/{case}",
        "/search?q=甲",
    )
    for path in (*paths, f"/monitor/cases/{case}/variables/subject", f"/monitor/cases/{case}/cancel"):
        assert_usable(page, path)


def test_a_form_with_faults_can_be_used_by_everybody(office: Office, open_as: Open) -> None:
    page = open_as(APPLICANT)
    page.goto(f"/tasks/{office.task(office.start())}")
    page.get_by_role("button", name="提交").click()
    page.locator("#error-summary").wait_for()
    assert page.evaluate("document.activeElement.id") == "error-summary"
    assert_usable(page)


def test_the_form_saves_itself_and_shows_what_a_choice_asks_for(office: Office, open_as: Open) -> None:
    page = open_as(APPLICANT)
    page.goto(f"/tasks/{office.task(office.start())}")
    page.get_by_label("事由").fill("写到一半")
    page.get_by_label("类别", exact=True).select_option("other")
    page.get_by_label("其他类别").fill("出差")
    page.get_by_text("已自动保存").wait_for()
    page.reload()
    assert (page.get_by_label("事由").input_value(), page.get_by_label("其他类别").input_value()) == (
        "写到一半",
        "出差",
    )


def test_the_journal_slides_in_over_the_task(office: Office, open_as: Open) -> None:
    page = open_as("medu_officer")
    page.goto(f"/tasks/{office.task(office.ask())}")
    page.get_by_role("link", name="流转日志").click()
    page.locator("#journal-drawer .journal li").first.wait_for()
    assert page.locator("#journal-drawer h3").all_inner_texts() == ["经办人审核", "填写请示", "请示"]
    assert_accessible(page)


def test_claiming_keeps_one_in_the_list(office: Office, open_as: Open) -> None:
    office.ask("甲的请示")
    page = open_as("medu_officer")
    page.goto("/inbox")
    page.get_by_role("button", name="签收 甲的请示").click()
    page.get_by_text("已签收，由您办理。").wait_for()
    assert page.get_by_role("link", name="已签收").inner_text() == "已签收1"
    assert page.url.endswith("/inbox")


def test_the_inbox_is_walked_with_the_keyboard(office: Office, open_as: Open) -> None:
    office.ask("甲的请示")
    second = office.task(office.ask("乙的请示"))
    page = open_as("medu_officer")
    page.goto("/inbox")
    for key in ("j", "j", "Enter"):
        page.keyboard.press(key)
    page.wait_for_url(f"**/tasks/{second}")


def test_filters_are_answered_without_loading_the_page(office: Office, open_as: Open) -> None:
    office.ask("甲的请示")
    office.ask("乙的请示")
    page = open_as("medu_officer")
    page.goto("/inbox")
    page.evaluate("window.still = true")
    page.get_by_label("标题或业务编号").fill("乙")
    page.get_by_role("button", name="查询").click()
    page.get_by_text("标题或业务编号：乙").wait_for()
    assert page.locator(".list .lead a").all_inner_texts() == ["乙的请示"]
    assert (page.evaluate("window.still"), page.url.rpartition("?")[2][:4]) == (True, "q=%E")


def test_the_decision_is_one_press_and_can_be_taken_back(office: Office, open_as: Open) -> None:
    page = open_as("medu_officer")
    page.goto(f"/tasks/{office.task(office.ask('甲的请示'))}")
    page.get_by_role("button", name="同意").click()
    page.get_by_role("button", name="撤销").click()
    page.get_by_text("已撤销，请重新办理。").wait_for()


def test_the_search_suggests_while_one_types(office: Office, open_as: Open) -> None:
    office.ask("甲的请示")
    page = open_as("medu_officer")
    page.goto("/inbox")
    page.keyboard.press("/")
    page.keyboard.type("甲的")
    page.locator("#suggestions").get_by_role("link", name="甲的请示").click()
    page.wait_for_url("**/cases/*")
