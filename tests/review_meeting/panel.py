"""A meeting at its desk: experts, a group with a leader, dossiers, a confirmed standard, written straight into the tables."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.committee.tables import ExpertState, expert
from engine.db import Database, Transaction
from engine.declaration.demo_people import actor_of_login
from engine.declaration.tables import declaration
from engine.flow.batch_running import due_batches, run_batch
from engine.flow.tables import task, variable
from engine.organisation.tables import AccountKind, account, membership, person, unit
from engine.reference.check_digits import identity_check_digit
from engine.review_meeting.assignment.proposing import propose_assignment
from engine.review_meeting.assignment.publishing import publish_assignment
from engine.review_meeting.conflicts.recusing import state_no_interest
from engine.review_meeting.scoring.sheets import confirm_score, score_dossier
from engine.review_meeting.tables import (
    BallotMode,
    DossierStage,
    ExpertPost,
    ExpertSource,
    Invitation,
    StandardState,
    meeting_dossier,
    meeting_expert,
    meeting_group,
    review_meeting,
    scoring_standard,
)

ITEMS = [
    {"key": "ability", "name": "专业能力", "points": 60, "weight": 1, "guide": "解决疑难问题的能力"},
    {"key": "works", "name": "业绩成果", "points": 40, "weight": 1, "guide": "近五年业绩"},
]
SURNAMES = "甲乙丙丁戊己庚辛"

_numbers = count(1)


class Panel:
    """One meeting with one group: the first expert presides, the second leads the group, the others review."""

    def __init__(self, database: Database, dossiers: int = 4, experts: int = 5, *, masked: bool = False) -> None:
        self.database = database
        self.serial = next(_numbers)
        with database.transaction() as tx:
            self.unit = int(tx.value(sa.select(unit.c.id).where(unit.c.parent.is_(None))))
            self.key, self.group, self.committee, self.standard = (tx.next_key() for _ in range(4))
            self.experts = [self._expert(tx, number) for number in range(experts)]
            self.logins = [self._login(number) for number in range(experts)]
            self._meeting(tx, masked)
            self.dossiers = [self._dossier(tx, number) for number in range(dossiers)]

    # --- rows ---------------------------------------------------------------------------------------------------------

    def _login(self, number: int) -> str:
        first = f"990000197{self.serial % 10}0101{self.serial // 10 % 10}{number:02d}"
        return first + identity_check_digit(first)

    def _expert(self, tx: Transaction, number: int) -> int:
        login, name = self._login(number), f"测试评委{SURNAMES[number]}"
        person_key, account_key, expert_key = tx.next_key(), tx.next_key(), tx.next_key()
        tx.insert(person, id=person_key, name=name, identity_type="01", identity_number=login, created_at=tx.now)
        tx.flush()
        tx.insert(
            account,
            id=account_key,
            login=login,
            password_hash="-",
            must_change=False,
            kind=AccountKind.PERSON,
            person=person_key,
            name=name,
            created_at=tx.now,
            created_by="test",
        )
        tx.flush()
        tx.insert(membership, id=tx.next_key(), account=account_key, role="expert", unit=self.unit)
        tx.insert(
            expert,
            id=expert_key,
            person=person_key,
            account=account_key,
            identity_type="01",
            identity_number=login,
            name=name,
            phone="13000000000",
            workplace=f"示范单位{number}",
            specialties=["physician-01"],
            employed=True,
            schools=[],
            research="",
            unavailable=[],
            declared_relations="",
            state=ExpertState.IN_POOL,
            created_at=tx.now,
            created_by="test",
        )
        return expert_key

    def _meeting(self, tx: Transaction, masked: bool) -> None:
        chair, leader = self.experts[0], self.experts[1]
        tx.insert(
            review_meeting,
            case_key=self.key,
            meeting_no=f"2026-PS-{self.serial:04d}",
            year=2026,
            unit=self.unit,
            name="示范卫生系列评审会议",
            starts_at=tx.now,
            ends_at=tx.now + timedelta(days=2),
            venue="示范会议中心",
            brief="",
            series="health",
            status="打分中",
            masked=masked,
            ballot_mode=BallotMode.SECRET,
            chair=chair,
            presiding=chair,
            seed_commitment="",
            draw_seed="",
            sign_in_code="",
            version=1,
            created_at=tx.now,
            created_by="test",
        )
        tx.insert(
            meeting_group,
            id=self.group,
            meeting=self.key,
            committee=self.committee,
            name="第一组",
            seats=len(self.experts),
            leader=leader,
            version=1,
        )
        for number, key in enumerate(self.experts):
            tx.insert(
                meeting_expert,
                meeting=self.key,
                expert=key,
                committee=self.committee,
                group=self.group,
                post=ExpertPost.CHAIR if number == 0 else ExpertPost.MEMBER,
                source=ExpertSource.CHOSEN,
                invited=Invitation.CONFIRMED,
                decline_reason="",
                name=f"测试评委{SURNAMES[number]}",
                login=self._login(number),
                workplace=f"示范单位{number}",
            )
        tx.insert(
            scoring_standard,
            id=self.standard,
            meeting=self.key,
            name="卫生系列评分标准",
            groups=[],
            items=ITEMS,
            lowest=Decimal(60),
            anonymous=False,
            state=StandardState.CONFIRMED,
            version=1,
        )

    def _dossier(self, tx: Transaction, number: int) -> int:
        key, number_ = tx.next_key(), f"2026-{self.serial:03d}{number:03d}"
        self.add_dossier(tx, key, number_)
        row = {
            "case_key": key,
            "declaration_no": number_,
            "person": tx.next_key(),
            "applicant": f"990000-{self.serial}-{number}",
            "year": 2026,
            "live": True,
            "status": "评审中",
            "unit": self.unit,
            "unit_name": "示范申报单位",
            "name": f"测试申报人{number:02d}",
            "identity_number": "990000198503101014",
            "specialty": "physician-01",
            "title_name": "physician-senior",
            "title_level": "senior",
            "started_at": tx.now,
        }
        tx.insert(declaration, **row)
        return key

    def add_dossier(self, tx: Transaction, declaration_key: int, number: str) -> None:
        """A declaration reviewed by the group."""
        tx.insert(
            meeting_dossier,
            meeting=self.key,
            declaration=declaration_key,
            declaration_no=number,
            committee=self.committee,
            group=self.group,
            live=True,
            stage=DossierStage.WAITING,
        )

    def say(self, dossier: int, **sections: Any) -> None:
        """What a declaration says in some sections."""
        with self.database.transaction() as tx:
            for name, value in sections.items():
                row = {"case_key": dossier, "scope_key": dossier, "name": name, "key": tx.next_key(), "value": value}
                tx.insert(variable, **row)

    def know(self, number: int, **columns: Any) -> None:
        """What the pool knows of an expert."""
        with self.database.transaction() as tx:
            tx.execute(sa.update(expert).where(expert.c.id == self.experts[number]).values(**columns))

    # --- people -------------------------------------------------------------------------------------------------------

    def actor(self, number: int) -> Actor:
        with self.database.read() as tx:
            return actor_of_login(tx, self.logins[number], "expert")

    @property
    def chair(self) -> Actor:
        return self.actor(0)

    @property
    def leader(self) -> Actor:
        return self.actor(1)

    # --- going on -----------------------------------------------------------------------------------------------------

    def work(self) -> None:
        """Do what the worker would."""
        for key in due_batches(self.database):
            run_batch(self.database, key)

    def assigned(self) -> "Panel":
        """Proposed, published, and every review begun."""
        with self.database.transaction() as tx:
            propose_assignment(tx, self.leader, self.key, self.group, seed="test")
        with self.database.transaction() as tx:
            publish_assignment(tx, self.leader, self.key, self.group)
        self.work()
        return self

    def working(self, dossier: int) -> Actor:
        """Whoever the dossier waits for."""
        return self.actor(self.logins.index(self.task(dossier)["assignee"]))

    def state(self, *dossiers: int) -> "Panel":
        """Whoever a dossier waits for has nothing to do with it."""
        for dossier in dossiers:
            with self.database.transaction() as tx:
                state_no_interest(tx, self.working(dossier), self.key, [dossier])
        return self

    def score(self, dossier: int, ability: float = 50, works: float = 30) -> "Panel":
        self.state(dossier)
        with self.database.transaction() as tx:
            task_key = self.task(dossier)["key"]
            score_dossier(tx, self.working(dossier), task_key, points(ability, works), "业绩突出，同意评定。")
        return self

    def confirm(self, dossier: int, times: int = 1) -> "Panel":
        for _ in range(times):
            self.state(dossier)
            with self.database.transaction() as tx:
                confirm_score(tx, self.working(dossier), self.task(dossier)["key"], "confirm")
        return self

    def task(self, dossier: int) -> Mapping[str, Any]:
        """The task that waits in the review of a dossier."""
        query = sa.select(task).join(meeting_dossier, meeting_dossier.c.review_case == task.c.case_key)
        here = sa.and_(meeting_dossier.c.meeting == self.key, meeting_dossier.c.declaration == dossier)
        with self.database.read() as tx:
            row = tx.row(query.where(here))
        assert row is not None
        return dict(row._mapping)

    def row(self, dossier: int) -> Mapping[str, Any]:
        d = meeting_dossier.c
        with self.database.read() as tx:
            row = tx.row(sa.select(meeting_dossier).where(d.meeting == self.key, d.declaration == dossier))
        assert row is not None
        return dict(row._mapping)


def points(ability: float = 50, works: float = 30) -> Sequence[Mapping[str, Any]]:
    """A sheet's items."""
    return [{"key": "ability", "points": ability}, {"key": "works", "points": works}]
