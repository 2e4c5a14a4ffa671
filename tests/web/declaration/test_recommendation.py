"""The pages of 单位推荐与公示, walked as a unit's officer walks them (W1, W3, J10, J25)."""

import io
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from html import unescape

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from engine.bootstrap import App
from engine.clock import FixedClock
from engine.declaration.recommendation.quota import Posts, posts_of
from engine.flow.messages import deliver_messages
from engine.flow.timers import run_due_timers
from engine.organisation.tables import RecommendationMode, unit
from tests.declaration.story import Story
from tests.declaration.test_recommendation import without_ranks, without_unit_proofs
from tests.support.visitor import Page, Visitor
from tests.web.declaration.conftest import Enter, let_in

ROUNDS = "/recommendation/rounds"
PANEL = {f"member_{n}": name for n, name in enumerate(("张示一", "李示二", "王示三"))}


@pytest.fixture
def officer(app: App, enter: Enter) -> Iterator[Visitor]:
    """The third hospital's officer, while the hospital recommends in rounds."""
    let_in(app, "hosp3_officer")
    visitor = enter("hosp3_officer")
    with app.database.transaction() as tx:
        own = tx.value(sa.select(unit.c.id).where(unit.c.name.startswith("示范医科大学第三")))
        tx.execute(sa.update(unit).where(unit.c.id == own).values(recommendation_mode=RecommendationMode.ROUND))
    yield visitor
    with app.database.transaction() as tx:
        tx.execute(sa.update(unit).where(unit.c.id == own).values(recommendation_mode=RecommendationMode.DIRECT))


@pytest.fixture
def declared(app: App, clock: FixedClock, officer: Visitor) -> Callable[[], Story]:
    def declared() -> Story:
        story = Story(app.database).submitted(base_material=without_unit_proofs, overview_supplement=without_ranks)
        story.review()
        return story

    return declared


def link(page: Page, words: str) -> str:
    """Where the link with these words leads."""
    found = re.search(rf'<a [^>]*href="([^"]+)"[^>]*>{re.escape(words)}</a>', page.html)
    assert found is not None, page.words
    return unescape(found[1])


def started(officer: Visitor, *stories: Story) -> str:
    """Begin a round with these; the address of its page."""
    officer.get("/recommendation")
    fields = {**officer.page.form(ROUNDS), "declaration": [str(story.case_key) for story in stories]}
    fields.pop("all", None)
    officer.post(ROUNDS, fields)  # type: ignore[arg-type]
    assert officer.page.status == 200, officer.page.words
    return officer.page.path.removesuffix("/ranking")


def judged(*stories: Story, recommended: str = "yes") -> dict[str, str]:
    found = {"method": "量化评分", "panel_opinion": "同意推荐", **PANEL}
    for rank, story in enumerate(stories, 1):
        key = story.case_key
        found |= {f"score[{key}]": str(95 - rank), f"recommendation_rank[{key}]": str(rank)}
        found |= {f"recommended[{key}]": recommended, f"reason[{key}]": "" if recommended == "yes" else "不在名额内"}
    return found


@pytest.mark.catalogue("W1", "Q34")
def test_who_was_checked_waits_on_the_page_and_joins_a_round(officer: Visitor, declared: Callable[[], Story]) -> None:
    first, second = declared(), declared()
    number = first.detail().row["declaration_no"]
    assert number in officer.get("/recommendation").words
    started(officer, first)
    page = officer.get("/recommendation")
    assert (number in page.words, second.detail().row["declaration_no"] in page.words) == (False, True)


def test_a_round_needs_somebody(officer: Visitor, declared: Callable[[], Story]) -> None:
    declared()
    officer.get("/recommendation")
    page = officer.post(ROUNDS, {"csrf_token": officer.csrf})
    assert (page.status, "请选择参加本轮推荐的申报人" in page.words) == (422, True)


@pytest.mark.catalogue("W1")
def test_what_is_typed_is_kept_ranked_and_confirmed(officer: Visitor, declared: Callable[[], Story]) -> None:
    first, second = declared(), declared()
    address = started(officer, first, second)
    officer.get(f"{address}/ranking")
    page = officer.submit(f"{address}/ranking", **judged(first, second))
    assert "已保存，得分排序已重新计算。" in page.words
    page = officer.submit(f"{address}/ranking", **judged(first, second), outcome="publicise")
    assert (page.status, page.path) == (200, address)
    assert "评议结果已确认。" in page.words


@pytest.mark.catalogue("W1")
def test_an_incomplete_result_stays_on_the_page_with_what_is_missing(
    officer: Visitor, declared: Callable[[], Story]
) -> None:
    story = declared()
    address = started(officer, story)
    officer.get(f"{address}/ranking")
    typed = {**judged(story), f"score[{story.case_key}]": "", "outcome": "publicise"}
    page = officer.submit(f"{address}/ranking", **typed)
    assert (page.status, "请填写测试申报人的得分" in page.words) == (422, True)
    assert 'value="张示一"' in page.html
    typed[f"score[{story.case_key}]"] = "九十"
    page = officer.submit(f"{address}/ranking", **typed)
    assert (page.status, "得分“九十”应是数字，最多两位小数" in page.words) == (422, True)


