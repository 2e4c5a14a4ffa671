"""打分 and its three confirmations (M13–M16): nobody edits another's score, and the score is advice."""

from decimal import Decimal

import pytest
import sqlalchemy as sa

from engine.access import SYSTEM
from engine.errors import InvalidInput, NotAllowed, Refused
from engine.flow.batches import batch_rows, undo_batch
from engine.flow.completion import complete_task
from engine.flow.drafts import DraftConflict
from engine.flow.queries import case_journal
from engine.review_meeting.scoring.calibration import calibrate, calibration_of
from engine.review_meeting.scoring.checking import check_reviews
from engine.review_meeting.scoring.confirming import start_confirmation
from engine.review_meeting.scoring.dossiers import my_dossiers, progress_of
from engine.review_meeting.scoring.parts import Part
from engine.review_meeting.scoring.sheets import confirm_score, save_sheet, score_dossier, typed_sheet
from engine.review_meeting.scoring.tables import dossier_score
from engine.review_meeting.tables import DossierStage, meeting_dossier
from tests.review_meeting.panel import Panel, points


@pytest.mark.catalogue("M13", "M14", "M15", "M16", "Q23")
def test_the_confirmed_score_of_the_first_reviewer_is_the_score(panel: Panel) -> None:
    one = panel.assigned().dossiers[0]
    stages = [panel.row(one)["stage"]]
    panel.score(one, 50, 30.5)
    for _ in range(3):
        stages.append(panel.row(one)["stage"])
        panel.confirm(one)
    row = panel.row(one)
    assert [*stages, row["stage"]] == list(DossierStage)[1:]
    assert row["score"] == Decimal("80.50")


@pytest.mark.catalogue("M13")
def test_a_sheet_names_every_item_that_is_missing_or_out_of_range(panel: Panel) -> None:
    one = panel.assigned().state(panel.dossiers[0]).dossiers[0]
    sheet = [{"key": "ability", "points": 61}]
    with panel.database.transaction() as tx, pytest.raises(InvalidInput) as refusal:
        score_dossier(tx, panel.working(one), panel.task(one)["key"], sheet, "好")
    assert refusal.value.fields == {
        "points[ability]": ["“专业能力”应在 0 至 60 分之间"],
        "points[works]": ["请填写“业绩成果”的得分"],
    }


@pytest.mark.catalogue("M13")
@pytest.mark.parametrize(("ability", "opinion"), [(50, " "), (5, "业绩不足")])
def test_a_score_needs_an_opinion_and_a_low_one_its_reasons(panel: Panel, ability: float, opinion: str) -> None:
    one = panel.assigned().state(panel.dossiers[0]).dossiers[0]
    with panel.database.transaction() as tx, pytest.raises(InvalidInput) as refusal:
        score_dossier(tx, panel.working(one), panel.task(one)["key"], points(ability), opinion)
    assert list(refusal.value.fields) == ["opinion"]


@pytest.mark.catalogue("M13")
def test_what_is_typed_is_kept_and_two_windows_do_not_overwrite_each_other(panel: Panel) -> None:
    one = panel.assigned().dossiers[0]
    task, reviewer = panel.task(one)["key"], panel.working(one)
    with panel.database.transaction() as tx:
        version = save_sheet(tx, reviewer, task, [{"key": "ability", "points": 41}], "初", 0)
    with panel.database.read() as tx:
        kept = typed_sheet(tx, task)
    assert kept is not None
    assert (kept.value, version) == ({"items": [{"key": "ability", "points": 41}], "opinion": "初"}, 1)
    with panel.database.transaction() as tx, pytest.raises(DraftConflict):
        save_sheet(tx, reviewer, task, [{"key": "ability", "points": 42}], "初", 0)


