"""Every way through processes/review_meeting/ballot.bpmn (M17–M21, J06, J08, W16), and its two decisions."""

from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from engine.decision import Model
from engine.flow.sandbox import Sandbox

FOLDER = Path(__file__).parents[2] / "processes" / "review_meeting"
FILE = FOLDER / "ballot.bpmn"
STARTED = {
    "meeting": 1,
    "meeting_no": "2026-PS-0001",
    "committee": 7,
    "committee_name": "示范卫生系列高级评委会",
    "presiding": "chair",
    "ballot_mode": "secret",
}
VOTERS = ["one", "two", "three", "four"]
OFFICE = ["case_officer@4", "unit_admin@4"]


class BallotWalk:
    """One ballot in the sandbox; what the slice's jobs find is given by `present`, `agree`, `undecided`."""

    def __init__(self, present: int = 4, members: int = 6) -> None:
        self.sandbox = Sandbox(FILE.read_bytes(), *(path.read_bytes() for path in sorted(FOLDER.glob("*.dmn"))))
        self.present, self.members, self.agree, self.undecided = present, members, True, 0
        self.sandbox.start(STARTED, business_key="2026-PS-0001", unit_id=4, year=2026)
        self.work()

    @property
    def open(self) -> list[str]:
        return sorted(task.element_id for task in self.sandbox.tasks())

    @property
    def ends(self) -> list[str]:
        return [step.element_id for step in self.sandbox.history() if step.kind == "end_event"]

    @property
    def passed(self) -> list[str]:
        return [step.element_id for step in self.sandbox.history()]

    def do(self, element: str, **values: Any) -> "BallotWalk":
        self.sandbox.complete(element, values)
        return self.work()

    def press(self, message: str, key: str = "2026-PS-0001/W01", **values: Any) -> "BallotWalk":
        self.sandbox.publish_message(message, key, values)
        return self.work()

    def work(self) -> "BallotWalk":
        while jobs := [job for job in self.sandbox.jobs() if job.type != "tally_round"]:
            self.sandbox.complete_job(jobs[0], self.results(jobs[0].type))
        return self

    def results(self, job_type: str) -> dict[str, Any]:
        roll = VOTERS[: self.present]
        found: dict[str, Any] = {"unit": 4, "committee_code": "W01", "presiding": "chair"}
        found |= {"roll": roll, "present": len(roll), "members": self.members}
        return {
            "take_roll": found,
            "open_round": {"round": 1, "voters": roll},
            "compare_counts": {"counts_agree": self.agree},
        }.get(job_type, {})

    def counted(self) -> "BallotWalk":
        self.sandbox.complete_job("tally_round", {"undecided": self.undecided, "presiding": "chair"})
        return self.work()

    def opened(self, **values: Any) -> "BallotWalk":
        return self.do("open_ballot", outcome="open", closes_at=None, allow_abstain=False, **values)

    def on_paper(self) -> "BallotWalk":
        return self.do("open_ballot", outcome="paper", closes_at=None, allow_abstain=False)


@pytest.mark.catalogue("M18", "M19", "M20")
def test_a_ballot_is_opened_cast_by_each_expert_counted_and_confirmed() -> None:
    walk = BallotWalk()
    assert [task.assignee for task in walk.sandbox.tasks()] == ["chair"]
    walk.opened()
    assert [task.assignee for task in walk.sandbox.tasks()] == VOTERS
    for _ in VOTERS:
        assert walk.sandbox.jobs() == []
        walk.do("cast_ballot")
    assert walk.open == []
    walk.counted()
    assert [(task.element_id, task.assignee) for task in walk.sandbox.tasks()] == [("confirm_tally", "chair")]
    walk.do("confirm_tally", outcome="confirm", passed=2, failed=1)
    assert (walk.ends, walk.sandbox.state) == (["ballot_decided"], "completed")
    values = walk.sandbox.variables()
    assert [values[name] for name in ("committee", "round", "passed", "failed")] == [7, 1, 2, 1]


@pytest.mark.catalogue("J06")
def test_a_failed_quorum_is_counted_again_or_ends_the_sitting() -> None:
    walk = BallotWalk(present=3)
    assert (walk.open, walk.sandbox.tasks()[0].candidate_groups) == (["handle_failed_quorum"], OFFICE)
    assert walk.do("handle_failed_quorum", outcome="wait").open == ["handle_failed_quorum"]
    walk.present = 4
    assert walk.do("handle_failed_quorum", outcome="wait").open == ["open_ballot"]


@pytest.mark.catalogue("J06")
def test_a_sitting_without_a_quorum_may_be_adjourned() -> None:
    walk = BallotWalk(present=3).do("handle_failed_quorum", outcome="adjourn", adjourn_reason="大雪")
    assert (walk.ends, walk.sandbox.state) == (["ballot_adjourned"], "completed")


@pytest.mark.catalogue("J08")
def test_the_chair_closes_the_ballot_and_whoever_has_not_cast_is_too_late() -> None:
    walk = BallotWalk().opened().do("cast_ballot").press("close_ballot", close_confirmed=True)
    assert (walk.open, "close_round" in walk.passed) == ([], True)
    assert walk.counted().open == ["confirm_tally"]


