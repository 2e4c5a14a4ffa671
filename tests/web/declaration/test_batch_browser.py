"""In Chromium: ticking, the dialog, its stock phrases, and the progress that goes on by itself; accessible, wide and narrow."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from engine.bootstrap import App
from engine.declaration.demo_people import actor_of_login
from engine.declaration.phrases import add_stock_phrase
from engine.flow.batch_running import due_batches, run_batch
from engine.flow.batches import start_batch, stop_batch
from tests.declaration.story import Story
from tests.support.axe import assert_accessible, assert_usable
from tests.web.declaration.test_browser import enter, served

if TYPE_CHECKING:
    from tests.support.browser import People

PHRASE = "请补充近三年年度考核表。"


@pytest.fixture(scope="module")
def address(app: App) -> Iterator[str]:
    with served(app) as url:
        yield url


@pytest.fixture(scope="module", autouse=True)
def pair(app: App) -> list[Story]:
    stories = [Story(app.database).submitted() for _ in range(2)]
    with app.database.transaction() as tx:
        add_stock_phrase(tx, actor_of_login(tx, "hosp3_officer", "case_officer"), text=PHRASE)
    return stories


@pytest.mark.catalogue("U14", "Q33")
def test_ticked_rows_are_returned_from_the_dialog(people: "People", address: str, app: App, pair: list[Story]) -> None:
    page = enter(people, address, "hosp3_officer")
    page.goto("/declarations")
    page.locator("[data-pick-all]").check()
    page.get_by_role("button", name="批量审核").click()
    dialog = page.get_by_role("dialog", name="人员批量审核")
    dialog.get_by_text("所选的 2 份申报材料").wait_for()
    dialog.get_by_text("常用意见", exact=True).click()
    dialog.get_by_role("button", name=PHRASE).click()
    opinion = dialog.get_by_label("审核意见")
    page.wait_for_function("() => document.querySelector('#batch-opinion').value !== ''")
    assert opinion.input_value() == PHRASE
    assert_accessible(page, context={"include": ["#batch-review"]})
    dialog.get_by_role("button", name="审核不通过").click()
    page.get_by_role("heading", name="批量退回修改 2 份申报材料").wait_for()
    for key in due_batches(app.database):
        run_batch(app.database, key)
    page.get_by_text("下载结果表").wait_for()
    page.locator("#batch-rows").get_by_text("成功").nth(2).wait_for()
    assert_accessible(page)
    assert {story.status for story in pair} == {"退回修改"}


def test_the_pages_of_a_batch_can_be_used_by_everybody(people: "People", address: str, app: App) -> None:
    with app.database.transaction() as tx:
        officer = actor_of_login(tx, "hosp3_officer", "case_officer")
        items = [{"task_key": number, "title": f"测试申报人 {number}"} for number in range(60)]
        params = {"outcome": "approve", "opinion": ""}
        key = start_batch(tx, officer, kind="declaration_review", items=items, params=params, title="批量通过")
        stop_batch(tx, officer, key)
    page = enter(people, address, "hosp3_officer")
    for path in (f"/batches/{key}", "/batches", f"/batches/{key}?state=pending"):
        assert_usable(page, path)
