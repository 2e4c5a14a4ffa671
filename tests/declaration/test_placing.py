"""Placing, entrusting, screening; levels that have closed; corrections that go on where they were returned."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from engine.access import Actor
from engine.clock import FixedClock
from engine.db import Database
from engine.declaration.tables import CorrectionResume
from engine.declaration.years import default_plan, set_year_plan
from engine.errors import InvalidInput, NotAllowed, Refused
from engine.flow.actions import perform_action
from engine.flow.timers import run_due_timers
from engine.flow.visibility import require_visible
from tests.declaration.story import Story

Who = Callable[..., Actor]
POINTS = [{"section": "other", "point": "缺检索证明"}, {"section": "other", "point": "照片不清晰"}]


def proposal(story: Story) -> dict[str, object]:
    return dict(story.detail().variables["committee_proposal"])


def place(story: Story) -> Story:
    story.climbed().review("assign", more={"committee": str(proposal(story)["committee"])})
    return story


@pytest.mark.catalogue("U19", "Q8")
def test_the_committee_of_series_level_and_chain_is_proposed_with_why(story: Story) -> None:
    held = proposal(story.submitted().climbed())
    assert held["name"] == "示范省卫生系列医疗高级职称评审委员会（示例）"
    assert held["why"] == "系列、等级相符，评审本系列全部专业"


@pytest.mark.catalogue("U19", "U23")
def test_what_is_placed_stands_in_the_columns_of_the_lists(story: Story) -> None:
    place(story.submitted())
    row = story.detail().row
    assert (row["status"], row["entrusted_review"]) == ("评委会审查中", False)
    assert str(row["committee"]) == str(proposal(story)["committee"])


@pytest.mark.catalogue("U19")
def test_a_committee_that_does_not_fit_is_refused(story: Story) -> None:
    story.submitted().climbed()
    with pytest.raises(InvalidInput) as refused:
        story.review("assign", more={"committee": "1"})
    assert list(refused.value.fields) == ["committee"]


@pytest.mark.catalogue("Q8")
def test_the_placing_unit_takes_it_back_while_screening_waits(story: Story, database: Database, who: Who) -> None:
    place(story.submitted())
    with database.transaction() as tx, pytest.raises(NotAllowed):
        perform_action(tx, who("edu_officer"), story.case_key, "reassign_committee")
    with database.transaction() as tx:
        perform_action(tx, who("office_officer"), story.case_key, "reassign_committee")
    assert story.status == "待预分配"


@pytest.mark.catalogue("U22", "Q11", "J18")
def test_an_entrusted_unit_sees_the_declaration_accepts_and_screens_it(
    story: Story, database: Database, who: Who
) -> None:
    story.submitted().climbed()
    story.review("entrust", "本省没有合适的评委会")
    other = next(
        one
        for one in story.detail().variables["committee_proposal"]["entrustable"]
        if one["name"].startswith("示范省工业集团")
    )
    letter = {"letter_no": "委〔2026〕1 号", "letter_date": "2026-06-01", "reason": "没有合适的评委会"}
    with database.transaction() as tx:
        officer = who("office_officer")
        file = story.files(tx).upload(tx, officer, "委托函.pdf")["id"]
    from engine.flow.completion import complete_task

    with database.transaction() as tx:
        values = {"entrustment": {**letter, "letter_file": [file]}, "committee": str(other["committee"])}
        complete_task(tx, officer, story.task_key(tx), values)
    stranger = who("industry_officer")
    with database.read() as tx:
        require_visible(tx, stranger, story.case_key)
    assert story.review("accept").login == stranger.login
    assert (story.detail().row["entrusted_review"], story.status) == (True, "评委会审查中")
    assert story.review().login == stranger.login
    assert story.status == "待参评"


@pytest.mark.catalogue("J12", "W6")
def test_corrections_are_told_at_once_and_a_later_list_names_nothing_new(story: Story) -> None:
    place(story.submitted())
    with pytest.raises(InvalidInput) as refused:
        story.review("request_correction")
    assert list(refused.value.fields) == ["correction_list"]
    story.review("request_correction", more={"correction_list": POINTS})
    assert story.status == "补正中"
    assert "一次性告知须补正，请在6月15日 (周一)前补正" in story.detail().sentence
    story.submit()
    with pytest.raises(Refused, match="首次告知中没有“字数不足”"):
        story.review("request_correction", more={"correction_list": [{"section": "other", "point": "字数不足"}]})
    story.review("request_correction", more={"correction_list": POINTS[:1]})
    assert story.status == "补正中"


@pytest.mark.catalogue("J12", "W6")
def test_corrections_that_are_late_give_the_declaration_up_and_free_the_year(
    story: Story, database: Database, clock: FixedClock
) -> None:
    place(story.submitted()).review("request_correction", more={"correction_list": POINTS})
    clock.move_to(clock.now() + timedelta(days=15))
    run_due_timers(database)
    row = story.detail().row
    assert (row["status"], row["live"]) == ("已放弃", False)


@pytest.mark.catalogue("P26")
def test_a_level_that_has_closed_approves_no_more_and_may_still_return(
    story: Story, database: Database, who: Who, clock: FixedClock
) -> None:
    admin = who("office_admin", "title_office_admin")
    story.submitted()
    closing = datetime(2026, 6, 20, 10, tzinfo=UTC)
    with database.transaction() as tx:
        set_year_plan(tx, admin, replace(default_plan(2026), unit_closes_at=closing))
    clock.move_to(closing + timedelta(hours=1))
    try:
        with pytest.raises(Refused, match="申报单位审核已于 6月20日18:00 截止"):
            story.review()
        story.review("return_for_revision", "请下一年度申报")
        assert story.status == "退回修改"
    finally:
        with database.transaction() as tx:
            set_year_plan(tx, admin, default_plan(2026))


@pytest.mark.catalogue("Q22")
def test_only_an_exchange_of_files_goes_on_where_it_was_returned(story: Story, database: Database, who: Who) -> None:
    admin = who("office_admin", "title_office_admin")
    with database.transaction() as tx:
        set_year_plan(tx, admin, replace(default_plan(2026), correction_resume=CorrectionResume.RESUME))
    try:
        story.submitted().approve(2).review("return_for_revision", "扫描件不清晰")
        with database.transaction() as tx:
            clearer = story.upload(tx, "清晰的.pdf")
        story.fill(base_material=lambda material: {**material, "truth_pledge": [clearer]})
        story.submit()
        assert story.status == "待上级经办人审核"
        story.review("return_for_revision", "摘要有误")
        story.fill(basic_info=lambda info: {**info, "work_summary": "另写的摘要"})
        story.submit()
        assert story.status == "待经办人审核"
    finally:
        with database.transaction() as tx:
            set_year_plan(tx, admin, default_plan(2026))


@pytest.mark.catalogue("W8")
@pytest.mark.parametrize(
    ("outcome", "status", "live"), [("refuse", "专项审批未通过", False), ("approve", "待经办人审核", True)]
)
def test_the_title_office_decides_on_a_special_route_and_its_name_is_kept(
    database: Database, outcome: str, status: str, live: bool
) -> None:
    story = Story(database, declaration_route="green_channel").submitted()
    assert story.review(outcome, "已审阅").login.startswith("office")
    row = story.detail().row
    assert (row["status"], row["live"]) == (status, live)
    assert story.detail().variables["special_approval"]["by"] is not None