@pytest.mark.catalogue("M14", "Q23")
def test_who_confirms_returns_with_a_reason_and_changes_no_point(panel: Panel) -> None:
    one = panel.assigned().score(panel.dossiers[0]).state(panel.dossiers[0]).dossiers[0]
    task, second = panel.task(one)["key"], panel.working(one)
    with panel.database.transaction() as tx, pytest.raises(InvalidInput) as refusal:
        confirm_score(tx, second, task, "return_for_scoring")
    assert list(refusal.value.fields) == ["return_reason"]
    with panel.database.transaction() as tx, pytest.raises(InvalidInput):
        confirm_score(tx, second, task, "edit")
    with panel.database.transaction() as tx:
        confirm_score(tx, second, task, "return_for_scoring", "请核对第二项")
    assert (panel.row(one)["stage"], panel.row(one)["score"]) == (DossierStage.ASSIGNED, None)
    assert panel.task(one)["element_id"] == "score_dossier"


def test_the_points_of_another_cannot_be_sent_along_with_a_confirmation(panel: Panel) -> None:
    one = panel.assigned().score(panel.dossiers[0]).dossiers[0]
    values = {"outcome": "confirm", "sheet": {"total": 1}}
    with panel.database.transaction() as tx, pytest.raises(InvalidInput):
        complete_task(tx, panel.working(one), panel.task(one)["key"], values)
    assert panel.row(one)["score"] == Decimal(80)


@pytest.mark.catalogue("J13")
def test_nobody_scores_before_they_have_stated_to_have_no_interest(panel: Panel) -> None:
    one = panel.assigned().dossiers[0]
    with panel.database.transaction() as tx, pytest.raises(Refused, match="请先对这份材料作回避说明"):
        score_dossier(tx, panel.working(one), panel.task(one)["key"], points(), "同意")


def test_nobody_scores_what_is_anothers(panel: Panel) -> None:
    one = panel.assigned().dossiers[0]
    other = next(who for who in map(panel.actor, range(5)) if who.login != panel.working(one).login)
    with panel.database.transaction() as tx, pytest.raises(NotAllowed):
        score_dossier(tx, other, panel.task(one)["key"], points(), "同意")


@pytest.mark.catalogue("M15", "M16")
def test_leader_and_chair_confirm_many_in_one_go(panel: Panel) -> None:
    panel.assigned()
    for one in panel.dossiers:
        panel.score(one).confirm(one)
    with panel.database.transaction() as tx, pytest.raises(InvalidInput, match="有 4 份材料还没有作回避说明"):
        start_confirmation(tx, panel.leader, panel.key, declarations=None)
    for actor in (panel.leader, panel.chair):
        panel.state(*panel.dossiers)
        with panel.database.transaction() as tx:
            batch = start_confirmation(tx, actor, panel.key, declarations=None)
        panel.work()
        with panel.database.read() as tx:
            assert [row.state for row in batch_rows(tx, actor, batch)] == ["done"] * 4
    assert {panel.row(one)["stage"] for one in panel.dossiers} == {DossierStage.CHAIR_CONFIRMED}


@pytest.mark.catalogue("M15")
def test_confirmations_are_taken_back_while_nobody_has_acted_on_them(panel: Panel) -> None:
    first, second = panel.assigned().dossiers[:2]
    for one in (first, second):
        panel.score(one).confirm(one).state(one)
    with panel.database.transaction() as tx:
        batch = start_confirmation(tx, panel.leader, panel.key, declarations=None)
    panel.work()
    panel.confirm(second)
    with panel.database.transaction() as tx:
        undone = undo_batch(tx, panel.leader, batch)
    panel.work()
    with panel.database.read() as tx:
        assert [row.state for row in batch_rows(tx, panel.leader, undone)] == ["done", "refused"]
    assert panel.row(first)["stage"] is DossierStage.SECONDARY_CONFIRMED
    assert (panel.task(first)["element_id"], panel.task(first)["assignee"]) == ("confirm_by_leader", panel.leader.login)
    assert panel.row(second)["stage"] is DossierStage.CHAIR_CONFIRMED


