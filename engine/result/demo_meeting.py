"""A meeting of the demo held from its calling to its certificates, with the commands its people use."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.clock import FixedClock, local
from engine.db import Database
from engine.declaration.demo_files import DemoFiles
from engine.declaration.demo_people import actor_of_login
from engine.flow.actions import perform_action
from engine.flow.batch_running import due_batches, run_batch
from engine.flow.completion import complete_task
from engine.flow.sweep import deliver_messages, due_internal_jobs, run_due_timers, run_internal_job
from engine.flow.tables import case, task
from engine.organisation import Role
from engine.reference import CodeLists
from engine.result.tables import review_result
from engine.review_meeting.assignment.proposing import propose_assignment
from engine.review_meeting.assignment.publishing import publish_assignment
from engine.review_meeting.attending import note_attendance
from engine.review_meeting.balloting.casting import cast_ballot, sheet_of
from engine.review_meeting.balloting.papers import new_receipt
from engine.review_meeting.balloting.roll import make_roll
from engine.review_meeting.balloting.tables import Choice
from engine.review_meeting.chairing import choose_chair
from engine.review_meeting.conflicts.recusing import state_no_interest
from engine.review_meeting.creating import create_meeting
from engine.review_meeting.demo import APPROVER, OFFICER, PLAN, fit_to_lead
from engine.review_meeting.drawing import draw_experts
from engine.review_meeting.experts import experts_of
from engine.review_meeting.fields import MeetingFields
from engine.review_meeting.grouping import add_dossiers
from engine.review_meeting.groups import add_group
from engine.review_meeting.inviting import choose_experts, distribute_experts
from engine.review_meeting.leading import choose_leaders
from engine.review_meeting.meetings import groups_of
from engine.review_meeting.scoring.sheets import confirm_score, score_dossier
from engine.review_meeting.standards import StandardFields, first_items, save_standard, standards_of
from engine.review_meeting.tables import ExpertPost, meeting_dossier

d, t = meeting_dossier.c, task.c
#: dossiers are scored from here on upwards, in turn
LEAST_SCORE, SCORES = 72, 7
OPINION = "业绩突出，符合评审条件，同意评定。（示例）"
#: working days of publicity besides the first
PUBLIC_DAYS = 5


@contextmanager
def standing_at(database: Database, at: datetime) -> Iterator[None]:
    """The database's clock stands at that instant for a while: nobody else uses it yet."""
    kept, database.clock = database.clock, FixedClock(at)
    try:
        yield
    finally:
        database.clock = kept


