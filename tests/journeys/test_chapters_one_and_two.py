"""Chapters one and two of the manual from end to end: units and accounts down four levels, a declaration up all of them."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from engine.declaration.tables import declaration
from tests.declaration.people import identity_number
from tests.journeys.acting import decide, fill_field, fill_section, said, upload
from tests.journeys.cast import Cast
from tests.journeys.province import Province
from tests.support.databases import sqlite_url_in
from tests.support.templates import Templates

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.support.browser import People

DEPARTMENT, UNIVERSITY, HOSPITAL = "示范省文教厅（测试）", "示范医学院（测试）", "示范医学院附属医院（测试）"
#: who makes it, its code, name, category, nature, region, industry, and what the logins of its people begin with
UNITS = [
    ("office_admin", "0701", DEPARTMENT, "governing_department", "government", "130000", "S", "wenjiao"),
    ("wenjiao_admin", "0001", UNIVERSITY, "university", "public_institution", "130100", "P", "yixue"),
    ("yixue_admin", "0003", HOSPITAL, "hospital", "public_institution", "130100", "Q", "fuyuan"),
]
#: the people each administrator makes: end of the login, name, role
STAFF = {
    "wenjiao": [("officer", "测示文", "case_officer"), ("leader", "测示教", "unit_leader")],
    "yixue": [
        ("officer", "测示学", "case_officer"),
        ("deputy", "测示代", "case_officer"),
        ("leader", "测示院", "unit_leader"),
    ],
    "fuyuan": [("officer", "测示附", "case_officer"), ("leader", "测示长", "unit_leader")],
}
NAME, BORN = "测示申", "19760310"
SETUP = {
    "title_category": "health",
    "title_series": "physician",
    "specialty": "physician-01",
    "title_name": "physician-senior",
    "title_level": "senior",
    "declaration_route": "regular",
    "review_mode": "review",
}
#: what is typed by hand of each section; the rest is saved by the command the page calls
BY_HAND: dict[str, Any] = {
    "basic_info": {"work_summary": "任现职以来完成示范手术一百例。（示例）"},
    "present_position": {"archive_holder": "示范人才服务中心（示例）"},
    "base_material": {"truth_pledge": ["申报材料真实性承诺书.pdf"]},
    "education": [{"school": "示范大学"}],
    "employment": [{"witness": "证示人"}],
    "qualification_certificate": {"management_no": "SL-0000-0002"},
    "practice_record": [{"content": "承担本专业主要技术工作。（示例）"}],
    "continuing_education": [{"certificate_no": "SL-JXJY-0002"}],
    "award": [{"issuer": "示范市人民政府（示例）"}],
    "project": [{"source": "示范省科技厅（示例）"}],
    "paper": [{"sponsor": "示范学会（示例）"}],
    "overview_supplement": {"health": "健康"},
}
#: Tuesday morning after five working days of publicity that began on 1 June
AFTER_PUBLICITY = datetime(2026, 6, 9, 1, tzinfo=UTC)
REMARK = "承诺书未签名，请重新上传。"
CORRECTION = "论文缺检索证明，请在备注中说明。"


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory, templates: Templates) -> Iterator[Province]:
    folder = tmp_path_factory.mktemp("chapters")
    with Province(sqlite_url_in(folder), folder, templates).open() as province:
        yield province


class Reviewers(Cast):
    """The same with what most of them do."""

    def review(self, login: str, button: str = "通过", opinion: str = "同意上报。") -> "Page":
        """Open the declaration from the list and decide."""
        page = self.enter(login)
        open_review(page)
        settle(page, button, opinion)
        self.province.work()
        return page


def open_review(page: "Page", query: str = "") -> None:
    page.goto(f"/declarations{query}")
    page.locator(f'td.acts a[data-key][aria-label$=" {NAME}"]').click()
    page.wait_for_url("**/review**")


def settle(page: "Page", button: str, opinion: str = "") -> None:
    """Decide on the declaration that is open; what comes then is the list or the next declaration."""
    address = page.url.partition("/review")[0]
    page.locator("[name=opinion]").fill(opinion)
    decide(page, button)
    page.wait_for_url(lambda url: not url.startswith(address))


@pytest.mark.timeout(600)
@pytest.mark.catalogue("U1", "U2", "U3", "U4", "U5", "U7", "U9", "U10", "U12", "U13", "U14", "U15", "U17", "U18")
@pytest.mark.catalogue("U19", "U20", "A2", "A3", "A5", "A9", "P1", "P4", "P5", "P21", "P22", "P24", "Q28", "Q34")
@pytest.mark.catalogue("Q8", "Q9", "Q22", "Q37", "J10", "J12", "J25", "W1", "W3", "W5", "W6")
def test_chapters_one_and_two(people: "People", province: Province) -> None:
    cast = Reviewers(people, province)
    allow_resuming(cast)
    for maker, *unit in UNITS:
        open_unit(cast.enter(maker), *unit)
    for slug, staff in STAFF.items():
        make_staff(cast.enter(f"{slug}_admin"), slug, staff)
    login = identity_number(BORN)
    make_applicant(cast.enter("fuyuan_officer"), login)
    set_posts(cast.enter("yixue_admin"))

    applicant = cast.enter(login)
    case_key = start(applicant)
    fill(applicant, province, login, case_key)
    hand_in(applicant)
    cast.review("fuyuan_officer", "通过，进入推荐", "材料齐全。")
    colleague = province.declared("fuyuan_officer")
    recommend(cast, case_key)
    assert colleague.status == "待经办人补填"
    province.run(colleague.review)
    decide_many(cast)
    assert {colleague.status, status(province, case_key)} == {"待上级经办人审核"}

    send_back_with_a_remark(cast.enter("yixue_officer"))
    answer_the_remark(cast.enter(login), case_key)
    assert status(province, case_key) == "待上级经办人审核"
    decide_for_somebody_away(cast)
    for reviewer in ("yixue_leader", "wenjiao_officer", "wenjiao_leader"):
        cast.review(reviewer)
    take_back(cast.review("office_officer"), province)
    assert status(province, case_key) == "待上级经办人审核"
    cast.review("office_officer")
    cast.review("office_leader")

    place_and_screen(cast, login, case_key)
    assert status(province, case_key) == "待参评"
    read_the_lists(cast, case_key)
    print_the_sheet(cast.enter(login), case_key)
    assert trail(cast.enter("office_officer"), case_key) == TRAIL


def status(province: Province, case_key: int) -> str:
    asked = sa.select(declaration.c.status).where(declaration.c.case_key == case_key)
    return str(province.read(lambda tx: tx.value(asked)))


# --- chapter one: units and accounts ----------------------------------------------------------------------------------


def allow_resuming(cast: Reviewers) -> None:
    """The title office lets a correction that only exchanged files go on where it was returned (Q22)."""
    page = cast.enter("office_admin")
    page.locator("#nav").get_by_role("link", name="年度计划").click()
    page.locator("#correction_resume").select_option("resume")
    page.locator("form[action^='/year-plan']").get_by_role("button", name="保存").click()
    page.locator("main .alert").first.wait_for()


def open_unit(
    page: "Page", code: str, name: str, category: str, nature: str, region: str, industry: str, slug: str
) -> None:
    page.locator("#nav").get_by_role("link", name="次级机构管理").click()
    page.locator("main .page-head").get_by_role("link", name="新增", exact=True).click()
    page.locator("#code").fill(code)
    page.locator("#name").fill(name)
    chosen = {"category": category, "nature": nature, "region": region, "industry": industry}
    for field_name, value in {**chosen, "recommendation_mode": "round"}.items():
        page.locator(f"#{field_name}").select_option(value)
    page.locator("#responsible_person").fill("测示分管")
    page.locator("#login").fill(f"{slug}_admin")
    page.get_by_role("button", name="保存").click()
    page.get_by_role("heading", name="机构已建立").wait_for()
    page.goto("/units")
    page.get_by_label("机构名称").fill(name)
    page.get_by_role("button", name="查询").click()
    page.wait_for_url("**name=**")
    assert page.get_by_role("link", name=f"详情 {name}").count() == 1


def make_staff(page: "Page", slug: str, staff: list[tuple[str, str, str]]) -> None:
    for end, name, role in staff:
        page.goto("/accounts/new")
        page.locator("#login").fill(f"{slug}_{end}")
        page.locator("#name").fill(name)
        page.locator("#role").select_option(role)
        page.locator("#mobile").fill("13000000000")
        page.get_by_role("button", name="保存").click()
        page.wait_for_url("**/accounts")
        assert said(page) == ["新增成功，初始密码为 888888，首次登录须修改。"]


def make_applicant(page: "Page", login: str) -> None:
    page.locator("#nav").get_by_role("link", name="申报人帐号管理").click()
    page.locator("main .page-head").get_by_role("link", name="新增", exact=True).click()
    page.locator("#name").fill(NAME)
    page.locator("#identity_type").select_option("01")
    page.locator("#identity_number").fill(login)
    page.locator("#mobile").fill("13000000000")
    page.get_by_role("button", name="保存").click()
    page.wait_for_url("**/applicants")
    assert NAME in page.locator("main table").inner_text()


def set_posts(page: "Page") -> None:
    """The superior keeps how many posts the hospital has (J25)."""
    page.locator("#nav").get_by_role("link", name="核准岗位职数").click()
    page.get_by_role("link", name=HOSPITAL).click()
    page.get_by_label("第 1 行的等级").select_option("senior")
    page.get_by_label("第 1 行的核准职数").fill("5")
    page.get_by_label("第 1 行的已聘人数").fill("3")
    page.get_by_role("button", name="保存").click()
    assert said(page) == ["核准岗位职数已保存。"]


# --- chapter two: the applicant ---------------------------------------------------------------------------------------


def start(page: "Page") -> int:
    page.get_by_role("link", name="立即申报").click()
    for key, value in SETUP.items():
        fill_field(page.locator(f'[name="setup.{key}"]'), value)
    page.get_by_role("button", name="立即申报").click()
    page.wait_for_url("**/fill")
    return int(page.url.split("/")[-2])


def fill(page: "Page", province: Province, login: str, case_key: int) -> None:
    """Most of it by the command that the page calls, something of each section by hand; then what is missing is told."""
    dossier = province.dossier(int(BORN[:4]))
    dossier["project"][0]["project_no"] += login
    dossier["paper"][0]["title"] += login
    province.save(login, case_key, {name: without(value, BY_HAND.get(name)) for name, value in dossier.items()})
    province.work()
    page.goto(f"/declaration/{case_key}/fill")
    page.get_by_role("link", name="逐项填写").click()
    *earlier, last = BY_HAND
    for section in earlier:
        by_hand(page, section)
    page.get_by_role("button", name="提交", exact=True).click()
    page.get_by_role("heading", name="还不能提交").wait_for()
    assert page.locator("#error-summary li").all_inner_texts() == ["请填写“身体状况”"]
    page.locator("#error-summary a").first.click()
    page.wait_for_url(f"**section={last}**")
    by_hand(page, last)


def without(value: Any, left: Any) -> Any:
    """A section without what is typed by hand."""
    if left is None:
        return value
    if isinstance(value, dict):
        return {name: held for name, held in value.items() if name not in left}
    return [without(value[0], left[0]), *value[1:]]


def by_hand(page: "Page", section: str) -> None:
    page.locator(f'nav.sections a[href*="section={section}"]').first.click()
    page.wait_for_url(f"**section={section}**")
    folded = page.locator(f"details#f-{section}-0:not([open]) > summary")
    if folded.count():
        folded.click()
    fill_section(page, section, BY_HAND[section])
    page.locator("[data-saved]", has_text="已自动保存").wait_for()


def hand_in(page: "Page") -> None:
    page.get_by_role("button", name="提交", exact=True).click()
    page.get_by_role("heading", name="核对并提交").wait_for()
    page.get_by_label("本人承诺").check()
    page.get_by_role("button", name="确认提交").click()
    page.wait_for_url("**/declaration")
    assert said(page)[0].startswith("申报材料已提交。")


# --- the unit's recommendation ----------------------------------------------------------------------------------------


def recommend(cast: Reviewers, case_key: int) -> None:
    """Ranking, panel, posts, publicity of five working days without objection, and what the officer adds."""
    page = cast.enter("fuyuan_officer")
    page.locator("#nav").get_by_role("link", name="单位推荐与公示").click()
    page.get_by_role("button", name="以全部 2 人开始").click()
    page.wait_for_url("**/ranking")
    for rank, (name, score) in enumerate(((NAME, "92.5"), ("测试申报人", "88")), 1):
        page.get_by_label(f"{name}的得分").fill(score)
        page.get_by_label(f"是否推荐{name}", exact=True).select_option("yes")
        page.get_by_label(f"{name}的推荐排序").fill(str(rank))
    page.locator("#method").select_option("量化评分")
    for number, name in enumerate(("张示一", "李示二", "王示三"), 1):
        page.get_by_label(f"第 {number} 名成员的姓名").fill(name)
    page.get_by_label("推荐小组意见").fill("推荐小组一致同意推荐。（示例）")
    page.get_by_role("button", name="确认评议结果").click()
    page.wait_for_url(lambda url: "/ranking" not in url)
    assert "在职数以内" in page.locator("section", has_text="岗位职数核对").first.inner_text()
    address = page.url
    page.get_by_role("link", name="去办理").click()
    page.get_by_label("单位公示栏").check()
    page.get_by_label("公示地点或网址").fill("一楼大厅（示例）")
    page.get_by_label("受理异议电话").fill("0311-00000000")
    page.get_by_role("button", name="开始公示").click()
    page.wait_for_url(lambda url: "/tasks/" not in url)
    cast.province.work()
    page.goto(f"{address}/table")
    assert "公示期：6月1日至6月8日" in page.locator("main").inner_text()
    assert status(cast.province, case_key) == "单位公示中"
    cast.province.move_to(AFTER_PUBLICITY)
    page = cast.enter("fuyuan_officer")
    page.goto(address)
    page.get_by_role("link", name="去办理").click()
    page.get_by_label("无异议", exact=True).check()
    page.get_by_label("推荐和公示情况").fill("已公示五个工作日，无异议。（示例）")
    upload(page, "ranking_sheet", ["推荐排名表.pdf"])
    upload(page, "publicity_proof", ["公示证明.pdf"])
    page.get_by_role("button", name="办结并送达", exact=True).click()
    page.wait_for_url(lambda url: "/tasks/" not in url)
    cast.province.work()
    open_review(page)
    assert page.locator("[name=quantified_score]").input_value() == "92.5"
    settle(page, "通过并上报", "同意推荐。")
    cast.province.work()


def decide_many(cast: Reviewers) -> None:
    """The leader approves both in one batch (U14)."""
    page = cast.enter("fuyuan_leader")
    page.goto("/declarations")
    page.locator("[data-pick-all]").check()
    page.get_by_role("button", name="批量审核").click()
    dialog = page.get_by_role("dialog", name="人员批量审核")
    dialog.get_by_text("所选的 2 份申报材料").wait_for()
    dialog.get_by_label("审核意见").fill("同意推荐。")
    dialog.get_by_role("button", name="通过", exact=True).click()
    page.wait_for_url("**/batches/**")
    cast.province.work()
    page.get_by_text("下载结果表").wait_for()


# --- the levels above -------------------------------------------------------------------------------------------------


def send_back_with_a_remark(page: "Page") -> None:
    open_review(page)
    page.locator('[id="pin-base_material.truth_pledge"]').click()
    page.locator("#remark-text").fill(REMARK)
    page.get_by_role("button", name="保存批注").click()
    page.locator(".pinned li", has_text=REMARK).wait_for()
    settle(page, "退回修改", "请按批注修改。")


def answer_the_remark(page: "Page", case_key: int) -> None:
    page.goto("/declaration")
    page.get_by_role("link", name="修改", exact=True).click()
    assert REMARK in page.locator("#points").inner_text()
    page.locator("#points").get_by_role("link", name="申报材料真实性承诺书").click()
    upload(page, "base_material.truth_pledge", ["已签名的承诺书.pdf"])
    page.locator("[data-saved]", has_text="已自动保存").wait_for()
    page.locator("#points").get_by_role("button", name="标为已处理").click()
    page.locator("#points").get_by_text("还有 0 条未处理").wait_for()
    page.goto(f"/declaration/{case_key}/submit")
    page.get_by_label("本人承诺").check()
    page.get_by_role("button", name="确认提交").click()
    page.wait_for_url("**/declaration")


def decide_for_somebody_away(cast: Reviewers) -> None:
    """The university's officer has taken the task and is away; the deputy decides for her, and both are named."""
    page = cast.enter("yixue_officer")
    page.goto("/inbox")
    page.locator("tr", has_text=NAME).get_by_role("button", name="签收").click()
    page.goto("/account/delegation")
    page.locator("#to").select_option(index=1)
    page.locator("#starts_on").fill("2026-06-09")
    page.locator("#ends_on").fill("2026-06-12")
    page.locator("#reason").fill("外出开会")
    page.get_by_role("button", name="委托", exact=True).click()
    page.get_by_role("button", name="收回对").wait_for()
    deputy = cast.enter("yixue_deputy")
    deputy.goto("/inbox")
    row = deputy.locator("tr", has_text=NAME)
    assert "代 测示学" in row.inner_text()
    row.get_by_role("link", name="办理").click()
    deputy.wait_for_url("**/review**")
    settle(deputy, "通过", "同意上报。")


