"""Every way through processes/organisation/applicant_transfer.bpmn."""

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from engine.flow.sandbox import Sandbox
from engine.flow.tables import case

FILE = Path(__file__).parents[2] / "processes" / "organisation" / "applicant_transfer.bpmn"
ASKED: dict[str, Any] = {
    "transfer_no": "2026-ZJ-7",
    "person": 12,
    "person_name": "测试申报人",
    "from_unit": 4,
    "to_unit": 9,
    "superior_unit": 2,
    "requested_by": "taking",
    "requesting_unit": 9,
}
MOVED = ["transfer_enrolment", "move_declaration", "notify_transferred"]


class Walk:
    """One transfer; the jobs are done as they come."""

    def __init__(self, **changes: Any) -> None:
        self.sandbox = Sandbox(FILE.read_bytes())
        self.sandbox.start({**ASKED, **changes}, business_key="2026-ZJ-7")
        self.work()

    def work(self) -> "Walk":
        while jobs := self.sandbox.jobs():
            self.sandbox.complete_job(jobs[0])
        return self

    def complete(self, element: str, outcome: str, opinion: str = "") -> "Walk":
        self.sandbox.complete(element, {"outcome": outcome, "opinion": opinion})
        return self.work()

    def press(self, message: str) -> "Walk":
        self.sandbox.publish_message(message, "2026-ZJ-7")
        return self.work()

    @property
    def open(self) -> list[tuple[str, list[str]]]:
        return [(task.element_id, task.candidate_groups) for task in self.sandbox.tasks()]

    @property
    def ended(self) -> tuple[str, str]:
        """The status and the end event."""
        assert self.sandbox.state == "completed"
        with self.sandbox.database.read() as tx:
            status = str(tx.value(sa.select(case.c.status)))
        return status, next(step.element_id for step in self.sandbox.history() if step.kind == "end_event")

    @property
    def done(self) -> list[str]:
        return [step.element_id for step in self.sandbox.history() if step.kind == "service_task"][1:]


OLD = ("consent_release", ["case_officer@4", "unit_admin@4"])
NEW = ("accept_transfer", ["case_officer@9", "unit_admin@9"])
ABOVE = ("decide_transfer", ["case_officer@2", "unit_admin@2", "title_office_admin@2"])


@pytest.mark.catalogue("Q36", "W2")
def test_the_new_unit_asks_and_the_old_one_consents() -> None:
    walk = Walk()
    assert walk.open == [OLD]
    walk.complete("consent_release", "consent")
    assert (walk.ended, walk.done) == (("已转接", "transferred"), MOVED)


@pytest.mark.catalogue("Q36", "W2")
def test_the_old_unit_offers_and_the_new_one_accepts() -> None:
    walk = Walk(requested_by="releasing", requesting_unit=4)
    assert walk.open == [NEW]
    walk.complete("accept_transfer", "accept")
    assert (walk.ended, walk.done) == (("已转接", "transferred"), MOVED)


@pytest.mark.catalogue("Q36", "W2")
@pytest.mark.parametrize(
    ("asked", "element", "word"),
    [
        ({}, "consent_release", "refuse"),
        ({"requested_by": "releasing", "requesting_unit": 4}, "accept_transfer", "refuse"),
    ],
)
def test_a_unit_that_does_not_agree_ends_it_and_nothing_moves(asked: dict[str, Any], element: str, word: str) -> None:
    walk = Walk(**asked).complete(element, word, "仍在本单位工作")
    assert (walk.ended, walk.done) == (("未同意", "transfer_refused"), ["notify_refused"])


@pytest.mark.catalogue("Q36", "W2")
@pytest.mark.parametrize(
    ("outcome", "end"), [("consent", ("已转接", "transferred")), ("refuse", ("未同意", "transfer_refused"))]
)
def test_the_common_superior_decides_where_the_old_unit_does_not_answer(outcome: str, end: tuple[str, str]) -> None:
    walk = Walk()
    walk.sandbox.advance(20 * 86400)
    assert walk.open == [ABOVE]
    assert walk.complete("decide_transfer", outcome, "已核实").ended == end


@pytest.mark.catalogue("Q36")
def test_who_asked_may_turn_to_the_superior_at_once() -> None:
    assert Walk().press("ask_superior").open == [ABOVE]


@pytest.mark.catalogue("Q36")
@pytest.mark.parametrize(
    ("asked", "before"),
    [({}, []), ({"requested_by": "releasing", "requesting_unit": 4}, []), ({}, ["ask_superior"])],
)
def test_who_asked_may_withdraw_while_nobody_has_answered(asked: dict[str, Any], before: list[str]) -> None:
    walk = Walk(**asked)
    for message in before:
        walk.press(message)
    walk.press("cancel_transfer")
    assert (walk.ended, walk.done) == (("已撤回", "transfer_cancelled"), [])
