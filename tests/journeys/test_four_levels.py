"""The manual's main story: an applicant declares, every level reviews, one sends it back, and it reaches the top."""

import re
from typing import TYPE_CHECKING

import pytest

from engine.declaration.demo_dossier import dossier_values
from engine.reference import load_book
from tests.declaration.story import PHYSICIAN
from tests.journeys.acting import NEW_PASSWORD, PASSWORD, decide, fill_field, fill_section, said, sign_in, upload
from tests.journeys.conftest import Enter, Site
from tests.journeys.province import save_sections
from tests.support.axe import assert_accessible

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.support.browser import People

HOSPITAL, UNIVERSITY = "示范医科大学第三附属医院（示例）", "示范医科大学（示例）"
DEPARTMENT, OFFICE = "示范省教育厅（示例）", "河北省职称改革领导小组办公室（示例）"
SETUP = {
    "title_category": "health",
    "title_series": "physician",
    "specialty": "physician-01",
    "title_name": "physician-senior",
    "title_level": "senior",
    "declaration_route": "regular",
    "review_mode": "review",
}
#: what the unit provides after its recommendation (Q34), so the applicant leaves it out
OF_THE_UNIT = ("ranking_sheet", "publicity_proof")
#: the sections typed by hand
BY_HAND = ("basic_info", "present_position", "base_material", "education", "employment")
OPINION = "工作总结摘要未写明任现职以来的成果，请补充后重新提交。"
SUMMARY = "任现职以来完成示范手术一百例，指导青年医师五名。（示例）"
NOTICE = "经量化评分、推荐小组评议，已公示五个工作日，无异议。（示例）"
PANEL = "推荐小组一致同意推荐。（示例）"
ABOVE = ["hosp3_leader", "medu_officer", "medu_leader", "edu_officer", "edu_leader", "office_officer", "office_leader"]
#: step, who, state and opinion, the newest first, as the manual words them
TRAIL = [
    ("预分配评委会", f"处理单位：{OFFICE}", "处理状态：待审核", ""),
    ("上级领导审核", f"处理单位：{OFFICE}", "处理状态：通过", "同意上报。"),
    ("上级经办人审核", f"处理单位：{OFFICE}", "处理状态：通过", "同意上报。"),
    ("上级领导审核", f"处理单位：{DEPARTMENT}", "处理状态：通过", "同意上报。"),
    ("上级经办人审核", f"处理单位：{DEPARTMENT}", "处理状态：通过", "同意上报。"),
    ("上级领导审核", f"处理单位：{UNIVERSITY}", "处理状态：通过", "同意上报。"),
    ("上级经办人审核", f"处理单位：{UNIVERSITY}", "处理状态：通过", "同意上报。"),
    ("领导审核", f"处理单位：{HOSPITAL}", "处理状态：通过", "同意上报。"),
    ("经办人审核", f"处理单位：{HOSPITAL}", "处理状态：通过", "材料齐全，同意推荐。"),
    ("个人修改后提交", "申请人：测试申报人", "申请状态：已提交", ""),
    ("经办人审核", f"处理单位：{HOSPITAL}", "处理状态：退回修改", OPINION),
    ("个人申请提交", "申请人：测试申报人", "申请状态：已提交", ""),
    ("立即申报", "申请人：测试申报人", "申请状态：已建立", ""),
]


@pytest.fixture(scope="module")
def kind() -> str:
    """The whole of the chapters is told on SQLite, this climb on PostgreSQL."""
    return "postgresql"


@pytest.mark.catalogue("A2", "A3", "A5", "P1", "P4", "P5", "P6", "P7", "P8", "P10", "P11", "P21", "P22", "P24")
@pytest.mark.catalogue("U7", "U9", "U10", "U12", "U13", "U15", "U17", "Q31", "Q34")
def test_a_declaration_climbs_all_four_levels(people: "People", enter: Enter, site: Site) -> None:
    login = site.desk.enrol()
    page = people.open(base_url=site.url)
    sign_in_for_the_first_time(page, login)
    case_key = start(page)
    fill(page, site, login, case_key)
    hand_in(page)
    officer = enter("hosp3_officer")
    send_back(officer, case_key)
    correct(page)
    approve_at_own_unit(officer, case_key)
    for login in ABOVE:
        approve(enter(login), case_key)
    read_the_end(page, case_key)
    assert site.desk.status(case_key) == "待预分配"


