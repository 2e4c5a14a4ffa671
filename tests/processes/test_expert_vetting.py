"""Every way through processes/committee/expert_vetting.bpmn (K5, K6)."""

from pathlib import Path
from typing import Any

import pytest

from engine.flow.sandbox import Sandbox

FILE = Path(__file__).parents[2] / "processes" / "committee" / "expert_vetting.bpmn"
STARTED = {"expert": "990000197001010019", "expert_id": 7, "expert_no": "ZJ-7", "person": 3, "unit": 9, "update": False}


class VettingWalk:
    """One expert's profile, in the sandbox."""

    def __init__(self) -> None:
        self.sandbox = Sandbox(FILE.read_bytes())
        self.sandbox.start(STARTED, business_key="ZJ-7", unit_id=9, year=2026)
        self.told: list[str] = []
        self.work()
        assert self.told.pop() == "invite_expert"

    @property
    def open(self) -> list[str]:
        return sorted(task.element_id for task in self.sandbox.tasks())

    @property
    def ends(self) -> list[str]:
        return [step.element_id for step in self.sandbox.history() if step.kind == "end_event"]

    def do(self, element: str, **values: Any) -> "VettingWalk":
        self.sandbox.complete(element, values)
        return self.work()

    def vet(self, outcome: str) -> "VettingWalk":
        return self.do("vet_expert", outcome=outcome, opinion="请补充")

    def press(self, message: str) -> "VettingWalk":
        self.sandbox.publish_message(message, "ZJ-7", {})
        return self.work()

    def work(self) -> "VettingWalk":
        while jobs := self.sandbox.jobs():
            self.told.append(jobs[0].element_id)
            self.sandbox.complete_job(jobs[0])
        return self


@pytest.mark.catalogue("K5", "K6")
def test_a_profile_that_is_approved_comes_into_the_pool() -> None:
    walk = VettingWalk()
    assert (walk.open, walk.sandbox.tasks()[0].assignee) == (["complete_profile"], "990000197001010019")
    walk.do("complete_profile")
    assert (walk.open, walk.sandbox.tasks()[0].candidate_groups) == (["vet_expert"], ["case_officer@9"])
    walk.vet("approve")
    assert (walk.ends, walk.sandbox.state) == (["expert_in_pool"], "completed")
    assert walk.told == ["register_expert", "notify_registered"]


@pytest.mark.catalogue("K6")
def test_a_profile_that_is_returned_is_revised_and_vetted_again() -> None:
    walk = VettingWalk().do("complete_profile").vet("return_for_revision")
    assert (walk.open, walk.told) == (["revise_profile"], ["notify_returned"])
    assert walk.do("revise_profile").open == ["vet_expert"]
    assert walk.vet("approve").ends == ["expert_in_pool"]


def test_an_expert_who_is_refused_hears_of_it() -> None:
    walk = VettingWalk().do("complete_profile").vet("refuse")
    assert (walk.ends, walk.told, walk.sandbox.state) == (["expert_refused"], ["notify_refused"], "completed")


def test_what_was_handed_in_may_be_taken_back_while_it_waits() -> None:
    walk = VettingWalk().do("complete_profile").press("withdraw_profile")
    assert walk.open == ["complete_profile"]
    assert walk.do("complete_profile").open == ["vet_expert"]


def test_an_expert_is_reminded_once_after_ten_working_days() -> None:
    walk = VettingWalk()
    walk.sandbox.advance(15 * 86400)
    walk.work()
    assert (walk.open, walk.ends, walk.told) == (["complete_profile"], ["expert_reminded"], ["remind_expert"])


@pytest.mark.parametrize("at", ["complete_profile", "revise_profile", "vet_expert"])
def test_an_expert_who_is_taken_out_of_the_pool_is_asked_no_more(at: str) -> None:
    walk = VettingWalk()
    if at != "complete_profile":
        walk.do("complete_profile")
    if at == "revise_profile":
        walk.vet("return_for_revision")
    assert walk.open == [at]
    walk.press("expert_removed")
    assert (walk.ends, walk.sandbox.state) == (["expert_left"], "completed")
