"""A meeting of the demo held to its end: publicity, approval, certificates, closing."""

from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.clock import FixedClock, local
from engine.declaration.demo_people import actor_of_login
from engine.organisation.tables import unit
from engine.reference import CodeLists
from engine.result.tables import result_document, review_result
from engine.review_meeting.demo_meeting import TITLE_OFFICE, Gathering

#: working days of publicity besides the first
PUBLIC_DAYS = 5


class Proceedings(Gathering):
    """The same meeting, and what its officer and the title office do afterwards."""

    def publish(self) -> None:
        """The results are public from today on, for as many working days as the rule asks."""
        with self.database.read() as tx:
            calendar = tx.service(CodeLists).calendar(tx)
            host = tx.value(sa.select(unit.c.name).where(unit.c.id == self.officer.unit))
        begin = local(self.at + self.pause).date()
        self.public_until = calendar.add_working_days(begin, PUBLIC_DAYS)
        self.complete(
            "publish_results",
            case_key=self.handling,
            publicity_title=f"{self.name}评审结果公示",
            publicity_from=begin.isoformat(),
            publicity_to=self.public_until.isoformat(),
            objection_phone="0311-00000000",
            objection_address=f"{host}职称评审工作机构",
            publicity_remark=None,
            outcome="publish",
        )

    def wait_for_publicity(self) -> None:
        """Until the morning after its last day."""
        self.at += timedelta(days=(self.public_until - local(self.at).date()).days + 1)
        self.sweep()

    def end_publicity(self) -> None:
        given: dict[str, Any] = {"publicity_summary": "公示期间没有未处理的异议。", "outcome": "end"}
        self.complete("end_publicity", case_key=self.handling, **given)

    def forward(self) -> None:
        given: dict[str, Any] = {
            "forwarding_no": "示职改办〔示例〕9 号",
            "forwarding_date": self._today(),
            "forwarding_files": [],
        }
        self.complete("forward_results", case_key=self.handling, **given, forwarding_remark=None, outcome="forward")

    def approve_results(self) -> None:
        given: dict[str, Any] = {"outcome": "approve", "opinion": "程序合规，同意。"}
        self.complete("approve_results", case_key=self.handling, by=self.title_officer, **given)

    def issue(self) -> None:
        """The document that announces the titles, and their certificates."""
        with self.database.transaction(FixedClock(self.at)) as tx:
            files = [dict(self.files.upload(tx, self.title_officer, "发文.pdf"))]
            number = 1 + int(tx.value(sa.select(sa.func.count()).select_from(result_document)))
        given: dict[str, Any] = {
            "document_no": f"示职改〔示例〕{number} 号",
            "document_date": self._today(),
            "obtained_on": self._today(),
        }
        self.complete(
            "issue_document",
            case_key=self.handling,
            by=self.title_officer,
            **given,
            document_files=files,
            outcome="issue",
        )

    def deliver(self) -> None:
        self.complete("deliver_certificates", case_key=self.handling, delivery_remark=None, outcome="deliver")

    def close(self) -> None:
        self.complete("close_meeting", case_key=self.handling, closing_remark=None, outcome="close")

    @property
    def title_officer(self) -> Actor:
        """Who approves what the host forwards."""
        with self.database.read() as tx:
            return actor_of_login(tx, *TITLE_OFFICE.officer)

    @property
    def handling(self) -> int:
        """The case of the results."""
        with self.database.read() as tx:
            wanted = sa.select(review_result.c.handling).where(review_result.c.meeting == self.key)
            return int(tx.value(wanted.limit(1)))

    def _today(self) -> str:
        today: date = local(self.at).date()
        return today.isoformat()