class Proceedings:
    """One meeting of one committee; every command some time after the one before. `key` is the meeting's case."""

    def __init__(
        self, database: Database, files: DemoFiles, committee: int, begins: datetime, pause: timedelta
    ) -> None:
        self.database, self.files, self.committee, self.at, self.pause = database, files, committee, begins, pause
        with database.read() as tx:
            self.officer = actor_of_login(tx, *OFFICER)
            self.approver = actor_of_login(tx, *APPROVER)
        self.key = 0

    # --- the set-up ---------------------------------------------------------------------------------------------------

    def call(self, name: str, starts_at: datetime, groups: Mapping[str, int]) -> int:
        """Call the meeting and its groups; the key."""
        fields = MeetingFields(
            name=name,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(days=2),
            venue="示范省会议中心（示例）",
            brief="评审高级职称，出席情况、票数按评委会计算。",
            committees=(self.committee,),
        )
        self.key = int(self.act(create_meeting, fields))
        for title, seats in groups.items():
            self.act(add_group, self.key, name=title, committee=self.committee, seats=seats)
        return self.key

    def settle_groups(self) -> None:
        self.complete("set_up_groups", outcome="confirm")

    def draw(self, seats: int, outside: int) -> None:
        """Draw the experts by lot."""
        self.act(draw_experts, self.key, self.committee, seats=seats, outside_seats=outside)
        self.act(distribute_experts, self.key)

    def choose(self, experts: Sequence[int]) -> None:
        """Call these experts."""
        self.act(choose_experts, self.key, self.committee, experts)
        self.act(distribute_experts, self.key)

    def plan(self) -> None:
        self.complete("write_plan", outcome="submit", **PLAN)

    def approve_plan(self) -> None:
        self.complete("approve_plan", by=self.approver, outcome="approve", opinion="同意，请按方案组织评审。")

    def appoint_chair(self) -> None:
        with self.database.read() as tx:
            people = fit_to_lead(tx, experts_of(tx, self.key))
        self.act(choose_chair, self.key, people[0], people[1:3])
        self.complete("appoint_chair", outcome="confirm")

    def group_dossiers(self, dossiers: Sequence[int]) -> None:
        """These declarations enter, group after group in turn."""
        groups = [one["id"] for one in self.groups()]
        for place, group in enumerate(groups):
            mine = dossiers[place :: len(groups)]
            if mine:
                self.act(add_dossiers, self.key, group, mine)
        self.complete("group_dossiers", outcome="confirm")

    def set_standard(self) -> None:
        with self.database.read() as tx:
            held = standards_of(tx, self.key)
        if not held:
            self.act(save_standard, self.key, StandardFields("评分标准（示例）", (), tuple(first_items())))
        self.complete("set_standard", outcome="submit")

    def confirm_standard(self) -> None:
        self.complete("confirm_standard", by=self.chair, outcome="approve")

    def appoint_leaders(self) -> None:
        plain = {row["group"]: row["expert"] for row in self.people() if row["post"] is ExpertPost.MEMBER}
        chosen = {one["id"]: plain[one["id"]] for one in self.groups()}
        self.act(choose_leaders, self.key, chosen, by=self.chair)
        self.complete("appoint_leaders", by=self.chair, outcome="confirm")

    # --- scoring ------------------------------------------------------------------------------------------------------

    def assign(self) -> None:
        """Every leader lets the reviewers be worked out, and publishes them."""
        for group in self.groups():
            if group["leader_login"] and self._dossiers_in(group["id"]):
                leader = self.expert(group["leader_login"])
                self.act(propose_assignment, self.key, group["id"], by=leader, seed="示例")
                self.act(publish_assignment, self.key, group["id"], by=leader)
        self.sweep()

    def score(self, steps: int = 4) -> None:
        """Whoever a review waits for does their part; after four steps the chair has confirmed everything."""
        with self.database.read() as tx:
            standard = standards_of(tx, self.key)[0]
        for _ in range(steps):
            with self.database.read() as tx:
                query = sa.select(t.key, t.assignee, t.element_id, d.declaration)
                joined = query.join(meeting_dossier, d.review_case == t.case_key).where(d.meeting == self.key)
                waiting = tx.rows(joined.order_by(d.declaration))
            for number, row in enumerate(waiting):
                who = self.expert(row.assignee)
                self.act(state_no_interest, self.key, [row.declaration], by=who)
                if row.element_id == "score_dossier":
                    points = LEAST_SCORE + 4 * (number % SCORES)
                    sheet = [{"key": one["key"], "points": points} for one in standard["items"]]
                    self.act(score_dossier, row.key, sheet, OPINION, by=who)
                else:
                    self.act(confirm_score, row.key, "confirm", by=who)

    def finish_scoring(self) -> None:
        self.complete("finish_scoring", by=self.chair, outcome="finish")

    # --- the ballot ---------------------------------------------------------------------------------------------------

    def attend(self, absent: int = 0) -> None:
        """Everybody signs in but so many of the last."""
        there = [row["expert"] for row in self.people()]
        self.act(note_attendance, self.key, there[: len(there) - absent], present=True)

    def make_roll(self) -> None:
        self.act(make_roll, self.key, by=self.chair)
        self.sweep()

    def open_ballot(self) -> None:
        values = {"closes_at": None, "allow_abstain": False, "outcome": "open"}
        self.complete("open_ballot", by=self.chair, case_key=self.ballot, **values)

    def cast(self, voters: int | None = None, against: Mapping[int, int] = {}) -> None:
        """So many cast their ballot: for everything, but as many as `against` says do not agree to a dossier."""
        with self.database.read() as tx:
            mine = sa.and_(t.case_key == self.ballot, t.element_id == "cast_ballot")
            papers = tx.rows(sa.select(t.key, t.assignee).where(mine).order_by(t.key))
        for number, paper in enumerate(papers[:voters]):
            voter = self.expert(paper.assignee)
            with self.database.read() as tx:
                votable = sheet_of(tx, voter, paper.key).votable
            marks = {one: Choice.NO if number < against.get(one, 0) else Choice.YES for one in votable}
            self.act(cast_ballot, paper.key, marks, by=voter, receipt=new_receipt())

    def close_ballot(self) -> None:
        """The chair ends it, unless everybody has cast; the count follows."""
        with self.database.read() as tx:
            missing = tx.row(sa.select(t.key).where(t.case_key == self.ballot, t.element_id == "cast_ballot"))
        if missing is not None:
            self.act(perform_action, self.ballot, "close_ballot", {"close_confirmed": True}, by=self.chair)
        self.sweep()

    def confirm_tally(self) -> None:
        self.complete("confirm_tally", by=self.chair, case_key=self.ballot, outcome="confirm", announced=True)

    # --- afterwards ---------------------------------------------------------------------------------------------------

    def publish(self) -> None:
        """The results are public from today on, for as many working days as the rule asks."""
        with self.database.read() as tx:
            calendar = tx.service(CodeLists).calendar(tx)
        begin = local(self.at + self.pause).date()
        self.public_until = calendar.add_working_days(begin, PUBLIC_DAYS)
        self.complete(
            "publish_results",
            case_key=self.handling,
            publicity_title="评审结果公示（示例）",
            publicity_from=begin.isoformat(),
            publicity_to=self.public_until.isoformat(),
            objection_phone="0311-00000000",
            objection_address="示范省职改办（示例）",
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
        self.complete("approve_results", case_key=self.handling, by=self.officer, **given)

    def issue(self) -> None:
        """The document that announces the titles, and their certificates."""
        with self.database.transaction(FixedClock(self.at)) as tx:
            files = [dict(self.files.upload(tx, self.officer, "发文.pdf"))]
        given: dict[str, Any] = {
            "document_no": "示职改〔示例〕1 号",
            "document_date": self._today(),
            "obtained_on": self._today(),
        }
        self.complete("issue_document", case_key=self.handling, **given, document_files=files, outcome="issue")

    def deliver(self) -> None:
        self.complete("deliver_certificates", case_key=self.handling, delivery_remark=None, outcome="deliver")

    def close(self) -> None:
        self.complete("close_meeting", case_key=self.handling, closing_remark=None, outcome="close")

    # --- how ----------------------------------------------------------------------------------------------------------

    @property
    def chair(self) -> Actor:
        return self.expert(self.people()[0]["login"])

    @property
    def ballot(self) -> int:
        """The ballot that began last."""
        with self.database.read() as tx:
            mine = sa.and_(case.c.parent_case_key == self.key, case.c.process_id == "ballot")
            return int(tx.value(sa.select(sa.func.max(case.c.key)).where(mine)))

    @property
    def handling(self) -> int:
        """The case of the results."""
        with self.database.read() as tx:
            wanted = sa.select(review_result.c.handling).where(review_result.c.meeting == self.key)
            return int(tx.value(wanted.limit(1)))

    def people(self) -> Sequence[Mapping[str, Any]]:
        """The experts, the chair first."""
        with self.database.read() as tx:
            return experts_of(tx, self.key)

    def groups(self) -> Sequence[Mapping[str, Any]]:
        with self.database.read() as tx:
            return groups_of(tx, self.key)

    def expert(self, login: str) -> Actor:
        with self.database.read() as tx:
            return actor_of_login(tx, login, Role.EXPERT)

    def act(self, command: Callable[..., Any], *args: Any, by: Actor | None = None, **more: Any) -> Any:
        """One command, of the officer unless somebody else is named."""
        self.at += self.pause
        with self.database.transaction(FixedClock(self.at)) as tx:
            return command(tx, by or self.officer, *args, **more)

    def complete(self, element: str, *, by: Actor | None = None, case_key: int | None = None, **values: Any) -> None:
        """Complete the step that waits, and let happen what follows from it."""
        with self.database.read() as tx:
            mine = sa.and_(t.case_key == (case_key or self.key), t.element_id == element)
            waiting = tx.value(sa.select(t.key).where(mine))
        self.act(complete_task, waiting, values, by=by)
        self.sweep()

    def sweep(self) -> None:
        """What the worker does at that instant: timers, messages, batches, jobs."""
        with standing_at(self.database, self.at):
            while self._work():
                pass

    def _work(self) -> int:
        done = run_due_timers(self.database) + deliver_messages(self.database)
        for key in due_batches(self.database):
            run_batch(self.database, key)
            done += 1
        for key in due_internal_jobs(self.database):
            run_internal_job(self.database, key)
            done += 1
        return done

    def _dossiers_in(self, group: int) -> int:
        with self.database.read() as tx:
            return int(tx.value(sa.select(sa.func.count()).select_from(meeting_dossier).where(d.group == group)))

    def _today(self) -> str:
        today: date = local(self.at).date()
        return today.isoformat()
