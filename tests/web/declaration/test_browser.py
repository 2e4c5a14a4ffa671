"""In Chromium: accessible in both schemes, wide and narrow; saving while one types, cascades, uploads, phrases, keys."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
import uvicorn

from engine.bootstrap import App
from engine.flow.drafts import list_drafts
from tests.declaration.story import Story
from tests.document.conftest import picture
from tests.support.axe import TELEPHONE, assert_usable
from tests.support.browser import take_seat
from tests.support.ports import free_port
from tests.web.declaration.conftest import PASSWORD, let_in
from web.app import create_app

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

    from tests.support.browser import People


@contextmanager
def served(app: App) -> Iterator[str]:
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(create_app(app), port=port, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            thread.join(0.02)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def address(app: App) -> Iterator[str]:
    with served(app) as url:
        yield url


@pytest.fixture(scope="module", autouse=True)
def stories(app: App) -> dict[str, Story]:
    # before the browser opens: while Playwright runs, nothing else of this process may run a loop of its own
    told = {name: Story(app.database) for name in ("draft", "returned", "waiting", "another")}
    for name, story in told.items():
        let_in(app, story.applicant.login)
        story.start()
        if name != "draft":
            story.fill()
            story.submit()
    told["returned"].review("return_for_revision", "学位证书扫描件不清晰。")
    return told


def enter(people: "People", address: str, login: str) -> "Page":
    """A page of somebody signed in, who has not opened anything yet."""
    page = people.open(base_url=address)
    take_seat(page, login, PASSWORD)
    return page


def test_the_pages_of_an_applicant_can_be_used_by_everybody(
    people: "People", address: str, stories: dict[str, Story]
) -> None:
    applicant, own = (
        enter(people, address, stories["returned"].applicant.login),
        f"/declaration/{stories['returned'].case_key}",
    )
    assert_usable(applicant, f"{own}/fill")
    for path in ("/declaration", f"{own}/submit", f"{own}/print", "/declaration/filling-guide"):
        assert_usable(applicant, path, [TELEPHONE])


def test_the_pages_of_an_officer_can_be_used_by_everybody(
    people: "People", address: str, stories: dict[str, Story]
) -> None:
    officer, one = enter(people, address, "hosp3_officer"), f"/declarations/{stories['waiting'].case_key}"
    for path in ("/declarations?more=1", f"{one}/review"):
        assert_usable(officer, path)
    for path in (one, "/declarations/phrases"):
        assert_usable(officer, path, [TELEPHONE])


@pytest.mark.catalogue("P21", "Q30")
def test_what_one_types_is_saved_and_the_side_list_follows(
    people: "People", address: str, app: App, stories: dict[str, Story]
) -> None:
    story = stories["draft"]
    page = enter(people, address, story.applicant.login)
    page.goto(f"/declaration/{story.case_key}/fill")
    before = page.locator("#side-sections li", has_text="个人基本信息").inner_text()
    page.get_by_label("工作总结摘要").fill("认真履行岗位职责。")
    page.get_by_text("已自动保存").wait_for()
    page.wait_for_function("before => document.querySelector('#side-sections li').innerText !== before", arg=before)
    assert "9 / 400" in page.inner_text("#f-basic_info")
    with app.database.read() as tx:
        draft = list_drafts(tx, story.task_key(tx))["basic_info"].value
    assert draft["work_summary"] == "认真履行岗位职责。"


def test_a_choice_offers_the_next_and_typing_stays(people: "People", address: str, stories: dict[str, Story]) -> None:
    story = stories["draft"]
    page = enter(people, address, story.applicant.login)
    page.goto(f"/declaration/{story.case_key}/fill")
    page.get_by_label("现档案存放单位").fill("示范人才服务中心")
    page.get_by_label("是否有职称").select_option("yes")
    page.get_by_label("现职称类别").select_option(label="卫生类")
    page.get_by_label("现职称系列").locator("option", has_text="卫生技术人员-医疗").wait_for(state="attached")
    assert page.get_by_label("现档案存放单位").input_value() == "示范人才服务中心"


def test_the_last_choice_decides_on_a_slow_line(people: "People", address: str, stories: dict[str, Story]) -> None:
    page = enter(people, address, stories["draft"].applicant.login)
    page.goto(f"/declaration/{stories['draft'].case_key}/fill")
    page.get_by_label("是否有职称").select_option("yes")
    category, series = page.get_by_label("现职称类别"), page.get_by_label("现职称系列")
    category.locator("option", has_text="卫生类").wait_for(state="attached")
    held: list[Route] = []
    page.route("**/fields*", lambda route: held.append(route))
    for label in ("工程类", "教学类", "卫生类"):
        category.select_option(label=label)
    page.get_by_label("现职称取得地").select_option(label="外省")
    page.wait_for_timeout(300)
    bodies = []
    while held:
        route = held.pop()
        bodies.append(route.request.post_data)
        route.continue_()
        page.wait_for_timeout(300)
    # the first was on its way already; all that was chosen meanwhile goes in one
    assert len(bodies) == 2
    series.locator("option", has_text="卫生技术人员-医疗").wait_for(state="attached")
    assert category.locator("option:checked").inner_text() == "卫生类"
    page.get_by_text("外省、中央单位或军队职称的证明").first.wait_for()


@pytest.mark.catalogue("P8")
def test_a_file_is_uploaded_in_place_and_saved(
    people: "People", address: str, app: App, stories: dict[str, Story]
) -> None:
    story = stories["draft"]
    page = enter(people, address, story.applicant.login)
    page.goto(f"/declaration/{story.case_key}/fill")
    upload = page.locator('[data-field="base_material.truth_pledge"]')
    with page.expect_response(lambda answer: answer.url.endswith("/save")) as saved:
        upload.locator("input[type=file]").set_input_files(
            {"name": "承诺书.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%%EOF\n"}
        )
    assert "base_material" in json.loads(saved.value.body())["fields"]["draft_version"]
    assert upload.locator("a.name").inner_text() == "承诺书.pdf"


@pytest.mark.catalogue("P6")
def test_a_portrait_over_500_kilobytes_is_reduced_and_what_is_no_picture_is_refused(
    people: "People", address: str, app: App, stories: dict[str, Story]
) -> None:
    story, large = stories["draft"], picture((1500, 1200))
    assert len(large) > 500 * 1024
    page = enter(people, address, story.applicant.login)
    page.goto(f"/declaration/{story.case_key}/fill?section=basic_info")
    page.get_by_label("现工作单位联系电话").fill("0311-00000000")
    portrait = page.locator('[data-field="basic_info.photo"]')
    choose = portrait.locator("input[type=file]")
    broken = {"name": "照片.png", "mimeType": "image/png", "buffer": b"%PDF-1.4 no picture"}
    choose.set_input_files(broken)
    portrait.locator(".error").wait_for()
    assert portrait.locator(".error").inner_text() == "照片应为图片文件（jpg、png 等），请重新选择。"
    portrait.get_by_role("button", name="移除").click()
    choose.set_input_files({"name": "照片.png", "mimeType": "image/png", "buffer": large})
    page.get_by_role("button", name="使用这张照片").click()
    portrait.get_by_text("检查中").wait_for()
    # only what is sent from now on names the new file
    with page.expect_request(lambda asked: asked.url.endswith("/save")) as saving:
        app.vet_files()
        portrait.locator("a.name", has_text="照片.jpg").wait_for()
    saving.value.response()
    page.reload()
    stored = page.request.get(str(portrait.locator("a.name").get_attribute("href")))
    assert (stored.headers["content-type"], len(stored.body()) <= 500 * 1024) == ("image/jpeg", True)
    assert page.get_by_label("现工作单位联系电话").input_value() == "0311-00000000"


@pytest.mark.catalogue("U10", "U11", "U12", "U15")
def test_an_officer_reviews_with_a_phrase_and_the_drawer(
    people: "People", address: str, stories: dict[str, Story]
) -> None:
    page = enter(people, address, "hosp3_officer")
    page.goto("/declarations/phrases")
    page.locator("#phrase-new").fill("材料齐全，同意。")
    page.get_by_role("button", name="添加").click()
    page.goto(f"/declarations/{stories['waiting'].case_key}/review")
    page.get_by_label("审核意见").fill("已核对。")
    page.get_by_text("常用意见", exact=True).click()
    page.get_by_role("button", name="材料齐全，同意。").click()
    page.wait_for_function("() => document.getElementById('f-opinion').value.includes('材料齐全')")
    assert page.get_by_label("审核意见").input_value() == "已核对。\n材料齐全，同意。"
    page.get_by_role("link", name="流转日志").click()
    page.locator("#journal-drawer").get_by_text("处理状态：").first.wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="通过", exact=True).click()
    page.get_by_text("这是下一份，还有 1 份待审核。").wait_for()
    assert stories["waiting"].status == "待领导审核"


def test_the_list_is_walked_by_keys(people: "People", address: str, stories: dict[str, Story]) -> None:
    page = enter(people, address, "hosp3_officer")
    page.goto("/declarations")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/review")


@pytest.mark.catalogue("P25")
def test_giving_up_is_asked_once_more(people: "People", address: str, stories: dict[str, Story]) -> None:
    story = stories["draft"]
    page = enter(people, address, story.applicant.login)
    page.goto("/declaration")
    page.get_by_role("link", name="废弃").click()
    page.locator("#discard").get_by_role("button", name="废弃").click()
    page.get_by_text("已废弃，本年度可以重新申报。").wait_for()
    assert story.status == "已废弃"


@pytest.mark.catalogue("U9", "U10")
def test_keys_lead_from_a_row_to_its_decision_and_files_open_in_place(people: "People", address: str) -> None:
    page = enter(people, address, "hosp3_officer")
    page.goto("/declarations")
    page.keyboard.press("j")
    page.keyboard.press("a")
    page.wait_for_url("**/review*#approve")
    page.locator("#f-opinion").wait_for()
    page.locator("h1").click()
    page.keyboard.press("r")
    assert page.evaluate("document.activeElement.id") == "f-opinion"
    page.locator(".file a.name", has_text=".jpg").first.click()
    assert page.locator("#preview[open] img").get_attribute("alt") == "照片.jpg"


def test_the_list_s_own_pages_are_accessible_and_fit(people: "People", address: str) -> None:
    officer = enter(people, address, "hosp3_officer")
    for path in ("/declarations?tab=all", "/declarations/statistics", "/declarations/columns", "/declarations/views"):
        assert_usable(officer, path)
    assert_usable(enter(people, address, "auditor"), "/monitor/looks", [TELEPHONE])
