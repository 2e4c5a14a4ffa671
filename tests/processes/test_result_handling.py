"""Every way through processes/result/result_handling.bpmn (F1–F5, J11, J30)."""

from typing import Any

import pytest

from engine.flow.sandbox import Sandbox
from tests.processes.walk import PROCESSES

FILE = PROCESSES.parent / "result" / "result_handling.bpmn"
NO = "2026-PS-0001"
REGISTERED = {
    "unit": 4,
    "unit_name": "示范医科大学",
    "title_office": 1,
    "year": 2026,
    "publicity_days": 5,
    "publicity_title_draft": "示范会议评审结果公示",
    "decided_total": 3,
    "passed_total": 2,
    "failed_total": 1,
}
PUBLISHED = {
    "publicity_title": "示范会议评审结果公示",
    "publicity_from": "2026-01-05",
    "publicity_to": "2026-01-12",
    "objection_phone": "0311-00000000",
    "objection_address": "示范处室",
    "outcome": "publish",
}
RESULTS: dict[str, dict[str, Any]] = {
    "register_results": REGISTERED,
    "open_result_publicity": {"notice": 9},
    "count_result_objections": {"objections_total": 0, "objections_open": 0},
    "forward_results": {"forwarded_total": 2},
    "grant_titles": {"granted_total": 2},
}


class Handling:
    """One handling in the sandbox; what the slice's jobs give is given as they come."""

    def __init__(self) -> None:
        self.sandbox = Sandbox(FILE.read_bytes())
        self.sandbox.publish_message("meeting_decided", NO, {"meeting": 7, "meeting_no": NO, "unit": 4})
        self.work()

    @property
    def open(self) -> list[str]:
        return [task.element_id for task in self.sandbox.tasks()]

    @property
    def group(self) -> list[str]:
        return list(self.sandbox.tasks()[0].candidate_groups)

    def do(self, element: str, **values: Any) -> "Handling":
        self.sandbox.complete(element, values)
        return self.work()

    def work(self) -> "Handling":
        while jobs := self.sandbox.jobs():
            self.sandbox.complete_job(jobs[0], RESULTS.get(jobs[0].type, {}))
        return self

    def wait(self, days: float) -> "Handling":
        self.sandbox.advance(days * 86400)
        return self.work()

    def forwarded(self) -> "Handling":
        self.do("publish_results", **PUBLISHED).wait(9).do("end_publicity", outcome="end", publicity_summary="无异议")
        return self.do(
            "forward_results", outcome="forward", forwarding_no="示范〔2026〕1号", forwarding_date="2026-01-14"
        )

    @property
    def passed(self) -> list[str]:
        return [step.element_id for step in self.sandbox.history()]


@pytest.mark.catalogue("F1", "F2", "F3", "F4", "F5", "J30", "Q20")
def test_results_are_published_forwarded_approved_announced_certified_and_closed() -> None:
    handling = Handling()
    assert (handling.open, handling.group) == (["publish_results"], ["case_officer@4"])
    handling.forwarded()
    assert (handling.open, handling.group) == (["approve_results"], ["case_officer@1"])
    handling.do("approve_results", outcome="approve")
    assert (handling.open, handling.group) == (["issue_document"], ["case_officer@1"])
    handling.do("issue_document", outcome="issue", document_no="示范〔2026〕2号", obtained_on="2026-01-12")
    assert (handling.open, handling.group) == (["deliver_certificates"], ["case_officer@4"])
    handling.do("deliver_certificates", outcome="deliver").do("close_meeting", outcome="close")
    assert (handling.passed[-1], handling.sandbox.state) == ("results_closed", "completed")


@pytest.mark.catalogue("J11")
def test_publicity_ends_with_its_last_day_and_not_before() -> None:
    handling = Handling()
    seen = handling.sandbox.tasks()[0].variables
    assert (seen["publicity_from"], seen["publicity_to"]) == ("2026-01-05", "2026-01-12")
    assert handling.do("publish_results", **PUBLISHED).wait(7).open == []
    assert handling.wait(1).open == ["end_publicity"]


def test_a_publicity_that_is_stopped_begins_again() -> None:
    handling = Handling().do("publish_results", **PUBLISHED)
    handling.sandbox.publish_message("stop_result_publicity", NO, {"stop_reason": "名单有误"})
    assert handling.work().open == ["publish_results"]
    assert handling.do("publish_results", **PUBLISHED).wait(9).open == ["end_publicity"]


@pytest.mark.catalogue("J30")
def test_what_the_title_office_returns_is_forwarded_again() -> None:
    handling = Handling().forwarded().do("approve_results", outcome="return_for_revision", opinion="缺会议记录")
    assert handling.open == ["forward_results"]
    assert "grant_titles" not in handling.passed
    handling.do("forward_results", outcome="forward", forwarding_no="示范〔2026〕3号", forwarding_date="2026-01-15")
    assert handling.open == ["approve_results"]
