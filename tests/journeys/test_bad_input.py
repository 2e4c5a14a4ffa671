"""Whatever goes wrong gets a sentence that says what to do, and nothing that was typed is lost."""

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.journeys.acting import NEW_PASSWORD, PASSWORD, decide, file_of, said, sign_in
from tests.journeys.conftest import Enter, Site
from tests.journeys.desk import Desk

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.support.browser import People

#: both applicant and expert (Q35)
TWO_ROLES = "990000198001311202"
LOCKED = "登录失败次数过多，已锁定，请在 #:#（约 # 分钟后）再试，或联系单位管理员重置密码。"


@pytest.mark.catalogue("A9", "P6", "Q30", "Q41")
def test_what_is_wrong_is_kept_and_named(desk: Desk, enter: Enter) -> None:
    story = desk.drafted()
    page = enter(story.applicant.login)
    page.goto(f"/declaration/{story.case_key}/fill?section=basic_info")
    assert page.locator('[name="basic_info.identity_number"], [name="basic_info.name"]').count() == 0
    page.get_by_label("工作总结摘要").fill("长" * 401)
    page.get_by_label("手机号码").fill("12345")
    assert page.locator('[data-counter="f-basic_info-work_summary"]').inner_text() == "401 / 400"
    page.get_by_role("button", name="暂存").click()
    page.get_by_text("已保存，可以随时回来继续填写。").wait_for()
    assert page.get_by_label("工作总结摘要").input_value() == "长" * 401
    page.get_by_role("button", name="提交", exact=True).click()
    page.get_by_role("heading", name="还不能提交").wait_for()
    assert page.locator("#error-summary li").all_inner_texts() == [
        "“手机号码”应为 11 位手机号码",
        "“工作总结摘要”最多 400 个字，现在是 401 个字",
    ]
    page.locator("#error-summary a").last.click()
    page.wait_for_url("**section=basic_info**")
    assert page.evaluate("document.activeElement.id") == "f-basic_info-work_summary"
    assert page.get_by_label("手机号码").input_value() == "12345"


@pytest.mark.catalogue("P6")
def test_a_file_that_cannot_be_taken_says_why(desk: Desk, enter: Enter) -> None:
    story = desk.drafted()
    page = enter(story.applicant.login)
    page.goto(f"/declaration/{story.case_key}/fill?section=basic_info")
    proof = page.locator('[data-upload][data-field="basic_info.social_insurance_proof"]')
    program = {"name": "程序.exe", "mimeType": "application/octet-stream", "buffer": b"MZ"}
    disguised = {"name": "其实不是.pdf", "mimeType": "application/pdf", "buffer": b"only text"}
    assert refused(proof, program) == "只能上传 PDF、JPG、JPEG、PNG 文件"
    assert refused(proof, disguised).startswith("不支持这种文件。请上传 PDF、图片")
    photo = page.locator('[data-upload][data-field="basic_info.photo"]')
    large = {**file_of("大照片.jpg"), "buffer": bytes(600 * 1024)}
    with page.expect_file_chooser() as chooser:
        photo.get_by_role("button", name="替换").click()
    chooser.value.set_files(large)
    assert refusal(photo, "大照片.jpg").startswith("不支持这种文件。")  # large ones are reduced, but this is no picture
    assert page.locator("[name='basic_info.social_insurance_proof']:not([value=''])").count() == 1
    page.get_by_role("button", name="暂存").click()
    page.get_by_text("已保存，可以随时回来继续填写。").wait_for()
    assert photo.get_by_role("link", name="照片.jpg").count() == 1


def refused(upload: "Locator", file: dict[str, Any]) -> str:
    """Pick a file; the sentence that says why it was not taken."""
    upload.locator("input[type=file]").set_input_files(file)
    return refusal(upload, file["name"])


def refusal(upload: "Locator", name: str) -> str:
    """The sentence at a file that was not taken; the file is removed again."""
    failed = upload.locator(".file.failed", has_text=name)
    sentence = str(failed.locator(".error").inner_text())
    failed.get_by_role("button", name="移除").click()
    return sentence


@pytest.mark.catalogue("A5")
def test_of_two_officers_one_wins_and_the_other_keeps_the_opinion(
    desk: Desk, enter: Enter, people: "People", site: Site
) -> None:
    story = desk.submitted()
    path = f"/declarations/{story.case_key}/review"
    first = enter("hosp3_officer")
    second = people.open(base_url=site.url)
    sign_in(second, "hosp3_new")
    change_password(second)
    for page in (first, second):
        page.goto(path)
    second.get_by_label("审核意见").fill("材料不清晰，请重新扫描。")
    decide(first, "退回修改", "缺少任现职以来的考核材料。")
    first.wait_for_url(lambda address: f"/{story.case_key}/" not in address)
    second.get_by_role("group", name="审核结果").get_by_role("button", name="退回修改").click()
    second.get_by_role("heading", name="已由他人审核").wait_for()
    assert "林示办" in second.locator("[data-message]").inner_text()
    assert second.locator("blockquote.opinion").inner_text() == "材料不清晰，请重新扫描。"
    assert desk.events(story.case_key, "task.completed") == 2


def change_password(page: "Page") -> None:
    """An account that must change its password sees nothing else before."""
    page.goto("/inbox")
    page.wait_for_url("**/password")
    page.get_by_label("初始密码").fill(PASSWORD)
    page.locator("#password").fill(NEW_PASSWORD)
    page.get_by_label("再次输入新密码").fill(NEW_PASSWORD)
    page.get_by_role("button", name="确认修改").click()
    page.wait_for_url(lambda address: "/password" not in address)


