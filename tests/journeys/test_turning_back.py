"""What else may happen to a declaration: taken back, given up and begun anew, parked, turned down; and who sees none of it."""

from typing import TYPE_CHECKING

import pytest

from tests.journeys.acting import choose_more, decide, said
from tests.journeys.conftest import Enter
from tests.journeys.desk import Desk

if TYPE_CHECKING:
    from playwright.sync_api import Page


def standing(page: "Page") -> str:
    """The sentence that says where the declaration is."""
    return page.locator("section.standing .lead-text").inner_text()


def answer(page: "Page", path: str) -> int:
    response = page.goto(path)
    assert response is not None
    return response.status


@pytest.mark.catalogue("P23")
def test_a_declaration_can_be_taken_back_until_it_is_reviewed(desk: Desk, enter: Enter) -> None:
    story = desk.submitted()
    page = enter(story.applicant.login)
    page.get_by_role("link", name="撤回").click()
    page.locator("#withdraw").get_by_role("button", name="撤回").click()
    page.wait_for_url("**/fill")
    assert said(page) == ["已撤回，可以修改后重新提交。"]
    page.goto("/declaration")
    assert standing(page).startswith("已撤回，尚未重新提交，请在")
    page.get_by_role("link", name="提交", exact=True).click()
    page.get_by_label("本人承诺").check()
    page.get_by_role("button", name="确认提交").click()
    page.wait_for_url("**/declaration")
    late = enter(story.applicant.login)
    late.get_by_role("link", name="撤回").click()  # the question stays open while the officer decides
    desk.run(lambda: story.review("approve", "同意。", recommendation_notice="已公示。"))
    late.locator("#withdraw").get_by_role("button", name="撤回").click()
    late.wait_for_url("**/declaration")
    assert said(late) == ["单位经办人已经审核，不能撤回；需要修改的，请联系审核单位退回修改。"]
    assert late.get_by_role("link", name="撤回").count() == 0


@pytest.mark.catalogue("P25", "Q16", "A10")
def test_who_gives_a_declaration_up_may_begin_another_in_the_same_year(desk: Desk, enter: Enter) -> None:
    story = desk.drafted()
    page = enter(story.applicant.login)
    assert page.get_by_role("link", name="立即申报").count() == 0
    page.get_by_role("link", name="废弃").click()
    page.locator("#discard").get_by_role("button", name="废弃").click()
    page.get_by_text("已废弃，本年度可以重新申报。").wait_for()
    assert standing(page) == "已废弃，内容仍可查看，本年度可以重新申报。"
    page.get_by_role("link", name="立即申报").click()
    page.wait_for_url("**/declaration/new")
    for key, value in story.setup.items():
        page.locator(f'[name="setup.{key}"]').select_option(value)
    page.get_by_role("button", name="立即申报").click()
    page.wait_for_url("**/fill")
    first, second = desk.cases_of(story.applicant.login)
    assert (desk.status(first), desk.status(second)) == ("已废弃", "草稿")
    page.goto("/declaration")
    page.locator("#before").locator("xpath=../..").get_by_role("link").click()
    page.wait_for_url(f"**/declarations/{first}")
    assert page.locator("#where").inner_text() == "已废弃，内容仍可查看，本年度可以重新申报。"
    assert "任现职以来，认真履行岗位职责" in page.locator("main").inner_text()


@pytest.mark.catalogue("U7", "Q6", "U11")
def test_a_review_can_wait_and_be_taken_up_again(desk: Desk, enter: Enter) -> None:
    story = desk.submitted()
    page = enter("hosp3_officer")
    page.goto(f"/declarations/{story.case_key}/review")
    page.get_by_label("审核意见").fill("待学信网核验。")
    page.locator("[data-saved]", has_text="已自动保存").wait_for()
    page.get_by_role("link", name="审核待定").click()
    page.locator("#hold").get_by_label("待定的原因").fill("学信网学历核验结果未返回。")
    page.locator("#hold").get_by_role("button", name="设为待定").click()
    page.wait_for_url("**/declarations?tab=on_hold")
    assert page.locator(f'tr[data-href^="/declarations/{story.case_key}/"]').count() == 1
    applicant = enter(story.applicant.login)
    assert (
        standing(applicant)
        == "示范医科大学第三附属医院（示例）经办人审核待定（学信网学历核验结果未返回。），今天送达。"
    )
    page.locator(f'tr[data-href^="/declarations/{story.case_key}/"] .lead a').click()
    page.get_by_role("button", name="恢复审核").click()
    page.get_by_text("已恢复审核。").wait_for()
    assert page.get_by_label("审核意见").input_value() == "待学信网核验。"
    page.goto("/declarations")
    assert page.locator(f'tr[data-href^="/declarations/{story.case_key}/"]').count() == 1


