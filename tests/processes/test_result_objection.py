"""Every way through processes/result/objection.bpmn (F1)."""

from typing import Any

import pytest

from engine.flow.sandbox import Sandbox
from tests.processes.walk import PROCESSES

FILE = PROCESSES.parent / "result" / "objection.bpmn"
RAISED = {
    "unit": 4,
    "title_office": 1,
    "handling": 11,
    "declaration": 21,
    "about": "测试申报人",
    "content": "论文署名不实",
    "objector": "匿名",
    "objector_contact": "未留联系方式",
}


class Objection:
    """One objection in the sandbox; `late` is what releasing finds of the others."""

    def __init__(self, *, late: bool = False) -> None:
        self.late = late
        self.sandbox = Sandbox(FILE.read_bytes())
        self.sandbox.start(RAISED, business_key="2026-YY-00001", unit_id=4, year=2026)

    @property
    def open(self) -> list[tuple[str, list[str]]]:
        return [(task.element_id, list(task.candidate_groups)) for task in self.sandbox.tasks()]

    def do(self, element: str, outcome: str, **values: Any) -> "Objection":
        self.sandbox.complete(element, {"outcome": outcome, **values})
        while jobs := self.sandbox.jobs():
            self.jobs.append(jobs[0].type)
            self.sandbox.complete_job(jobs[0], {"late": self.late} if jobs[0].type == "release_result" else {})
        return self

    @property
    def jobs(self) -> list[str]:
        return self.__dict__.setdefault("_jobs", [])

    @property
    def end(self) -> str:
        return self.sandbox.history()[-1].element_id


def test_one_that_is_not_accepted_ends_without_stopping_anybody() -> None:
    objection = Objection().do("accept_objection", "refuse", opinion="与评审结果无关")
    assert (objection.end, objection.jobs) == ("objection_refused", [])


@pytest.mark.catalogue("F1")
def test_one_that_is_unfounded_releases_the_result() -> None:
    objection = Objection().do("accept_objection", "accept")
    assert objection.open == [("verify_objection", ["case_officer@4"])]
    objection.do("verify_objection", "dismissed", finding="署名属实")
    assert (objection.end, objection.jobs) == ("objection_dismissed", ["withhold_result", "release_result"])


@pytest.mark.catalogue("F1")
def test_a_result_released_after_the_others_went_up_is_approved_alone() -> None:
    objection = (
        Objection(late=True).do("accept_objection", "accept").do("verify_objection", "dismissed", finding="属实")
    )
    assert objection.open == [("approve_late_result", ["case_officer@1"])]
    objection.do("approve_late_result", "approve")
    assert (objection.end, objection.jobs[-1]) == ("late_result_settled", "settle_late_result")


@pytest.mark.catalogue("F1")
def test_one_that_is_upheld_is_decided_by_the_title_office_and_overturns_the_result() -> None:
    objection = Objection().do("accept_objection", "accept").do("verify_objection", "upheld", finding="署名不实")
    assert objection.open == [("decide_objection", ["case_officer@1"])]
    objection.do("decide_objection", "return_for_verification", opinion="证据不足")
    assert objection.open == [("verify_objection", ["case_officer@4"])]
    objection.do("verify_objection", "upheld", finding="补充证据").do("decide_objection", "overturn", opinion="成立")
    assert (objection.end, objection.jobs) == ("objection_upheld", ["withhold_result", "overturn_result"])


@pytest.mark.catalogue("J16")
def test_cheating_is_recorded_after_the_result_is_overturned() -> None:
    objection = Objection().do("accept_objection", "accept").do("verify_objection", "upheld", finding="论文造假")
    objection.do("decide_objection", "overturn_for_cheating", opinion="弄虚作假")
    assert (objection.end, objection.jobs) == (
        "objection_upheld",
        ["withhold_result", "overturn_result", "record_cheating"],
    )
