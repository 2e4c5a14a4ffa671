"""What the handling of results begins with: a meeting, its confirmed ballot, dossiers that passed and one that did not."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from engine.access import SYSTEM, Actor
from engine.clock import FixedClock
from engine.db import Database
from engine.declaration.demo_files import DemoFiles
from engine.declaration.tables import declaration
from engine.document import FileStore
from engine.flow.completion import complete_task
from engine.flow.messages import publish_message
from engine.flow.sweep import deliver_messages, run_due_timers
from engine.flow.tables import message, task
from engine.result.tables import review_result
from engine.review_meeting.balloting.tables import Outcome, RoundKind, ballot_round, tally
from engine.review_meeting.tables import DossierStage, meeting_dossier, review_meeting
from tests.review_meeting.setting_up.hall import Hall

PUBLISHED = {
    "publicity_title": "测试评审会议评审结果公示",
    "publicity_from": "2026-06-01",
    "publicity_to": "2026-06-08",
    "objection_phone": "0311-00000000",
    "objection_address": "示范大学人事处",
    "publicity_remark": None,
    "outcome": "publish",
}
DOCUMENT = {
    "document_no": "示范职改〔2026〕1号",
    "document_date": "2026-06-20",
    "obtained_on": "2026-06-15",
    "outcome": "issue",
}
#: a program that seals: it says whose seal it is at the end of the file
STAMP = "import sys; sys.stdout.buffer.write(sys.stdin.buffer.read() + b'%sealed by ' + __import__('os').environ['SEAL_OWNER'].encode())"
m, r, d = review_meeting.c, review_result.c, declaration.c
#: yes, no, needed, outcome of each dossier; 29 are there
VOTES = ((29, 0, 20, Outcome.PASSED), (20, 9, 20, Outcome.PASSED), (19, 10, 20, Outcome.FAILED))


class Decided:
    """`declarations` in the order of their votes, `adjourned` one that nobody voted on; `handling` is the case of the results.

    The one at the place `stopped` was stopped while the meeting sat."""

    def __init__(
        self,
        database: Database,
        clock: FixedClock,
        votes: Sequence[tuple[int, int, int, Outcome]] = VOTES,
        *,
        stopped: int | None = None,
    ) -> None:
        self.database, self.clock, self.hall = database, clock, Hall(database)
        self.officer, self.office = self.hall.officer, self.hall.who("office_officer")
        committee = self.hall.committee()
        self.meeting = self.hall.call([committee])
        *self.declarations, self.adjourned = self.hall.waiting(committee, len(votes) + 1)
        with database.transaction() as tx:
            round_key = tx.next_key()
            tx.insert(
                ballot_round,
                key=round_key,
                ballot=round_key,
                meeting=self.meeting,
                committee=committee,
                no=1,
                kind=RoundKind.SECRET,
                allow_abstain=False,
                members=29,
                rule=1,
                rule_version="ballot_pass 2026",
                opened_at=tx.now,
                opened_by="test",
                confirmed_at=tx.now,
                confirmed_by="test",
                void_reason="",
            )
            for key, (yes, no, needed, outcome) in zip(self.declarations, votes, strict=True):
                tx.insert(
                    tally,
                    round=round_key,
                    declaration=key,
                    yes=yes,
                    no=no,
                    abstain=0,
                    attending=29,
                    recused=0,
                    needed=needed,
                    outcome=outcome,
                    sentence=f"需 {needed}，得 {yes}（29 人出席）",
                )
            for key in (*self.declarations, self.adjourned):
                number = tx.value(sa.select(d.declaration_no).where(d.case_key == key))
                tx.insert(
                    meeting_dossier,
                    meeting=self.meeting,
                    declaration=key,
                    declaration_no=number,
                    committee=committee,
                    group=None,
                    live=True,
                    review_case=None,
                    stage=DossierStage.CHAIR_CONFIRMED,
                    primary_expert=None,
                    secondary_expert=None,
                    score=None,
                )
            if stopped is not None:
                mine = d.case_key == self.declarations[stopped]
                tx.execute(sa.update(declaration).where(mine).values(live=False))
            meeting_no = str(tx.value(sa.select(m.meeting_no).where(m.case_key == self.meeting)))
            given = {"meeting": self.meeting, "meeting_no": meeting_no, "unit": self.officer.unit}
            publish_message(tx, SYSTEM, "meeting_decided", meeting_no, given)
        self.sweep()
        self.handling = int(self.rows(sa.select(r.handling).where(r.meeting == self.meeting))[0][0])

    def sweep(self) -> None:
        while run_due_timers(self.database) + deliver_messages(self.database):
            pass

    def rows(self, statement: sa.Select[Any]) -> Sequence[Any]:
        with self.database.read() as tx:
            return tx.rows(statement)

    def do(self, element: str, values: Mapping[str, Any], by: Actor | None = None) -> None:
        """Complete the open task of that element, in whichever case of this meeting it waits."""
        key = self.rows(sa.select(task.c.key).where(task.c.element_id == element).order_by(task.c.key.desc()))[0].key
        with self.database.transaction() as tx:
            complete_task(tx, by or self.officer, key, dict(values))
        self.sweep()

    def upload(self, actor: Actor) -> dict[str, Any]:
        """A file of the actor's, as the form keeps it."""
        with self.database.transaction() as tx:
            return dict(DemoFiles(tx.service(FileStore)).upload(tx, actor, "发文.pdf"))

    def publish(self) -> None:
        self.do("publish_results", PUBLISHED)

    def end_publicity(self) -> None:
        self.clock.advance(timedelta(days=8))
        self.sweep()
        self.do("end_publicity", {"publicity_summary": "无异议", "outcome": "end"})

    def forward(self) -> None:
        given = {"forwarding_no": "示范〔2026〕9号", "forwarding_date": "2026-06-10", "outcome": "forward"}
        self.do("forward_results", {**given, "forwarding_files": [], "forwarding_remark": None})

    def states(self) -> list[str]:
        found = {
            row.declaration: row.state.value
            for row in self.rows(sa.select(r.declaration, r.state).where(r.meeting == self.meeting))
        }
        return [found[key] for key in self.declarations]

    def told(self, name: str) -> list[int]:
        """Which dossiers were told so, by their place."""
        numbers = self.rows(sa.select(r.declaration, r.declaration_no).where(r.meeting == self.meeting))
        known = {row.declaration_no: self.declarations.index(row.declaration) for row in numbers}
        sent = self.rows(sa.select(message.c.correlation_key).where(message.c.name == name))
        return sorted(known[row.correlation_key] for row in sent if row.correlation_key in known)
