"""Who acts after results, and how a test goes through a case step by step."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.clock import FixedClock
from engine.db import Database
from engine.declaration.demo_files import DemoFiles
from engine.declaration.demo_people import actor_of_login
from engine.document import FileStore
from engine.flow.completion import complete_task
from engine.flow.sweep import deliver_messages, run_due_timers
from engine.flow.tables import case, task
from engine.organisation import identity_of
from engine.result.aftercare.complaint import raise_complaint
from engine.result.granting import next_numbers
from engine.result.tables import CertificateKind, CertificateState, title_certificate
from tests.declaration.people import enrol_applicant

TITLE = {
    "title_category": "health",
    "title_series": "physician",
    "specialty": "physician-01",
    "title_name": "physician-senior",
    "title_level": "senior",
}
t = title_certificate.c


class Office:
    """`officer` and `leader` of the title office, `hospital` the officer of an applicant's unit, `stranger` one of another."""

    def __init__(self, database: Database, clock: FixedClock) -> None:
        self.database, self.clock = database, clock
        self.officer, self.leader = self.who("office_officer"), self.who("office_leader", "unit_leader")
        self.hospital, self.stranger = self.who("hosp3_officer"), self.who("cedu_officer")

    def who(self, login: str, role: str = "case_officer") -> Actor:
        with self.database.read() as tx:
            return actor_of_login(tx, login, role)

    def applicant(self) -> Actor:
        """A new applicant of the third hospital."""
        with self.database.transaction() as tx:
            login = enrol_applicant(tx, self.hospital, year=2026)
        return self.who(login, "applicant")

    def run(self, command: Any, *args: Any, **more: Any) -> Any:
        with self.database.transaction() as tx:
            return command(tx, *args, **more)

    def ask(self, query: Any, *args: Any, **more: Any) -> Any:
        with self.database.read() as tx:
            return query(tx, *args, **more)

    def rows(self, statement: sa.Select[Any]) -> Sequence[Any]:
        with self.database.read() as tx:
            return tx.rows(statement)

    def case_of(self, task_key: int) -> int:
        return int(self.rows(sa.select(task.c.case_key).where(task.c.key == task_key))[0][0])

    def open(self, case_key: int) -> list[str]:
        return [row.element_id for row in self.rows(sa.select(task.c.element_id).where(task.c.case_key == case_key))]

    def status(self, case_key: int) -> str:
        return str(self.rows(sa.select(case.c.status).where(case.c.key == case_key))[0][0])

    def do(self, case_key: int, by: Actor, outcome: str, opinion: str | None = None, **values: Any) -> None:
        """Complete the one open task of a case."""
        key = int(self.rows(sa.select(task.c.key).where(task.c.case_key == case_key))[0][0])
        said = {} if opinion is None else {"opinion": opinion}
        with self.database.transaction() as tx:
            complete_task(tx, by, key, {**values, **said, "outcome": outcome})
        self.sweep()

    def sweep(self) -> None:
        while run_due_timers(self.database) + deliver_messages(self.database):
            pass

    def upload(self, actor: Actor) -> Mapping[str, Any]:
        with self.database.transaction() as tx:
            return DemoFiles(tx.service(FileStore)).upload(tx, actor, "证明.pdf")

    def certificate(self, holder: Actor, **columns: Any) -> int:
        """A certificate of a review that the holder has; its key."""
        with self.database.transaction() as tx:
            assert holder.person is not None
            who = identity_of(tx, holder.person)
            assert who is not None
            key = tx.next_key()
            row: dict[str, Any] = {
                "key": key,
                "certificate_no": next_numbers(tx, 2025, 1)[0],
                "code": f"{key:016x}",
                "kind": CertificateKind.REVIEW,
                "state": CertificateState.VALID,
                "year": 2025,
                "person": holder.person,
                "declaration": None,
                "handling": None,
                "name": who.name,
                "identity_number": who.identity_number,
                "unit_name": "示范医科大学第三附属医院",
                **TITLE,
                "committee_name": "示范评委会",
                "document_no": "示范职改〔2025〕1号",
                "obtained_on": date(2025, 12, 1),
                "issued_at": tx.now,
                "replaces": None,
                "revoked_at": None,
                "reason": "",
            }
            tx.insert(title_certificate, **{**row, **columns})
        return key

    def certificates(self, holder: Actor) -> list[Any]:
        return list(self.rows(sa.select(title_certificate).where(t.person == holder.person).order_by(t.key)))

    def complain(self, actor: Actor, **given: str) -> int:
        """A complaint about the medical university; its case."""
        fields = {"unit_name": "示范医科大学（示例）", "content": "推荐没有公示", "contact": "13000000000", **given}
        number = self.run(raise_complaint, actor, fields)
        return int(self.rows(sa.select(case.c.key).where(case.c.business_key == number))[0][0])
