"""A second meeting of the demo province, in the middle of its scoring: every stage of a dossier once, and one withdrawal."""

from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.clock import ZONE, FixedClock, local
from engine.committee.tables import committee
from engine.db import Database
from engine.declaration.demo_people import actor_of_login
from engine.document import FileStore
from engine.flow.batch_running import run_batch
from engine.flow.batch_tables import batch
from engine.flow.tables import task
from engine.review_meeting.assignment.proposing import propose_assignment
from engine.review_meeting.assignment.publishing import publish_assignment
from engine.review_meeting.assignment.reading import Assignment
from engine.review_meeting.chairing import choose_chair
from engine.review_meeting.conflicts.recusing import declare_recusal, state_no_interest
from engine.review_meeting.creating import create_meeting
from engine.review_meeting.demo import COMMITTEE, OUTSIDE, PLAN, Stage, fit_to_lead, play_applicants
from engine.review_meeting.drawing import draw_experts
from engine.review_meeting.experts import experts_of
from engine.review_meeting.fields import MeetingFields
from engine.review_meeting.grouping import add_evenly
from engine.review_meeting.groups import add_group
from engine.review_meeting.inviting import distribute_experts
from engine.review_meeting.leading import choose_leaders
from engine.review_meeting.meetings import groups_of
from engine.review_meeting.scoring.opening import OPENING
from engine.review_meeting.scoring.sheets import confirm_score, save_sheet, score_dossier
from engine.review_meeting.scoring.standards import standard_for_group
from engine.review_meeting.standards import StandardFields, first_items, save_standard
from engine.review_meeting.tables import meeting_dossier, review_meeting

#: whose declarations are scored
SURNAMES = "施张孔曹严华"
#: how many people have done their part on each of them, the last one's reviewer withdraws
DONE = (4, 3, 2, 1, 0, 0)
SEED = "示范随机种子"
GROUPS = {"内科评议组": 13, "外科评议组": 12}
MINUTE = timedelta(minutes=1)
OPINION = "任现职以来业绩突出，技术水平和履职能力符合评审条件，同意评定。（示例）"

d, t = meeting_dossier.c, task.c


def play_scoring(database: Database, store: FileStore, password_hash: str) -> int | None:
    """Play it after the first meeting; its key. None where there is none."""
    with database.read() as tx:
        chosen = tx.value(sa.select(committee.c.id).where(committee.c.code == COMMITTEE))
        if chosen is None or tx.value(sa.select(sa.func.count()).select_from(review_meeting)) != 1:
            return None
    play_applicants(database, store, password_hash, SURNAMES, 851)
    scene = Scene(database)
    key = scene.set_up(int(chosen))
    scene.assign(key)
    scene.score(key)
    return key


