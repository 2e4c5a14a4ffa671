"""回避 (J13): found in facts, asked, declared, ordered, lifted; and what it does to assignments and reviews."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from engine.access import Actor
from engine.errors import InvalidInput, NotAllowed, NotFound, Refused
from engine.notification import notices_of
from engine.review_meeting.assignment.proposing import propose_assignment
from engine.review_meeting.assignment.reading import Assignment, assignment_of
from engine.review_meeting.conflicts.finding import Strength
from engine.review_meeting.conflicts.listing import list_recusals, own_recusals
from engine.review_meeting.conflicts.recording import find_and_record, find_conflicts
from engine.review_meeting.conflicts.recusals import recused
from engine.review_meeting.conflicts.recusing import declare_recusal, lift_recusal, order_recusal, state_no_interest
from engine.review_meeting.conflicts.tables import RecusalState
from engine.review_meeting.scoring.dossiers import my_dossiers, progress_of
from engine.review_meeting.scoring.opened import StatementNeeded, open_dossier
from engine.review_meeting.scoring.parts import Part
from engine.review_meeting.scoring.reassigning import change_reviewers
from engine.review_meeting.scoring.sheets import confirm_score, score_dossier
from engine.review_meeting.tables import DossierStage, ExpertPost, meeting_expert
from tests.review_meeting.panel import Panel, points


def active(panel: Panel) -> set[tuple[int, int]]:
    with panel.database.read() as tx:
        return recused(tx, panel.key)


def states(panel: Panel) -> list[tuple[int, int, RecusalState]]:
    with panel.database.read() as tx:
        return [(one.declaration, one.expert, one.state) for one in list_recusals(tx, panel.chair, panel.key).rows]


@pytest.mark.catalogue("J13")
def test_the_office_finds_conflicts_with_their_evidence(panel: Panel, who: Callable[..., Actor]) -> None:
    panel.know(2, workplace="示范申报单位")
    panel.say(panel.dossiers[0], employment=[{"witness": "测试评委丁", "employer": "他处"}])
    with panel.database.read() as tx:
        found = find_conflicts(tx, who("office_officer"), panel.key)
    assert [(one.declaration, one.expert, one.kind, one.strength) for one in found] == [
        (panel.dossiers[0], panel.experts[2], "same_unit", Strength.HARD),
        (panel.dossiers[0], panel.experts[3], "witness", Strength.ASK),
        *((key, panel.experts[2], "same_unit", Strength.HARD) for key in panel.dossiers[1:]),
    ]
    assert "“示范申报单位”" in found[0].evidence
    with panel.database.read() as tx, pytest.raises(NotFound):
        find_conflicts(tx, panel.actor(3), panel.key)


@pytest.mark.catalogue("J13")
def test_what_bars_is_in_force_at_once_and_what_is_asked_waits(panel: Panel) -> None:
    panel.know(2, declared_relations="测试申报人01为本人学生")
    panel.say(panel.dossiers[0], employment=[{"witness": "测试评委丁", "employer": "他处"}])
    with panel.database.transaction() as tx:
        assert find_and_record(tx, panel.chair, panel.key) == 2
    assert active(panel) == {(panel.dossiers[1], panel.experts[2])}
    assert (panel.dossiers[0], panel.experts[3], RecusalState.ASKED) in states(panel)
    with panel.database.transaction() as tx:
        assert find_and_record(tx, panel.chair, panel.key) == 0


@pytest.mark.catalogue("J13", "M12")
def test_a_proposal_looks_the_facts_through_first(panel: Panel) -> None:
    panel.know(2, declared_relations="测试申报人01为本人学生")
    with panel.database.transaction() as tx:
        held = propose_assignment(tx, panel.leader, panel.key, panel.group)
    assert isinstance(held, Assignment)
    line = next(one for one in held.lines if one.declaration == panel.dossiers[1])
    assert panel.experts[2] not in (line.primary, line.secondary)


@pytest.mark.catalogue("J13")
def test_an_expert_states_before_opening_a_dossier_and_answers_what_is_asked(panel: Panel) -> None:
    panel.say(panel.dossiers[0], employment=[{"witness": "测试评委丁", "employer": "他处"}])
    one = panel.assigned().dossiers[0]
    reviewer = panel.working(one)
    with panel.database.read() as tx, pytest.raises(StatementNeeded):
        open_dossier(tx, reviewer, panel.key, one)
    with panel.database.transaction() as tx:
        state_no_interest(tx, reviewer, panel.key, [one])
    with panel.database.read() as tx:
        opened = open_dossier(tx, reviewer, panel.key, one)
    assert (opened.part, opened.task and opened.task["element_id"]) == (Part.PRIMARY, "score_dossier")
    with panel.database.transaction() as tx, pytest.raises(InvalidInput) as refusal:
        state_no_interest(tx, panel.actor(3), panel.key, [one])
    assert list(refusal.value.fields) == ["explanation"]
    with panel.database.transaction() as tx:
        state_no_interest(tx, panel.actor(3), panel.key, [one], "同名，并非本人")
    with panel.database.read() as tx:
        answered = own_recusals(tx, panel.key, panel.experts[3])[one]
    assert (answered.state, answered.decision) == (RecusalState.LIFTED, "同名，并非本人")


@pytest.mark.catalogue("J13")
def test_who_declares_recusal_neither_opens_nor_scores_and_the_leader_sees_it_at_once(panel: Panel) -> None:
    one = panel.assigned().dossiers[0]
    reviewer, task = panel.working(one), panel.task(one)["key"]
    with panel.database.transaction() as tx, pytest.raises(InvalidInput):
        declare_recusal(tx, reviewer, panel.key, one, " ")
    with panel.database.transaction() as tx:
        declare_recusal(tx, reviewer, panel.key, one, "曾指导该申报人")
    with panel.database.read() as tx, pytest.raises(NotAllowed):
        open_dossier(tx, reviewer, panel.key, one)
    with panel.database.read() as tx:
        (mine,) = (told for told in progress_of(tx, reviewer, panel.key) if told.part is Part.PRIMARY)
        waiting = my_dossiers(tx, reviewer, panel.key, Part.PRIMARY, waiting=True)
    assert (mine.barred, mine.waiting, one in {told.declaration for told in waiting}) == (1, len(waiting), False)
    with panel.database.transaction() as tx, pytest.raises(Refused, match="须回避"):
        score_dossier(tx, reviewer, task, points(), "同意评定")
    with panel.database.transaction() as tx, pytest.raises(Refused):
        state_no_interest(tx, reviewer, panel.key, [one])
    with panel.database.read() as tx:
        held = assignment_of(tx, panel.leader, panel.key, panel.group)
        assert [(line.declaration, line.problem) for line in held.invalid] == [(one, f"主审{reviewer.name}须回避")]
        assert [note.subject for note in notices_of(tx, panel.leader)] == ["分配须调整"]


@pytest.mark.catalogue("M12", "J13")
def test_other_reviewers_need_a_reason_and_take_over_the_step_they_do(panel: Panel) -> None:
    one = panel.assigned().score(panel.dossiers[0]).dossiers[0]
    row = panel.row(one)
    first, second = row["primary_expert"], row["secondary_expert"]
    others = [key for key in panel.experts[2:] if key not in (first, second)] or [panel.experts[0]]
    with panel.database.transaction() as tx, pytest.raises(InvalidInput) as refusal:
        change_reviewers(tx, panel.leader, panel.key, one, primary=first, secondary=others[0], reason="")
    assert list(refusal.value.fields) == ["reason"]
    with panel.database.transaction() as tx:
        change_reviewers(tx, panel.leader, panel.key, one, primary=first, secondary=others[0], reason="副审请假")
    task = panel.task(one)
    assert (task["element_id"], task["assignee"]) == (
        "confirm_by_secondary",
        panel.logins[panel.experts.index(others[0])],
    )
    with panel.database.transaction() as tx:
        change_reviewers(tx, panel.leader, panel.key, one, primary=second, secondary=others[0], reason="主审回避")
    assert (panel.task(one)["element_id"], panel.row(one)["stage"]) == ("score_dossier", DossierStage.ASSIGNED)
    assert panel.row(one)["score"] is None


@pytest.mark.catalogue("M12")
def test_a_later_reviewer_changes_without_taking_away_what_the_first_has_typed(panel: Panel) -> None:
    one = panel.assigned().dossiers[0]
    row, task = panel.row(one), panel.task(one)
    other = next(
        key for key in panel.experts if key not in (row["primary_expert"], row["secondary_expert"], panel.experts[1])
    )
    with panel.database.transaction() as tx:
        change_reviewers(
            tx, panel.chair, panel.key, one, primary=row["primary_expert"], secondary=other, reason="副审请假"
        )
    assert panel.task(one)["key"] == task["key"]
    assert panel.score(one).task(one)["assignee"] == panel.logins[panel.experts.index(other)]


def test_a_confirmed_dossier_keeps_its_reviewers(panel: Panel) -> None:
    one = panel.assigned().score(panel.dossiers[0]).confirm(panel.dossiers[0], 3).dossiers[0]
    row = panel.row(one)
    with panel.database.transaction() as tx, pytest.raises(Refused, match="已经主任确认"):
        change_reviewers(
            tx,
            panel.chair,
            panel.key,
            one,
            primary=row["secondary_expert"],
            secondary=row["primary_expert"],
            reason="误分",
        )


@pytest.mark.catalogue("J13", "Q3")
def test_where_the_leader_keeps_out_the_chair_confirms_in_their_place(panel: Panel) -> None:
    one = panel.dossiers[0]
    with panel.database.transaction() as tx:
        order_recusal(tx, panel.chair, panel.key, one, panel.experts[1], "同一课题组")
    panel.assigned().score(one).confirm(one)
    task = panel.task(one)
    assert (task["element_id"], task["assignee"]) == ("confirm_by_leader", panel.logins[0])


@pytest.mark.catalogue("J13", "Q3")
def test_a_leader_who_withdraws_later_hands_the_confirmation_over_and_nothing_else_is_done_again(panel: Panel) -> None:
    one = panel.assigned().score(panel.dossiers[0]).confirm(panel.dossiers[0]).dossiers[0]
    with panel.database.transaction() as tx:
        declare_recusal(tx, panel.leader, panel.key, one, "同一课题组")
    task = panel.task(one)
    assert (task["element_id"], task["assignee"]) == ("confirm_by_leader", panel.logins[0])
    assert panel.row(one)["stage"] is DossierStage.SECONDARY_CONFIRMED


@pytest.mark.catalogue("J13", "Q3")
def test_a_chair_without_a_deputy_keeps_out_all_the_same_and_cannot_confirm(panel: Panel) -> None:
    one = panel.assigned().score(panel.dossiers[0]).confirm(panel.dossiers[0], 2).dossiers[0]
    with panel.database.transaction() as tx:
        declare_recusal(tx, panel.chair, panel.key, one, "同一课题组")
    assert (one, panel.experts[0]) in active(panel)
    with panel.database.transaction() as tx, pytest.raises(Refused, match="须回避"):
        confirm_score(tx, panel.chair, panel.task(one)["key"], "confirm")
    with panel.database.transaction() as tx:
        here = (meeting_expert.c.meeting == panel.key) & (meeting_expert.c.expert == panel.experts[4])
        tx.execute(sa.update(meeting_expert).where(here).values(post=ExpertPost.VICE_CHAIR))
    row = panel.row(one)
    with panel.database.transaction() as tx:
        people = {"primary": row["primary_expert"], "secondary": row["secondary_expert"]}
        change_reviewers(tx, panel.chair, panel.key, one, **people, reason="主任回避，由副主任确认")
    task = panel.task(one)
    assert (task["element_id"], task["assignee"]) == ("confirm_by_chair", panel.logins[4])


@pytest.mark.catalogue("J13")
def test_the_office_lifts_what_proves_to_be_nothing_and_nobody_lifts_their_own(panel: Panel) -> None:
    one, expert = panel.dossiers[0], panel.experts[3]
    with panel.database.transaction() as tx:
        order_recusal(tx, panel.chair, panel.key, one, expert, "有人反映")
        order_recusal(tx, panel.chair, panel.key, one, panel.experts[0], "本人提出")
    with panel.database.transaction() as tx, pytest.raises(NotAllowed):
        order_recusal(tx, panel.actor(4), panel.key, one, expert, "无权")
    with panel.database.transaction() as tx, pytest.raises(NotAllowed):
        lift_recusal(tx, panel.chair, panel.key, one, panel.experts[0], "自认无妨")
    with panel.database.transaction() as tx:
        lift_recusal(tx, panel.chair, panel.key, one, expert, "经核实不属实")
    assert active(panel) == {(one, panel.experts[0])}


@pytest.mark.catalogue("J13")
def test_recusals_are_counted_for_one_committee_alone(panel: Panel) -> None:
    one, expert = panel.dossiers[0], panel.experts[3]
    with panel.database.transaction() as tx:
        order_recusal(tx, panel.chair, panel.key, one, expert, "有人反映")
    with panel.database.read() as tx:
        assert recused(tx, panel.key, panel.committee) == {(one, expert)}
        assert recused(tx, panel.key, panel.committee + 1) == set()


def test_experts_of_the_committee_read_a_dossier_only_once_it_is_scored(panel: Panel) -> None:
    one = panel.assigned().dossiers[0]
    row = panel.row(one)
    idle = next(
        at
        for at, key in enumerate(panel.experts)
        if at > 1 and key not in (row["primary_expert"], row["secondary_expert"])
    )
    with panel.database.read() as tx, pytest.raises(NotFound):
        open_dossier(tx, panel.actor(idle), panel.key, one)
    panel.score(one).confirm(one, 3)
    with panel.database.transaction() as tx:
        state_no_interest(tx, panel.actor(idle), panel.key, [one])
    with panel.database.read() as tx:
        assert open_dossier(tx, panel.actor(idle), panel.key, one).part is Part.MEMBER