@pytest.mark.catalogue("J08")
def test_the_time_set_at_opening_closes_the_ballot() -> None:
    walk = BallotWalk().do("open_ballot", outcome="open", closes_at="2026-01-05T11:00:00+08:00", allow_abstain=False)
    walk.sandbox.advance(3600)
    assert len(walk.open) == 4
    walk.sandbox.advance(3600)
    assert walk.work().open == []
    assert walk.counted().open == ["confirm_tally"]


def test_without_a_time_a_ballot_closes_after_thirty_days() -> None:
    walk = BallotWalk().opened()
    walk.sandbox.advance(29 * 86400)
    assert len(walk.open) == 4
    walk.sandbox.advance(2 * 86400)
    assert walk.work().open == []


def test_the_roll_may_be_taken_again_before_opening() -> None:
    walk = BallotWalk()
    walk.present = 3
    assert walk.do("open_ballot", outcome="back", closes_at=None, allow_abstain=False).open == ["handle_failed_quorum"]


@pytest.mark.catalogue("W16")
def test_where_the_network_fails_the_round_is_void_and_paper_is_counted_by_two() -> None:
    walk = BallotWalk().opened().do("cast_ballot").press("switch_to_paper", switch_reason="断网")
    assert walk.open == ["enter_first_count", "enter_second_count"]
    assert "void_electronic_round" in walk.passed
    walk.do("enter_first_count", outcome="entered").do("enter_second_count", outcome="entered")
    assert walk.counted().open == ["confirm_tally"]


@pytest.mark.catalogue("W16")
def test_counts_that_differ_are_entered_again() -> None:
    walk = BallotWalk().on_paper()
    walk.agree = False
    walk.do("enter_second_count", outcome="entered").do("enter_first_count", outcome="entered")
    assert walk.open == ["enter_first_count", "enter_second_count"]
    walk.agree = True
    walk.do("enter_first_count", outcome="entered").do("enter_second_count", outcome="entered")
    assert walk.counted().open == ["confirm_tally"]


def test_papers_that_cannot_be_opened_are_voted_again() -> None:
    walk = BallotWalk().opened().press("close_ballot", close_confirmed=True)
    walk.sandbox.fail_job("tally_round", "ballot_unreadable", "私钥遗失")
    assert walk.work().open == ["open_ballot"]
    assert "void_unreadable_round" in walk.passed


@pytest.mark.catalogue("M20")
def test_what_the_rule_left_undecided_is_voted_on_again() -> None:
    walk = BallotWalk().opened().press("close_ballot", close_confirmed=True).counted()
    walk.do("confirm_tally", outcome="hold_again", again_reason="全部回避", passed=0, failed=0)
    assert walk.open == ["open_ballot"]


@pytest.mark.catalogue("Q3", "J29")
def test_whoever_takes_the_chair_over_takes_its_steps_over() -> None:
    walk = BallotWalk().press("presiding_changed", presiding="deputy")
    assert [(task.element_id, task.assignee) for task in walk.sandbox.tasks()] == [("open_ballot", "deputy")]
    walk.opened().press("presiding_changed", presiding="another")
    assert (len(walk.open), walk.ends) == (4, ["chair_noted"])
    assert walk.sandbox.variables()["presiding"] == "another"
    walk.press("close_ballot", close_confirmed=True).counted()
    walk.press("presiding_changed", presiding="deputy")
    assert [(task.element_id, task.assignee) for task in walk.sandbox.tasks()] == [("confirm_tally", "deputy")]


def test_the_walks_reach_every_end_of_the_diagram() -> None:
    tree = etree.fromstring(FILE.read_bytes())
    ends = {end.get("id") for end in tree.iter("{*}endEvent")}
    assert ends == {"ballot_decided", "ballot_adjourned", "chair_noted"}


@pytest.mark.catalogue("J06")
@pytest.mark.parametrize(
    ("present", "members", "reached", "needed"),
    [
        (20, 30, True, 20),
        (19, 30, False, 20),
        (21, 31, True, 21),
        (20, 31, False, 21),
        (0, 3, False, 2),
        (3, 0, False, 1),
    ],
)
def test_a_quorum_is_two_thirds_of_the_members_in_whole_numbers(
    present: int, members: int, reached: bool, needed: int
) -> None:
    model = Model((FOLDER / "quorum.dmn").read_bytes())
    value = model.evaluate("quorum", {"present": present, "members": members}).value
    assert value == {"reached": reached, "needed": needed}


@pytest.mark.catalogue("J07")
@pytest.mark.parametrize(
    ("yes", "attending", "outcome", "needed"),
    [
        (20, 30, "passed", 20),
        (19, 29, "failed", 20),
        (20, 29, "passed", 20),
        (2, 3, "passed", 2),
        (1, 2, "failed", 2),
        (0, 1, "failed", 1),
        (0, 0, "undecided", 1),
    ],
)
def test_two_thirds_of_those_attending_pass_in_whole_numbers(
    yes: int, attending: int, outcome: str, needed: int
) -> None:
    model = Model((FOLDER / "pass.dmn").read_bytes())
    value = model.evaluate("pass", {"yes": yes, "attending": attending}).value
    assert value == {"outcome": outcome, "needed": needed}
