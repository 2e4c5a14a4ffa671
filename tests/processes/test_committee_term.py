"""Every way through processes/committee/committee_term.bpmn (J05, K2)."""

from pathlib import Path

import pytest

from engine.flow.sandbox import Sandbox

FILE = Path(__file__).parents[2] / "processes" / "committee" / "committee_term.bpmn"


class TermWalk:
    """One filing from 5 January 2026, the sandbox's first day, to 5 January 2027."""

    def __init__(self) -> None:
        self.sandbox = Sandbox(FILE.read_bytes())
        dates = {"valid_from": "2026-01-05", "valid_until": "2027-01-05"}
        started = {**dates, "committee": 7, "committee_code": "PW9001", "committee_name": "测试评委会", "unit": 9}
        self.sandbox.start(started, business_key="PW9001", unit_id=9, year=2026)
        self.told: list[str] = []

    def wait(self, days: int) -> "TermWalk":
        self.sandbox.advance(days * 86400)
        while jobs := self.sandbox.jobs():
            self.told.append(jobs[0].element_id)
            self.sandbox.complete_job(jobs[0])
        return self

    @property
    def ends(self) -> list[str]:
        return [step.element_id for step in self.sandbox.history() if step.kind == "end_event"]


@pytest.mark.catalogue("J05", "K2")
def test_a_filing_is_reminded_sixty_days_before_and_then_runs_out() -> None:
    walk = TermWalk().wait(300)
    assert walk.told == []
    walk.wait(8)
    assert (walk.told, walk.sandbox.state) == (["remind_refiling"], "running")
    walk.wait(60)
    assert (walk.told[1:], walk.ends, walk.sandbox.state) == (
        ["expire_committee"],
        ["term_ended", "committee_past"],
        "completed",
    )


@pytest.mark.catalogue("J05")
@pytest.mark.parametrize("day", [10, 320])
def test_a_filing_made_again_runs_on_with_its_own_dates(day: int) -> None:
    walk = TermWalk().wait(day)
    again = {"valid_from": "2027-01-06", "valid_until": "2029-01-05", "filing_no": "示职评备〔2027〕1 号"}
    walk.sandbox.publish_message("committee_refiled", "PW9001", again)
    walk.wait(400 - day)
    assert ("expire_committee" in walk.told, walk.sandbox.state) == (False, "running")
    walk.wait(800)
    assert (walk.told[-2:], walk.sandbox.state) == (["remind_refiling", "expire_committee"], "completed")
