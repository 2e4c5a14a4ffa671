"""One decision for many declarations, each with an outcome of its own; and decisions taken back."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from engine.access import Actor
from engine.clock import FixedClock
from engine.db import Database
from engine.declaration.batch_review import start_batch_review, start_batch_take_back, take_back_review
from engine.declaration.bulk_copies import copy_declaration
from engine.declaration.lists import Tab, review_list
from engine.declaration.tables import declaration
from engine.errors import InvalidInput, NotAllowed, NotFound, Refused
from engine.flow.batch_running import run_batch
from engine.flow.batches import BatchRow, ItemState, batch_rows, undo_batch
from engine.flow.drafts import save_draft
from engine.flow.tables import journal, variable
from engine.notification import notices_of
from tests.declaration.story import Story

Who = Callable[..., Actor]
TELL = {"recommendation_notice": "公示五个工作日，无异议。", "panel_opinion": "同意推荐。"}


@pytest.fixture
def officer(who: Who) -> Actor:
    return who("hosp3_officer")


def rank(story: Story, place: int = 1) -> None:
    """What the unit's officer has written down of the ranking before deciding on all together."""
    ranking = {"quantified_score": 90, "score_rank": place, "recommendation_rank": place, "recommended_total": 3}
    with story.database.transaction() as tx:
        save_draft(tx, story.reviewer(tx), story.task_key(tx), "", ranking)


@pytest.fixture
def three(database: Database) -> list[Story]:
    """Three dossiers that wait for the officer of the third hospital."""
    stories = [Story(database).submitted() for _ in range(3)]
    for place, story in enumerate(stories, 1):
        rank(story, place)
    return stories


def task_keys(stories: list[Story]) -> list[int]:
    with stories[0].database.read() as tx:
        return [story.task_key(tx) for story in stories]


def review(officer: Actor, stories: list[Story], outcome: str = "approve", **more: object) -> int:
    database = stories[0].database
    with database.transaction() as tx:
        keys = [story.task_key(tx) for story in stories]
        return start_batch_review(tx, officer, outcome=outcome, task_keys=keys, year=2026, **more)


def run(database: Database, actor: Actor, key: int) -> list[BatchRow]:
    run_batch(database, key)
    with database.read() as tx:
        return batch_rows(tx, actor, key)


def variables(story: Story, *names: str) -> list[object]:
    with story.database.read() as tx:
        v = variable.c
        rows = tx.rows(sa.select(v.name, v.value).where(v.case_key == story.case_key, v.name.in_(names)))
        held = {row.name: row.value for row in rows}
    return [held.get(name) for name in names]


@pytest.mark.catalogue("U14")
def test_one_opinion_and_the_units_texts_go_to_every_dossier(
    database: Database, officer: Actor, three: list[Story]
) -> None:
    key = review(officer, three, opinion="材料齐全，同意。", shared=TELL)
    rows = run(database, officer, key)
    assert [(row.state, row.message) for row in rows] == [(ItemState.DONE, None)] * 3
    for story in three:
        notice, panel, last = variables(story, "recommendation_notice", "panel_opinion", "last_review")
        assert (notice, panel) == (TELL["recommendation_notice"], TELL["panel_opinion"])
        assert isinstance(last, dict)
        assert (last["outcome"], last["opinion"]) == ("approve", "材料齐全，同意。")
    leader = three[0].detail().tasks[0].row
    assert leader["form_id"] == "declaration_leader_review"


@pytest.mark.catalogue("U14")
def test_the_leader_decides_on_all_that_the_query_finds(
    database: Database, officer: Actor, three: list[Story], who: Who
) -> None:
    run(database, officer, review(officer, three))
    leader = who("hosp3_leader", "unit_leader")
    with database.transaction() as tx:
        waiting = review_list(tx, leader, tab=Tab.PENDING, size=100).rows
        one = waiting[0]["name"]
        key = start_batch_review(tx, leader, outcome="approve", filters={"name": one}, year=2026, shared=TELL)
    rows = run(database, leader, key)
    named = [row for row in waiting if row["name"] == one]
    assert [row.state for row in rows] == [ItemState.DONE] * len(named)
    assert sorted(row.item["title"] for row in rows) == sorted(
        f"{row['name']} · {row['declaration_no']}" for row in named
    )


@pytest.mark.catalogue("Q33")
def test_not_approved_means_back_to_every_applicant_with_one_opinion(
    database: Database, officer: Actor, three: list[Story]
) -> None:
    with database.transaction() as tx, pytest.raises(InvalidInput) as refused:
        start_batch_review(tx, officer, outcome="return_for_revision", task_keys=[1], year=2026)
    assert list(refused.value.fields) == ["opinion"]
    rows = run(database, officer, review(officer, three, "return_for_revision", opinion="请补充近三年年度考核表。"))
    assert [row.state for row in rows] == [ItemState.DONE] * 3
    assert {story.status for story in three} == {"退回修改"}
    with database.read() as tx:
        assert "请补充近三年年度考核表。" in notices_of(tx, three[0].applicant)[0].text


