"""A dossier from the proposal to the chair, on both databases."""

from collections.abc import Iterator
from threading import Barrier, Thread

import pytest
import sqlalchemy as sa

from engine.bootstrap import App
from engine.committee.tables import expert
from engine.declaration.demo_people import actor_of_login
from engine.declaration.tables import declaration
from engine.errors import Refused
from engine.flow.tables import case
from engine.organisation.tables import unit as units
from engine.review_meeting.assignment.history import history_of
from engine.review_meeting.assignment.proposing import propose_assignment
from engine.review_meeting.assignment.publishing import publish_assignment, undo_assignment
from engine.review_meeting.assignment.reading import Assignment
from engine.review_meeting.assignment.rehearsal import rehearse_assignment
from engine.review_meeting.conflicts.finding import Strength, conflicts_between
from engine.review_meeting.conflicts.listing import list_recusals
from engine.review_meeting.conflicts.recording import find_and_record
from engine.review_meeting.conflicts.recusals import recused
from engine.review_meeting.conflicts.recusing import declare_recusal
from engine.review_meeting.scoring.calibration import calibration_of
from engine.review_meeting.scoring.confirming import start_confirmation
from engine.review_meeting.scoring.dossiers import my_dossiers, progress_of
from engine.review_meeting.scoring.parts import Part
from engine.review_meeting.scoring.reassigning import change_reviewers
from engine.review_meeting.tables import DossierStage, meeting_dossier
from tests.review_meeting.panel import Panel
from tests.review_meeting.scoring.conftest import make_app
from tests.support.templates import Templates


@pytest.fixture(scope="module")
def app(database_url: str, templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    app = make_app(database_url, templates, tmp_path_factory.mktemp("both"))
    yield app
    app.close()


@pytest.mark.catalogue("M12", "M13", "M14", "M15", "M16", "J13")
def test_a_dossier_from_the_proposal_to_the_chair(panel: Panel) -> None:
    panel.know(2, declared_relations="测试申报人01为本人学生", schools=[{"school": "示范大学", "from": "2003"}])
    panel.say(panel.dossiers[0], education=[{"school": "示范大学", "started_on": "2001-09", "ended_on": "2006-06"}])
    with panel.database.transaction() as tx:
        assert find_and_record(tx, panel.chair, panel.key) == 2
    one = panel.assigned().dossiers[0]
    with panel.database.transaction() as tx:
        undo_assignment(tx, panel.leader, panel.key, panel.group)
    panel.work()
    panel.assigned()
    reviewer, row = panel.working(one), panel.row(one)
    with panel.database.transaction() as tx:
        declare_recusal(tx, reviewer, panel.key, one, "曾指导该申报人")
    free = next(
        key
        for at, key in enumerate(panel.experts)
        if at != 1 and key not in (row["primary_expert"], row["secondary_expert"])
    )
    with panel.database.transaction() as tx:
        change_reviewers(
            tx, panel.leader, panel.key, one, primary=free, secondary=row["secondary_expert"], reason="回避"
        )
    panel.score(one).confirm(one, 2)
    with panel.database.transaction() as tx:
        start_confirmation(tx, panel.chair, panel.key, declarations=[one])
    panel.work()
    assert panel.row(one)["stage"] is DossierStage.CHAIR_CONFIRMED
    with panel.database.read() as tx:
        assert (one, row["primary_expert"]) in recused(tx, panel.key, panel.committee)
        assert list_recusals(tx, panel.leader, panel.key).rows[0].state == "active"
        assert calibration_of(tx, panel.leader, panel.key).count == 1
        assert len(my_dossiers(tx, panel.chair, panel.key, Part.CHAIR)) == len(panel.dossiers)
        assert [one.total for one in progress_of(tx, panel.leader, panel.key)] == [4, 1]


@pytest.mark.catalogue("M12", "J13")
def test_a_whole_group_is_assigned_around_its_recusals(app: App) -> None:
    with app.database.transaction() as tx:
        unit = int(tx.value(sa.select(sa.func.min(units.c.id))))
        desk = rehearse_assignment(tx, tx.next_key(), unit, 2026, experts=9, dossiers=60)
    with app.database.transaction() as tx:
        leader = actor_of_login(tx, desk.leader, "expert")
        held = propose_assignment(tx, leader, desk.sitting.meeting, desk.group)
    assert isinstance(held, Assignment)
    assert (held.missing, held.invalid, len(held.asked) > 60) == (0, [], True)
    assert sum(one.load for one in held.members) == 120


@pytest.mark.catalogue("M12", "J13")
def test_the_year_before_tells_who_scored_whom_and_who_stood_beside_whom(panel: Panel) -> None:
    first, second, rival = panel.experts[2:5]
    d, n, e = meeting_dossier.c, declaration.c, expert.c
    with panel.database.transaction() as tx:
        unit = int(tx.value(sa.select(sa.func.min(units.c.id))))
        past = rehearse_assignment(tx, tx.next_key(), unit, 2025, experts=3, dossiers=2).sitting
        applicant = sa.select(n.person).where(n.case_key == panel.dossiers[0]).scalar_subquery()
        beside = sa.select(e.person).where(e.id == rival).scalar_subquery()
        for key, person in zip(past.dossiers, (applicant, beside), strict=True):
            tx.execute(sa.update(declaration).where(n.case_key == key).values(person=person))
        pair = {"primary_expert": first, "secondary_expert": second}
        tx.execute(sa.update(meeting_dossier).where(d.declaration == past.dossiers[0]).values(**pair))
    with panel.database.read() as tx:
        found = history_of(tx, panel.key, panel.group, panel.experts)
        ties = conflicts_between(tx, 2026, unit, panel.experts, panel.dossiers)
    assert found.scored == {(panel.dossiers[0], first), (panel.dossiers[0], second)}
    assert found.met == {frozenset((first, second)): 1}
    assert [(one.expert, one.declaration, one.strength, one.evidence) for one in ties] == [
        (rival, panel.dossiers[0], Strength.ASK, f"评委上年度与申报人同在{past.committee_name}参评。")
    ]


def test_an_assignment_published_twice_at_once_is_published_once(panel: Panel) -> None:
    with panel.database.transaction() as tx:
        propose_assignment(tx, panel.leader, panel.key, panel.group)
    leader, gate, outcomes = panel.leader, Barrier(2), []

    def publish() -> None:
        gate.wait()
        try:
            with panel.database.transaction() as tx:
                publish_assignment(tx, leader, panel.key, panel.group)
            outcomes.append("published")
        except Refused as refusal:
            outcomes.append(refusal.message)

    threads = [Thread(target=publish) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["published", "本组的分配已经公布。"]
    panel.work()
    with panel.database.read() as tx:
        reviews = sa.select(sa.func.count()).where(case.c.business_key.startswith(f"2026-PS-{panel.serial:04d}/"))
        assert tx.value(reviews) == len(panel.dossiers)
