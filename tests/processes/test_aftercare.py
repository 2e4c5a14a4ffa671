"""Every way through the diagrams after a result: 复查, 投诉, 撤销职称, 初次认定, 确认, 补发, 更正."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from engine.flow.sandbox import Sandbox
from engine.flow.tables import case, message

FILES = Path(__file__).parents[2] / "processes" / "result"
NUMBER = "2026-000001-FC-1"
GIVEN: dict[str, Any] = {
    "request_no": NUMBER,
    "asker": "990000197603121014",
    "asker_name": "测试申报人",
    "declaration_no": "2026-000001",
    "person": 12,
    "person_login": "990000197603121014",
    "unit": 3,
    "title_office": 1,
    "ask_by": "2026-01-26T18:00:00+08:00",
    "printed": {"name": "测试申报人"},
    "requested_by": "person",
}
DAY = 86400


class Walk:
    """One case; notices and other jobs are done as they come, in the order `jobs`."""

    def __init__(self, process: str, results: Mapping[str, dict[str, Any]] | None = None, **changes: Any) -> None:
        self.results, self.jobs = results or {}, list[str]()
        tables = [path.read_bytes() for path in FILES.glob("*.dmn")]
        self.sandbox = Sandbox((FILES / f"{process}.bpmn").read_bytes(), *tables)
        self.sandbox.start({**GIVEN, **changes}, business_key=NUMBER)
        self.work()

    def work(self) -> "Walk":
        while found := self.sandbox.jobs():
            self.jobs.append(found[0].type)
            self.sandbox.complete_job(found[0], self.results.get(found[0].type, {}))
        return self

    def complete(self, element: str, outcome: str, opinion: str = "理由", **values: Any) -> "Walk":
        self.sandbox.complete(element, {"outcome": outcome, "opinion": opinion, **values})
        return self.work()

    def press(self, name: str) -> "Walk":
        self.sandbox.publish_message(name, NUMBER)
        return self.work()

    def wait(self, days: float) -> "Walk":
        self.sandbox.advance(days * DAY)
        return self.work()

    @property
    def open(self) -> list[tuple[str, list[str]]]:
        return [(one.element_id, one.candidate_groups or [one.assignee or ""]) for one in self.sandbox.tasks()]

    @property
    def status(self) -> str:
        with self.sandbox.database.read() as tx:
            return str(tx.value(sa.select(case.c.status)))

    @property
    def passed(self) -> list[str]:
        return [step.element_id for step in self.sandbox.history()]

    @property
    def ended(self) -> str:
        assert self.sandbox.state == "completed"
        return self.status

    @property
    def messages(self) -> list[tuple[str, dict[str, Any]]]:
        """What was told to the declaration."""
        m = message.c
        with self.sandbox.database.read() as tx:
            query = sa.select(m.name, m.variables).where(m.correlation_key == "2026-000001").order_by(m.key)
            return [(row.name, row.variables) for row in tx.rows(query)]


# 复查


def asked() -> Walk:
    walk = Walk("reexamination", meeting_name="示范会议")
    return walk.complete("ask_reexamination", "submit", reexamination_reason="计票有误")


@pytest.mark.catalogue("J20", "W10")
def test_asking_tells_the_declaration_at_once_and_waits_for_the_unit_that_held_the_meeting() -> None:
    walk = Walk("reexamination")
    assert walk.open == [("ask_reexamination", [GIVEN["asker"]])]
    walk = asked()
    assert walk.open == [("accept_reexamination", ["case_officer@3"])]
    assert walk.messages == [("reexamination_accepted", {})]


@pytest.mark.catalogue("J20")
@pytest.mark.parametrize(
    ("outcome", "status", "told"),
    [("uphold", "维持原结果", "upheld"), ("review_again", "重新评审", "review_again")],
)
def test_the_title_office_decides_what_the_unit_has_checked(outcome: str, status: str, told: str) -> None:
    walk = asked().complete("accept_reexamination", "accept", "")
    assert walk.open == [("check_reexamination", ["case_officer@3"])]
    walk.complete("check_reexamination", outcome, finding="程序无误", checked_points=["回避"])
    assert walk.open == [("decide_reexamination", ["case_officer@1"])]
    walk.complete("decide_reexamination", outcome, "核实")
    assert walk.ended == status
    assert walk.messages[1:] == [("reexamination_decided", {"outcome": told, "reason": "核实"})]


@pytest.mark.catalogue("J20")
def test_where_the_title_office_held_the_meeting_its_leader_decides() -> None:
    walk = Walk("reexamination", unit=1).complete("ask_reexamination", "submit", reexamination_reason="计票有误")
    walk.complete("accept_reexamination", "accept").complete("check_reexamination", "uphold", finding="无误")
    assert walk.open == [("decide_reexamination", ["unit_leader@1"])]


@pytest.mark.catalogue("J20")
def test_what_is_not_clear_is_checked_again() -> None:
    walk = asked().complete("accept_reexamination", "accept").complete("check_reexamination", "uphold", finding="无误")
    walk.complete("decide_reexamination", "return_for_check", "补充计票记录")
    assert walk.open == [("check_reexamination", ["case_officer@3"])]


@pytest.mark.catalogue("J20")
def test_a_refused_request_ends_the_declaration_s_waiting_with_the_reason() -> None:
    walk = asked().complete("accept_reexamination", "refuse", "不属于复查范围")
    assert walk.ended == "不予受理"
    assert walk.messages[1:] == [("reexamination_decided", {"outcome": "upheld", "reason": "不属于复查范围"})]


@pytest.mark.catalogue("J20")
def test_a_request_is_withdrawn_before_it_is_accepted_or_given_up_before_it_is_handed_in() -> None:
    walk = asked().press("cancel_reexamination")
    assert (walk.ended, walk.messages[1][0]) == ("已撤回", "reexamination_decided")
    walk = Walk("reexamination").press("cancel_reexamination")
    assert (walk.ended, walk.messages) == ("已放弃", [])


@pytest.mark.catalogue("J20")
def test_after_the_term_nothing_can_be_handed_in() -> None:
    walk = Walk("reexamination").wait(60)
    assert (walk.ended, walk.messages) == ("期满未申请", [])


@pytest.mark.catalogue("J20", "W10")
def test_officers_are_reminded_and_the_leader_hears_what_is_overdue() -> None:
    walk = asked().wait(7)
    assert "tell_acceptance_due" in walk.passed
    walk.complete("accept_reexamination", "accept").wait(30)
    assert ("tell_check_due" in walk.passed, "tell_check_overdue" in walk.passed) == (True, False)
    walk.wait(20)
    assert "tell_check_overdue" in walk.passed
    walk.complete("check_reexamination", "uphold", finding="无误").wait(1)
    assert "tell_decision_overdue" in walk.passed
    assert walk.open == [("decide_reexamination", ["case_officer@1"])]


# 投诉


def complaint() -> Walk:
    return Walk("complaint", content="程序不公", complained_unit_name="示范单位")


@pytest.mark.catalogue("J20", "W10")
@pytest.mark.parametrize(("outcome", "status"), [("founded", "已答复（属实）"), ("unfounded", "已答复（不属实）")])
def test_a_complaint_is_assigned_checked_and_answered(outcome: str, status: str) -> None:
    walk = complaint()
    assert walk.open == [("assign_complaint", ["case_officer@1"])]
    walk.complete("assign_complaint", "accept", "", handling_unit="2")
    assert walk.open == [("handle_complaint", ["case_officer@2"])]
    walk.complete("handle_complaint", "done", finding="已核查")
    assert walk.open == [("decide_complaint", ["case_officer@1"])]
    walk.complete("decide_complaint", outcome, "答复")
    assert (walk.ended, walk.jobs) == (status, ["answer_complaint"])


@pytest.mark.catalogue("J20")
def test_what_the_title_office_checks_itself_its_leader_answers() -> None:
    walk = complaint().complete("assign_complaint", "accept", handling_unit="1")
    walk.complete("handle_complaint", "done", finding="已核查")
    assert walk.open == [("decide_complaint", ["unit_leader@1"])]
    walk.complete("decide_complaint", "return_for_finding", "再查")
    assert walk.open == [("handle_complaint", ["case_officer@1"])]


@pytest.mark.catalogue("J20")
def test_a_complaint_that_is_not_accepted_is_answered_too() -> None:
    walk = complaint().complete("assign_complaint", "refuse", "不属于职称评审", handling_unit=None)
    assert (walk.ended, walk.jobs) == ("不予受理", ["answer_complaint"])


@pytest.mark.catalogue("J20", "W10")
def test_a_complaint_that_waits_too_long_reaches_the_leader() -> None:
    walk = complaint().wait(8)
    assert "tell_assignment_overdue" in walk.passed
    walk.complete("assign_complaint", "accept", handling_unit="2").wait(18)
    assert ("tell_finding_due" in walk.passed, "tell_finding_overdue" in walk.passed) == (True, False)
    walk.wait(10)
    assert "tell_finding_overdue" in walk.passed
    walk.complete("handle_complaint", "done", finding="已核查").wait(1)
    assert {"tell_decision_due", "tell_decision_overdue"} <= set(walk.passed)


# 撤销职称


def proposed() -> Walk:
    walk = Walk("title_revocation", {"revoke_title": {"barred_until": "2029-01-11"}}, statement=None)
    assert walk.open == [("propose_revocation", ["case_officer@1"])]
    return walk.complete("propose_revocation", "propose", ground="false_material", facts="论文造假")


@pytest.mark.catalogue("J16", "W10")
def test_a_title_is_revoked_by_the_leader_after_the_person_was_heard() -> None:
    walk = proposed()
    assert walk.open == [("hear_person", [GIVEN["person_login"]])]
    walk.complete("hear_person", "state", statement="无意见")
    assert walk.open == [("decide_revocation", ["unit_leader@1"])]
    walk.complete("decide_revocation", "revoke", "查实")
    assert (walk.ended, walk.jobs) == ("已撤销", ["tell_aftercare", "revoke_title", "tell_aftercare"])


@pytest.mark.catalogue("J16")
def test_who_says_nothing_within_ten_working_days_is_decided_about_all_the_same() -> None:
    walk = proposed().wait(21)
    assert walk.open == [("decide_revocation", ["unit_leader@1"])]
    walk.complete("decide_revocation", "keep", "证据不足")
    assert (walk.ended, "revoke_title" in walk.jobs) == ("不予撤销", False)


@pytest.mark.catalogue("J16")
def test_facts_are_completed_or_the_matter_is_dropped() -> None:
    walk = proposed().complete("hear_person", "state", statement="不属实")
    walk.complete("decide_revocation", "return_for_facts", "补充证据")
    assert walk.open == [("propose_revocation", ["case_officer@1"])]
    walk.complete("propose_revocation", "abandon", ground="cheating", facts="查无实据")
    assert (walk.ended, "revoke_title" in walk.jobs) == ("查无实据，已结案", False)


# 初次认定、确认、补发、更正

REQUESTS = {
    "initial_recognition": ("issue_recognised", "已认定"),
    "certificate_confirmation": ("issue_confirmed", "已确认"),
    "certificate_reissue": ("reissue_certificate", "已补发"),
    "certificate_correction": ("correct_certificate", "已更正"),
}
ANSWERS = {job: {"certificate_no": "职称202600001"} for job, _ in REQUESTS.values()}
ASKED = {
    "recognition_education": "本科",
    "graduated_on": "2023-07-01",
    "working_since": "2024-01-01",
    "title_level": "assistant",
}
every_request = pytest.mark.parametrize("process", list(REQUESTS))


def requested(process: str, **changes: Any) -> Walk:
    walk = Walk(process, {**ANSWERS, "describe_request": {"summary": []}}, **changes)
    assert walk.open == [("ask", [GIVEN["asker"]])]
    return walk.complete("ask", "submit", **ASKED)


@pytest.mark.catalogue("W14")
@every_request
def test_the_unit_checks_the_title_office_decides_a_certificate_is_issued(process: str) -> None:
    walk = requested(process)
    assert walk.open == [("check_request", ["case_officer@3"])]
    walk.complete("check_request", "approve", "")
    assert walk.open == [("decide_request", ["case_officer@1"])]
    walk.complete("decide_request", "approve", "", document_no="示〔2026〕1号", obtained_on="2026-01-12")
    job, status = REQUESTS[process]
    assert (walk.ended, walk.jobs) == (status, ["describe_request", job, "tell_aftercare"])


@pytest.mark.catalogue("W14")
@every_request
def test_it_goes_back_to_who_asked_and_comes_again(process: str) -> None:
    walk = requested(process).complete("check_request", "return_for_revision", "补附件")
    assert walk.open == [("ask", [GIVEN["asker"]])]
    walk.complete("ask", "submit", **ASKED).complete("check_request", "approve")
    walk.complete("decide_request", "return_for_revision", "补原件")
    assert walk.open == [("ask", [GIVEN["asker"]])]


@pytest.mark.catalogue("W14")
@every_request
def test_either_office_may_refuse_and_who_asked_may_take_it_back(process: str) -> None:
    assert requested(process).complete("check_request", "refuse", "不符").ended == "未同意"
    walk = requested(process).complete("check_request", "approve")
    assert walk.complete("decide_request", "refuse", "不符").ended == "未同意"
    assert requested(process).press(f"cancel_{process}").ended == "已撤回"
    assert Walk(process).press(f"cancel_{process}").ended == "已撤回"


@pytest.mark.catalogue("W14")
def test_what_the_unit_itself_asks_for_goes_to_the_title_office_at_once() -> None:
    assert requested("initial_recognition", requested_by="unit").open == [("decide_request", ["case_officer@1"])]


@pytest.mark.catalogue("W14")
@every_request
def test_officers_are_reminded_of_requests_and_the_leaders_hear_what_is_overdue(process: str) -> None:
    walk = requested(process).wait(6.5)
    assert ("tell_check_due" in walk.passed, "tell_check_overdue" in walk.passed) == (True, False)
    walk.wait(1)
    assert "tell_check_overdue" in walk.passed
    walk.complete("check_request", "approve").wait(13)
    assert ("tell_decision_due" in walk.passed, "tell_decision_overdue" in walk.passed) == (True, False)
    walk.wait(4)
    assert "tell_decision_overdue" in walk.passed
    assert walk.open == [("decide_request", ["case_officer@1"])]


@pytest.mark.catalogue("W14")
@pytest.mark.parametrize(
    ("education", "level", "since", "term"),
    [
        ("本科", "assistant", "2025-01-01", (True, 1)),
        ("本科", "assistant", "2025-06-01", (False, 1)),
        ("硕士", "assistant", "2026-01-01", (True, 0)),
        ("硕士", "intermediate", "2023-06-01", (False, 3)),
        ("博士", "intermediate", "2026-01-01", (True, 0)),
        ("大专", "basic", "2024-06-01", (True, 1)),
        ("大专", "assistant", "2022-06-01", (True, 3)),
        ("中专", "basic", "2025-06-01", (False, 1)),
        ("本科", "senior", "2000-01-01", (False, None)),
    ],
)
def test_the_years_a_first_title_takes_are_worked_out_for_who_checks(
    education: str, level: str, since: str, term: tuple[bool, int | None]
) -> None:
    walk = Walk("initial_recognition", {"describe_request": {"summary": []}})
    given = {"recognition_education": education, "title_level": level}
    walk.complete("ask", "submit", **given, graduated_on="2000-01-01", working_since=since)
    found = walk.sandbox.variables()["term"]
    assert (found["fits"], found["needed"]) == term
    assert [element for element, _ in walk.open] == ["check_request"]


@pytest.mark.catalogue("W14")
def test_years_of_work_count_from_graduation_at_the_earliest() -> None:
    walk = Walk("initial_recognition", {"describe_request": {"summary": []}})
    given = {"recognition_education": "硕士", "title_level": "intermediate"}
    walk.complete("ask", "submit", **given, graduated_on="2024-07-01", working_since="2019-01-01")
    assert walk.sandbox.variables()["term"] == {"fits": False, "needed": 3, "short": "reason"}