def take_back(page: "Page", province: Province) -> None:
    """撤回办理: nobody has acted yet, so the officer takes the decision back."""
    page.goto("/declarations?tab=decided")
    page.locator("[data-pick-all]").check()
    page.get_by_role("button", name="撤回办理").click()
    dialog = page.get_by_role("dialog", name="撤回办理")
    dialog.get_by_label("撤回的原因").fill("意见需要补充。")
    dialog.get_by_role("button", name="撤回办理").click()
    page.wait_for_url(lambda url: "decided" not in url)
    province.work()


def place_and_screen(cast: Reviewers, login: str, case_key: int) -> None:
    """预分配 as proposed, one list of corrections, its answer, and through."""
    page = cast.enter("office_officer")
    open_review(page, "?desk=placement")
    settle(page, "预分配")
    assert status(cast.province, case_key) == "评委会审查中"
    open_review(page, "?desk=screening")
    page.locator("#f-correction_list--add").click()
    page.locator('[name="correction_list[0].section"]').select_option("other")
    page.locator('[name="correction_list[0].point"]').fill(CORRECTION)
    settle(page, "一次性告知补正")
    cast.province.work()
    applicant = cast.enter(login)
    applicant.goto("/declaration")
    assert CORRECTION in applicant.locator("main").inner_text()
    applicant.goto(f"/declaration/{case_key}/fill?section=paper")
    folded = applicant.locator("details#f-paper-0:not([open]) > summary")
    if folded.count():
        folded.click()
    applicant.locator('[name="paper[0].note"]').fill("已附检索证明。（示例）")
    applicant.locator("[data-saved]", has_text="已自动保存").wait_for()
    hand_in(applicant)
    open_review(page, "?desk=screening")
    settle(page, "通过", "符合评审条件。")
    cast.province.work()


