"""The server is killed between steps and while one is under way: nothing is lost, nothing done twice."""

from typing import TYPE_CHECKING

import pytest

from tests.journeys.acting import decide, said
from tests.journeys.conftest import Enter, Site
from tests.journeys.desk import Desk

if TYPE_CHECKING:
    from playwright.sync_api import Page

#: press the button of the form and come back at once, whatever becomes of it
PRESS = "(selector) => { document.querySelector(selector).click(); }"


def restart(site: Site) -> None:
    site.server.kill()
    site.server.start().wait_until_ready()


def test_what_is_typed_while_the_server_is_away_is_saved_when_it_is_back(site: Site, desk: Desk, enter: Enter) -> None:
    story = desk.drafted()
    page = enter(story.applicant.login)
    page.goto(f"/declaration/{story.case_key}/fill?section=present_position")
    page.get_by_label("现档案存放单位").fill("断线以前")
    page.locator("[data-saved]", has_text="已自动保存").wait_for()
    site.server.kill()
    page.get_by_label("现档案存放单位").fill("断线以后")
    page.locator("[data-saved]", has_text="网络中断，内容已保留，恢复后自动保存").wait_for()
    site.server.start().wait_until_ready()
    page.evaluate("window.dispatchEvent(new Event('online'))")
    page.locator("[data-saved]", has_text="已自动保存").wait_for()
    page.reload()
    assert page.get_by_label("现档案存放单位").input_value() == "断线以后"


@pytest.mark.parametrize("moment", [10])
def test_a_submission_under_way_happens_once_or_not_at_all(site: Site, desk: Desk, enter: Enter, moment: int) -> None:
    story = desk.drafted()
    page = enter(story.applicant.login)
    page.goto(f"/declaration/{story.case_key}/submit")
    page.get_by_label("本人承诺").check()
    kill_after(page, "form[action$='/submit'] button.primary", moment, site)
    page.goto("/declaration")
    if page.get_by_role("link", name="提交", exact=True).count():
        page.get_by_role("link", name="提交", exact=True).click()
        page.get_by_label("本人承诺").check()
        page.get_by_role("button", name="确认提交").click()
        page.wait_for_url("**/declaration")
    assert page.locator("section.standing .badge").inner_text().strip() == "待经办人审核"
    assert (desk.events(story.case_key, "task.completed"), desk.element(story.case_key)) == (1, "unit_officer_review")


@pytest.mark.parametrize("moment", [20])
def test_a_decision_under_way_happens_once_or_not_at_all(site: Site, desk: Desk, enter: Enter, moment: int) -> None:
    story = desk.submitted(approvals=1)
    page = enter("hosp3_leader")
    page.goto(f"/declarations/{story.case_key}/review")
    page.get_by_label("审核意见").fill("同意推荐。")
    page.locator("[data-saved]", has_text="已自动保存").wait_for()
    kill_after(page, "#review-form button[value=approve]", moment, site)
    page.goto(f"/declarations/{story.case_key}/review")
    if page.locator("#review-form").count():
        assert page.get_by_label("审核意见").input_value() == "同意推荐。"
        decide(page, "通过")
        page.wait_for_url(lambda address: f"/{story.case_key}/" not in address)
    else:
        assert said(page) == ["这份材料现在不由您审核，可以查看它的内容和进度。"]
    assert (desk.events(story.case_key, "task.completed"), desk.element(story.case_key)) == (
        3,
        "superior_officer_review",
    )


def kill_after(page: "Page", selector: str, milliseconds: int, site: Site) -> None:
    """Press the button, kill the server so many milliseconds later, start it again."""
    page.evaluate(PRESS, selector)
    if milliseconds:
        page.wait_for_timeout(milliseconds)
    restart(site)


def test_the_rules_of_the_stored_data_hold_after_all_that(site: Site) -> None:
    """Last in this file: what `zhiping check` finds after every server that was killed."""
    assert site.server.command("check", "--rebuild").strip() == ""
