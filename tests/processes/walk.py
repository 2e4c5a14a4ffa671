"""Walks the declaration's diagram in the sandbox: real flow, no rules of the slice, notices done as they come."""

from pathlib import Path
from typing import Any

import sqlalchemy as sa

from engine.flow.sandbox import Sandbox
from engine.flow.tables import case

PROCESSES = Path(__file__).parents[2] / "processes" / "declaration"

UNITS = [
    {"unit": 4, "name": "示范医科大学第三附属医院", "level": "unit", "leader_review": True},
    {"unit": 3, "name": "示范医科大学", "level": "subordinate", "leader_review": True},
    {"unit": 2, "name": "示范教育厅", "level": "department", "leader_review": False},
    {"unit": 1, "name": "示范省职改办", "level": "province", "leader_review": True},
]

STARTED: dict[str, Any] = {
    "applicant": "990000197603121014",
    "person": 12,
    "declaration_no": "2026-000001",
    "chain": UNITS,
    "closes_at": "2026-06-30T18:00:00+08:00",
    "closing_reminder_at": "2026-06-27T09:00:00+08:00",
    "correction_days": 10,
    "review_days": 5,
    "standing": {},
    "setup": {"title_level": "senior", "declaration_route": "regular"},
    "present_position": {"employer_type": "public_institution"},
    "base_material": {},
}


PLACEMENT = {
    "committee": 7,
    "committee_name": "示范卫生系列高级评委会",
    "forming_unit": 1,
    "forming_unit_name": "示范省职改办",
    "entrusted": False,
}


class Walk:
    """One declaration. `open` is the element that waits for somebody, without the notices in between."""

    def __init__(self, **variables: Any) -> None:
        files = [path.read_bytes() for path in sorted(PROCESSES.glob("*.dmn"))]
        self.sandbox = Sandbox((PROCESSES / "declaration.bpmn").read_bytes(), *files)
        self.sandbox.start({**STARTED, **variables}, business_key="2026-000001", unit_id=4, year=2026)

    @property
    def open(self) -> list[str]:
        return [task.element_id for task in self.sandbox.tasks()]

    @property
    def groups(self) -> list[str]:
        return [group for task in self.sandbox.tasks() for group in task.candidate_groups]

    @property
    def status(self) -> str:
        with self.sandbox.database.read() as tx:
            return str(tx.value(sa.select(case.c.status)))

    @property
    def snapshot_size(self) -> int:
        with self.sandbox.database.read() as tx:
            return len(tx.value(sa.select(case.c.snapshot)))

    def submit(self, **sections: Any) -> "Walk":
        return self.complete(self.open[0], sections)

    def review(self, outcome: str = "approve", opinion: str = "", **values: Any) -> "Walk":
        return self.complete(self.open[0], {"outcome": outcome, "opinion": opinion, **values})

    def placed(self) -> "Walk":
        """Approved at every level and placed with a committee of the title office."""
        while self.open != ["preassign_committee"]:
            self.review()
        return self.review("assign", placement=PLACEMENT)

    def approve(self, times: int) -> "Walk":
        for _ in range(times):
            self.review()
        return self

    def press(self, message: str, **variables: Any) -> "Walk":
        self.sandbox.publish_message(message, "2026-000001", variables)
        return self.tell()

    def complete(self, element: str, values: dict[str, Any]) -> "Walk":
        self.sandbox.complete(element, values)
        return self.tell()

    def wait(self, days: float) -> "Walk":
        self.sandbox.advance(days * 86400)
        return self.tell()

    def tell(self) -> "Walk":
        """Do the notices that are due."""
        while jobs := self.sandbox.jobs():
            self.sandbox.complete_job(jobs[0])
        return self

    def passed(self, *kinds: str) -> list[str]:
        return [step.element_id for step in self.sandbox.history() if step.kind in kinds]

    @property
    def ends(self) -> list[str]:
        return self.passed("end_event")
