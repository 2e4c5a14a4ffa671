"""Every way through processes/review_meeting/review_meeting.bpmn (M3–M17, Q3, Q17)."""

from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from engine.flow.sandbox import Sandbox
from tests.support.diagram import Diagram

FILE = Path(__file__).parents[2] / "processes" / "review_meeting" / "review_meeting.bpmn"
NUMBER = "2026-PS-0001"
STARTED = {
    "meeting_no": NUMBER,
    "unit": 4,
    "unit_name": "示范医科大学",
    "series": "university_teacher",
    "committees": [7, 8],
    "ballots": [{"committee": 7, "committee_name": "甲"}, {"committee": 8, "committee_name": "乙"}],
    "plan_approvers": ["case_officer@2", "case_officer@1"],
    "ballot_mode": "secret",
}
#: stands where the ballot's own diagram does; that one has tests of its own
BALLOT = Diagram("ballot").start().user("confirm_tally", assignee="=presiding").end().xml()
PLAN = {"plan_name": "方案", "plan_defence": "no", "plan_author": "author", "plan_author_name": "起草人"}
CHAIR = {"presiding": "chair", "presiding_name": "主任", "deputies": [{"value": "deputy", "label": "副主任"}]}
LEADERS = [{"group": 1, "name": "一组", "leader": "leader1"}, {"group": 2, "name": "二组", "leader": "leader2"}]


class MeetingWalk:
    """One meeting, in the sandbox; what the slice's hooks and jobs give comes with the outcomes."""

    def __init__(self) -> None:
        self.sandbox = Sandbox(FILE.read_bytes(), BALLOT)
        self.sandbox.start(STARTED, business_key=NUMBER, unit_id=4, year=2026)
        self.work()

    @property
    def open(self) -> list[str]:
        return sorted(task.element_id for task in self.sandbox.tasks())

    def awaited(self, element: str) -> list[str | None]:
        return sorted(str(task.assignee) for task in self.sandbox.tasks() if task.element_id == element)

    def groups(self, element: str) -> list[str]:
        return next(list(task.candidate_groups) for task in self.sandbox.tasks() if task.element_id == element)

    def do(self, element: str, outcome: str = "confirm", **values: Any) -> "MeetingWalk":
        self.sandbox.complete(element, {"outcome": outcome, **values})
        return self.work()

    def press(self, message: str, **values: Any) -> "MeetingWalk":
        self.sandbox.publish_message(message, NUMBER, values)
        return self.work()

    def work(self) -> "MeetingWalk":
        results = {"register_meeting": {"meeting": 99}, "change_presiding": {"presiding": "deputy"}}
        while jobs := self.sandbox.jobs():
            self.sandbox.complete_job(jobs[0], results.get(jobs[0].type, {}))
        return self

    def planned(self, defence: str = "no") -> "MeetingWalk":
        return self.do("set_up_groups").do("write_plan", "submit", **{**PLAN, "plan_defence": defence})

    def chaired(self, defence: str = "no") -> "MeetingWalk":
        approved = self.planned(defence).do("approve_plan", "approve", approved_by="other", approved_by_name="别人")
        return approved.do("appoint_chair", **CHAIR)

    def prepared(self, defence: str = "no") -> "MeetingWalk":
        walk = self.chaired(defence).do("group_dossiers").do("set_standard", "submit")
        return walk.do("confirm_standard", "approve")

    def reviewed(self, defence: str = "no") -> "MeetingWalk":
        walk = self.prepared(defence).do("appoint_leaders", leaders=LEADERS)
        return walk.do("assign_reviewers", "publish").do("assign_reviewers", "publish")

    def balloted(self) -> "MeetingWalk":
        return self.reviewed().do("finish_scoring", "finish").do("generate_roll")

    @property
    def passed(self) -> list[str]:
        return [step.element_id for step in self.sandbox.history()]

    @property
    def ends(self) -> list[str]:
        return [step.element_id for step in self.sandbox.history() if step.kind == "end_event"]


@pytest.mark.catalogue("M3", "M4", "M6", "M7", "M9", "M10", "M11")
def test_a_meeting_goes_from_its_groups_to_its_end() -> None:
    walk = MeetingWalk()
    assert (walk.open, walk.groups("set_up_groups")) == (["set_up_groups"], ["case_officer@4"])
    assert walk.do("set_up_groups").open == ["write_plan"]
    walk.do("write_plan", "submit", **PLAN).do("approve_plan", "approve", approved_by="x", approved_by_name="x")
    assert walk.do("appoint_chair", **CHAIR).open == ["group_dossiers", "set_standard"]
    assert walk.do("group_dossiers").open == ["set_standard"]
    assert walk.do("set_standard", "submit").awaited("confirm_standard") == ["chair"]
    assert walk.do("confirm_standard", "approve").awaited("appoint_leaders") == ["chair"]
    assert walk.do("appoint_leaders", leaders=LEADERS).awaited("assign_reviewers") == ["leader1", "leader2"]
    walk.do("assign_reviewers", "publish").do("assign_reviewers", "publish")
    assert walk.awaited("finish_scoring") == ["chair"]
    assert walk.do("finish_scoring", "finish").groups("generate_roll") == ["case_officer@4"]
    assert walk.do("generate_roll").open == ["confirm_tally", "confirm_tally"]
    assert walk.do("confirm_tally").do("confirm_tally").open == []
    walk.press("result_handling_closed")
    assert (walk.ends[-1], walk.sandbox.state) == ("meeting_closed", "completed")


