"""人员批量审核 and 撤回办理 from the pages: what is posted, what is asked again, what the progress shows."""

import io
import re
from collections.abc import Callable

import pytest
from openpyxl import load_workbook

from engine.bootstrap import App
from engine.declaration.demo_people import actor_of_login
from engine.declaration.phrases import add_stock_phrase
from engine.flow.batch_running import due_batches, run_batch
from engine.flow.drafts import save_draft
from tests.declaration.story import Story
from tests.support.visitor import Visitor
from tests.web.declaration.conftest import Enter, Tell
from tests.web.declaration.counting import counting

OPINION = "材料齐全，情况属实，同意。"
PHRASE = "请补充年度考核表。"


def task_of(story: Story) -> str:
    with story.database.read() as tx:
        return str(story.task_key(tx))


def done(app: App) -> None:
    """What the worker does."""
    for key in due_batches(app.database):
        run_batch(app.database, key)


@pytest.fixture
def pair(tell: Tell) -> list[Story]:
    """Two that wait for the hospital's officer, who has written down their ranking."""
    stories = [tell().submitted() for _ in range(2)]
    for place, story in enumerate(stories, 1):
        ranking = {"quantified_score": 90, "score_rank": place, "recommendation_rank": place, "recommended_total": 2}
        with story.database.transaction() as tx:
            save_draft(tx, story.reviewer(tx), story.task_key(tx), "", ranking)
    return stories


@pytest.fixture
def officer(enter: Enter, pair: list[Story]) -> Visitor:
    visitor = enter("hosp3_officer")
    visitor.get("/declarations")
    return visitor


Post = Callable[..., None]


def ticked(officer: Visitor, pair: list[Story]) -> dict[str, object]:
    return {"csrf_token": officer.csrf, "task": [task_of(story) for story in pair], "list": "name=测试"}


@pytest.mark.catalogue("U14")
def test_ticked_rows_are_decided_together_and_the_progress_follows(
    app: App, officer: Visitor, pair: list[Story]
) -> None:
    for story in pair:
        assert f'name="task" value="{task_of(story)}"' in officer.page.html
    page = officer.post("/declarations/batch", {**ticked(officer, pair), "opinion": OPINION, "outcome": "approve"})
    assert re.fullmatch(r"/batches/\d+", page.path)
    assert (page.heading, 'hx-trigger="every 1s"' in page.html) == ("批量通过 2 份申报材料", True)
    assert "我的任务进度，1 项正在办理" in page.html
    done(app)
    piece = officer.get(f"{page.path}/progress", **{"HX-Request": "true"})
    assert ("已完成" in piece.words, "2 / 2" in piece.words, "every 1s" in piece.html) == (True, True, False)
    shown = officer.get(page.path)
    assert [story.detail().row["declaration_no"] in shown.words for story in pair] == [True, True]
    listed = officer.get("/batches")
    assert page.path in listed.links


@pytest.mark.catalogue("U14")
def test_the_dialog_is_a_page_too_and_keeps_what_was_typed(officer: Visitor, pair: list[Story]) -> None:
    page = officer.post("/declarations/batch/ask", {**ticked(officer, pair), "opinion": "好"})
    assert (page.heading, "所选的 2 份申报材料" in page.words) == ("人员批量审核", True)
    assert page.html.count('name="task"') == 2
    assert [name in page.html for name in ("recommendation_notice", "panel_opinion")] == [True, True]
    again = officer.post("/declarations/batch", {**ticked(officer, pair), "opinion": "长" * 1001, "outcome": "approve"})
    assert (again.status, "审核意见最多 1,000 个字，现有 1,001 个" in again.words) == (422, True)
    assert "长" * 1001 in again.html
    assert {story.status for story in pair} == {"待经办人审核"}


@pytest.mark.catalogue("U11")
def test_a_stock_phrase_joins_the_opinion_of_the_batch(app: App, officer: Visitor, pair: list[Story]) -> None:
    with app.database.transaction() as tx:
        phrase = add_stock_phrase(tx, actor_of_login(tx, "hosp3_officer", "case_officer"), text=PHRASE)
    fields = {**ticked(officer, pair), "opinion": "一、", "_phrase": str(phrase)}
    piece = officer.post("/declarations/batch/fields", fields, **{"HX-Request": "true"})
    assert f"一、\n{PHRASE}</textarea>" in piece.html
    assert "<html" not in piece.html


@pytest.mark.catalogue("Q33")
def test_not_approved_needs_an_opinion_and_returns_all(app: App, officer: Visitor, pair: list[Story]) -> None:
    fields = {**ticked(officer, pair), "outcome": "return_for_revision"}
    page = officer.post("/declarations/batch", fields)
    assert (page.status, "审核不通过须填写审核意见，写明需要修改之处" in page.words) == (422, True)
    officer.post("/declarations/batch", {**fields, "opinion": PHRASE})
    done(app)
    assert {story.status for story in pair} == {"退回修改"}


