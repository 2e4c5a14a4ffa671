"""A meeting of the demo held from its calling to its confirmed count, with the commands its people use."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from engine.access import Actor, unit_ancestor
from engine.clock import ZONE, FixedClock, local
from engine.db import Database, Transaction
from engine.declaration.demo_files import DemoFiles
from engine.declaration.demo_people import actor_of_login
from engine.declaration.demo_rounds import work_off
from engine.flow.actions import perform_action
from engine.flow.completion import complete_task
from engine.flow.tables import case, task
from engine.organisation import Role
from engine.organisation.tables import unit
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
from engine.review_meeting.drawing import draw_experts
from engine.review_meeting.experts import experts_of
from engine.review_meeting.fields import MeetingFields
from engine.review_meeting.grouping import add_dossiers
from engine.review_meeting.groups import add_group
from engine.review_meeting.inviting import choose_experts, distribute_experts
from engine.review_meeting.leading import choose_leaders
from engine.review_meeting.meetings import groups_of
from engine.review_meeting.scoring.sheets import confirm_score, score_dossier
from engine.review_meeting.standards import Item, StandardFields, first_items, save_standard, standards_of
from engine.review_meeting.tables import ExpertPost, meeting_dossier

d, t = meeting_dossier.c, task.c
#: dossiers are scored from here on upwards, in turn
LEAST_SCORE, SCORES = 72, 7
OPINION = "业绩突出，符合评审条件，同意评定。（示例）"
NO_INTEREST = "与申报人没有工作往来和利害关系，不影响公正评审。（示例）"
PLAN: Mapping[str, Any] = {
    "plan_name": "高级职称评审方案",
    "plan_basis": "《职称评审管理暂行规定》；年度职称评审工作安排（示例）。",
    "plan_agenda": "第一天上午：集中学习、宣布纪律；下午：分组评议、打分。第二天上午：主任确认、投票表决；下午：公布结果、整理档案。",
    "plan_methods": ["材料评审", "主副审打分", "无记名投票"],
    "plan_attendance": "出席评委不少于评委会人数的三分之二，缺席的不得委托投票、补投。",
    "plan_ballot_mode": "secret",
    "plan_defence": "no",
    "plan_discipline": "严格保密，主动回避，不接受请托；不对外透露评委名单、评审意见和投票情况。",
}


@dataclass(frozen=True, slots=True)
class Host:
    """Who calls a meeting and who approves its plan, each a login in a role."""

    officer: tuple[str, str]
    approver: tuple[str, str]


TITLE_OFFICE = Host(("office_officer", "case_officer"), ("office_admin", "title_office_admin"))


def fit_to_lead(tx: Transaction, officer: str, experts: Iterable[Mapping[str, Any]]) -> list[int]:
    """Those of a meeting's experts, in their order, who work neither in the unit of that officer nor above it.

    Experts are drawn by lot; were the chair and both deputies to keep out of every dossier, nobody could confirm one.
    """
    home = actor_of_login(tx, officer, Role.CASE_OFFICER).unit
    line = sa.select(unit.c.name).join(unit_ancestor, unit_ancestor.c.ancestor == unit.c.id)
    names = {row.name for row in tx.rows(line.where(unit_ancestor.c.unit == home))}
    return [row["expert"] for row in experts if row["workplace"] not in names]


class Gathering:
    """One meeting of one committee; every command some time after the one before. `key` is the meeting's case."""

    #: the officer of the unit most of its applicants are of
    lead_of = "hosp3_officer"
    items: Sequence[Item] = tuple(first_items())

    def __init__(
        self,
        database: Database,
        files: DemoFiles,
        committee: int,
        begins: datetime,
        pause: timedelta,
        host: Host = TITLE_OFFICE,
    ) -> None:
        self.database, self.files, self.committee, self.at, self.pause = database, files, committee, begins, pause
        with database.read() as tx:
            self.officer = actor_of_login(tx, *host.officer)
            self.approver = actor_of_login(tx, *host.approver)
        self.key, self.name = 0, ""

    # --- the set-up ---------------------------------------------------------------------------------------------------

    def call(self, name: str, starts_at: datetime, groups: Mapping[str, int]) -> int:
        """Call the meeting and its groups; the key."""
        self.name = name
        fields = MeetingFields(
            name=name,
            starts_at=starts_at,
            ends_at=datetime.combine(local(starts_at).date() + timedelta(days=1), time(18), ZONE),
            venue="示范省会议中心（示例）",
            brief="评审本系列职称，出席情况、票数按评委会计算。",
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

    def plan(self, **choices: Any) -> None:
        self.complete("write_plan", outcome="submit", **{**PLAN, **choices})

    def approve_plan(self) -> None:
        self.complete("approve_plan", by=self.approver, outcome="approve", opinion="同意，请按方案组织评审。")

    def appoint_chair(self) -> None:
        with self.database.read() as tx:
            people = fit_to_lead(tx, self.lead_of, experts_of(tx, self.key))
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
            self.act(save_standard, self.key, StandardFields("评分标准（示例）", (), tuple(self.items)))
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

    def score(self, steps: int = 4, done: Mapping[int, int] | None = None) -> None:
        """Whoever a review waits for does their part; after four steps the chair has confirmed everything.

        `done` says for single dossiers how many steps they go.
        """
        with self.database.read() as tx:
            standard = standards_of(tx, self.key)[0]
        for step in range(steps):
            for number, row in enumerate(self.reviews()):
                if done is None or step < done.get(row.declaration, 0):
                    self._review(row, number, standard["items"])

    def _review(self, row: sa.Row[Any], number: int, items: Sequence[Mapping[str, Any]]) -> None:
        who = self.expert(row.assignee)
        self.state_no_interest(row.declaration, who)
        if row.element_id == "score_dossier":
            points = LEAST_SCORE + 4 * (number % SCORES)
            sheet = [{"key": one["key"], "points": points} for one in items]
            self.act(score_dossier, row.key, sheet, OPINION, by=who)
        else:
            self.act(confirm_score, row.key, "confirm", by=who)

    def state_no_interest(self, declaration: int, who: Actor) -> None:
        self.act(state_no_interest, self.key, [declaration], by=who, explanation=NO_INTEREST)

    def reviews(self) -> Sequence[sa.Row[Any]]:
        """The steps of reviews that wait, with their declarations, in their order."""
        with self.database.read() as tx:
            query = sa.select(t.key, t.assignee, t.element_id, d.declaration)
            joined = query.join(meeting_dossier, d.review_case == t.case_key).where(d.meeting == self.key)
            return tx.rows(joined.order_by(d.declaration))

    def finish_scoring(self) -> None:
        self.complete("finish_scoring", by=self.chair, outcome="finish")

    # --- the ballot ---------------------------------------------------------------------------------------------------

    def attend(self, absent: int = 0) -> None:
        """Everybody signs in but so many of the last."""
        there = [row["expert"] for row in self.people()]
        self.act(note_attendance, self.key, there[: len(there) - absent], present=True)

    def present(self, count: int) -> None:
        """So many of the first sign in."""
        self.attend(absent=len(self.people()) - count)

    def wait_for_quorum(self) -> None:
        """Too few were there: those who came since are counted again."""
        self.complete("handle_failed_quorum", case_key=self.ballot, outcome="wait", adjourn_reason=None)

    def make_roll(self) -> None:
        self.act(make_roll, self.key, by=self.chair)
        self.sweep()

    def open_ballot(self) -> None:
        values = {"closes_at": None, "allow_abstain": False, "outcome": "open"}
        self.complete("open_ballot", by=self.chair, case_key=self.ballot, **values)

    def cast(self, voters: int | None = None, against: Mapping[int, int] = {}) -> None:
        """So many cast their ballot, all, or all but so many where it is negative.

        They agree to everything, but as many as `against` says do not agree to a dossier.
        """
        with self.database.read() as tx:
            mine = sa.and_(t.case_key == self.ballot, t.element_id == "cast_ballot")
            papers = tx.rows(sa.select(t.key, t.assignee).where(mine).order_by(t.key))
        left = dict(against)
        for paper in papers[:voters]:
            voter = self.expert(paper.assignee)
            with self.database.read() as tx:
                votable = sheet_of(tx, voter, paper.key).votable
            refused = {one for one in votable if left.get(one, 0) > 0}
            left.update((one, left[one] - 1) for one in refused)
            marks = {one: Choice.NO if one in refused else Choice.YES for one in votable}
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
        """What the worker does at that instant."""
        work_off(self.database, self.at)

    def _dossiers_in(self, group: int) -> int:
        with self.database.read() as tx:
            return int(tx.value(sa.select(sa.func.count()).select_from(meeting_dossier).where(d.group == group)))
