"""Committees of the province and their pools: experts are vetted once with the commands people use, and copied."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from engine.access import SYSTEM, Actor
from engine.clock import local
from engine.committee.accounts import open_account
from engine.committee.adding import add_expert
from engine.committee.expert_fields import NewExpert
from engine.committee.filing import record_filing
from engine.committee.membership import remove_expert
from engine.committee.profile import submit_profile
from engine.committee.tables import CommitteeKind, CommitteeState, committee, expert, expert_vetting
from engine.committee.terms import years_later
from engine.committee.vetting import first_sections
from engine.db import Database, Transaction
from engine.declaration.demo_files import DemoFiles
from engine.declaration.demo_people import actor_of_login
from engine.flow.completion import complete_task
from engine.flow.sweep import deliver_messages
from engine.organisation import Role
from engine.organisation.actors import actor_in_role
from engine.organisation.tables import account
from engine.province.people import Identity, expert_name, identity_of, who_slots
from engine.province.pieces import case_pieces, expert_pieces, person_pieces
from engine.province.recording import Recording, record
from engine.province.tracks import Track
from engine.province.units import BY, BulkUnit
from engine.reference import CodeBook

OFFICER = ("office_officer", Role.CASE_OFFICER)
OUTSIDE = "外省示范研究院（示例）"
#: years experts were born in
BORN = range(1957, 1962)
MEMBERS = 25


@dataclass(frozen=True, slots=True)
class BulkCommittee:
    """A committee of the province."""

    id: int
    code: str
    name: str
    track: Track


@dataclass(frozen=True, slots=True)
class ExpertPattern:
    """An expert who came so far: `decision` is what the office said, nothing where it has not."""

    expert: int
    person: int
    who: Identity
    since: int


def open_committees(
    tx: Transaction, tracks: Sequence[Track], top: int, first: int, count: int, password_hash: str
) -> list[BulkCommittee]:
    """Register so many committees of the title office, from the `first` on in turn through the series; each with its account
    and the case of its filing."""
    made = []
    begin = date(local(tx.now).year, 1, 1)
    for number in range(first, first + count):
        track = tracks[number % len(tracks)]
        place = number // len(tracks) + 1
        code, name = f"PW{6001 + number}", f"示范省{track.label}高级职称第{place}评审委员会（示例）"
        key = tx.next_key()
        tx.insert(
            committee,
            id=key,
            code=code,
            name=name,
            forming_unit=top,
            series=track.series,
            specialties=[],
            levels=["senior", "associate_senior"],
            kind=CommitteeKind.SERIES,
            region="130000",
            filing_no=f"示职评备〔{begin.year}〕{100 + number} 号",
            valid_from=begin,
            valid_until=years_later(begin, 3, -1),
            members=MEMBERS,
            contact_person="测试联系人",
            contact_phone="0311-00000000",
            state=CommitteeState.ACTIVE,
            account=None,
            term_case=None,
            created_at=tx.now,
            created_by=BY,
        )
        tx.flush()
        opened = open_account(tx, SYSTEM, key, password_hash)
        tx.execute(sa.update(account).where(account.c.id == opened).values(must_change=False))
        record_filing(tx, SYSTEM, key)
        made.append(BulkCommittee(key, code, name, track))
    return made


class Vettings:
    """Experts who come into the pool of one committee, each as far as a way says."""

    def __init__(
        self,
        database: Database,
        book: CodeBook,
        files: DemoFiles,
        kept: BulkCommittee,
        workplace: BulkUnit,
        hashed: str,
    ) -> None:
        self.database, self.book, self.files = database, book, files
        self.kept, self.workplace, self.password_hash = kept, workplace, hashed

    def play(self, number: int, decision: str | None, *, outside: bool = False) -> ExpertPattern:
        """Somebody is added; unless the decision is `asked`, hands the profile in; and is vetted so. `removed` is one who was
        taken out of the pool again, None one who waits for the decision."""
        who = identity_of(number, BORN[number % len(BORN)], expert_name)
        with self.database.transaction() as tx:
            since = tx.next_key()
            today = local(tx.now).date()
            fields = NewExpert(
                name=who.name,
                identity_number=who.number,
                phone=who.mobile,
                workplace=OUTSIDE if outside else self.workplace.name,
                specialty=self.kept.track.specialty,
                title_level="senior",
                term_from=date(today.year, 1, 1),
                term_until=years_later(date(today.year, 1, 1), 3, -1),
            )
            added = add_expert(tx, self._officer(tx), self.book, self.kept.id, fields, password_hash=self.password_hash)
            tx.execute(sa.update(account).where(account.c.login == added.login).values(must_change=False))
            row = tx.row(sa.select(expert).where(expert.c.id == added.expert))
            assert row is not None
        if decision != "asked":
            self._hand_in(row)
        if decision == "removed":
            self._decide(added.expert, "approve")
            with self.database.transaction() as tx:
                remove_expert(tx, self._officer(tx), self.kept.id, added.expert, reason="工作调动（示例）")
        elif decision not in (None, "asked"):
            self._decide(added.expert, decision)
        while deliver_messages(self.database):
            pass
        return ExpertPattern(added.expert, row.person, who, since)

    def record(self, pattern: ExpertPattern) -> Recording:
        with self.database.read() as tx:
            v = expert_vetting.c
            cases = [row.case_key for row in tx.rows(sa.select(v.case_key).where(v.expert == pattern.expert))]
            pieces = [*case_pieces(cases), *person_pieces([pattern.person]), *expert_pieces([pattern.expert])]
            return record(tx, pieces, slots=self.slots(pattern), since=pattern.since)

    def slots(self, pattern: ExpertPattern) -> dict[str, str | int]:
        """What stands in the recorded rows for what copies say in their own way."""
        return {
            **who_slots(pattern.who),
            "committee": self.kept.id,
            "committee_name": self.kept.name,
            "series": self.kept.track.series,
            "specialty": self.kept.track.specialty,
            "title": self.kept.track.title,
            "title_label": self.book.label("title_name", self.kept.track.title),
            "workplace": self.workplace.name,
            "workplace_unit": self.workplace.id,
        }

    def _officer(self, tx: Transaction) -> Actor:
        return actor_of_login(tx, *OFFICER)

    def _hand_in(self, row: sa.Row[Any]) -> None:
        with self.database.transaction() as tx:
            held = tx.row(sa.select(expert).where(expert.c.id == row.id))
            actor = actor_in_role(tx, row.account, Role.EXPERT.value, self._officer(tx).unit or 0)
            assert held is not None
            assert actor is not None
            photo = [dict(self.files.upload(tx, actor, "照片.jpg"))]
            submit_profile(tx, actor, self._sections(held, photo), version=None, command_key=None)

    def _decide(self, expert_id: int, outcome: str) -> None:
        with self.database.transaction() as tx:
            waiting = tx.value(sa.select(expert_vetting.c.open_task).where(expert_vetting.c.expert == expert_id))
            opinion = "同意入库。" if outcome == "approve" else "请补充研究方向和近五年业绩。（示例）"
            complete_task(tx, self._officer(tx), waiting, {"outcome": outcome, "opinion": opinion})

    def _sections(self, row: sa.Row[Any], photo: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """A complete profile."""
        begun, title = first_sections(row), self.kept.track.title
        return {
            "basic_info": {**begun["basic_info"], "ethnicity": "01", "political_status": "01", "photo": photo},
            "work_info": {
                **begun["work_info"],
                "title_name": title,
                "title_obtained_on": "2012-12-01",
                "research": "本专业应用研究（示例）",
            },
            "other_info": {"declared_relations": "", "unavailable": []},
            "education": [
                {
                    "started_on": "1978-09",
                    "ended_on": "1982-07",
                    "school": "示范大学",
                    "major": self.kept.track.major,
                    "education_level": "21",
                    "degree": "4",
                    "is_highest": "yes",
                }
            ],
            "employment": [
                {
                    "started_on": "1982-08",
                    "ended_on": "2019-06",
                    "employer": row.workplace,
                    "post": self.book.label("title_name", title),
                }
            ],
        }


def expert_slots(book: CodeBook, number: int, kept: BulkCommittee, workplace: BulkUnit) -> dict[str, str | int]:
    """The n-th expert, in the pool of that committee."""
    track = kept.track
    return {
        **who_slots(identity_of(number, BORN[number % len(BORN)], expert_name)),
        "committee": kept.id,
        "committee_name": kept.name,
        "series": track.series,
        "specialty": f"{track.series}-{number % track.specialties + 1:02d}",
        "title": track.title,
        "title_label": book.label("title_name", track.title),
        "workplace": workplace.name,
        "workplace_unit": workplace.id,
    }