# --- what is left to read ---------------------------------------------------------------------------------------------


def read_the_lists(cast: Reviewers, case_key: int) -> None:
    """已审核列表 of the first and of the last unit: whom it reviewed and passed on, with 详情 and 流转日志 (U18)."""
    for login in ("fuyuan_officer", "office_leader"):
        page = cast.enter(login)
        page.goto("/declarations")
        page.get_by_role("link", name="已审核").click()
        row = page.locator(f'tr[data-href^="/declarations/{case_key}"]')
        row.get_by_role("link", name=f"流转日志 {NAME}").wait_for()
        assert row.get_by_role("link", name=f"详情 {NAME}").count() == 1


def print_the_sheet(page: "Page", case_key: int) -> None:
    page.goto("/declaration")
    page.get_by_role("link", name="通用表").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="下载").click()
    path = download.value.path()
    assert path.read_bytes()[:5] == b"%PDF-"


OFFICE = "河北省职称改革领导小组办公室（示例）"
#: step, who (the unit and the person, or the applicant), and how it was decided; the newest first
TRAIL = [
    ("评委会审查申报材料", f"{OFFICE} · 高示办", "通过"),
    ("个人补正后提交", NAME, "已提交"),
    ("评委会审查申报材料", f"{OFFICE} · 高示办", "一次性告知补正"),
    ("预分配评委会", f"{OFFICE} · 高示办", "预分配"),
    ("上级领导审核", f"{OFFICE} · 高示领", "通过"),
    ("上级经办人审核", f"{OFFICE} · 高示办", "通过"),
    ("上级经办人审核", f"{OFFICE} · 高示办", "撤回办理"),
    ("上级经办人审核", f"{OFFICE} · 高示办", "通过"),
    ("上级领导审核", f"{DEPARTMENT} · 测示教", "通过"),
    ("上级经办人审核", f"{DEPARTMENT} · 测示文", "通过"),
    ("上级领导审核", f"{UNIVERSITY} · 测示院", "通过"),
    ("上级经办人审核", f"{UNIVERSITY} · 测示代（代 测示学）", "通过"),
    ("个人修改后提交", NAME, "已提交"),
    ("上级经办人审核", f"{UNIVERSITY} · 测示学", "退回修改"),
    ("领导审核", f"{HOSPITAL} · 测示长", "通过"),
    ("经办人补填推荐情况", f"{HOSPITAL} · 测示附", "通过并上报"),
    ("经办人审核", f"{HOSPITAL} · 测示附", "通过，进入推荐"),
    ("个人申请提交", NAME, "已提交"),
    ("立即申报", NAME, "已建立"),
]


def trail(page: "Page", case_key: int) -> list[tuple[str, str, str]]:
    """The journal, line by line."""
    page.goto(f"/declarations/{case_key}/journal")
    lines = []
    for entry in page.locator("main ol.journal > li").all():
        words = [" ".join(line.inner_text().split()) for line in entry.locator("p").all()]
        lines.append((entry.locator("h3").inner_text(), *(word.partition("：")[2].strip() for word in words)))
    return lines
