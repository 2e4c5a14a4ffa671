"""Accounts as people meet them: workbooks with a wrong row, a forgotten password, a change of unit within the year, an absence."""

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from engine.clock import SystemClock, local
from engine.document.workbooks import Column, write_workbook
from engine.organisation.people_import import applicant_columns, staff_columns
from engine.organisation.tables import account, enrolment, person, unit
from engine.organisation.unit_import import columns_of
from engine.reference import load_book
from tests.declaration.people import identity_number
from tests.journeys.acting import NEW_PASSWORD, decide, sign_in
from tests.journeys.conftest import Enter, Site
from tests.journeys.desk import Desk

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.support.browser import People

TV, TVB = "示范省广播电视台（示例）", "示范省广播电视局（示例）"
UNIT = {
    "region": "石家庄市长安区",
    "category": "医疗卫生机构",
    "nature": "事业单位",
    "industry": "卫生和社会工作",
    "responsible_person": "测试领导",
}


def hand_in(page: "Page", place: str, columns: list[Column], rows: list[dict[str, Any]]) -> None:
    """Upload a workbook; what it would make stands there with what is wrong."""
    page.goto(f"{place}/import")
    content = write_workbook(columns, rows)
    page.locator("#file").set_input_files({"name": "名单.xlsx", "mimeType": "application/zip", "buffer": content})
    page.get_by_role("button", name="上传并核对").click()
    page.get_by_role("heading", name="核对").wait_for()


def wait_for_batch(page: "Page") -> None:
    page.wait_for_url("**/batches/*")
    page.locator("#progress").get_by_role("link", name="下载结果表").wait_for(timeout=60_000)
    page.reload()


@pytest.mark.catalogue("U2", "U3")
def test_units_come_from_a_workbook_and_the_wrong_row_says_why(enter: Enter) -> None:
    page = enter("medu_admin")
    rows = [
        {**UNIT, "code": "7001", "name": "测试甲院（示例）", "login": "jia_admin"},
        {**UNIT, "code": "7002", "name": "测试乙院（示例）", "category": "无此类别"},
        {**UNIT, "code": "0001", "name": "测试甲院门诊（示例）", "superior": "0001-0101-0001-7001"},
    ]
    hand_in(page, "/units", columns_of(None), rows)
    wrong = page.locator("tr", has_text="测试乙院")
    assert "机构单位类别：请从模板的下拉列表中选择" in wrong.inner_text()
    assert page.get_by_label("全部正确才导入").is_disabled()
    page.get_by_role("button", name="导入", exact=True).click()
    page.get_by_role("heading", name="正在导入").wait_for()
    page.get_by_role("link", name="查看导入进度和每行结果").click()
    wait_for_batch(page)
    assert page.get_by_text("未成功 1").is_visible()
    assert "机构单位类别：请从模板的下拉列表中选择" in page.locator("tr", has_text="测试乙院").inner_text()
    page.goto("/units?name=测试")
    assert page.get_by_role("link", name="测试甲院（示例）", exact=True).is_visible()
    assert page.get_by_text("测试乙院（示例）").count() == 0


@pytest.mark.catalogue("U4", "A4", "Q2")
def test_staff_come_from_a_workbook_and_a_password_is_found_again_by_the_code(
    enter: Enter, people: "People", site: Site
) -> None:
    admin = enter("medu_admin")
    rows = [
        {"login": "medu_bulk", "name": "测示批", "role": "经办人", "mobile": "13000000071"},
        {"login": "medu_wrong", "name": "测示误", "role": "校长", "mobile": "13000000072"},
    ]
    hand_in(admin, "/accounts", staff_columns(), rows)
    assert "角色请填写" in admin.locator("tr", has_text="测示误").inner_text()
    admin.get_by_role("button", name="建立 1 个帐号").click()
    wait_for_batch(admin)
    assert "角色请填写" in admin.locator("tr", has_text="测示误").inner_text()
    page = people.open(base_url=site.url)
    page.goto("/sign-in")
    page.get_by_role("link", name="忘记密码").click()
    page.get_by_label("登录名或证件号码").fill("medu_bulk")
    page.get_by_label("绑定的手机号码或电子邮箱").fill("13000000071")
    page.get_by_role("button", name="获取验证码").click()
    page.get_by_label("验证码").fill(code_sent(page, site.server.data / "outbox" / "sms", "13000000071"))
    page.locator("#password").fill(NEW_PASSWORD)
    page.locator("#repeated").fill(NEW_PASSWORD)
    page.get_by_role("button", name="确认").click()
    page.get_by_text("新密码已生效，请登录。").wait_for()
    sign_in(page, "medu_bulk", NEW_PASSWORD)
    assert "/password" not in page.url


def code_sent(page: "Page", outbox: Path, mobile: str) -> str:
    """The code in the newest short message to that number, once the worker has written it."""
    for _ in range(100):
        letters = [file.read_text(encoding="utf-8") for file in outbox.glob("*.txt")] if outbox.exists() else []
        mine = [text for text in letters if text.startswith(f"{mobile}\n")]
        if mine:
            return next(word for word in "".join(c if c.isdigit() else " " for c in mine[-1]).split() if len(word) == 6)
        page.wait_for_timeout(200)
    raise AssertionError("no message was sent")


