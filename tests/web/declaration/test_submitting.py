"""Handing in, taking back, giving up; what came back; where it stands."""

import re
from datetime import timedelta

import pytest

from engine.clock import FixedClock
from tests.declaration.story import Story
from tests.support.visitor import Visitor
from tests.web.declaration.conftest import Enter, Tell

OPINION = "任现职以来的代表性成果未标明个人排名，请补充后重新提交。"


def summary_of(html: str) -> list[str]:
    found = re.search(r'id="error-summary".*?</div>', html, re.S)
    return re.findall(r"<a [^>]*>([^<]+)</a>", found[0]) if found else []


@pytest.fixture
def filled(tell: Tell) -> Story:
    story = tell()
    story.start()
    story.fill()
    return story


def submit_url(story: Story) -> str:
    return f"/declaration/{story.case_key}/submit"


def enter_at(enter: Enter, story: Story, url: str) -> Visitor:
    visitor = enter(story.applicant.login)
    visitor.get(url)
    return visitor


def test_everything_that_is_missing_is_listed_with_a_way_to_it(enter: Enter, tell: Tell) -> None:
    story = tell()
    story.start()
    visitor = enter_at(enter, story, submit_url(story))
    assert visitor.page.heading == "还不能提交"
    assert summary_of(visitor.page.html)[:3] == ["请选择“民族”", "请选择“政治面貌”", "请填写“工作总结摘要”"]
    first = next(link for link in visitor.page.links if "check=1#" in link)
    page = visitor.get(first.partition("#")[0])
    assert f'id="{first.partition("#")[2]}"' in page.html
    assert 'aria-invalid="true"' in page.html


def test_submitting_what_is_incomplete_is_refused(enter: Enter, tell: Tell) -> None:
    story = tell()
    story.start()
    visitor = enter_at(enter, story, submit_url(story))
    page = visitor.post(submit_url(story), {"csrf_token": visitor.csrf, "pledge": "yes", "task": str(_task(story))})
    assert (page.status, page.heading, story.status) == (422, "还不能提交", "草稿")


def _task(story: Story) -> int:
    with story.database.read() as tx:
        return story.task_key(tx)


@pytest.mark.catalogue("P22")
def test_the_pledge_is_asked_for_and_then_the_unit_reviews(enter: Enter, filled: Story) -> None:
    visitor = enter_at(enter, filled, submit_url(filled))
    assert visitor.page.heading == "核对并提交"
    fields = visitor.page.form(submit_url(filled))
    page = visitor.post(submit_url(filled), {name: text for name, text in fields.items() if name != "pledge"})
    assert (page.status, page.message) == (422, "请阅读并勾选承诺后再提交。")
    page = visitor.post(submit_url(filled), fields)
    assert (page.status, page.path, filled.status) == (200, "/declaration", "待经办人审核")
    sentence = "正由示范医科大学第三附属医院（示例）经办人审核，今天送达，最迟6月15日 (周一)。"
    assert f"申报材料已提交。{sentence}" in page.words
    assert visitor.post(submit_url(filled), fields).path == "/declaration"
    assert filled.status == "待经办人审核"


@pytest.mark.catalogue("P23")
def test_what_is_submitted_cannot_be_edited_but_taken_back_until_the_unit_decides(enter: Enter, filled: Story) -> None:
    filled.submit()
    visitor = enter_at(enter, filled, f"/declaration/{filled.case_key}/fill")
    assert visitor.page.path == f"/declarations/{filled.case_key}"
    saved = visitor.client.post(
        f"/declaration/{filled.case_key}/save",
        data={"csrf_token": visitor.csrf, "basic_info.work_summary": "改"},
        headers={"accept": "application/json"},
    )
    assert (saved.status_code, saved.json()["message"][:13]) == (409, "申报材料现在不能修改：正由")
    visitor.get("/declaration")
    page = visitor.submit(f"/declaration/{filled.case_key}/withdraw")
    assert (page.heading, filled.status) == ("填写申报材料", "已撤回")


@pytest.mark.catalogue("P23")
def test_after_the_review_taking_back_is_refused_with_a_sentence(enter: Enter, filled: Story) -> None:
    filled.submit()
    visitor = enter_at(enter, filled, f"/declaration/{filled.case_key}/withdraw")
    fields = visitor.page.form(f"/declaration/{filled.case_key}/withdraw")
    dates = [" 申报截止" in visitor.get("/declaration").words]
    filled.review()
    dates.append(" 申报截止" in visitor.get("/declaration").words)
    assert dates == [True, False]
    page = visitor.post(f"/declaration/{filled.case_key}/withdraw", fields)
    assert "单位经办人已经审核，不能撤回；需要修改的，请联系审核单位退回修改。" in page.words
    assert "撤回" not in [link.rpartition("/")[2] for link in page.links]
    assert filled.status == "待领导审核"
    asked = visitor.get(f"/declaration/{filled.case_key}/withdraw")
    assert "单位经办人审核以后不能撤回；需要修改的，请联系审核单位退回修改。" in asked.words


