"""分配主副审: proposed, edited, published, taken back (M12)."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from engine.errors import InvalidInput, NotAllowed, NotFound, Refused, StaleTask
from engine.flow.drafts import save_draft
from engine.flow.tables import CaseState, case
from engine.notification import notices_of
from engine.review_meeting.assignment.blocking import Blocked
from engine.review_meeting.assignment.proposing import (
    Wishes,
    assign_by_hand,
    assign_many,
    clear_assignment,
    propose_assignment,
)
from engine.review_meeting.assignment.publishing import publish_assignment, undo_assignment
from engine.review_meeting.assignment.reading import Assignment, assignment_of
from engine.review_meeting.conflicts.recusing import order_recusal
from engine.review_meeting.tables import DossierStage
from tests.review_meeting.panel import Panel
from tests.review_meeting.scoring.conftest import NOON


def read(panel: Panel) -> Assignment:
    with panel.database.read() as tx:
        return assignment_of(tx, panel.leader, panel.key, panel.group)


def propose(panel: Panel, seed: str = "", **wishes: object) -> Assignment:
    with panel.database.transaction() as tx:
        found = propose_assignment(tx, panel.leader, panel.key, panel.group, seed=seed, wishes=Wishes(**wishes))  # type: ignore[arg-type]
    assert not isinstance(found, Blocked)
    return found


def publish(panel: Panel) -> None:
    with panel.database.transaction() as tx:
        publish_assignment(tx, panel.leader, panel.key, panel.group)
    panel.work()


def pairs(held: Assignment) -> list[tuple[int | None, int | None]]:
    return [(line.primary, line.secondary) for line in held.lines]


@pytest.mark.catalogue("M12")
def test_a_proposal_is_seen_by_the_leader_and_not_by_the_experts(panel: Panel) -> None:
    held = propose(panel)
    assert (held.missing, held.invalid, held.published) == (0, [], False)
    assert [panel.row(key)["primary_expert"] for key in panel.dossiers] == [None] * 4


@pytest.mark.catalogue("M12")
def test_a_proposal_can_be_repeated_with_its_seed(panel: Panel) -> None:
    first = propose(panel)
    assert first.seed
    again = propose(panel, seed=first.seed)
    assert (pairs(again), again.seed) == (pairs(first), first.seed)


@pytest.mark.catalogue("M12")
def test_what_the_leader_chose_by_hand_stays_when_the_rest_is_proposed(panel: Panel) -> None:
    chosen = (panel.experts[4], panel.experts[2])
    with panel.database.transaction() as tx:
        assign_by_hand(tx, panel.leader, panel.key, panel.group, {panel.dossiers[0]: chosen})
    held = propose(panel)
    assert (pairs(held)[0], held.lines[0].by_hand, held.lines[1].by_hand) == (chosen, True, False)
    assert pairs(propose(panel, keep=False, seed="another")) != pairs(held)


@pytest.mark.catalogue("M12")
def test_many_and_all_get_the_same_reviewers_and_who_cannot_is_left_out(panel: Panel) -> None:
    first, second = panel.experts[2], panel.experts[3]
    with panel.database.transaction() as tx:
        order_recusal(tx, panel.chair, panel.key, panel.dossiers[3], first, "师生关系")
    with panel.database.transaction() as tx:
        ticked = {"declarations": panel.dossiers[:1], "primary": first, "secondary": second}
        assign_many(tx, panel.leader, panel.key, panel.group, **ticked)
    assert pairs(read(panel)) == [(first, second), *[(None, None)] * 3]
    with panel.database.transaction() as tx:
        everything = {"declarations": None, "primary": first, "secondary": second}
        held, left = assign_many(tx, panel.leader, panel.key, panel.group, **everything)
    assert pairs(held) == [*[(first, second)] * 3, (None, None)]
    assert left == [f"{held.lines[3].number}：主审测试评委丙须回避"]


@pytest.mark.catalogue("J09", "M12")
def test_hands_are_bound_by_the_same_rules(panel: Panel) -> None:
    _, leader, first, *_ = panel.experts
    wrong = {panel.dossiers[0]: (first, first), panel.dossiers[1]: (leader, first), panel.dossiers[2]: (1, first)}
    with panel.database.transaction() as tx, pytest.raises(InvalidInput) as refusal:
        assign_by_hand(tx, panel.leader, panel.key, panel.group, wrong)
    assert [one.partition("：")[2] for found in refusal.value.fields.values() for one in found] == [
        "主审和副审不能是同一人",
        "组长不担任主审（一份材料由三人分担）",
        "主审不在本组",
    ]


def test_two_pages_of_one_group_do_not_overwrite_each_other(panel: Panel) -> None:
    held = propose(panel)
    with panel.database.transaction() as tx:
        clear_assignment(tx, panel.leader, panel.key, panel.group, version=held.version)
    with panel.database.transaction() as tx, pytest.raises(StaleTask):
        clear_assignment(tx, panel.leader, panel.key, panel.group, version=held.version)


@pytest.mark.catalogue("M12")
def test_what_blocks_an_assignment_is_said_and_nothing_is_kept(panel: Panel) -> None:
    with panel.database.transaction() as tx:
        found = propose_assignment(tx, panel.leader, panel.key, panel.group, wishes=Wishes(most=1))
    assert isinstance(found, Blocked)
    assert "缺 4 人次" in found.reasons[0]
    with panel.database.transaction() as tx:
        short = propose_assignment(tx, panel.leader, panel.key, panel.group, wishes=Wishes(least=3))
    assert isinstance(short, Blocked)
    assert "按每人下限须再分" in short.reasons[0]
    with panel.database.transaction() as tx, pytest.raises(InvalidInput) as wrong:
        propose_assignment(tx, panel.leader, panel.key, panel.group, wishes=Wishes(least=3, most=2))
    assert wrong.value.fields == {"least": ["每人下限不能高于每人上限"]}
    assert pairs(read(panel)) == [(None, None)] * 4


@pytest.mark.catalogue("M12", "M13")
def test_publishing_gives_the_experts_their_dossiers_and_begins_the_reviews(panel: Panel) -> None:
    held = propose(panel)
    publish(panel)
    rows = [panel.row(key) for key in panel.dossiers]
    assert [(row["primary_expert"], row["secondary_expert"]) for row in rows] == pairs(held)
    assert {row["stage"] for row in rows} == {DossierStage.ASSIGNED}
    by_key = dict(zip(panel.experts, panel.logins, strict=True))
    tasks = [panel.task(key) for key in panel.dossiers]
    assert [(one["element_id"], one["assignee"]) for one in tasks] == [
        ("score_dossier", by_key[first or 0]) for first, _ in pairs(held)
    ]
    assert {one["due_at"] for one in tasks} == {NOON + timedelta(days=2)}
    with panel.database.read() as tx:
        reviewer = panel.actor(panel.experts.index(pairs(held)[0][0] or 0))
        assert [one.subject for one in notices_of(tx, reviewer)] == ["主副审已分配"]


def test_nothing_is_published_while_a_dossier_lacks_somebody(panel: Panel) -> None:
    with panel.database.transaction() as tx, pytest.raises(InvalidInput, match="还有 4 份材料没有主审或副审"):
        publish_assignment(tx, panel.leader, panel.key, panel.group)


@pytest.mark.catalogue("M12")
def test_a_published_assignment_is_taken_back_while_nobody_has_begun(panel: Panel) -> None:
    held = propose(panel)
    publish(panel)
    before = panel.row(panel.dossiers[0])["review_case"]
    with panel.database.transaction() as tx:
        undo_assignment(tx, panel.leader, panel.key, panel.group)
    panel.work()
    row = panel.row(panel.dossiers[0])
    assert (row["primary_expert"], row["review_case"], row["stage"]) == (None, None, DossierStage.WAITING)
    with panel.database.read() as tx:
        assert tx.value(sa.select(case.c.state).where(case.c.key == before)) is CaseState.TERMINATED
    assert pairs(read(panel)) == pairs(held)
    publish(panel)
    assert panel.task(panel.dossiers[0])["case_key"] != before


@pytest.mark.catalogue("M12")
def test_a_published_assignment_stays_where_somebody_has_begun(panel: Panel) -> None:
    propose(panel)
    publish(panel)
    task = panel.task(panel.dossiers[0])
    with panel.database.transaction() as tx:
        reviewer = panel.actor(panel.logins.index(task["assignee"]))
        save_draft(tx, reviewer, task["key"], "", {"items": [], "opinion": "初步"})
    with panel.database.transaction() as tx, pytest.raises(Refused, match="已有 1 份材料开始打分"):
        undo_assignment(tx, panel.leader, panel.key, panel.group)


def test_only_the_leader_assigns_and_strangers_see_nothing(panel: Panel) -> None:
    with panel.database.read() as tx:
        assert not assignment_of(tx, panel.chair, panel.key, panel.group).may_edit
    with panel.database.transaction() as tx, pytest.raises(NotAllowed):
        propose_assignment(tx, panel.chair, panel.key, panel.group)
    for actor in (panel.actor(3), Panel(panel.database).leader):
        with panel.database.read() as tx, pytest.raises(NotFound):
            assignment_of(tx, actor, panel.key, panel.group)