@pytest.mark.catalogue("W1")
def test_a_workbook_goes_out_and_comes_in_again(officer: Visitor, declared: Callable[[], Story]) -> None:
    story = declared()
    address = started(officer, story)
    book = load_workbook(io.BytesIO(officer.client.get(f"{address}/ranking.xlsx").content))
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[2]][:2] == [story.detail().row["declaration_no"], "测试申报人"]
    sheet["D2"], sheet["E2"], sheet["F2"] = 92.5, 1, "是"
    data = io.BytesIO()
    book.save(data)
    officer.get(f"{address}/ranking")
    answer = officer.client.post(
        f"{address}/ranking/workbook",
        data={"csrf_token": officer.csrf},
        files={"workbook": ("a.xlsx", data.getvalue())},
    )
    assert "已读入 1 人的评议结果" in answer.text
    assert 'value="92.5"' in answer.text


@pytest.mark.catalogue("W1", "J10")
def test_publicity_is_started_printed_objected_to_and_recorded(
    app: App, officer: Visitor, declared: Callable[[], Story], clock: FixedClock
) -> None:
    story = declared()
    address = started(officer, story)
    officer.get(f"{address}/ranking")
    officer.submit(f"{address}/ranking", **judged(story), outcome="publicise")
    task = link(officer.page, "去办理")
    page = officer.get(task)
    assert 'value="2026-06-08"' in page.html
    # the round's table stands beside the form
    assert story.detail().row["declaration_no"] in page.words
    page = officer.submit(
        task,
        publicity_methods="单位公示栏",
        publicity_place="一楼大厅",
        objection_phone="0311-00000000",
        outcome="start",
    )
    assert (page.path, "内容有误的，用“中止公示”撤回后重新发起。" in page.words) == (address, True)
    deliver_messages(app.database)
    page = officer.get(f"{address}/table")
    assert "公示期：6月1日至6月8日" in page.words
    assert "测试申报人" in page.words
    assert story.applicant.login not in page.html
    key = address.rpartition("/")[2]
    action = f"/cases/{key}/actions/raise_objection?back={address}"
    page = officer.get(action)
    assert page.status == 200
    page = officer.submit(action, objection_content="")
    assert (page.status, "请填写“异议内容”" in page.words) == (422, True)
    page = officer.submit(action, objection_content="评议程序有误", objector="匿名")
    assert (page.path, "评议程序有误" in page.words, "待核查" in page.words) == (address, True, True), page.words
    page = officer.get(link(officer.page, "去办理"))
    assert ("评议程序有误" in page.words, story.detail().row["declaration_no"] in page.words) == (True, True)
    page = officer.submit(page.path, finding="评议记录完整，程序合规。", outcome="dismissed")
    assert (page.path, "核查结论已登记：异议不属实，推荐不变。" in page.words) == (address, True)
    clock.move_to(clock.now() + timedelta(days=8))
    run_due_timers(app.database)
    officer.sign_in("hosp3_officer")
    assert "登记公示结果" in officer.get(address).words


@pytest.mark.catalogue("J25", "W3")
def test_the_superior_keeps_the_approved_posts_on_a_page(app: App, enter: Enter) -> None:
    let_in(app, "medu_admin")
    admin = enter("medu_admin")
    page = admin.get("/post-quotas?q=第三附属")
    address = link(page, "示范医科大学第三附属医院（示例）")
    admin.get(address)
    typed = {"title_level[0]": "senior", "specialty[0]": "", "posts[0]": "5", "filled[0]": "9"}
    page = admin.submit(address, **typed)
    assert (page.status, "已聘人数应在 0 和核准职数之间" in page.words, 'value="9"' in page.html) == (422, True, True)
    page = admin.submit(address, **{**typed, "filled[0]": "3"})
    assert (page.status, "核准岗位职数已保存。" in page.words) == (200, True)
    with app.database.read() as tx:
        assert posts_of(tx, int(address.rpartition("/")[2]), 2026) == [Posts("senior", "", 5, 3)]


@pytest.mark.catalogue("W1")
def test_strangers_see_neither_rounds_nor_posts(
    app: App, officer: Visitor, declared: Callable[[], Story], enter: Enter
) -> None:
    address = started(officer, declared())
    let_in(app, "industry_officer")
    stranger = enter("industry_officer")
    for path in (address, f"{address}/ranking", f"{address}/table", f"{address}/table.pdf", f"{address}/ranking.xlsx"):
        assert stranger.get(path).status == 404
    assert stranger.get("/post-quotas").status == 403


@pytest.mark.catalogue("W6", "J12")
def test_the_unit_that_returned_a_declaration_grants_more_time_with_a_reason(
    app: App, enter: Enter, clock: FixedClock
) -> None:
    story = Story(app.database).submitted()
    story.review("return_for_revision", "请补充")
    let_in(app, "hosp3_officer")
    officer = enter("hosp3_officer")
    address = f"/declarations/{story.case_key}"
    action = link(officer.get(address), "延长期限")
    page = officer.get(action)
    page = officer.submit(action, new_term="2026-06-05", extension_reason="住院")
    assert (page.status, "应晚于现在的期限" in page.words) == (422, True)
    page = officer.submit(action, new_term="2026-07-10", extension_reason="住院")
    assert (page.path, page.status) == (address, 200)
    assert story.detail().sentence.endswith("请在7月10日 (周五)前修改并重新提交，逾期视为放弃。")
    clock.move_to(clock.now() + timedelta(days=30))
    run_due_timers(app.database)
    assert story.status == "退回修改"
    clock.move_to(clock.now() + timedelta(days=10))
    run_due_timers(app.database)
    assert story.status == "已放弃"
