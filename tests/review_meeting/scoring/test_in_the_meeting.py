"""Assigning and scoring inside the meeting's own diagram: the leaders' tasks, the reviews, 打分完成."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from engine.access import Actor
from engine.bootstrap import App
from engine.clock import FixedClock
from engine.db import Transaction
from engine.errors import InvalidInput, Refused
from engine.flow.actions import perform_action
from engine.flow.batch_running import due_batches, run_batch
from engine.flow.messages import deliver_messages
from engine.flow.tables import task
from engine.review_meeting.assignment.proposing import propose_assignment
from engine.review_meeting.assignment.publishing import publish_assignment
from engine.review_meeting.conflicts.recusing import state_no_interest
from engine.review_meeting.grouping import add_dossiers
from engine.review_meeting.leading import choose_leaders
from engine.review_meeting.meetings import groups_of
from engine.review_meeting.scoring.sheets import confirm_score, score_dossier
from engine.review_meeting.scoring.standards import standard_for_group
from engine.review_meeting.standards import StandardFields, first_items, save_standard
from engine.review_meeting.tables import DossierStage, meeting_dossier
from tests.declaration.conftest import MORNING
from tests.review_meeting.scoring.conftest import make_app
from tests.review_meeting.setting_up.hall import Hall
from tests.support.templates import Templates

d, t = meeting_dossier.c, task.c


@pytest.fixture(scope="module")
def app(sqlite_url: str, templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    app = make_app(sqlite_url, templates, tmp_path_factory.mktemp("meeting"), committees=True)
    app.database.clock = FixedClock(MORNING)
    yield app
    app.close()


@pytest.fixture
def hall(app: App) -> Hall:
    return Hall(app.database)


def begun(hall: Hall) -> int:
    """A meeting of one group with dossiers, whose leader is to assign them."""
    one = hall.committee(experts=9, outside=2)
    key = hall.chaired(committee_id=one)
    hall.waiting(one, 4)
    first, second = [group["id"] for group in hall.ask(groups_of, key)]
    hall.run(add_dossiers, key, first)
    hall.do(key, "group_dossiers", outcome="confirm")
    hall.run(save_standard, key, StandardFields("测试标准", (), tuple(first_items())))
    hall.do(key, "set_standard", outcome="submit")
    chair = hall.chair(key)
    hall.do(key, "confirm_standard", by=chair, outcome="approve")
    # neither the chair nor the deputies, so that they stay free to confirm
    plain = {row["group"]: row["expert"] for row in hall.people(key) if row["post"] == "member"}
    hall.run(choose_leaders, key, {group: plain[group] for group in (first, second)}, by=chair)
    hall.do(key, "appoint_leaders", by=chair, outcome="confirm")
    return key


def leader(hall: Hall, key: int) -> tuple[Actor, int]:
    """Who leads the first group, and the group."""
    group = hall.ask(groups_of, key)[0]
    return hall.expert(group["leader_login"]), group["id"]


def work(hall: Hall) -> None:
    for batch in due_batches(hall.database):
        run_batch(hall.database, batch)
    deliver_messages(hall.database)


def waiting(tx: Transaction, key: int) -> list[sa.Row[tuple[object, ...]]]:
    query = sa.select(t.key, t.assignee, t.element_id, d.declaration).join(meeting_dossier, d.review_case == t.case_key)
    return list(tx.rows(query.where(d.meeting == key).order_by(d.declaration)))


def go_on(hall: Hall, key: int) -> None:
    """Whoever a review waits for does what they have to."""
    for row in hall.ask(waiting, key):
        who = hall.expert(row.assignee)
        hall.run(state_no_interest, key, [row.declaration], by=who)
        if row.element_id == "score_dossier":
            standard = hall.ask(standard_for_group, key, leader(hall, key)[1])
            sheet = [{"key": one.key, "points": float(one.points)} for one in standard.items]
            hall.run(score_dossier, row.key, sheet, "业绩突出，同意评定。", by=who)
        else:
            hall.run(confirm_score, row.key, "confirm", by=who)


@pytest.mark.catalogue("M12", "M13", "M14", "M15", "M16")
def test_a_meeting_goes_from_the_leaders_to_the_end_of_scoring(hall: Hall) -> None:
    key = begun(hall)
    who, group = leader(hall, key)
    assert hall.open(key) == ["assign_reviewers"]
    with pytest.raises(InvalidInput, match="还有 4 份材料没有主审或副审"):
        hall.do(key, "assign_reviewers", by=who, outcome="publish")
    hall.run(propose_assignment, key, group, by=who)
    hall.run(publish_assignment, key, group, by=who)
    work(hall)
    assert hall.open(key) == ["finish_scoring"]
    chair = hall.chair(key)
    with pytest.raises(Refused, match="还有 4 份材料没有经主任确认"):
        hall.do(key, "finish_scoring", by=chair, outcome="finish")
    for _ in range(4):
        go_on(hall, key)
    stages = hall.rows(sa.select(d.stage, d.score).where(d.meeting == key))
    assert {(row.stage, int(row.score)) for row in stages} == {(DossierStage.CHAIR_CONFIRMED, 100)}
    hall.do(key, "finish_scoring", by=chair, outcome="finish")
    assert hall.open(key) == ["generate_roll"]


@pytest.mark.catalogue("Q3", "M16")
def test_what_waits_for_the_chair_waits_for_the_deputy_who_takes_over(hall: Hall) -> None:
    key = begun(hall)
    who, group = leader(hall, key)
    hall.run(propose_assignment, key, group, by=who)
    hall.run(publish_assignment, key, group, by=who)
    work(hall)
    for _ in range(3):
        go_on(hall, key)
    deputy = hall.people(key)[1]["login"]
    hall.run(
        perform_action,
        key,
        "hand_over_chair",
        {"successor": deputy, "hand_over_reason": "身体不适"},
        by=hall.chair(key),
    )
    work(hall)
    assert {(row.element_id, row.assignee) for row in hall.ask(waiting, key)} == {("confirm_by_chair", deputy)}