@pytest.mark.catalogue("M5", "Q17")
def test_the_plan_goes_to_other_units_and_back_to_its_author() -> None:
    walk = MeetingWalk().planned()
    assert walk.groups("approve_plan") == ["case_officer@2", "case_officer@1"]
    walk.do("approve_plan", "return_for_revision", opinion="日程不全", approved_by="x", approved_by_name="x")
    again = walk.sandbox.tasks()[0]
    assert (walk.open, again.variables["plan_name"]) == (["write_plan"], "方案")
    assert walk.do("write_plan", "submit", **PLAN).open == ["approve_plan"]


@pytest.mark.catalogue("M3")
def test_groups_may_be_changed_before_the_plan_is_submitted() -> None:
    assert MeetingWalk().do("set_up_groups").do("write_plan", "back_to_groups", **PLAN).open == ["set_up_groups"]


@pytest.mark.catalogue("M10")
def test_a_standard_may_be_returned_to_the_office() -> None:
    walk = MeetingWalk().chaired().do("set_standard", "submit").do("confirm_standard", "return_for_revision")
    assert walk.open == ["group_dossiers", "set_standard"]


@pytest.mark.catalogue("W9")
def test_a_defence_is_held_where_the_plan_wants_one() -> None:
    walk = MeetingWalk().reviewed("yes")
    assert (walk.open, walk.do("hold_defence", "done", defence_note="顺利").open) == (
        ["hold_defence"],
        ["finish_scoring"],
    )
    assert MeetingWalk().reviewed("no").open == ["finish_scoring"]


def test_reviews_begin_when_every_leader_has_published() -> None:
    walk = MeetingWalk().prepared().do("appoint_leaders", leaders=LEADERS).do("assign_reviewers", "publish")
    assert "open_dossier_reviews" not in walk.passed
    assert "open_dossier_reviews" in walk.do("assign_reviewers", "publish").passed


@pytest.mark.catalogue("Q27")
def test_each_committee_votes_by_itself_with_its_own_variables() -> None:
    walk = MeetingWalk().balloted()
    seen = [task.variables for task in walk.sandbox.tasks()]
    assert [one["committee"] for one in seen] == [7, 8]
    assert {tuple(sorted(one)) for one in seen} == {
        (
            "ballot",
            "ballot_mode",
            "ballot_result",
            "committee",
            "committee_name",
            "loopCounter",
            "meeting",
            "meeting_no",
            "presiding",
            "series",
            "unit",
            "unit_name",
        )
    }


@pytest.mark.catalogue("Q3")
@pytest.mark.parametrize(
    ("step", "following"), [("chaired", "confirm_standard"), ("prepared", "appoint_leaders"), ("balloted", "")]
)
def test_the_chair_is_handed_over_while_all_goes_on(step: str, following: str) -> None:
    walk = getattr(MeetingWalk(), step)()
    waiting = walk.open
    walk.press("hand_over_chair", successor="deputy", hand_over_reason="回避")
    assert (walk.open, walk.ends[-1], walk.sandbox.state) == (waiting, "presiding_changed", "running")
    if following == "confirm_standard":
        assert walk.do("set_standard", "submit").awaited(following) == ["deputy"]


@pytest.mark.catalogue("Q3")
def test_the_chair_is_handed_over_during_the_reviews_more_than_once() -> None:
    walk = MeetingWalk().reviewed().press("hand_over_chair", successor="deputy").press("hand_over_chair", successor="x")
    assert walk.ends.count("presiding_changed") == 2
    assert walk.do("finish_scoring", "finish").open == ["generate_roll"]


@pytest.mark.parametrize("step", ["planned", "reviewed"])
def test_a_meeting_may_be_cancelled_until_the_ballots(step: str) -> None:
    walk = getattr(MeetingWalk(), step)().press("cancel_meeting", cancel_reason="另行安排")
    assert ("release_dossiers" in walk.passed, walk.ends[-1]) == (True, "meeting_cancelled")
    assert walk.sandbox.state == "completed"


def test_a_meeting_that_votes_is_not_cancelled_any_more() -> None:
    walk = MeetingWalk().balloted().press("cancel_meeting", cancel_reason="另行安排")
    assert (walk.sandbox.state, "release_dossiers" in walk.passed) == ("running", False)


def test_the_walks_reach_every_end_of_the_diagram() -> None:
    ends = {end.get("id") for end in etree.fromstring(FILE.read_bytes()).iter("{*}endEvent")}
    assert ends == {
        "preparation_done",
        "roll_generated",
        "meeting_closed",
        "presiding_changed",
        "meeting_cancelled",
    }