def sign_in_for_the_first_time(page: "Page", login: str) -> None:
    page.goto("/")
    page.get_by_role("link", name="立即申报").click()
    sign_in(page, login)
    assert said(page) == ["您使用的是初始密码，设置新密码后才能办理其他事项。"]
    page.get_by_label("初始密码").fill(PASSWORD)
    page.locator("#password").fill(NEW_PASSWORD)
    page.get_by_label("再次输入新密码").fill(NEW_PASSWORD)
    page.get_by_role("button", name="确认修改").click()
    page.wait_for_url("**/declaration")


def start(page: "Page") -> int:
    page.get_by_role("link", name="立即申报").click()
    for key, value in SETUP.items():
        fill_field(page.locator(f'[name="setup.{key}"]'), value)
    page.get_by_role("button", name="立即申报").click()
    page.wait_for_url("**/fill")
    return int(page.url.split("/")[-2])


def fill(page: "Page", site: Site, login: str, case_key: int) -> None:
    """Section by section, each of which saves itself; in between the applicant is away and comes back.

    The long lists, eighteen years of appraisals among them, are saved by the command that the page calls.
    """
    book = site.desk.read(lambda tx: load_book(tx, site.desk.year))
    dossier = dossier_values(book, PHYSICIAN, 1976, lambda name: name)  # files by their names
    for paper in OF_THE_UNIT:
        del dossier["base_material"][paper]
    lists = {name: value for name, value in dossier.items() if name not in BY_HAND}
    lists["project"][0]["project_no"] += login
    lists["paper"][0]["title"] += login
    site.desk.write(lambda tx: save_sections(tx, login, case_key, lists))
    page.reload()
    page.get_by_role("link", name="逐项填写").click()
    for section in BY_HAND:
        page.locator(f'nav.sections a[href*="section={section}"]').first.click()
        page.wait_for_url(f"**section={section}**")
        if section == "employment":
            come_back(page, login)
            ask_what_is_missing(page)
        fill_section(page, section, dossier[section])
        page.locator("[data-saved]", has_text="已自动保存").wait_for()
    page.locator("nav.sections header small", has_text=re.compile(r"^(\d+) / \1 部分完整$")).wait_for()
    every = page.locator("nav.sections header small").inner_text()
    assert re.fullmatch(r"(\d+) / \1 部分完整", every), every


def come_back(page: "Page", login: str) -> None:
    """The session is over; what was typed is there."""
    page.context.clear_cookies()
    sign_in(page, login, NEW_PASSWORD)
    states = dict(text.split("\n") for text in page.locator("ul.parts li").all_inner_texts())
    told = {name: states[name] for name in ("个人基本信息", "申报人现状", "申报基础材料", "学习经历", "工作经历")}
    assert told == {**dict.fromkeys(told, "完整"), "工作经历": "未填"}
    page.get_by_role("link", name="继续填写").click()


def ask_what_is_missing(page: "Page") -> None:
    """提交 lists everything at once, and each line leads to its input."""
    page.get_by_role("button", name="提交", exact=True).click()
    page.get_by_role("heading", name="还不能提交").wait_for()
    assert_accessible(page)
    page.locator("#error-summary a").first.click()
    page.wait_for_url("**section=employment**")


def hand_in(page: "Page") -> None:
    page.get_by_role("button", name="提交", exact=True).click()
    page.get_by_role("heading", name="核对并提交").wait_for()
    page.get_by_role("button", name="确认提交").click()
    assert said(page) == ["没有提交成功\n\n请阅读并勾选承诺后再提交。"]
    page.get_by_label("本人承诺").check()
    page.get_by_role("button", name="确认提交").click()
    page.wait_for_url("**/declaration")
    assert said(page)[0].startswith(f"申报材料已提交。正由{HOSPITAL}经办人审核，今天送达，最迟")


