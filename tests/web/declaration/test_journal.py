"""流转日志 in the manual's words, the newest first; for the drawer, the page and the sheet."""

import re

import pytest

from tests.declaration.story import Story
from tests.web.declaration.conftest import Enter, Tell

HOSPITAL = "示范医科大学第三附属医院（示例）"
OPINION = "学位证书扫描件不清晰。"
LINE = re.compile(
    r"<h3>([^<]+)</h3><time[^>]*>([^<]+)</time></header>\s*"
    r"(?:<p>(处理单位|申请人)：([^<]+)</p>\s*)?<p>(处理状态|申请状态)：<span[^>]*>.*?</svg>([^<]+)</span></p>(?:\s*<blockquote>([^<]+)</blockquote>)?",
    re.S,
)


def lines(html: str) -> list[tuple[str, ...]]:
    return [
        (step, label, who, state, status, opinion) for step, _, label, who, state, status, opinion in LINE.findall(html)
    ]


@pytest.fixture
def story(tell: Tell) -> Story:
    story = tell().submitted()
    story.review("return_for_revision", OPINION)
    story.submit()
    return story


@pytest.mark.catalogue("U15")
def test_each_line_names_the_step_who_and_the_state_the_newest_first(enter: Enter, story: Story) -> None:
    with story.database.read() as tx:
        name = story.reviewer(tx).name
    page = enter("hosp3_officer").get(f"/declarations/{story.case_key}/journal")
    assert lines(page.html) == [
        ("经办人审核", "处理单位", HOSPITAL, "处理状态", "待审核", ""),
        ("个人修改后提交", "申请人", "测试申报人", "申请状态", "已提交", ""),
        ("经办人审核", "处理单位", f"{HOSPITAL} · {name}", "处理状态", "退回修改", OPINION),
        ("个人申请提交", "申请人", "测试申报人", "申请状态", "已提交", ""),
        ("立即申报", "申请人", "测试申报人", "申请状态", "已建立", ""),
    ]
    assert "2026年6月1日 10:00" in page.words


@pytest.mark.catalogue("U15")
def test_the_drawer_gets_the_lines_alone(enter: Enter, story: Story) -> None:
    page = enter("hosp3_officer").get(f"/declarations/{story.case_key}/journal", **{"HX-Request": "true"})
    assert page.html.lstrip().startswith('<ol class="journal">')
    assert len(lines(page.html)) == 5


def test_the_applicant_reads_units_and_no_names_of_officers(enter: Enter, story: Story) -> None:
    page = enter(story.applicant.login).get(f"/declarations/{story.case_key}/journal")
    assert lines(page.html)[2] == ("经办人审核", "处理单位", HOSPITAL, "处理状态", "退回修改", OPINION)


def test_what_is_parked_and_taken_back_is_told(enter: Enter, tell: Tell) -> None:
    story = tell().submitted()
    story.hold("待核验学历。")
    page = enter("hosp3_officer").get(f"/declarations/{story.case_key}/journal")
    assert lines(page.html)[0] == ("经办人审核", "处理单位", HOSPITAL, "处理状态", "审核待定", "待核验学历。")
    story = tell().submitted()
    story.withdraw()
    page = enter(story.applicant.login).get(f"/declarations/{story.case_key}/journal")
    assert lines(page.html)[1][:3] == ("撤回", "申请人", "测试申报人")
