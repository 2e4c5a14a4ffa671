"""One ballot from the roll to the result: who may vote, once, secretly, and what comes out (M17–M21)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from engine.access import SYSTEM, Actor
from engine.clock import FixedClock
from engine.declaration.demo_people import actor_of_login
from engine.errors import InvalidInput, NotAllowed, NotFound, Refused, StaleTask
from engine.flow.completion import complete_task
from engine.flow.drafts import save_draft
from engine.flow.tasks import assign_task, delegate_task
from engine.review_meeting.attending import note_attendance
from engine.review_meeting.balloting.casting import AlreadyCast, cast_ballot, sheet_of
from engine.review_meeting.balloting.checking import check_ballots, sweep_keys
from engine.review_meeting.balloting.counting import count_sheet, enter_count, has_entered
from engine.review_meeting.balloting.keys import folder_of
from engine.review_meeting.balloting.papers import new_receipt
from engine.review_meeting.balloting.reading import result_rows
from engine.review_meeting.balloting.roll import choose_voters, make_roll, roll_of
from engine.review_meeting.balloting.tables import (
    Choice,
    Outcome,
    ballot_roll,
    ballot_round,
    choice,
    named_choice,
    sealed_paper,
    tally,
)
from engine.review_meeting.conflicts.tables import RecusalState, dossier_recusal
from engine.review_meeting.tables import BallotMode, ExpertPost, meeting_dossier, meeting_expert, review_meeting
from tests.review_meeting.balloting.hall import Hall

MakeHall = Callable[..., Hall]


@pytest.fixture(scope="module")
def database_url(sqlite_url: str) -> str:
    """The rules are the same on both databases; what a copy of either gives away is in `test_secrecy.py`."""
    return sqlite_url


def held(hall: Hall, *papers: str) -> Hall:
    """Open, cast these papers one an expert, close where somebody did not cast, count."""
    hall.open()
    for number, marks in enumerate(papers):
        hall.cast(number, marks)
    if hall.tasks("cast_ballot"):
        hall.close()
    hall.count()
    return hall


@pytest.mark.catalogue("M18", "M19", "M20", "J07", "Q25", "Q27")
def test_two_thirds_of_those_attending_pass_and_each_result_says_why(hall: MakeHall) -> None:
    here = held(hall(), "+++", "+++", "+-+", "++.", "--.")
    assert here.sentences() == ["需 4，得 4（5 人出席）", "需 4，得 3（5 人出席）", "需 4，得 3（5 人出席）"]
    assert [row.outcome for row in here.tally().rows] == [Outcome.PASSED, Outcome.FAILED, Outcome.FAILED]
    here.confirm()
    with here.app.database.read() as tx:
        found = result_rows(tx, here.sitting.meeting)
        assert list(check_ballots(tx)) == []
    assert [(row.declaration, row.passed, row.yes, row.needed) for row in found] == [
        (here.sitting.dossiers[0], True, 4, 4),
        (here.sitting.dossiers[1], False, 3, 4),
        (here.sitting.dossiers[2], False, 3, 4),
    ]
    assert found[0].rule_version == "表决通过 2026（第 1 版）"
    assert here.status == "已表决"


@pytest.mark.catalogue("Q25")
def test_who_does_not_cast_attends_and_does_not_agree(hall: MakeHall) -> None:
    here = held(hall(), "+++", "+++", "+++")
    assert here.sentences() == ["需 4，得 3（5 人出席）"] * 3


@pytest.mark.catalogue("Q26")
def test_the_score_is_advice_and_the_ballot_decides(hall: MakeHall) -> None:
    here = hall(dossiers=2)
    low, high = here.sitting.dossiers
    with here.tx() as tx:
        for dossier, score in ((low, 1), (high, 99)):
            this = sa.and_(meeting_dossier.c.meeting == here.sitting.meeting, meeting_dossier.c.declaration == dossier)
            tx.execute(sa.update(meeting_dossier).where(this).values(score=score))
    held(here, *["+-"] * 5)
    found = {row.declaration: (row.score, row.passed) for row in here.tally().rows}
    assert found == {low: (1, True), high: (99, False)}


@pytest.mark.catalogue("J13")
def test_who_is_recused_is_not_among_those_attending(hall: MakeHall) -> None:
    here = held(hall(experts=4, members=4, present=4, dossiers=2, recused={(0, 0)}), "x+", "+-", "++", "-.")
    assert here.sentences() == ["需 2，得 2（4 人出席，1 人回避，3 人有表决权）", "需 3，得 2（4 人出席）"]


@pytest.mark.catalogue("J13")
def test_a_recused_expert_cannot_vote_on_that_dossier(hall: MakeHall) -> None:
    here = hall(recused={(1, 0)})
    here.open()
    with pytest.raises(InvalidInput):
        here.cast(0, "+++")
    with here.app.database.read() as tx:
        sheet = sheet_of(tx, here.expert(0), here.paper_of(0))
    assert sheet.votable == [here.sitting.dossiers[0], here.sitting.dossiers[2]]


@pytest.mark.catalogue("J13", "M19")
def test_who_keeps_out_of_every_dossier_attends_and_gets_no_ballot(hall: MakeHall) -> None:
    here = hall(experts=4, members=4, present=4, dossiers=2, recused={(0, 1), (1, 1), (0, 2)})
    here.open()
    voting = [here.sitting.logins[number] for number in (0, 2, 3)]
    assert sorted(row.assignee for row in here.tasks("cast_ballot")) == voting
    assert [line.has_ballot for line in here.standing().roll].count(False) == 1
    for number, marks in ((0, "++"), (2, "x+"), (3, "+-")):
        here.cast(number, marks)
    assert here.tasks("cast_ballot") == []
    here.count()
    found = here.tally()
    assert (found.round.papers, found.aside, len(found.roll)) == (3, 1, 4)
    assert here.sentences() == [
        "需 2，得 2（4 人出席，2 人回避，2 人有表决权）",
        "需 2，得 2（4 人出席，1 人回避，3 人有表决权）",
    ]
    with here.app.database.read() as tx:
        assert list(check_ballots(tx)) == []


@pytest.mark.catalogue("J06", "M17")
def test_a_ballot_opens_only_with_two_thirds_of_the_members(hall: MakeHall) -> None:
    here = hall(experts=6, members=6, present=3)
    assert (here.status, here.tasks("open_ballot")) == ("出席不足", [])
    with here.tx() as tx:
        note_attendance(tx, office_actor(here), here.sitting.meeting, [here.sitting.experts[3]], present=True)
    with here.tx() as tx:
        key = here.tasks("handle_failed_quorum")[0].key
        complete_task(tx, office_actor(here), key, {"outcome": "wait"})
    here.open()
    assert len(here.tasks("cast_ballot")) == 4


@pytest.mark.catalogue("M17", "Q18")
def test_the_chair_and_the_office_make_the_roll_and_nobody_else(hall: MakeHall, office: Actor) -> None:
    here = hall(experts=6, members=6, present=5)
    meeting, third = here.sitting.meeting, here.sitting.experts[2]
    for actor in (here.chair, office):
        with here.tx() as tx:
            choose_voters(tx, actor, meeting, [third], votes=False, reason="列席")
            assert [voter.votes for voter in roll_of(tx, meeting)].count(True) == 4
            choose_voters(tx, actor, meeting, [third], votes=True, reason="")
    with here.tx() as tx, pytest.raises(NotAllowed):
        choose_voters(tx, here.expert(1), meeting, [third], votes=False, reason="列席")
    with here.tx() as tx, pytest.raises(InvalidInput):
        choose_voters(tx, office, meeting, [third], votes=False, reason=" ")
    with here.tx() as tx:
        choose_voters(tx, office, meeting, [third], votes=False, reason="列席")
    with pytest.raises(Refused, match="重新清点"):
        here.open()
    here.open("back")
    here.open()
    voting = [login for number, login in enumerate(here.sitting.logins[:5]) if number != 2]
    assert sorted(row.assignee for row in here.tasks("cast_ballot")) == voting
    with here.tx() as tx, pytest.raises(Refused, match="不在票源生成环节"):
        choose_voters(tx, office, meeting, [third], votes=True, reason="")


@pytest.mark.catalogue("M17")
def test_without_anybody_there_is_no_roll(hall: MakeHall) -> None:
    here = hall(present=0, rolled=False)
    with here.tx() as tx, pytest.raises(Refused, match="还没有评委签到"):
        make_roll(tx, here.chair, here.sitting.meeting)


@pytest.mark.catalogue("M19", "J08")
def test_a_ballot_is_cast_once_in_person_and_never_late(hall: MakeHall) -> None:
    here = hall()
    here.open()
    paper, other = here.paper_of(0), here.paper_of(1)
    here.cast(0, "+++")
    with here.tx() as tx, pytest.raises(AlreadyCast):
        cast_ballot(tx, here.expert(0), paper, here.marks("---"), receipt=new_receipt())
    with here.tx() as tx, pytest.raises(NotFound):
        cast_ballot(tx, here.expert(0), other, here.marks("---"), receipt=new_receipt())
    here.close()
    with here.tx() as tx, pytest.raises((StaleTask, Refused)):
        cast_ballot(tx, here.expert(1), other, here.marks("+++"), receipt=new_receipt())
    here.count()
    assert here.sentences() == ["需 4，得 1（5 人出席）"] * 3


@pytest.mark.catalogue("J08")
def test_a_paper_that_comes_after_the_time_set_is_refused_and_not_in_the_box(hall: MakeHall, clock: FixedClock) -> None:
    here = hall()
    here.open(closes_at="2026-09-07T10:00:00+08:00")
    here.cast(0, "+++")
    late = here.paper_of(1)
    clock.advance(timedelta(hours=1, minutes=2))
    with here.tx() as tx, pytest.raises(Refused, match="投票截止"):
        cast_ballot(tx, here.expert(1), late, here.marks("+++"), receipt=new_receipt())
    with pytest.raises(Refused), here.tx() as tx:
        cast_ballot(tx, here.expert(1), late, here.marks("+++"), receipt=new_receipt())
    here.count()
    assert (here.standing().cast, here.tally().round.papers) == (1, 1)
    assert here.sentences() == ["需 4，得 1（5 人出席）"] * 3


@pytest.mark.catalogue("J08")
def test_the_task_of_a_ballot_is_done_by_nobody_else_and_from_nowhere_else(hall: MakeHall) -> None:
    here = hall()
    here.open()
    paper, expert = here.paper_of(0), here.expert(0)
    page = f"/ballot-papers/{paper}"
    with here.tx() as tx, pytest.raises(Refused, match=page):
        complete_task(tx, expert, paper, {"vote": "yes"})
    with here.tx() as tx, pytest.raises(Refused, match=page):
        save_draft(tx, expert, paper, "", {"vote": "yes"})
    with here.tx() as tx, pytest.raises(Refused, match=page):
        delegate_task(tx, expert, paper, here.sitting.logins[1])
    with here.tx() as tx, pytest.raises(Refused, match=page):
        assign_task(tx, SYSTEM, paper, here.sitting.logins[1])


@pytest.mark.catalogue("Q19", "M21")
def test_while_a_ballot_is_open_the_chair_sees_who_cast_and_no_counts(hall: MakeHall, office: Actor) -> None:
    here = hall()
    here.open()
    here.cast(3, "+++")
    for actor in (here.chair, office):
        standing = here.standing(actor)
        assert (standing.cast, [line.cast_at is not None for line in standing.roll].count(True)) == (1, 1)
        assert {(line.agreed, line.refused) for line in standing.roll} == {(None, None)}
        with pytest.raises(NotFound):
            here.tally(actor)
    with pytest.raises(NotAllowed):
        here.standing(here.expert(1))
    assert (
        here.rows(
            sa.select(choice)
            .join(ballot_round, ballot_round.c.key == choice.c.round)
            .where(ballot_round.c.ballot == here.ballot)
        )
        == []
    )


@pytest.mark.catalogue("Q3")
def test_a_deputy_who_does_not_preside_reads_along(hall: MakeHall) -> None:
    here = held(hall(), "+++", "+++", "+++", "+++", "+++")
    with here.tx() as tx:
        second = meeting_expert.c.expert == here.sitting.experts[1]
        tx.execute(sa.update(meeting_expert).where(second).values(post=ExpertPost.VICE_CHAIR))
    deputy = here.expert(1)
    assert here.standing(deputy).presides is False
    with pytest.raises(NotFound):
        here.tally(deputy)
    with pytest.raises(NotAllowed):
        here.do("confirm_tally", {"outcome": "confirm", "announced": True}, actor=deputy)
    here.confirm()
    assert here.tally(deputy).passed == 3


@pytest.mark.catalogue("M20", "M21", "J29")
def test_the_office_sees_the_count_once_the_chair_has_announced_it(hall: MakeHall, office: Actor) -> None:
    here = held(hall(), "+++", "+++", "+++", "+++", "+++")
    with pytest.raises(NotFound):
        here.tally(office)
    with pytest.raises(InvalidInput) as refused:
        here.do("confirm_tally", {"outcome": "confirm", "announced": False})
    assert "announced" in refused.value.fields
    here.confirm()
    found = here.tally(office)
    assert (found.passed, found.round.announced_by, found.round.papers) == (3, here.chair.name, 5)


@pytest.mark.catalogue("M20", "J08")
def test_a_result_nobody_likes_is_not_voted_on_again(hall: MakeHall) -> None:
    here = held(hall(), "---", "---", "---", "---", "---")
    with pytest.raises(Refused, match="不能重新表决"):
        here.do("confirm_tally", {"outcome": "hold_again", "again_reason": "不满意"})


@pytest.mark.catalogue("M20")
def test_what_the_rule_leaves_undecided_is_voted_on_again_alone(hall: MakeHall) -> None:
    everybody = {(0, expert) for expert in range(3)}
    here = held(hall(experts=3, members=3, present=3, recused=everybody), "x++", "x++", "x+-")
    assert here.sentences()[0] == "出席评委全部回避（3 人），没有人可以表决"
    with here.tx() as tx:
        lifted = dossier_recusal.c.meeting == here.sitting.meeting
        tx.execute(sa.update(dossier_recusal).where(lifted).values(state=RecusalState.LIFTED))
    here.do("confirm_tally", {"outcome": "hold_again", "again_reason": "回避已核实解除"})
    here.open()
    with here.app.database.read() as tx:
        assert sheet_of(tx, here.expert(0), here.paper_of(0)).places == [here.sitting.dossiers[0]]
    only = here.sitting.dossiers[0]
    for number in range(3):
        with here.tx() as tx:
            marks = {only: Choice.YES if number else Choice.NO}
            cast_ballot(tx, here.expert(number), here.paper_of(number), marks, receipt=new_receipt())
    here.count()
    here.confirm()
    assert here.sentences() == ["需 2，得 2（3 人出席）", "需 2，得 3（3 人出席）", "需 2，得 2（3 人出席）"]
    with here.app.database.read() as tx:
        assert [row.passed for row in result_rows(tx, here.sitting.meeting)] == [True, True, True]


@pytest.mark.catalogue("Q19")
def test_named_votes_are_told_by_expert_and_lie_in_a_table_of_their_own(hall: MakeHall) -> None:
    here = hall(mode=BallotMode.NAMED)
    here.open()
    for number in range(5):
        here.cast(number, "+-+")
    here.count()
    assert {(line.agreed, line.refused) for line in here.tally().roll} == {(2, 1)}
    key = here.tally().round.key
    assert (here.tally().round.public_key, here.tally().round.receipts) == (None, None)
    assert len(here.rows(sa.select(named_choice).where(named_choice.c.round == key))) == 15
    assert here.rows(sa.select(choice).where(choice.c.round == key)) == []


@pytest.mark.catalogue("Q19")
def test_how_a_ballot_is_held_is_fixed_when_it_opens(hall: MakeHall) -> None:
    here = hall()
    here.open()
    with here.tx() as tx:
        mine = review_meeting.c.case_key == here.sitting.meeting
        tx.execute(sa.update(review_meeting).where(mine).values(ballot_mode=BallotMode.NAMED))
    for number in range(5):
        here.cast(number, "+++")
    here.count()
    key = here.tally().round.key
    assert here.rows(sa.select(named_choice).where(named_choice.c.round == key)) == []
    assert here.tally().roll[0].agreed is None


@pytest.mark.catalogue("Q25")
def test_abstaining_is_possible_only_where_the_round_has_it(hall: MakeHall) -> None:
    here, there = hall(), hall()
    here.open()
    marks = {here.sitting.dossiers[0]: Choice.ABSTAIN}
    with here.tx() as tx, pytest.raises(InvalidInput, match="弃权"):
        cast_ballot(tx, here.expert(0), here.paper_of(0), marks, receipt=new_receipt())
    there.open(allow_abstain=True)
    marks = {there.sitting.dossiers[0]: Choice.ABSTAIN}
    with there.tx() as tx:
        cast_ballot(tx, there.expert(0), there.paper_of(0), marks, receipt=new_receipt())
    there.close()
    there.count()
    first = next(row for row in there.tally().rows if row.declaration == there.sitting.dossiers[0])
    assert (first.yes, first.no, first.abstain, first.sentence) == (0, 0, 1, "需 4，得 0（5 人出席）")


@pytest.mark.catalogue("M19")
def test_a_receipt_shows_that_a_paper_was_counted_and_not_how(hall: MakeHall) -> None:
    here = hall()
    here.open()
    codes = [here.cast(number, "+-+") for number in range(5)]
    here.count()
    assert here.tally().round.receipts == sorted(codes)
    key = here.tally().round.key
    stored = here.rows(sa.select(ballot_roll).where(ballot_roll.c.round == key))
    assert not any(code in str(row) for code in codes for row in stored)


@pytest.mark.catalogue("J08")
def test_a_lost_key_means_voting_again(hall: MakeHall) -> None:
    here = hall()
    here.open()
    here.cast(0, "+++")
    for path in folder_of(here.app.settings).glob("*.key"):
        path.unlink()
    here.close()
    here.count()
    assert here.tasks("open_ballot") != []
    lost = here.standing().rounds[0]
    assert (lost.voided_at is not None, lost.void_reason) == (True, "本轮的私钥文件已不在密钥目录中，选票无法开启。")
    assert here.rows(sa.select(sealed_paper).where(sealed_paper.c.round == lost.key)) == []
    held(here, *["+++"] * 5)
    assert here.tally().passed == 3


def test_a_paper_somebody_put_into_the_box_by_hand_spoils_the_round(hall: MakeHall) -> None:
    here = hall()
    here.open()
    here.cast(0, "+++")
    with here.tx() as tx:
        row = tx.rows(sa.select(sealed_paper))[-1]
        tx.insert(sealed_paper, round=row.round, id="f" * 32, ciphertext=row.ciphertext)
    here.close()
    here.count()
    assert here.standing().rounds[0].void_reason == "票箱中的选票与票源记录不符。"


def test_keys_are_gone_after_the_count_and_leftovers_are_swept(hall: MakeHall) -> None:
    here = hall()
    folder = folder_of(here.app.settings)
    sweep_keys(here.app.database, here.app.settings)
    before = set(folder.glob("*.key"))
    here.open()
    (own,) = set(folder.glob("*.key")) - before
    content = own.read_bytes()
    for number in range(5):
        here.cast(number, "+++")
    assert sweep_keys(here.app.database, here.app.settings) == 0
    assert own.read_bytes() == content
    here.count()
    assert not own.exists()
    own.write_bytes(content)
    assert sweep_keys(here.app.database, here.app.settings) == 1
    assert not own.exists()


@pytest.mark.catalogue("W16", "J08")
def test_paper_ballots_are_entered_by_two_persons_and_only_what_agrees_counts(hall: MakeHall, office: Actor) -> None:
    here = hall(recused={(0, 1)})
    here.open()
    here.cast(0, "+++")
    here.press("switch_to_paper", switch_reason="断网")
    with here.app.database.read() as tx:
        second = actor_of_login(tx, "health_admin", "unit_admin")
    enter(here, office, "enter_first_count", 5, [4, 0, 3])
    with here.tx() as tx, pytest.raises(Refused, match="两人分别录入"):
        count_sheet(tx, office, here.tasks("enter_second_count")[0].key)
    with here.tx() as tx, pytest.raises(Refused, match="录入页"):
        complete_task(tx, second, here.tasks("enter_second_count")[0].key, {"outcome": "entered"})
    enter(here, second, "enter_second_count", 5, [4, 0, 4])
    with here.app.database.read() as tx:
        again = count_sheet(tx, office, here.tasks("enter_first_count")[0].key)
    assert (again.differing, again.before, again.returned_differs) == ({2}, [4, 0, 3], False)
    enter(here, office, "enter_first_count", 4, [4, 0, 4])
    enter(here, second, "enter_second_count", 5, [4, 0, 4])
    with here.app.database.read() as tx:
        again = count_sheet(tx, office, here.tasks("enter_first_count")[0].key)
        assert (again.differing, again.returned_differs) == (frozenset(), True)
        assert [has_entered(tx, one, here.ballot) for one in (office, second, here.chair)] == [1, 2, None]
    enter(here, office, "enter_first_count", 5, [4, 0, 4])
    enter(here, second, "enter_second_count", 5, [4, 0, 4])
    here.count()
    here.confirm()
    assert here.sentences() == [
        "需 3，得 4（5 人出席，1 人回避，4 人有表决权）",
        "需 4，得 4（5 人出席）",
        "需 4，得 0（5 人出席）",
    ]
    with here.app.database.read() as tx:
        assert list(check_ballots(tx)) == []


@pytest.mark.catalogue("W16")
def test_paper_goes_to_those_the_quorum_was_counted_from_whoever_came_since(hall: MakeHall, office: Actor) -> None:
    here = hall(experts=6, members=6, present=5)
    here.open()
    with here.tx() as tx:
        note_attendance(tx, office, here.sitting.meeting, [here.sitting.experts[5]], present=True)
    here.press("switch_to_paper", switch_reason="断网")
    with here.app.database.read() as tx:
        assert count_sheet(tx, office, here.tasks("enter_first_count")[0].key).voters == 5


@pytest.mark.catalogue("W16")
def test_a_teller_cannot_enter_more_than_there_are(hall: MakeHall, office: Actor) -> None:
    here = hall(recused={(0, 1)})
    here.open("paper")
    with pytest.raises(InvalidInput) as refused:
        enter(here, office, "enter_first_count", 6, [5, None, -1])
    assert list(refused.value.fields) == ["returned", "yes[0]", "yes[1]", "yes[2]"]


def enter(here: Hall, actor: Actor, element: str, returned: int, yes: list[int | None]) -> None:
    with here.tx() as tx:
        enter_count(tx, actor, here.tasks(element)[0].key, returned=returned, yes=yes)


def office_actor(here: Hall) -> Actor:
    with here.app.database.read() as tx:
        return actor_of_login(tx, "health_officer", "case_officer")


def test_a_wrong_count_is_found_by_the_check(hall: MakeHall) -> None:
    here = held(hall(), "+++", "+++", "+++", "+++", "+++")
    with here.tx() as tx:
        here_rows = tally.c.round == here.tally().round.key
        tx.execute(sa.update(tally).where(here_rows, tally.c.declaration == here.sitting.dossiers[0]).values(yes=1))
        found = [(one.rule, one.key) for one in check_ballots(tx)]
        tx.execute(sa.update(tally).where(here_rows, tally.c.declaration == here.sitting.dossiers[0]).values(yes=5))
    assert found == [("ballot_counts", here.sitting.dossiers[0])]
