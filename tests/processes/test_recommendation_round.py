"""Every way through processes/declaration/recommendation_round.bpmn (Q34, J10, W1)."""

from typing import Any

import pytest
from lxml import etree

from engine.flow.sandbox import Sandbox
from tests.processes.walk import PROCESSES

FILE = PROCESSES / "recommendation_round.bpmn"
STARTED = {"round_no": "2026-TJ-4-01", "unit": 4, "unit_name": "示范医科大学第三附属医院", "publicity_days": 5}
PUBLISHED = {
    "publicity_from": "2026-01-05",
    "publicity_to": "2026-01-12",
    "publicity_methods": ["单位公示栏"],
    "publicity_place": "一楼",
    "objection_phone": "0311-00000000",
}


class RoundWalk:
    """One round, in the sandbox; what the slice's hook counts is given with the outcome."""

    def __init__(self) -> None:
        self.sandbox = Sandbox(FILE.read_bytes())
        self.sandbox.start(STARTED, business_key="2026-TJ-4-01", unit_id=4, year=2026)

    @property
    def open(self) -> list[str]:
        return sorted(task.element_id for task in self.sandbox.tasks())

    def do(self, element: str, **values: Any) -> "RoundWalk":
        self.sandbox.complete(element, values)
        return self.work()

    def press(self, message: str, **values: Any) -> "RoundWalk":
        self.sandbox.publish_message(message, "2026-TJ-4-01", values)
        return self.work()

    def wait(self, days: float) -> "RoundWalk":
        self.sandbox.advance(days * 86400)
        return self.work()

    def work(self) -> "RoundWalk":
        while jobs := self.sandbox.jobs():
            results = {"objection": {"key": 1, "about": None}} if jobs[0].type == "register_objection" else {}
            self.sandbox.complete_job(jobs[0], results)
        return self

    def ranked(self, recommended: int = 2) -> "RoundWalk":
        return self.do("rank_candidates", outcome="publicise", recommended_count=recommended, declared_count=3)

    def publicised(self) -> "RoundWalk":
        return self.ranked().do("start_publicity", outcome="start", **PUBLISHED)

    @property
    def passed(self) -> list[str]:
        return [step.element_id for step in self.sandbox.history()]

    @property
    def ends(self) -> list[str]:
        return [step.element_id for step in self.sandbox.history() if step.kind == "end_event"]


@pytest.mark.catalogue("Q34", "W1", "J10")
def test_a_round_is_ranked_publicised_recorded_and_handed_over() -> None:
    walk = RoundWalk()
    assert walk.sandbox.tasks()[0].candidate_groups == ["case_officer@4"]
    assert walk.publicised().open == []
    assert walk.wait(9).open == ["record_publicity"]
    walk.do("record_publicity", outcome="hand_over", has_objection="no", notice="无异议")
    assert (walk.ends, walk.sandbox.state) == (["publicity_ended", "round_closed"], "completed")
    assert "hand_over_recommendation" in walk.passed


def test_the_dates_of_publicity_are_proposed_from_the_calendar() -> None:
    seen = RoundWalk().ranked().sandbox.tasks()[0].variables
    assert (seen["publicity_from"], seen["publicity_to"]) == ("2026-01-05", "2026-01-12")


@pytest.mark.catalogue("J10")
def test_publicity_ends_with_its_last_day_and_not_before() -> None:
    walk = RoundWalk().publicised()
    assert walk.wait(7).open == []
    assert walk.wait(1).open == ["record_publicity"]


def test_a_round_may_be_cancelled() -> None:
    walk = RoundWalk().do("rank_candidates", outcome="cancel", recommended_count=0, declared_count=0)
    assert (walk.ends, "release_candidates" in walk.passed) == (["round_cancelled"], True)


def test_where_nobody_is_recommended_nothing_is_publicised() -> None:
    walk = RoundWalk().ranked(0)
    assert (walk.ends, "announce_publicity" in walk.passed) == (["round_closed"], False)


def test_ranking_may_be_taken_up_again_before_publicity() -> None:
    assert RoundWalk().ranked().do("start_publicity", outcome="back").open == ["rank_candidates"]


@pytest.mark.catalogue("J10")
@pytest.mark.parametrize("late", [False, True])
def test_objections_are_verified_beside_publicity_and_after_it(late: bool) -> None:
    walk = RoundWalk().publicised()
    if late:
        walk.wait(9)
    walk.press("raise_objection", objection_content="不实").press("raise_objection", objection_content="再次")
    assert walk.open.count("verify_objection") == 2
    walk.do("verify_objection", outcome="upheld", finding="属实")
    walk.do("verify_objection", outcome="dismissed", finding="不属实")
    assert walk.ends.count("objection_settled") == 2
    walk.wait(9)
    assert walk.open == ["record_publicity"]


@pytest.mark.catalogue("J10")
def test_publicity_that_was_stopped_begins_anew() -> None:
    walk = RoundWalk().publicised().press("stop_publicity", stop_reason="有误")
    assert (walk.open, "retract_publicity" in walk.passed) == (["start_publicity"], True)
    walk.do("start_publicity", outcome="start", **PUBLISHED).wait(9)
    walk.do("record_publicity", outcome="repeat")
    assert walk.open == ["start_publicity"]


def test_the_walks_reach_every_end_of_the_diagram() -> None:
    tree = etree.fromstring(FILE.read_bytes())
    ends = {end.get("id") for end in tree.iter("{*}endEvent")}
    assert ends == {"round_cancelled", "round_closed", "publicity_ended", "objection_settled"}