def test_work_outlives_the_session(desk: Desk, enter: Enter) -> None:
    story = desk.submitted()
    page = enter("hosp3_officer")
    page.goto(f"/declarations/{story.case_key}/review")
    page.get_by_label("审核意见").fill("会话过期以后写下的意见。")
    desk.end_sessions("hosp3_officer")
    page.get_by_role("group", name="审核结果").get_by_role("button", name="退回修改").click()
    page.get_by_text("刚才填写的内容已保留，登录后可继续提交。").wait_for()
    page.locator("#login").fill("hosp3_officer")
    page.locator("#password").fill(PASSWORD)
    page.locator("form[action='/sign-in']").get_by_role("button", name="登录").click()
    page.get_by_role("button", name="继续提交").click()
    page.wait_for_url(lambda address: f"/{story.case_key}/" not in address)
    assert said(page)[0].startswith("“测试申报人 · 主任医师（高级(正高)）”已退回修改。")
    applicant = enter(story.applicant.login)
    assert applicant.locator("blockquote.opinion").inner_text() == "会话过期以后写下的意见。"


def test_what_the_applicant_types_without_a_session_is_saved_after_signing_in(desk: Desk, enter: Enter) -> None:
    story = desk.drafted()
    page = enter(story.applicant.login)
    page.goto(f"/declaration/{story.case_key}/fill?section=present_position")
    page.context.clear_cookies()
    page.get_by_label("现档案存放单位").fill("过期以后写下的单位")
    page.locator("[data-saved]", has_text="登录已过期，内容已保留，重新登录后自动保存").wait_for()
    page.on("dialog", lambda dialog: dialog.accept())
    sign_in(page, story.applicant.login)
    page.goto(f"/declaration/{story.case_key}/fill?section=present_position")
    # without a session the text waits in the browser and is sent once the page is open again
    page.wait_for_function(
        "() => document.querySelector('#f-present_position-archive_holder').value === '过期以后写下的单位'"
    )


def test_pressing_twice_submits_once(desk: Desk, enter: Enter) -> None:
    story = desk.drafted()
    page = enter(story.applicant.login)
    page.goto(f"/declaration/{story.case_key}/submit")
    page.get_by_label("本人承诺").check()
    fields = page.locator("form[action$='/submit'] input").evaluate_all("all => all.map(one => [one.name, one.value])")
    page.get_by_role("button", name="确认提交").dblclick()
    page.wait_for_url("**/declaration")
    again = page.request.post(f"/declaration/{story.case_key}/submit", form=dict(fields), max_redirects=0)
    assert (again.status, again.headers["location"]) == (303, "/declaration")
    assert desk.events(story.case_key, "task.completed") == 1


@pytest.mark.catalogue("A6")
def test_everything_can_be_read_and_sent_without_scripts(desk: Desk, enter: Enter) -> None:
    story = desk.drafted()
    page = enter(story.applicant.login, java_script_enabled=False)
    page.goto(f"/declaration/{story.case_key}/fill?section=employment")
    page.get_by_role("button", name="添加工作经历信息").click()
    page.locator('[name="employment[1].employer"]').fill("示范单位二（示例）")
    page.get_by_role("button", name="删除第 1 行").click()
    assert page.locator('[name="employment[0].employer"]').input_value() == "示范单位二（示例）"
    page.goto(f"/declaration/{story.case_key}/fill?section=basic_info")
    page.locator('[data-upload][data-field="basic_info.social_insurance_proof"]').get_by_role(
        "link", name="上传文件"
    ).click()
    page.locator("input[type=file]").set_input_files(file_of("补充证明.pdf"))
    page.get_by_role("button", name="上传").click()
    page.get_by_role("link", name="补充证明.pdf").wait_for()
    page.get_by_role("button", name="提交", exact=True).click()
    page.get_by_label("本人承诺").check()
    page.get_by_role("button", name="确认提交").click()
    assert page.url.endswith("/declaration")
    officer = enter("hosp3_officer", java_script_enabled=False)
    officer.goto(f"/declarations/{story.case_key}/review")
    assert "补充证明.pdf" in officer.locator("main").inner_text()
    officer.get_by_role("link", name="流转日志").click()
    assert officer.locator("h3").all_inner_texts() == ["经办人审核", "个人申请提交", "立即申报"]
    officer.go_back()
    decide(officer, "退回修改", "无脚本也能退回。")
    assert said(officer)[0].startswith("“测试申报人 · 主任医师（高级(正高)）”已退回修改。")
    assert desk.status(story.case_key) == "退回修改"


@pytest.mark.catalogue("A4")
def test_an_account_is_locked_after_five_wrong_passwords(people: "People", site: Site) -> None:
    page = people.open(base_url=site.url)
    page.goto("/sign-in?as=unit")
    for _ in range(6):
        page.locator("#login").fill("tvb_officer")
        page.locator("#password").fill("wrong-password")
        page.locator("form[action='/sign-in']").get_by_role("button", name="登录").click()
        page.locator("#error-summary").wait_for()
    assert re.sub(r"\d+", "#", page.locator("#error-summary li").inner_text()) == LOCKED


@pytest.mark.catalogue("Q1", "Q35")
def test_one_person_acts_in_one_role_at_a_time(people: "People", site: Site) -> None:
    page = people.open(base_url=site.url)
    sign_in(page, TWO_ROLES)
    page.wait_for_url("**/role")
    page.get_by_role("button", name="申报人 ·").click()
    page.wait_for_url("**/declaration")
    page.locator("header details.menu > summary").last.click()
    page.locator("header").get_by_role("button", name="评审专家").click()
    page.get_by_text("身份办理。").wait_for()
    response = page.goto("/declaration")
    assert response is not None
    assert response.status == 403