@pytest.mark.catalogue("U5")
def test_applicants_come_from_a_workbook_and_who_is_elsewhere_is_named(enter: Enter, desk: Desk) -> None:
    page = enter("medu_officer")
    columns = desk.read(lambda tx: applicant_columns(load_book(tx, desk.year), agency=False))
    known = {"identity_type": columns[1].choices[0], "mobile": "13000000073"}
    rows = [
        {**known, "name": "测试批量", "identity_number": identity_number("19900101")},
        {**known, "name": "赵示一", "identity_number": "990000197603121014"},
    ]
    hand_in(page, "/applicants", columns, rows)
    assert "第三附属医院（示例）”建立" in page.locator("tr", has_text="赵示一").inner_text()
    page.get_by_role("button", name="建立 1 个帐号").click()
    wait_for_batch(page)
    assert page.get_by_text("未成功 1").is_visible()
    page.goto("/applicants?name=测试批量")
    assert page.get_by_role("link", name="测试批量", exact=True).is_visible()


@pytest.mark.catalogue("Q36", "W2")
def test_a_person_changes_the_unit_within_the_year_and_back(enter: Enter, desk: Desk) -> None:
    login = desk.enrol("tv_officer")
    tv, tvb = enter("tv_officer"), enter("tvb_officer")
    tvb.goto("/applicants/new")
    tvb.get_by_label("姓名").fill("测试申报人")
    tvb.get_by_label("证件类型").select_option("01")
    tvb.get_by_label("证件号码").fill(login)
    tvb.get_by_label("手机号码").fill("13000000000")
    tvb.get_by_label("所在部门").fill("编辑部")
    tvb.get_by_role("button", name="保存").click()
    tvb.get_by_text("账户已由“").wait_for()
    tvb.get_by_role("button", name="提出转入").click()
    tvb.get_by_label("理由").fill("年内调入本单位工作")
    tvb.get_by_role("button", name="提出转入").click()
    tvb.get_by_text("申请已提出，对方单位办理后会通知您。").wait_for()
    answer(tv, "同意转出", "同意转出")
    assert unit_of(desk, login) == TVB
    tvb.goto("/applicants?name=测试申报人")
    tvb.get_by_role("link", name="测试申报人", exact=True).click()
    assert tvb.get_by_text("转入其他单位").is_visible()
    tvb.get_by_role("link", name="转出").click()
    tvb.get_by_label("转入单位").fill(TV)
    tvb.get_by_label("理由").fill("调回原单位")
    tvb.get_by_role("button", name="提出转出").click()
    tvb.get_by_text("申请已提出，对方单位办理后会通知您。").wait_for()
    answer(tv, "接收转入", "接收")
    assert unit_of(desk, login) == TV


def answer(page: "Page", step: str, button: str) -> None:
    """Do the one task of that step in the inbox."""
    page.goto("/inbox")
    page.locator("tr", has_text=step).get_by_role("button", name="签收").click()
    page.goto("/inbox")
    page.locator("tr", has_text=step).get_by_role("link", name="办理").click()
    page.get_by_role("button", name=button, exact=True).click()
    page.wait_for_url(lambda address: "/tasks/" not in address)


def unit_of(desk: Desk, login: str) -> str:
    """The unit of this year's enrolment."""
    asked = (
        sa.select(unit.c.name)
        .join(enrolment, enrolment.c.unit == unit.c.id)
        .join(person, person.c.id == enrolment.c.person)
        .where(person.c.identity_number == login, enrolment.c.year == desk.year)
    )
    return str(desk.read(lambda tx: tx.value(asked)))


@pytest.mark.catalogue("U7", "Q6")
def test_who_stands_in_for_somebody_away_is_named_with_them_in_the_journal(enter: Enter, desk: Desk) -> None:
    story = desk.submitted()
    ready = sa.update(account).where(account.c.login == "hosp3_new").values(must_change=False)
    desk.write(lambda tx: tx.execute(ready))
    officer = enter("hosp3_officer")
    officer.goto("/inbox")
    number = desk.number(story.case_key)
    officer.locator("tr", has_text=number).get_by_role("button", name="签收").click()
    officer.goto("/account/delegation")
    today = local(SystemClock().now()).date()
    officer.get_by_label("受托人").select_option("hosp3_new")
    officer.get_by_label("开始日期").fill(today.isoformat())
    officer.get_by_label("结束日期").fill((today + timedelta(days=3)).isoformat())
    officer.get_by_label("事由").fill("外出开会")
    officer.get_by_role("button", name="委托", exact=True).click()
    officer.get_by_role("button", name="收回对").wait_for()
    deputy = enter("hosp3_new")
    deputy.goto("/inbox")
    row = deputy.locator("tr", has_text=number)
    assert "代 林示办" in row.inner_text()
    row.get_by_role("link", name="办理").click()
    decide(deputy, "退回修改", "请补充考核材料。")
    deputy.wait_for_url(lambda address: f"/{story.case_key}/" not in address)
    officer.goto(f"/cases/{story.case_key}")
    assert officer.get_by_text("林示新（代 林示办）").first.is_visible()
