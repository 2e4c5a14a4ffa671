"""What helps a reviewer: remarks pinned to single places, what changed since last time, the dossiers before and behind."""

import re
from urllib.parse import quote

import pytest

from engine.declaration.detail import filling_of
from tests.declaration.story import Story
from tests.support.visitor import Page, Visitor
from tests.web.declaration.conftest import Enter, Tell


def review_url(story: Story) -> str:
    return f"/declarations/{story.case_key}/review"


def remark(visitor: Visitor, story: Story, path: str, text: str) -> Page:
    url = f"/declarations/{story.case_key}/remarks"
    page = visitor.get(f"{url}?path={quote(path)}")
    return visitor.submit(url, text=text) if page.status == 200 else page


@pytest.fixture
def story(tell: Tell) -> Story:
    return tell().submitted()


@pytest.fixture
def officer(enter: Enter, story: Story) -> Visitor:
    visitor = enter("hosp3_officer")
    visitor.get(review_url(story))
    return visitor


@pytest.mark.catalogue("U10", "U12", "P24")
def test_remarks_are_pinned_to_fields_and_go_back_with_the_dossier(officer: Visitor, story: Story) -> None:
    page = remark(officer, story, "basic_info.work_summary", "总结过于简单，请补充实绩。")
    assert page.path.partition("#")[0] == review_url(story)
    page = remark(officer, story, "education[0]", "学位证书不清晰。")
    pinned = re.findall(r"<li><a [^>]*/remarks[^>]*>([^<]+)</a>：([^<]+)</li>", page.html)
    assert pinned == [
        ("个人基本信息 · 工作总结摘要", "总结过于简单，请补充实绩。"),
        ("学习经历 · 第 1 行", "学位证书不清晰。"),
    ]
    assert len(re.findall('<p class="remark">', page.html)) == 2
    officer.submit(review_url(story), outcome="return_for_revision", opinion="")
    assert story.status == "退回修改"
    with story.database.read() as tx:
        points = filling_of(tx, story.applicant, story.case_key).points
    assert [(point.path, point.text) for point in points] == [
        ("basic_info.work_summary", "总结过于简单，请补充实绩。"),
        ("education[0]", "学位证书不清晰。"),
    ]
    opinion = story.detail().variables["last_review"]["opinion"]
    assert opinion == (
        "请按下列批注修改。\n1. 个人基本信息 · 工作总结摘要：总结过于简单，请补充实绩。\n2. 学习经历 · 第 1 行：学位证书不清晰。"
    )


def test_a_remark_is_changed_and_taken_away_where_it_stands(officer: Visitor, story: Story) -> None:
    remark(officer, story, "basic_info.name", "一")
    assert "二" in remark(officer, story, "basic_info.name", "二").words
    officer.get(f"/declarations/{story.case_key}/remarks?path=basic_info.name")
    page = officer.submit(f"/declarations/{story.case_key}/remarks", remove="1")
    assert 'class="remark"' not in page.html
    page = remark(officer, story, "basic_info.name", "长" * 501)
    assert (page.status, "批注最多 500 个字，现有 501 个" in page.words) == (422, True)


def test_remarks_are_not_sent_with_an_approval_nor_read_by_others(enter: Enter, officer: Visitor, story: Story) -> None:
    remark(officer, story, "basic_info.name", "只给自己看的批注")
    for login in ("hosp3_leader", "medu_officer"):
        assert "只给自己看的批注" not in enter(login).get(f"/declarations/{story.case_key}").words
        assert remark(enter(login), story, "basic_info.name", "别人的").status == 409
    officer.get(review_url(story))
    officer.submit(review_url(story), outcome="approve")
    assert (story.status, story.detail().variables.get("review_remarks")) == ("待领导审核", None)


@pytest.mark.parametrize("path", ["", "nothing", "basic_info.nothing", "education[9]"])
def test_a_place_that_is_none_takes_no_remark(officer: Visitor, story: Story, path: str) -> None:
    assert remark(officer, story, path, "批注").status == 404


@pytest.mark.catalogue("U10")
def test_what_changed_since_the_last_submission_is_marked(enter: Enter, officer: Visitor, story: Story) -> None:
    assert "与上次提交相比" not in officer.page.words
    story.review("return_for_revision", "请补充。")
    row = {"school": "示范补习大学", "is_first": "no", "is_highest": "no"}
    story.fill(
        basic_info=lambda held: {**held, "work_summary": "已经补充的总结。"},
        education=lambda held: [held[0], {**held[0], **row}, *held[1:]],
    )
    story.submit()
    page = officer.get(review_url(story))
    found = re.search(r'<details class="card changes".*?</details>', page.html, re.S)
    assert found is not None
    assert "<ins>已经补充的总结。</ins>" in found[0]
    assert re.findall(r"<li>学习经历：(新增第 \d 行)：<ins>[^<]*示范补习大学", found[0]) == ["新增第 2 行"]
    assert re.findall(r"改了 (\d+) 处", found[0]) == ["2"]
    assert len(re.findall('<span class="change">已改</span>', page.html)) == 2


@pytest.mark.catalogue("U10", "U17")
def test_the_dossiers_before_and_behind_are_one_step_away(enter: Enter, tell: Tell) -> None:
    stories = [tell("cityhosp_officer").submitted() for _ in range(3)]
    officer = enter("cityhosp_officer")
    page = officer.get(f"{review_url(stories[1])}?sort=-identity_number")
    by_number = sorted(stories, key=lambda one: one.applicant.login, reverse=True)
    at = by_number.index(stories[1])
    steps = {rel: url for url, rel in re.findall(r'<a class="button" href="([^"]+)" rel="(prev|next)"', page.html)}
    expected = {}
    if at > 0:
        expected["prev"] = f"{review_url(by_number[at - 1])}?sort=-identity_number"
    if at < 2:
        expected["next"] = f"{review_url(by_number[at + 1])}?sort=-identity_number"
    assert steps == expected
    middle = by_number[1]
    officer.get(f"{review_url(middle)}?sort=-identity_number")
    officer.submit(f"{review_url(middle)}?sort=-identity_number", outcome="return_for_revision", opinion="请补充。")
    assert officer.page.path.partition("?")[0] == review_url(by_number[2])
    assert "已退回修改。这是下一份，还有 2 份待审核。" in officer.page.words


@pytest.mark.catalogue("W7")
def test_returned_dossiers_of_lower_units_go_back_to_them(enter: Enter, tell: Tell) -> None:
    story = tell().submitted().approve(2)
    officer = enter("medu_officer")
    page = officer.get(review_url(story))
    assert ("return_to_subordinate" in page.html, "退回下级单位" in page.words) == (True, True)