def send_back(page: "Page", case_key: int) -> None:
    """The officer meets it in the list and in the inbox, reads its journal, and returns it."""
    page.get_by_role("link", name="流转日志 测试申报人").click()
    page.locator("#journal-drawer .journal li").first.wait_for()
    assert page.locator("#journal-drawer h3").all_inner_texts() == ["经办人审核", "个人申请提交", "立即申报"]
    assert_accessible(page)
    page.locator("#journal-drawer [data-close-dialog]").click()
    page.locator("#nav").get_by_role("link", name="待办").click()
    page.get_by_role("link", name="办理 测试申报人").click()
    page.wait_for_url(f"**/declarations/{case_key}/review")
    decide(page, "退回修改")
    assert page.locator("#error-summary li").all_inner_texts() == ["请填写“审核意见”"]
    assert_accessible(page)
    decide(page, "退回修改", OPINION)
    page.wait_for_url(lambda address: f"/{case_key}/" not in address)
    assert said(page)[0].startswith("“测试申报人 · 主任医师（高级(正高)）”已退回修改。")


def correct(page: "Page") -> None:
    page.goto("/declaration")
    assert page.locator("blockquote.opinion").inner_text() == OPINION
    assert page.locator(".notice h3").first.inner_text() == "申报材料被退回修改"
    page.get_by_role("link", name="修改", exact=True).click()
    assert page.locator("blockquote.opinion").inner_text() == OPINION
    page.get_by_label("工作总结摘要").fill(SUMMARY)
    page.locator("[data-saved]", has_text="已自动保存").wait_for()
    hand_in(page)


def approve_at_own_unit(page: "Page", case_key: int) -> None:
    """What is due on forwarding is asked for with the approval, and the unit adds it."""
    page.goto("/declarations")
    page.get_by_role("link", name="审核 测试申报人").click()
    assert SUMMARY in page.locator("#dossier").inner_text()
    page.get_by_label("推荐和公示情况").fill(NOTICE)
    page.get_by_label("推荐小组意见").fill(PANEL)
    decide(page, "通过")
    assert page.locator("#error-summary li").all_inner_texts() == [
        "请上传“申报晋升人员量化评分推荐排名表”（单位推荐后补充，上报前须齐全）",
        "请上传“申报单位推荐公示证明”（单位公示后补充，上报前须齐全）",
    ]
    upload(page, "ranking_sheet", ["推荐排名表.pdf"])
    upload(page, "publicity_proof", ["公示证明.pdf"])
    decide(page, "通过", "材料齐全，同意推荐。")
    page.wait_for_url(lambda address: f"/{case_key}/" not in address)


def approve(page: "Page", case_key: int) -> None:
    page.get_by_role("link", name="审核 测试申报人").click()
    page.wait_for_url(f"**/declarations/{case_key}/review")
    assert NOTICE in page.locator("main").inner_text()
    decide(page, "通过", "同意上报。")
    page.wait_for_url(lambda address: f"/{case_key}/" not in address)
    assert said(page)[0].startswith("“测试申报人 · 主任医师（高级(正高)）”已通过。")
    page.goto("/declarations?tab=decided")
    assert page.get_by_role("link", name="详情 测试申报人").count() == 1


def read_the_end(page: "Page", case_key: int) -> None:
    """Where it stands in one sentence, the whole journal, and the path on the diagram."""
    page.goto(f"/declarations/{case_key}")
    assert "经办人预分配评委会，今天送达" in page.locator("#where").inner_text()
    assert trail(page) == TRAIL
    page.get_by_role("link", name="流程图").click()
    page.locator("[data-bpmn-viewer][data-state=ready]").wait_for()
    marked = {name: page.locator(f'g.{mark}[data-element-id="{name}"]').count() for name, mark in MARKED.items()}
    assert marked == dict.fromkeys(MARKED, 1)
    assert page.locator(".at-failed").count() == 0
    assert_accessible(page)


#: elements of the diagram and what they wear at the end
MARKED = {
    "fill_declaration": "at-done",
    "correct_declaration": "at-done",
    "unit_officer_review": "at-done",
    "unit_leader_review": "at-done",
    "superior_officer_review": "at-done",
    "superior_leader_review": "at-done",
    "notify_approved": "at-done",
    "preassign_committee": "at-active",
}


def trail(page: "Page") -> list[tuple[str, str, str, str]]:
    """The journal that is open, line by line, without the times."""
    entries = page.locator("#journal ol.journal > li").all()
    return [
        (
            entry.locator("h3").inner_text(),
            *(" ".join(line.inner_text().split()).replace("： ", "：") for line in entry.locator("p").all()),
            entry.locator("blockquote").inner_text() if entry.locator("blockquote").count() else "",
        )
        for entry in entries
    ]
