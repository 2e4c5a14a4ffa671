"""A hall to meet in: committees of the medical university with pools of experts, and declarations that wait for them."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.committee.tables import ExpertState, MemberState, committee, expert, pool_member
from engine.db import Database, Transaction
from engine.declaration.demo_people import actor_of_login
from engine.declaration.tables import declaration
from engine.flow.completion import complete_task
from engine.flow.queries import case_tasks
from engine.organisation.accounts import add_role, insert_account
from engine.organisation.enrolments import Applicant, insert_person
from engine.organisation.roles import Role
from engine.organisation.tables import AccountKind, unit
from engine.review_meeting.chairing import choose_chair
from engine.review_meeting.creating import create_meeting
from engine.review_meeting.experts import experts_of
from engine.review_meeting.fields import MeetingFields
from engine.review_meeting.groups import add_group
from engine.review_meeting.inviting import choose_experts, distribute_experts
from engine.review_meeting.meetings import groups_of, meeting_of
from engine.review_meeting.pooling import pool_for
from engine.review_meeting.standards import StandardFields, first_items
from tests.declaration.people import identity_number

PLAN = {
    "plan_name": "测试方案",
    "plan_basis": "示职改办〔2026〕1 号",
    "plan_agenda": "6月15日集中评议，6月17日投票",
    "plan_methods": ["材料评审"],
    "plan_attendance": "出席不少于三分之二",
    "plan_ballot_mode": "secret",
    "plan_defence": "no",
    "plan_discipline": "保密、回避",
}
SERIES = "university_teacher"
STANDARD = StandardFields("测试标准", (), tuple(first_items()))
STARTS = datetime(2026, 6, 15, 1, tzinfo=UTC)
ENDS = datetime(2026, 6, 17, 9, tzinfo=UTC)
_numbers = count(1)


class Hall:
    """What tests begin with: `officer` of the university calls meetings, `superior` approves their plans."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.officer = self.who("medu_officer")
        self.admin = self.who("medu_admin", "unit_admin")
        self.superior = self.who("edu_officer")
        self.stranger = self.who("cedu_officer")

    def who(self, login: str, role: str = "case_officer") -> Actor:
        with self.database.read() as tx:
            return actor_of_login(tx, login, role)

    def expert(self, login: str) -> Actor:
        return self.who(login, "expert")

    def run(self, command: Callable[..., Any], *args: Any, by: Actor | None = None, **more: Any) -> Any:
        """A command in a transaction of its own."""
        with self.database.transaction() as tx:
            return command(tx, by or self.officer, *args, **more)

    def ask(self, query: Callable[..., Any], *args: Any, **more: Any) -> Any:
        with self.database.read() as tx:
            return query(tx, *args, **more)

    def committee(
        self,
        *,
        experts: int = 0,
        outside: int = 0,
        series: str = SERIES,
        until: date = date(2027, 12, 31),
        **columns: Any,
    ) -> int:
        """A committee the university forms, with so many experts in its pool, so many of them from outside."""
        number = next(_numbers)
        with self.database.transaction() as tx:
            pattern = tx.row(sa.select(committee).limit(1))
            assert pattern is not None
            own = tx.value(sa.select(unit.c.id).where(unit.c.id == self.officer.unit))
            row = dict(pattern._mapping) | {
                "id": tx.next_key(),
                "code": f"T{number:04d}",
                "name": f"测试评委会{number}",
                "forming_unit": own,
                "series": series,
                "specialties": [],
                "levels": ["junior"],
                "valid_from": date(2026, 1, 1),
                "valid_until": until,
                "members": 7,
                "account": None,
                "term_case": None,
            }
            tx.execute(sa.insert(committee).values(**row | columns))
            for place in range(experts):
                self._expert(tx, row["id"], place, outside=place >= experts - outside)
        return int(row["id"])

    def share_pool(self, committee_id: int, other: int) -> None:
        """Let everybody in the pool of one committee be in that of another too."""
        mine = sa.select(pool_member).where(pool_member.c.committee == committee_id)
        with self.database.transaction() as tx:
            shared = [{**row._mapping, "committee": other} for row in tx.rows(mine)]
            tx.execute(sa.insert(pool_member), shared)

    def _expert(self, tx: Transaction, committee_id: int, place: int, *, outside: bool) -> int:
        number, name = identity_number("19700101"), f"测试评委{next(_numbers):03d}"
        person = insert_person(tx, Applicant(name, "01", number, "13000000000"))
        login = insert_account(
            tx, login=number, name=name, kind=AccountKind.PERSON, password_hash="-", by="test", person=person
        )
        add_role(tx, login, Role.EXPERT, self.officer.unit or 0)
        key = tx.next_key()
        tx.insert(
            expert,
            id=key,
            person=person,
            account=login,
            identity_type="01",
            identity_number=number,
            name=name,
            sex="1",
            phone="13000000000",
            workplace="示范单位",
            workplace_unit=None if outside else self.officer.unit,
            title_series=SERIES,
            title_name="university_teacher-senior",
            title_level="senior",
            specialty=("philosophy", "law")[place % 2],
            specialties=["philosophy", "law"],
            employed=True,
            schools=[],
            research="",
            unavailable=[],
            declared_relations="",
            state=ExpertState.IN_POOL,
            vetting_case=None,
            photo=None,
            profile=None,
            bank_card=None,
            created_at=tx.now,
            created_by="test",
        )
        tx.insert(
            pool_member,
            committee=committee_id,
            expert=key,
            term_from=date(2026, 1, 1),
            term_until=date(2028, 12, 31),
            state=MemberState.ACTIVE,
            added_at=tx.now,
            added_by="test",
        )
        return key

    def waiting(self, committee_id: int, number: int, *, specialty: str = "philosophy", **columns: Any) -> list[int]:
        """So many declarations in 待参评 of that committee; rows of the list alone, which is all that grouping reads."""
        rows = []
        with self.database.transaction() as tx:
            for _ in range(number):
                key = tx.next_key()
                rows.append(
                    {
                        "case_key": key,
                        "declaration_no": f"2026-{900000 + next(_numbers)}",
                        "person": key,
                        "applicant": f"99{key}",
                        "year": 2026,
                        "live": True,
                        "status": "待参评",
                        "unit": self.officer.unit,
                        "unit_name": "示范医科大学（示例）",
                        "name": "测试申报人",
                        "identity_number": f"99{key}",
                        "title_series": SERIES,
                        "title_level": "junior",
                        "specialty": specialty,
                        "committee": committee_id,
                        "region": "",
                        "started_at": tx.now,
                        "special_experience": False,
                        "entrusted_review": False,
                        **columns,
                    }
                )
            tx.execute(sa.insert(declaration), rows)
        return [row["case_key"] for row in rows]

    def committee_in(self, meeting: int) -> int:
        """The first committee of a meeting."""
        return int(self.ask(meeting_of, self.officer, meeting).committee_ids[0])

    def group_ids(self, meeting: int) -> list[int]:
        return [one["id"] for one in self.ask(groups_of, meeting)]

    def call(self, committees: Iterable[int], **fields: Any) -> int:
        """A meeting of these committees; its key."""
        given = {"name": "测试评审会议", "starts_at": STARTS, "ends_at": ENDS, "venue": "测试会议室", **fields}
        return int(self.run(create_meeting, MeetingFields(committees=tuple(committees), **given)))

    def open(self, meeting: int) -> list[str]:
        """The elements that wait for somebody."""
        with self.database.read() as tx:
            return sorted(one.row["element_id"] for one in case_tasks(tx, self.officer, meeting))

    def do(self, meeting: int, element: str, by: Actor | None = None, **values: Any) -> None:
        """Complete the open task of that element."""
        actor = by or self.officer
        with self.database.transaction() as tx:
            waiting = [one for one in case_tasks(tx, self.officer, meeting) if one.row["element_id"] == element]
            key = next((one.row["key"] for one in waiting if one.row["assignee"] in (None, actor.login)), None)
            assert key is not None, f"{element} does not wait"
            complete_task(tx, actor, key, values)

    def grouped(self, committee_id: int | None = None, *, seats: Sequence[int] = (4, 3), **fields: Any) -> int:
        """A meeting with groups of that many seats, whose plan is to be written."""
        one = committee_id or self.committee(experts=9, outside=2)
        meeting = self.call([one], **fields)
        for number, wanted in enumerate(seats, 1):
            self.run(add_group, meeting, name=f"第{number}组", committee=one, seats=wanted)
        self.do(meeting, "set_up_groups", outcome="confirm")
        return meeting

    def peopled(self, **more: Any) -> int:
        """The same with as many experts as seats, the ones from outside among them, in its groups."""
        meeting = self.grouped(**more)
        held = self.ask(meeting_of, self.officer, meeting)
        pool = self.ask(pool_for, held, held.committee_ids[0])
        seats = sum(group["seats"] for group in self.ask(groups_of, meeting))
        self.run(choose_experts, meeting, held.committee_ids[0], [one.expert.expert for one in pool][-seats:])
        self.run(distribute_experts, meeting)
        return meeting

    def planned(self, **more: Any) -> int:
        """A meeting whose plan was approved by the superior."""
        meeting = self.peopled(**more)
        self.do(meeting, "write_plan", outcome="submit", **PLAN)
        self.do(meeting, "approve_plan", by=self.superior, outcome="approve", opinion="")
        return meeting

    def chaired(self, **more: Any) -> int:
        """The same with the first expert as chair and the next two as deputies."""
        meeting = self.planned(**more)
        experts = [row["expert"] for row in self.people(meeting)]
        self.run(choose_chair, meeting, experts[0], experts[1:3])
        self.do(meeting, "appoint_chair", outcome="confirm")
        return meeting

    def people(self, meeting: int) -> list[Any]:
        """The experts of a meeting, the chair first, those with groups by group."""
        return list(self.ask(experts_of, meeting))

    def chair(self, meeting: int) -> Actor:
        return self.expert(self.people(meeting)[0]["login"])

    def rows(self, statement: sa.Select[Any]) -> Sequence[Any]:
        with self.database.read() as tx:
            return tx.rows(statement)
