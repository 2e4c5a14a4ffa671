"""A meeting of the demo province in the middle of its set-up: experts drawn, plan approved, a chair; dossiers and standard wait."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from engine.access import Actor, unit_ancestor
from engine.clock import ZONE, FixedClock, local
from engine.committee.tables import committee
from engine.db import Database, Transaction
from engine.declaration.demo import demo_rows
from engine.declaration.demo_files import DemoFiles
from engine.declaration.demo_people import actor_of_login
from engine.declaration.demo_player import MOST_REVIEWS, Player
from engine.declaration.demo_season import moments_until
from engine.document import FileStore
from engine.flow.completion import complete_task
from engine.flow.queries import case_tasks
from engine.organisation import Applicant, create_enrolment
from engine.organisation.tables import unit
from engine.reference import load_book
from engine.reference.check_digits import identity_check_digit
from engine.review_meeting.chairing import choose_chair
from engine.review_meeting.creating import create_meeting
from engine.review_meeting.drawing import draw_experts
from engine.review_meeting.experts import experts_of
from engine.review_meeting.fields import MeetingFields
from engine.review_meeting.grouping import add_evenly
from engine.review_meeting.groups import add_group
from engine.review_meeting.inviting import distribute_experts
from engine.review_meeting.tables import review_meeting

COMMITTEE = "PW0201"
OFFICER, APPROVER = ("office_officer", "case_officer"), ("office_admin", "title_office_admin")
#: whose applicants fill the meeting besides those of the stories, and how they are called
UNIT, SURNAMES = "hosp3_officer", "郝孟谭廖邹熊金陆白崔康毛"
#: seats of the groups, experts to draw, of them from outside
GROUPS = {"第一评议组": 9, "第二评议组": 8, "第三评议组": 8}
OUTSIDE = 3
#: the meeting begins so many days from now and lasts two
AHEAD = timedelta(days=14)
PLAN: Mapping[str, Any] = {
    "plan_name": "卫生系列医疗专业高级职称评审方案",
    "plan_basis": "《职称评审管理暂行规定》；年度职称评审工作安排（示例）。",
    "plan_agenda": "第一天上午：集中学习、宣布纪律；下午：分组评议、打分。第二天上午：主任确认、投票表决；下午：公布结果、整理档案。",
    "plan_methods": ["材料评审", "主副审打分", "无记名投票"],
    "plan_attendance": "出席评委不少于评委会人数的三分之二，缺席的不得委托投票、补投。",
    "plan_ballot_mode": "secret",
    "plan_defence": "no",
    "plan_discipline": "严格保密，主动回避，不接受请托；不对外透露评委名单、评审意见和投票情况。",
}


def play_meeting(database: Database, store: FileStore, password_hash: str) -> int | None:
    """Play it, unless there are meetings already; its key. None where the province has not that committee."""
    with database.read() as tx:
        chosen = tx.value(sa.select(committee.c.id).where(committee.c.code == COMMITTEE))
        if chosen is None or tx.value(sa.select(sa.func.count()).select_from(review_meeting)):
            return None
    play_applicants(database, store, password_hash)
    return Stage(database).play(int(chosen))


def play_applicants(
    database: Database,
    store: FileStore,
    password_hash: str,
    surnames: str = SURNAMES,
    first_number: int = 811,
    *,
    until: datetime | None = None,
) -> None:
    """Some physicians more, whose declarations wait for the committee as that of story D01 does, since `until` or since now."""
    with database.read() as tx:
        now, book = tx.now, load_book(tx, local(tx.now).year)
    row = next(row for row in demo_rows("demo_stories.csv") if row["story"] == "D01")
    files = DemoFiles(store)
    for number, surname in enumerate(surnames):
        first = f"9900001976{number % 9 + 4:02d}15{first_number + number}"
        identity = first + identity_check_digit(first)
        with database.transaction() as tx:
            officer = actor_of_login(tx, UNIT, "case_officer")
            applicant = Applicant(f"{surname}示评", "01", identity, f"13000000{first_number + 89 + number}")
            create_enrolment(tx, officer, year=local(now).year, applicant=applicant, password_hash=password_hash)
        moments = moments_until(now, until or now, number, len(row["play"].split()) + MOST_REVIEWS // 2)
        Player(database, book, files, {}, row, identity, moments).play_until_round()


def fit_to_lead(tx: Transaction, experts: Iterable[Mapping[str, Any]]) -> list[int]:
    """Those of a meeting's experts, in their order, who work neither in the unit these applicants declare from nor above it.

    The experts are drawn by lot; were the chair and both deputies to keep out of every dossier, nobody could confirm one.
    """
    unit_of_applicants = actor_of_login(tx, UNIT, "case_officer").unit
    line = sa.select(unit.c.name).join(unit_ancestor, unit_ancestor.c.ancestor == unit.c.id)
    names = {row.name for row in tx.rows(line.where(unit_ancestor.c.unit == unit_of_applicants))}
    return [row["expert"] for row in experts if row["workplace"] not in names]


class Stage:
    """The people who set the meeting up, one step after another, an hour between two."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.read() as tx:
            self.now = tx.now
            self.officer = actor_of_login(tx, *OFFICER)
            self.approver = actor_of_login(tx, *APPROVER)
        self.at = self.now - timedelta(hours=20)

    def play(self, chosen: int) -> int:
        day = (local(self.now) + AHEAD).date()
        fields = MeetingFields(
            name=f"{local(self.now).year} 年度卫生系列医疗专业高级职称评审会（示例）",
            starts_at=datetime.combine(day, time(9), ZONE),
            ends_at=datetime.combine(day + timedelta(days=1), time(18), ZONE),
            venue="示范省会议中心三楼第一会议室（示例）",
            brief="评审卫生系列医疗专业高级职称，出席情况、票数按评委会计算。",
            committees=(chosen,),
        )
        key = int(self.act(create_meeting, fields))
        for name, seats in GROUPS.items():
            self.act(add_group, key, name=name, committee=chosen, seats=seats)
        self.complete(key, "set_up_groups", outcome="confirm")
        self.act(draw_experts, key, chosen, seats=sum(GROUPS.values()), outside_seats=OUTSIDE)
        self.act(distribute_experts, key)
        self.complete(key, "write_plan", outcome="submit", **PLAN)
        self.complete(key, "approve_plan", by=self.approver, outcome="approve", opinion="同意，请按方案组织评审。")
        with self.database.read() as tx:
            chair, *deputies = fit_to_lead(tx, experts_of(tx, key))[:3]
        self.act(choose_chair, key, chair, deputies)
        self.complete(key, "appoint_chair", outcome="confirm")
        self.act(add_evenly, key, chosen)
        return key

    def act(self, command: Callable[..., Any], *args: Any, **more: Any) -> Any:
        """One command of the officer."""
        self.at += timedelta(hours=1)
        with self.database.transaction(FixedClock(self.at)) as tx:
            return command(tx, self.officer, *args, **more)

    def complete(self, key: int, element: str, *, by: Actor | None = None, **values: Any) -> None:
        """Complete the step that waits."""
        self.at += timedelta(hours=1)
        actor = by or self.officer
        with self.database.transaction(FixedClock(self.at)) as tx:
            waiting = next(one for one in case_tasks(tx, actor, key) if one.row["element_id"] == element)
            complete_task(tx, actor, waiting.row["key"], values)