@pytest.mark.catalogue("P24")
def test_what_came_back_stands_above_the_form_with_the_days_that_are_left(
    clock: FixedClock, enter: Enter, filled: Story
) -> None:
    filled.submit()
    filled.review("return_for_revision", OPINION)
    clock.advance(timedelta(days=2))
    visitor = enter(filled.applicant.login)
    for path in ("/declaration", f"/declaration/{filled.case_key}/fill"):
        page = visitor.get(path)
        assert re.findall(r'<blockquote class="opinion">([^<]+)</blockquote>', page.html) == [OPINION]
        assert "示范医科大学第三附属医院（示例）经办人退回修改" in page.words
        assert "请在 2026年6月15日 (周一) 18:00 前修改并重新提交， 还有 8 个工作日" in page.words
    notices = visitor.get("/declaration")
    assert "申报材料被退回修改" in notices.words
    visitor.get(submit_url(filled))
    visitor.submit(submit_url(filled))
    assert filled.status == "待经办人审核"


@pytest.mark.catalogue("P24")
def test_corrections_after_the_deadline_are_not_taken(clock: FixedClock, enter: Enter, filled: Story) -> None:
    filled.submit()
    filled.review("return_for_revision", OPINION)
    visitor = enter_at(enter, filled, submit_url(filled))
    fields = visitor.page.form(submit_url(filled))
    clock.advance(timedelta(days=30))
    visitor = enter(filled.applicant.login)
    visitor.get("/declaration")
    page = visitor.post(submit_url(filled), {**fields, "csrf_token": visitor.csrf})
    assert "“修改申报材料”的办理时限已过（到期前提醒、修改期限届满），没有提交成功。" in page.words
    assert filled.status == "已放弃"


@pytest.mark.catalogue("P25")
def test_a_draft_is_given_up_and_another_may_be_started(enter: Enter, filled: Story) -> None:
    visitor = enter_at(enter, filled, "/declaration")
    assert "/declaration/new" not in visitor.page.links
    page = visitor.submit(f"/declaration/{filled.case_key}/discard")
    assert (page.path, filled.status) == ("/declaration", "已废弃")
    assert "已废弃，内容仍可查看，本年度可以重新申报。" in page.words
    assert "/declaration/new" in page.links
    assert visitor.get(f"/declarations/{filled.case_key}").status == 200


@pytest.mark.catalogue("P25")
def test_what_is_being_reviewed_cannot_be_given_up(enter: Enter, filled: Story) -> None:
    filled.submit()
    visitor = enter_at(enter, filled, "/declaration")
    page = visitor.post(f"/declaration/{filled.case_key}/discard", {"csrf_token": visitor.csrf})
    assert "只有草稿和退回修改的申报可以废弃；已提交的，请先撤回。" in page.words
    assert filled.status == "待经办人审核"


@pytest.mark.catalogue("A10")
def test_past_years_stay_readable(clock: FixedClock, enter: Enter, filled: Story) -> None:
    filled.submit()
    filled.review("not_recommended", "不在推荐名额内。")
    clock.advance(timedelta(days=300))
    visitor = enter(filled.applicant.login)
    page = visitor.get("/declaration")
    assert "2027 年度没有申报" in page.words
    assert "2026 年度 · 主任医师（高级(正高)）" in page.words
    assert visitor.get(f"/declarations/{filled.case_key}").status == 200
    sheet = visitor.get(f"/declaration/{filled.case_key}/print")
    assert (sheet.status, "2026 年度 · 申报编号" in sheet.words) == (200, True)
    visitor.get("/declaration")
    page = visitor.submit("/year", year="2026")
    page = visitor.get("/declaration")
    assert "示范医科大学第三附属医院（示例）经办人未予推荐：不在推荐名额内。" in page.words


@pytest.mark.catalogue("A9")
def test_the_printed_sheet_carries_every_section(enter: Enter, filled: Story) -> None:
    filled.submit()
    page = enter(filled.applicant.login).get(f"/declaration/{filled.case_key}/print")
    headings = re.findall(r'<h[23] id="[^"]+--heading">([^<]+)</h[23]>', page.html)
    assert [
        one for one in headings if one in ("个人基本信息", "申报人现状", "申报基础材料", "学习经历", "工作经历")
    ] == [
        "个人基本信息",
        "申报人现状",
        "申报基础材料",
        "学习经历",
        "工作经历",
    ]
    assert 'class="portrait"' in page.html