def test_a_row_says_why_it_was_refused(database: Database, officer: Actor, three: list[Story]) -> None:
    first, second, _ = three
    key = review(officer, three)
    first.review()
    second.withdraw()
    rows = run(database, officer, key)
    assert [row.message for row in rows] == [
        "“经办人审核”已由" + officer.name + "办理，请刷新后查看。",
        "“经办人审核”已被撤销，无需再办理，请刷新后查看。",
        None,
    ]


def test_strangers_reach_no_row(database: Database, three: list[Story], who: Who) -> None:
    stranger = who("industry_officer")
    with database.transaction() as tx, pytest.raises(InvalidInput):
        start_batch_review(tx, stranger, outcome="approve", task_keys=[s.task_key(tx) for s in three], year=2026)
    with database.transaction() as tx, pytest.raises(NotAllowed):
        start_batch_review(tx, three[0].applicant, outcome="approve", task_keys=[1], year=2026)


def test_what_is_too_long_is_said_before_anything_starts(database: Database, officer: Actor) -> None:
    with database.transaction() as tx, pytest.raises(InvalidInput) as refused:
        start_batch_review(tx, officer, outcome="approve", opinion="好" * 1001, task_keys=[1], year=2026)
    assert refused.value.fields == {"opinion": ["审核意见最多 1,000 个字，现有 1,001 个"]}


@pytest.mark.catalogue("U14")
def test_a_whole_batch_is_taken_back_while_nobody_went_on(
    database: Database, clock: FixedClock, officer: Actor, three: list[Story]
) -> None:
    key = review(officer, three)
    run(database, officer, key)
    clock.advance(timedelta(minutes=1))
    three[0].review()
    with database.transaction() as tx:
        undo = undo_batch(tx, officer, key, reason="勾选有误")
    rows = run(database, officer, undo)
    assert [row.message for row in rows] == ["之后的环节已经办理，不能撤回。", None, None]
    assert [story.detail().tasks[0].row["element_id"] for story in three[1:]] == ["unit_officer_review"] * 2


@pytest.mark.catalogue("Q37")
@pytest.mark.parametrize("outcome", ["approve", "return_for_revision"])
def test_an_officer_takes_an_own_decision_back_with_a_reason(
    database: Database, officer: Actor, story: Story, outcome: str
) -> None:
    story.submitted()
    before = variables(story, "last_review")
    rank(story)
    (key,) = task_keys([story])
    reviewer = story.review(outcome, "请核对毕业证书。")
    with database.transaction() as tx, pytest.raises(InvalidInput):
        take_back_review(tx, reviewer, key, reason=" ")
    with database.transaction() as tx:
        take_back_review(tx, reviewer, key, reason="误点了按钮")
    assert story.detail().tasks[0].row["element_id"] == "unit_officer_review"
    assert variables(story, "last_review") == before
    with database.read() as tx:
        j = journal.c
        noted = tx.row(sa.select(j.detail, j.actor).where(j.case_key == story.case_key, j.event == "task.reopened"))
        told = [notice.subject for notice in notices_of(tx, story.applicant)][:1]
    assert noted is not None
    assert (noted.detail["reason"], noted.actor) == ("误点了按钮", reviewer.login)
    assert (told == ["退回已撤回"]) is (outcome == "return_for_revision")


@pytest.mark.catalogue("Q37")
def test_what_others_decided_or_went_on_with_stays(
    database: Database, clock: FixedClock, story: Story, who: Who
) -> None:
    story.submitted()
    rank(story)
    (key,) = task_keys([story])
    officer = story.review()
    clock.advance(timedelta(minutes=1))
    leader = story.review()
    for actor, error in ((leader, NotAllowed), (officer, Refused), (who("industry_officer"), NotAllowed)):
        with database.transaction() as tx, pytest.raises(error):
            take_back_review(tx, actor, key, reason="试一试")
    with database.transaction() as tx, pytest.raises(NotFound):
        take_back_review(tx, officer, 1, reason="试一试")


@pytest.mark.catalogue("Q37")
def test_many_decisions_are_taken_back_at_once(database: Database, officer: Actor, three: list[Story]) -> None:
    keys = task_keys(three)
    run(database, officer, review(officer, three))
    with database.transaction() as tx:
        key = start_batch_take_back(tx, officer, task_keys=keys, reason="公示期未满")
    rows = run(database, officer, key)
    assert [row.state for row in rows] == [ItemState.DONE] * 3
    assert {story.detail().tasks[0].row["element_id"] for story in three} == {"unit_officer_review"}


def test_a_copied_declaration_goes_by_its_own_number(story: Story) -> None:
    story.submitted()
    with story.database.transaction() as tx:
        tasks = copy_declaration(tx, story.case_key, 2)
        tx.flush()
        number = tx.value(sa.select(declaration.c.declaration_no).where(declaration.c.case_key == story.case_key))
        d, v = declaration.c, variable.c
        own = sa.and_(v.case_key == d.case_key, v.name == "declaration_no")
        rows = tx.rows(
            sa.select(d.declaration_no, v.value).join(variable, own).where(d.declaration_no.startswith(number))
        )
    assert len(tasks) == 2
    assert sorted((row.declaration_no, row.value) for row in rows) == [
        (one, one) for one in (number, f"{number}-000000", f"{number}-000001")
    ]