def test_a_batch_is_of_ticked_dossiers_that_wait_for_the_actor(panel: Panel) -> None:
    one = panel.assigned().score(panel.dossiers[0]).dossiers[0]
    with panel.database.transaction() as tx, pytest.raises(InvalidInput, match="没有等待您确认的材料"):
        start_confirmation(tx, panel.leader, panel.key, declarations=[one])


@pytest.mark.catalogue("M13", "M14", "M15", "M16")
def test_an_expert_finds_what_is_theirs_by_part_with_progress(panel: Panel) -> None:
    one = panel.assigned().score(panel.dossiers[0]).confirm(panel.dossiers[0]).dossiers[0]
    with panel.database.read() as tx:
        found = my_dossiers(tx, panel.leader, panel.key, Part.LEADER)
        progress = progress_of(tx, panel.leader, panel.key)
    assert [(item.part, item.declaration) for item in found if item.task_key] == [(Part.LEADER, one)]
    assert [(item.total, item.waiting, item.done) for item in progress] == [(4, 1, 0)]
    panel.confirm(one)
    with panel.database.read() as tx:
        assert [(item.total, item.waiting, item.done) for item in progress_of(tx, panel.chair, panel.key)] == [
            (4, 1, 0)
        ]


@pytest.mark.catalogue("Q26")
def test_calibration_shows_raw_and_standardised_scores_and_changes_none(panel: Panel) -> None:
    panel.assigned()
    for one, ability in zip(panel.dossiers, (40, 50, 55, 60), strict=True):
        panel.score(one, ability)
    with panel.database.read() as tx:
        before = tx.rows(sa.select(dossier_score).order_by(dossier_score.c.declaration))
        seen = calibration_of(tx, panel.leader, panel.key)
        after = tx.rows(sa.select(dossier_score).order_by(dossier_score.c.declaration))
    assert (seen.count, sorted(one.raw for one in seen.scores)) == (4, [70, 80, 85, 90])
    assert before == after


@pytest.mark.catalogue("Q26")
def test_outliers_are_flagged_within_a_reviewer_and_among_reviewers() -> None:
    even = [(number, f"2026-{number:06d}", "测试甲", 80.0 + number % 2) for number in range(10)]
    seen = calibrate([*even, (99, "2026-000099", "测试甲", 40.0)])
    assert [(one.number, round(one.z or 0, 1)) for one in seen.scores if one.outlier] == [("2026-000099", -3.2)]
    mild = [(100 + at, f"{at}", name, 80.0) for at, name in enumerate("乙乙乙丙丙丙丁丁丁戊戊戊己己己")]
    strict = [(200 + at, f"s{at}", "庚", 30.0) for at in range(3)]
    spread = calibrate([*mild, *strict]).reviewers
    assert [one.reviewer for one in spread if one.outlier] == ["庚"]
    assert spread[0].lean == pytest.approx(30 - (80 * 15 + 30 * 3) / 18)


def test_the_journal_of_a_review_tells_who_confirmed(panel: Panel) -> None:
    one = panel.assigned().score(panel.dossiers[0]).confirm(panel.dossiers[0], 3).dossiers[0]
    with panel.database.read() as tx:
        entries = case_journal(tx, SYSTEM, panel.row(one)["review_case"])
    done = [entry.name for entry in entries if entry.event == "task.completed"]
    assert done == ["主审打分", "副审确认", "组长确认", "主任确认"]


def test_what_was_scored_is_in_step_with_its_reviews_and_a_score_put_in_by_hand_is_found(panel: Panel) -> None:
    one = panel.assigned().score(panel.dossiers[0]).confirm(panel.dossiers[0]).dossiers[0]
    with panel.database.transaction() as tx:
        assert list(check_reviews(tx)) == []
        here = meeting_dossier.c.declaration == one
        tx.execute(sa.update(meeting_dossier).where(here).values(score=99, stage=DossierStage.SCORED))
        assert [found.rule for found in check_reviews(tx)] == ["review_stage", "review_score"]
        tx.execute(sa.update(meeting_dossier).where(here).values(score=80, stage=DossierStage.SECONDARY_CONFIRMED))