@pytest.mark.catalogue("Q33")
def test_what_is_not_recommended_ends_with_its_reason(desk: Desk, enter: Enter) -> None:
    story = desk.submitted()
    page = enter("hosp3_officer")
    page.goto(f"/declarations/{story.case_key}/review")
    choose_more(page, "不予推荐")
    assert page.locator("#error-summary li").all_inner_texts() == ["请填写“审核意见”"]
    page.get_by_label("审核意见").fill("推荐排名不在名额内。")
    choose_more(page, "不予推荐")
    page.wait_for_url(lambda address: f"/{story.case_key}/" not in address)
    applicant = enter(story.applicant.login)
    assert standing(applicant) == "示范医科大学第三附属医院（示例）经办人未予推荐：推荐排名不在名额内。"
    assert applicant.get_by_role("link", name="立即申报").count() == 1
    assert applicant.get_by_role("link", name="修改", exact=True).count() == 0


@pytest.mark.catalogue("Q37")
def test_a_decision_can_be_taken_back_while_nobody_has_acted_on_it(desk: Desk, enter: Enter) -> None:
    story = desk.submitted("medu_officer")
    page = enter("medu_officer")
    page.goto(f"/declarations/{story.case_key}/review")
    decide(page, "通过", "同意。")
    page.wait_for_url(lambda address: f"/{story.case_key}/" not in address)
    page.get_by_role("button", name="撤销").click()
    page.wait_for_url(f"**/declarations/{story.case_key}/review")
    assert desk.status(story.case_key) == "待经办人审核"
    applicant = enter(story.applicant.login)
    applicant.goto(f"/declarations/{story.case_key}")
    lines = applicant.locator("#journal li")
    assert lines.locator("h3").all_inner_texts() == [
        "经办人审核",
        "经办人审核",
        "经办人审核",
        "个人申请提交",
        "立即申报",
    ]
    assert [" ".join(line.split()) for line in lines.locator(".badge").all_inner_texts()] == [
        "待审核",
        "撤回办理",
        "通过",
        "已提交",
        "已建立",
    ]
    assert "马示办" not in applicant.locator("main").inner_text()
    applicant.goto(f"/cases/{story.case_key}")
    assert "马示办" not in applicant.locator("main").inner_text()
    decide(page, "退回修改", "请补充。")
    page.wait_for_url(lambda address: f"/{story.case_key}/" not in address)
    page.get_by_role("button", name="撤销").click()  # the applicant, told of the return, is told that it does not stand
    page.wait_for_url(f"**/declarations/{story.case_key}/review")
    assert desk.status(story.case_key) == "待经办人审核"


@pytest.mark.catalogue("U17")
def test_strangers_see_nothing_of_a_declaration(desk: Desk, enter: Enter) -> None:
    story = desk.submitted()
    key, task = story.case_key, desk.open_task(story.case_key)
    other = desk.drafted()
    paths = [
        f"/declarations/{key}",
        f"/declarations/{key}/review",
        f"/declarations/{key}/journal",
        f"/declaration/{key}/fill",
        f"/declaration/{key}/submit",
        f"/declaration/{key}/withdraw",
        f"/declaration/{key}/print",
        f"/cases/{key}",
        f"/cases/{key}/diagram.json",
        f"/tasks/{task}",
        "/declarations/999999999999",
        "/declarations/99999999999999999999999",
        "/declarations/-1",
        "/tasks/0",
    ]
    for login in (other.applicant.login, "cityhosp_officer"):
        page = enter(login)
        answers = {path: answer(page, path) for path in paths}
        assert answers.pop(f"/declarations/{key}/review") == (404 if login == "cityhosp_officer" else 403)
        assert answers == dict.fromkeys(answers, 404)
    page.goto("/declarations")
    assert page.locator(f'[href*="/{key}"]').count() == 0


def test_who_may_not_review_is_told_so(desk: Desk, enter: Enter) -> None:
    page = enter(desk.drafted().applicant.login)
    assert [answer(page, path) for path in ("/declarations", "/studio", "/monitor", "/incidents")] == [403] * 4