def test_sent_twice_it_is_one_batch(app: App, officer: Visitor, pair: list[Story]) -> None:
    fields = {**ticked(officer, pair), "opinion": OPINION, "outcome": "approve", "command": "a1"}
    assert len({officer.post("/declarations/batch", fields).path for _ in range(2)}) == 1
    done(app)


@pytest.mark.catalogue("U14")
def test_the_whole_query_is_meant_where_it_is_asked(app: App, officer: Visitor, pair: list[Story]) -> None:
    number = pair[0].detail().row["identity_number"]
    fields = {"csrf_token": officer.csrf, "all": "1", "list": f"identity_number={number}", "outcome": "approve"}
    page = officer.post("/declarations/batch", {**fields, "opinion": OPINION})
    done(app)
    assert page.heading == "批量通过 1 份申报材料"
    assert [story.status == "待经办人审核" for story in pair] == [False, True]


@pytest.mark.catalogue("U14")
def test_a_batch_is_taken_back_and_its_report_is_a_workbook(app: App, officer: Visitor, pair: list[Story]) -> None:
    page = officer.post("/declarations/batch", {**ticked(officer, pair), "opinion": OPINION, "outcome": "approve"})
    done(app)
    report = officer.client.get(f"{page.path}/report.xlsx")
    rows = list(load_workbook(io.BytesIO(report.content)).active.iter_rows(values_only=True))
    assert (rows[0], [row[2] for row in rows[1:]]) == (("序号", "办理对象", "结果", "说明"), ["成功", "成功"])
    undone = officer.post(f"{page.path}/undo", {"csrf_token": officer.csrf, "reason": "勾选有误"})
    done(app)
    assert (undone.heading, {story.status for story in pair}) == ("撤销：批量通过 2 份申报材料", {"待经办人审核"})


def test_a_stopped_batch_says_how_to_go_on(app: App, officer: Visitor, pair: list[Story]) -> None:
    page = officer.post("/declarations/batch", {**ticked(officer, pair), "opinion": OPINION, "outcome": "approve"})
    stopped = officer.post(f"{page.path}/stop", {"csrf_token": officer.csrf})
    assert ("继续办理其余 2 条" in stopped.words, due_batches(app.database)) == (True, [])
    officer.post(f"{page.path}/resume", {"csrf_token": officer.csrf})
    done(app)
    assert "待经办人审核" not in {story.status for story in pair}


def test_a_batch_of_others_is_not_there(app: App, officer: Visitor, pair: list[Story], enter: Enter) -> None:
    page = officer.post("/declarations/batch", {**ticked(officer, pair), "opinion": OPINION, "outcome": "approve"})
    done(app)
    stranger = enter("hosp3_leader")
    for path in (page.path, f"{page.path}/progress", f"{page.path}/report.xlsx", f"{page.path}/undo"):
        assert stranger.get(path).status == 404
    stranger.get("/batches")
    assert stranger.post(f"{page.path}/stop", {"csrf_token": stranger.csrf}).status == 404


@pytest.mark.catalogue("Q37", "W7")
def test_an_own_decision_is_taken_back_from_the_dossier(officer: Visitor, pair: list[Story]) -> None:
    story = pair[0]
    story.review("return_for_revision", PHRASE)
    url = f"/declarations/{story.case_key}"
    assert f"{url}/take-back" in officer.get(url).links
    assert officer.get(f"{url}/take-back").heading.startswith("撤回办理：")
    asked = officer.post(f"{url}/take-back", {"csrf_token": officer.csrf, "reason": ""})
    assert (asked.status, "请写明撤回的原因" in asked.words) == (422, True)
    back = officer.post(f"{url}/take-back", {"csrf_token": officer.csrf, "reason": "误点退回"})
    assert (back.path, story.status) == (f"{url}/review", "待经办人审核")
    assert "误点退回" in officer.get(f"{url}/journal").words


@pytest.mark.catalogue("Q37", "W7")
def test_ticked_decisions_are_taken_back_together(app: App, officer: Visitor, pair: list[Story]) -> None:
    keys = [task_of(story) for story in pair]
    for story in pair:
        story.review("return_for_revision", PHRASE)
    page = officer.get("/declarations?tab=decided")
    assert [f'value="{key}"' in page.html for key in keys] == [True, True]
    fields = {"csrf_token": officer.csrf, "task": keys}
    assert officer.post("/declarations/take-back/ask", fields).heading == "撤回办理 2 份申报材料"
    officer.post("/declarations/take-back", {**fields, "reason": "误点退回"})
    done(app)
    assert {story.status for story in pair} == {"待经办人审核"}


def test_the_progress_costs_the_same_for_many_rows(app: App, officer: Visitor, pair: list[Story]) -> None:
    page = officer.post("/declarations/batch", {**ticked(officer, pair), "opinion": OPINION, "outcome": "approve"})
    done(app)
    with counting(app.database) as sent:
        officer.get(f"{page.path}/progress", **{"HX-Request": "true"})
    assert len(sent) == 2
