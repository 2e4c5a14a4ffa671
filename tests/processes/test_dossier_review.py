"""Every way through processes/review_meeting/dossier_review.bpmn (M13–M16, Q23)."""

from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from engine.flow.sandbox import Sandbox

FILE = Path(__file__).parents[2] / "processes" / "review_meeting" / "dossier_review.bpmn"
REVIEW_NO = "2026-PS-0001/2026-000001"
PEOPLE = {"primary": "990001", "secondary": "990002", "leader": "990003", "presiding": "990004"}
STEPS = ["score_dossier", "confirm_by_secondary", "confirm_by_leader", "confirm_by_chair"]
WAYS = {"score_dossier": "scoring", **{step: step.removeprefix("confirm_by_") for step in STEPS[1:]}}


class ReviewWalk:
    """The review of one dossier in the sandbox; the total is what the slice's hook adds to the sheet."""

    def __init__(self) -> None:
        self.sandbox = Sandbox(FILE.read_bytes())
        given = {"review_no": REVIEW_NO, "unit": 4, "due_at": "2026-06-17T18:00:00+08:00", **PEOPLE}
        self.sandbox.start(given, business_key=REVIEW_NO, unit_id=4, year=2026)

    @property
    def open(self) -> list[tuple[str, str | None]]:
        return [(task.element_id, task.assignee) for task in self.sandbox.tasks()]

    def score(self) -> "ReviewWalk":
        items = [{"key": "a", "points": 80}]
        self.sandbox.complete("score_dossier", {"items": items, "opinion": "业绩突出", "total": 80})
        return self

    def confirm(self, element: str) -> "ReviewWalk":
        self.sandbox.complete(element, {"outcome": "confirm"})
        return self

    def until(self, element: str) -> "ReviewWalk":
        """As far as that step."""
        for step in STEPS[: STEPS.index(element)]:
            self.score() if step == "score_dossier" else self.confirm(step)
        return self

    def hear(self, message: str, **variables: Any) -> "ReviewWalk":
        self.sandbox.publish_message(message, REVIEW_NO, variables)
        return self

    @property
    def ends(self) -> list[str]:
        return [step.element_id for step in self.sandbox.history() if step.kind == "end_event"]


@pytest.mark.catalogue("M13", "M14", "M15", "M16")
def test_a_score_is_confirmed_by_secondary_leader_and_chair() -> None:
    walk = ReviewWalk()
    assert walk.open == [("score_dossier", "990001")]
    assert walk.score().open == [("confirm_by_secondary", "990002")]
    assert walk.confirm("confirm_by_secondary").open == [("confirm_by_leader", "990003")]
    assert walk.confirm("confirm_by_leader").open == [("confirm_by_chair", "990004")]
    walk.confirm("confirm_by_chair")
    assert (walk.ends, walk.sandbox.state) == (["review_confirmed"], "completed")
    sheet = walk.sandbox.variables()["sheet"]
    assert (sheet["total"], sheet["by"]) == (80, "990001")


@pytest.mark.catalogue("Q23", "M14", "M15", "M16")
@pytest.mark.parametrize("step", STEPS[1:])
def test_whoever_confirms_may_return_it_to_the_first_reviewer_with_a_reason(step: str) -> None:
    walk = ReviewWalk().until(step)
    walk.sandbox.complete(step, {"outcome": "return_for_scoring", "return_reason": "请核对论文得分"})
    assert walk.open == [("score_dossier", "990001")]
    assert walk.sandbox.variables()["return_reason"] == "请核对论文得分"
    assert walk.score().open == [("confirm_by_secondary", "990002")]
    assert walk.sandbox.variables()["return_reason"] is None


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("resumed", STEPS)
def test_a_changed_reviewer_takes_the_dossier_to_the_step_that_has_to_be_done_again(step: str, resumed: str) -> None:
    walk = ReviewWalk().until(step)
    people = {name: f"98{number}" for name, number in PEOPLE.items()}
    walk.hear("reviewer_changed", **people, resume_at=WAYS[resumed], change_reason="回避")
    held = dict(zip(STEPS, people.values(), strict=True))
    assert walk.open == [(resumed, held[resumed])]


@pytest.mark.parametrize("step", STEPS[:3])
def test_whoever_comes_later_may_change_without_disturbing_the_step_at_hand(step: str) -> None:
    walk = ReviewWalk().until(step)
    before = [task.key for task in walk.sandbox.tasks()]
    walk.hear("later_reviewer_changed", leader="980003", secondary="980002")
    assert [task.key for task in walk.sandbox.tasks()] == before
    assert walk.ends == ["change_noted"]
    assert walk.sandbox.variables()["leader"] == "980003"


@pytest.mark.catalogue("Q3")
@pytest.mark.parametrize("step", STEPS)
def test_the_last_confirmation_is_for_whoever_presides_now(step: str) -> None:
    walk = ReviewWalk().until(step).hear("presiding_changed", presiding="980004")
    for one in STEPS[STEPS.index(step) : 3]:
        walk.score() if one == "score_dossier" else walk.confirm(one)
    assert walk.open == [("confirm_by_chair", "980004")]


def test_the_walks_reach_every_end_of_the_diagram() -> None:
    tree = etree.fromstring(FILE.read_bytes())
    assert {end.get("id") for end in tree.iter("{*}endEvent")} == {"review_confirmed", "change_noted"}
