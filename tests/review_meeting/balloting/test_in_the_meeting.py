"""The ballot where it belongs: a meeting as its diagram leads it, from the confirmed scores to what was decided (M17–M21)."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from engine.access import Actor
from engine.bootstrap import App
from engine.clock import FixedClock
from engine.flow.actions import perform_action
from engine.flow.completion import complete_task
from engine.flow.queries import case_tasks
from engine.flow.sweep import deliver_messages, due_internal_jobs, run_internal_job
from engine.flow.tables import message
from engine.review_meeting.assignment.proposing import propose_assignment
from engine.review_meeting.assignment.publishing import publish_assignment
from engine.review_meeting.attending import note_attendance
from engine.review_meeting.balloting.ballots import ballots_of
from engine.review_meeting.balloting.casting import cast_ballot, sheet_of
from engine.review_meeting.balloting.papers import new_receipt
from engine.review_meeting.balloting.reading import result_rows
from engine.review_meeting.balloting.roll import make_roll
from engine.review_meeting.balloting.tables import Choice
from engine.review_meeting.chairing import board_of
from engine.review_meeting.grouping import add_dossiers
from engine.review_meeting.leading import choose_leaders
from engine.review_meeting.meetings import groups_of, meeting_of
from engine.review_meeting.standards import save_standard
from engine.review_meeting.tables import DossierStage, meeting_dossier
from tests.review_meeting.setting_up.conftest import make_app
from tests.review_meeting.setting_up.hall import STANDARD, Hall
from tests.support.templates import Templates


@pytest.fixture(scope="module")
def app(sqlite_url: str, templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    yield from make_app(sqlite_url, templates, str(tmp_path_factory.mktemp("meeting")))


@pytest.fixture
def hall(app: App, clock: FixedClock) -> Hall:
    return Hall(app.database)


def scored(hall: Hall) -> int:
    """A meeting whose dossiers are all confirmed: the roll is to be made."""
    one = hall.committee(experts=9, outside=2)
    key = hall.chaired(committee_id=one)
    for group in hall.ask(groups_of, key):
        hall.waiting(one, 2)
        hall.run(add_dossiers, key, group["id"])
    hall.do(key, "group_dossiers", outcome="confirm")
    hall.run(save_standard, key, STANDARD)
    hall.do(key, "set_standard", outcome="submit")
    chair = hall.chair(key)
    hall.do(key, "confirm_standard", by=chair, outcome="approve")
    people = hall.people(key)
    groups = hall.ask(groups_of, key)
    leaders = {group["id"]: next(row for row in people if row["group"] == group["id"]) for group in groups}
    hall.run(choose_leaders, key, {group: row["expert"] for group, row in leaders.items()}, by=chair)
    hall.do(key, "appoint_leaders", by=chair, outcome="confirm")
    for group, row in leaders.items():
        leader = hall.expert(row["login"])
        hall.run(propose_assignment, key, group, by=leader)
        hall.run(publish_assignment, key, group, by=leader)
    deliver_messages(hall.database)
    with hall.database.transaction() as tx:
        tx.execute(sa.update(meeting_dossier).values(stage=DossierStage.CHAIR_CONFIRMED))
    hall.do(key, "finish_scoring", by=chair, outcome="finish")
    return key


def count(hall: Hall) -> None:
    for job in due_internal_jobs(hall.database):
        run_internal_job(hall.database, job)
    while deliver_messages(hall.database):
        pass


def task_of(hall: Hall, ballot: int, element: str, actor: Actor) -> int:
    tasks = hall.ask(case_tasks, hall.officer, ballot)
    return next(
        one.row["key"] for one in tasks if (one.row["element_id"], one.row["assignee"]) == (element, actor.login)
    )


def do(hall: Hall, ballot: int, element: str, actor: Actor, **values: object) -> None:
    hall.run(complete_task, task_of(hall, ballot, element, actor), values, by=actor)


@pytest.mark.catalogue("M17", "M18", "M19", "M20", "M21", "Q18", "Q3", "J29", "Q27")
def test_a_meeting_votes_counts_and_hands_its_results_on(hall: Hall) -> None:
    key = scored(hall)
    people, chair = hall.people(key), hall.chair(key)
    hall.run(note_attendance, key, [row["expert"] for row in people[:6]], present=True)
    hall.run(make_roll, key, by=chair)
    (ballot,) = hall.ask(ballots_of, key)
    assert (ballot.variables["present"], ballot.variables["members"]) == (6, 7)
    do(hall, ballot.key, "open_ballot", chair, outcome="open")
    for number, row in enumerate(people[:5]):
        expert = hall.expert(row["login"])
        paper = task_of(hall, ballot.key, "cast_ballot", expert)
        places = hall.ask(sheet_of, expert, paper).places
        marks = {place: Choice.YES if number or index else Choice.NO for index, place in enumerate(places)}
        hall.run(cast_ballot, paper, marks, receipt=new_receipt(), by=expert)
    deputy = hall.expert(hall.ask(board_of, key)[1]["login"])
    hall.run(
        perform_action, key, "hand_over_chair", {"successor": deputy.login, "hand_over_reason": "突发疾病"}, by=chair
    )
    count(hall)
    hall.run(perform_action, ballot.key, "close_ballot", {"close_confirmed": True}, by=deputy)
    count(hall)
    do(hall, ballot.key, "confirm_tally", deputy, outcome="confirm", announced=True)
    count(hall)
    found = hall.ask(result_rows, key)
    assert sorted((row.yes, row.attending, row.needed, row.passed) for row in found) == [
        (4, 6, 4, True),
        (5, 6, 4, True),
        (5, 6, 4, True),
        (5, 6, 4, True),
    ]
    assert hall.ask(meeting_of, hall.officer, key).status == "结果已确认"
    told = hall.rows(
        sa.select(message.c.name).where(message.c.from_case_key == key, message.c.name == "meeting_decided")
    )
    assert len(told) == 1