class Scene(Stage):
    """The same people, four days before; then the chair, the leaders and the reviewers."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.at = self.now - timedelta(days=4)

    def set_up(
        self,
        chosen: int,
        name: str = "卫生系列高级职称评审会（打分阶段示例）",
        brief: str = "各组正在打分和确认。",
        begins_in: int = 0,
    ) -> int:
        """A meeting of three days, which begins in so many days, with two groups whose leaders are to assign."""
        day = local(self.now).date() + timedelta(days=begins_in)
        fields = MeetingFields(
            name=f"{day.year} 年度{name}",
            starts_at=datetime.combine(day, time(9), ZONE),
            ends_at=datetime.combine(day + timedelta(days=2), time(18), ZONE),
            venue="示范省会议中心二楼第二会议室（示例）",
            brief=brief,
            committees=(chosen,),
        )
        key = int(self.act(create_meeting, fields))
        for name, seats in GROUPS.items():
            self.act(add_group, key, name=name, committee=chosen, seats=seats)
        self.complete(key, "set_up_groups", outcome="confirm")
        self.act(draw_experts, key, chosen, seats=sum(GROUPS.values()), outside_seats=OUTSIDE)
        self.act(distribute_experts, key)
        self.complete(key, "write_plan", outcome="submit", **PLAN)
        self.complete(key, "approve_plan", by=self.approver, outcome="approve", opinion="同意。")
        experts = self._experts(key)
        with self.database.read() as tx:
            board = fit_to_lead(tx, experts)[:3]
        self.act(choose_chair, key, board[0], board[1:])
        self.complete(key, "appoint_chair", outcome="confirm")
        self.at = self.now - timedelta(hours=1)
        self.act(add_evenly, key, chosen)
        self.complete(key, "group_dossiers", outcome="confirm")
        self.act(save_standard, key, StandardFields("卫生系列评分标准（示例）", (), tuple(first_items())))
        self.complete(key, "set_standard", outcome="submit")
        chair = self._expert(next(row["login"] for row in experts if row["expert"] == board[0]))
        self.complete(key, "confirm_standard", by=chair, outcome="approve")
        leaders = {row["group"]: row["expert"] for row in experts if row["expert"] not in board}
        self._do(choose_leaders, chair, key, leaders)
        self.complete(key, "appoint_leaders", by=chair, outcome="confirm")
        return key

    def assign(self, key: int) -> None:
        """Each leader takes the proposal as it is; the reviews begin."""
        with self.database.read() as tx:
            groups = groups_of(tx, key)
        for group in groups:
            leader = self._expert(group["leader_login"])
            found = self._do(propose_assignment, leader, key, group["id"], seed=SEED)
            if isinstance(found, Assignment) and not found.missing:
                self._do(publish_assignment, leader, key, group["id"])
        with self.database.read() as tx:
            begun = [row.key for row in tx.rows(sa.select(batch.c.key).where(batch.c.kind == OPENING))]
        for one in begun:
            run_batch(self.database, one)

    def score(self, key: int) -> None:
        """As many steps on each dossier as `DONE` says."""
        with self.database.read() as tx:
            query = sa.select(d.declaration, d.group).where(d.meeting == key, d.review_case.is_not(None))
            dossiers = tx.rows(query.order_by(d.declaration_no))
        for number, (row, steps) in enumerate(zip(dossiers, DONE, strict=False)):
            for _ in range(steps):
                self._step(key, row.declaration, row.group, number)
        if len(dossiers) >= len(DONE):
            self._type(key, dossiers[-2].declaration, dossiers[-2].group)
            who = self._waiting(dossiers[-1].declaration, key)[1]
            self._do(declare_recusal, who, key, dossiers[-1].declaration, "曾与申报人共同承担课题")

    def _step(self, key: int, declaration: int, group: int, number: int) -> None:
        """Whoever the dossier waits for does their part."""
        held, who = self._waiting(declaration, key)
        self._do(state_no_interest, who, key, [declaration])
        if held.element_id == "score_dossier":
            self._do(score_dossier, who, held.key, self._points(key, group, 92 - 4 * number), OPINION)
        else:
            self._do(confirm_score, who, held.key, "confirm")

    def _type(self, key: int, declaration: int, group: int) -> None:
        """A sheet begun and not handed in."""
        held, who = self._waiting(declaration, key)
        self._do(state_no_interest, who, key, [declaration])
        self._do(save_sheet, who, held.key, self._points(key, group, 80)[:2], "", 0)

    def _points(self, key: int, group: int, percent: int) -> list[dict[str, object]]:
        with self.database.read() as tx:
            standard = standard_for_group(tx, key, group)
        return [{"key": one.key, "points": float(one.points) * percent / 100} for one in standard.items]

    def _waiting(self, declaration: int, key: int) -> tuple[sa.Row[Any], Actor]:
        query = (
            sa.select(t.key, t.element_id, t.assignee)
            .join(meeting_dossier, d.review_case == t.case_key)
            .where(d.meeting == key, d.declaration == declaration)
        )
        with self.database.read() as tx:
            row = tx.rows(query)[0]
        return row, self._expert(row.assignee)

    def _experts(self, key: int) -> list[Mapping[str, Any]]:
        with self.database.read() as tx:
            return experts_of(tx, key)

    def _expert(self, login: str) -> Actor:
        with self.database.read() as tx:
            return actor_of_login(tx, login, "expert")

    def _do(self, command: Callable[..., Any], who: Actor, *args: Any, **more: Any) -> Any:
        """One command of an expert, a minute after the one before."""
        self.at += MINUTE
        with self.database.transaction(FixedClock(self.at)) as tx:
            return command(tx, who, *args, **more)
