"""What people ask for after results, and complaints: each kind is brought once to each of its steps, and copied."""

import secrets
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.clock import FixedClock, local
from engine.db import Database, Transaction
from engine.declaration.demo_files import DemoFiles
from engine.declaration.demo_people import actor_of_login
from engine.declaration.demo_rounds import hear
from engine.flow.completion import complete_task
from engine.flow.tables import case, case_party, task
from engine.flow.variables import read_variables
from engine.organisation import Role, holders_of
from engine.organisation.tables import person
from engine.province.declarations import Rehearsal, Turns, unit_slots
from engine.province.people import Identity, who_slots
from engine.province.pieces import case_pieces, own_files, person_pieces
from engine.province.recording import Recording, record
from engine.province.tracks import Track
from engine.province.units import BulkUnit
from engine.reference import CodeBook
from engine.result.aftercare.asking import (
    CONFIRMATION,
    CORRECTION,
    RECOGNITION,
    REISSUE,
    ask_replacement,
    ask_title,
)
from engine.result.aftercare.complaint import raise_complaint
from engine.result.aftercare.revocation import start_revocation
from engine.result.aftercare.tables import complaint
from engine.result.granting import next_numbers
from engine.result.tables import title_certificate

OFFICER = ("office_officer", Role.CASE_OFFICER)
OPINION = "情况属实，材料齐全。（示例）"
#: between two steps
PAUSE = timedelta(minutes=15)
COMPLAINT = "complaint"
REVOCATION = "title_revocation"
#: who has a certificate before they ask: what is confirmed can be lost, wrong, or revoked
HELD = frozenset({REISSUE, CORRECTION, REVOCATION})
_REQUEST = ("", "submit", "submit approve", "submit approve approve", "submit refuse", "submit approve refuse")
#: the outcomes in turn that lead to each step of each process
STEPS: Mapping[str, Sequence[str]] = {
    RECOGNITION: _REQUEST,
    CONFIRMATION: _REQUEST,
    REISSUE: _REQUEST,
    CORRECTION: _REQUEST,
    REVOCATION: ("", "propose", "propose state", "propose state revoke", "propose state keep", "abandon"),
    COMPLAINT: ("", "accept", "accept done", "accept done founded", "accept done unfounded", "refuse"),
}


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody asked for, as far as it has come. `certificates` are those the person has, the oldest first."""

    track: Track
    person: int
    who: Identity
    born: int
    recording: Recording
    certificates: int
    complaint_no: str | None


class Requests:
    """Plays requests of people of one unit."""

    def __init__(
        self,
        database: Database,
        book: CodeBook,
        files: DemoFiles,
        rehearsal: Rehearsal,
        track: Track,
        unit: BulkUnit,
        begins: datetime,
    ) -> None:
        self.database, self.book, self.files, self.rehearsal = database, book, files, rehearsal
        self.track, self.unit, self.at = track, unit, begins

    def play_all(self, people: Iterator[tuple[Identity, int]]) -> Iterator[Request]:
        """Every process at each of its steps, each by somebody new."""
        for process, ways in STEPS.items():
            for outcomes in ways:
                yield self._play(process, outcomes, *next(people))

    def _play(self, process: str, outcomes: str, who: Identity, born: int) -> Request:
        since = self.rehearsal.enrol(who, self.unit, self.at)
        if process in HELD:
            self._go(self._begin(CONFIRMATION, who), "submit approve approve")
        key = self._begin(process, who)
        self._go(key, outcomes)
        with self.database.read() as tx:
            return self._record(tx, key, who, born, since)

    # --- the steps ----------------------------------------------------------------------------------------------------

    def _begin(self, process: str, who: Identity) -> int:
        """The case of a request that has just begun."""
        with self._next_moment() as tx:
            asker = actor_of_login(tx, who.number, Role.APPLICANT)
            officer = actor_of_login(tx, *OFFICER)
            if process == COMPLAINT:
                given = {"unit_name": self.unit.name, "content": "推荐结果没有公示。（示例）", "contact": who.mobile}
                number = raise_complaint(tx, asker, given)
                return int(tx.value(sa.select(complaint.c.case_key).where(complaint.c.complaint_no == number)))
            if process in HELD:
                t = title_certificate.c
                held = int(tx.value(sa.select(t.key).where(t.person == asker.person)))
                begun = (
                    start_revocation(tx, officer, held)
                    if process == REVOCATION
                    else ask_replacement(tx, asker, process, held)
                )
            else:
                begun = ask_title(tx, asker, process)
            return int(tx.value(sa.select(task.c.case_key).where(task.c.key == begun)))

    def _go(self, case_key: int, outcomes: str) -> None:
        """Whoever the case waits for does the next step, so many times."""
        for outcome in outcomes.split():
            with self._next_moment() as tx:
                waiting = tx.row(sa.select(task).where(task.c.case_key == case_key))
                assert waiting is not None
                actor = whoever(tx, waiting)
                said = SAID.get(waiting.form_id, _opinion)
                values = said(self, tx, actor, read_variables(tx, case_key))
                complete_task(tx, actor, waiting.key, {**values, "outcome": outcome})
            hear(self.database, self.at)

    def _next_moment(self) -> Any:
        self.at += PAUSE
        return self.database.transaction(FixedClock(self.at))

    def upload(self, tx: Transaction, actor: Actor) -> list[Any]:
        return [self.files.upload(tx, actor, "证明.pdf")["id"]]

    def title(self, level: str) -> Mapping[str, str]:
        """A title of that level in the series, as requests name it."""
        series = self.book.find("title_series", self.track.series)
        assert series is not None
        return {
            "title_category": str(series.parent),
            "title_series": self.track.series,
            "specialty": self.track.specialty,
            "title_name": f"{self.track.title.rpartition('-')[0]}-{level}",
            "title_level": level,
        }

    # --- the recording ------------------------------------------------------------------------------------------------

    def _record(self, tx: Transaction, last: int, who: Identity, born: int, since: int) -> Request:
        p, t, q = person.c, title_certificate.c, complaint.c
        who_is = int(tx.value(sa.select(p.id).where(p.identity_number == who.number)))
        cases = _cases(tx, who_is, last)
        held = tx.rows(sa.select(t.certificate_no, t.code).where(t.person == who_is).order_by(t.certificate_no))
        number = tx.value(sa.select(q.complaint_no).where(q.case_key == last))
        slots: dict[str, str | int] = {**who_slots(who), **unit_slots(self.unit)}
        if number is not None:
            slots["complaint_no"] = number
        for place, row in enumerate(held):
            slots |= {f"certificate{place}": row.certificate_no, f"code{place}": row.code}
        pieces = [
            *case_pieces(cases),
            *person_pieces([who_is]),
            own_files([who_is]),
            (title_certificate, t.person == who_is),
            (complaint, q.case_key.in_(cases)),
        ]
        recording = record(tx, pieces, slots=slots, since=since)
        return Request(self.track, who_is, who, born, recording, len(held), number)


class RequestCopies:
    """What every copy of a request says in its own way."""

    def __init__(self, tx: Transaction, turns: Turns) -> None:
        self._turns, self._year = turns, turns.year
        [following] = next_numbers(tx, self._year, 1)
        self._certificate = int(following.removeprefix(f"职称{self._year}"))
        last = tx.value(sa.select(sa.func.max(complaint.c.complaint_no)))
        self._complaint = int(str(last).rpartition("-")[2]) if last else 0

    def slots(self, like: Request) -> dict[str, str | int]:
        who, unit = self._turns.next_person(like.born), self._turns.unit_in_turn()
        given: dict[str, str | int] = {**who_slots(who), **unit_slots(unit)}
        for place in range(like.certificates):
            given |= {
                f"certificate{place}": f"职称{self._year}{self._certificate:05d}",
                f"code{place}": secrets.token_hex(8),
            }
            self._certificate += 1
        if like.complaint_no is not None:
            self._complaint += 1
            given["complaint_no"] = f"{self._year}-TS-{self._complaint:05d}"
        return given


def whoever(tx: Transaction, waiting: sa.Row[Any]) -> Actor:
    """Who does this task: the person it waits for, or the last of its group."""
    if waiting.assignee:
        return actor_of_login(tx, waiting.assignee, Role.APPLICANT)
    role, _, unit = waiting.candidate_groups[0].partition("@")
    return actor_of_login(tx, holders_of(tx, role, int(unit))[-1][0], role)


def _cases(tx: Transaction, who: int, last: int) -> Collection[int]:
    """The cases the person is part of, and this one."""
    mine = sa.select(case_party.c.case_key).where(case_party.c.principal == f"person:{who}")
    return sorted({last, *(row.key for row in tx.rows(sa.select(case.c.key).where(case.c.key.in_(mine))))})


Said = Callable[[Requests, Transaction, Actor, Mapping[str, Any]], Mapping[str, Any]]


def _opinion(one: Requests, tx: Transaction, actor: Actor, known: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"opinion": OPINION}


def _decision(one: Requests, tx: Transaction, actor: Actor, known: Mapping[str, Any]) -> Mapping[str, Any]:
    today = local(one.at).date().isoformat()
    return {"opinion": OPINION, "document_no": "示职改〔示例〕8 号", "obtained_on": today}


def _recognition(one: Requests, tx: Transaction, actor: Actor, known: Mapping[str, Any]) -> Mapping[str, Any]:
    year = local(one.at).year
    return {
        "recognition_education": "硕士",
        "graduated_on": date(year - 2, 6, 30).isoformat(),
        "working_since": date(year - 2, 7, 1).isoformat(),
        "term_reason": "",
        **one.title("assistant"),
        "recognition_files": one.upload(tx, actor),
    }


def _confirmation(one: Requests, tx: Transaction, actor: Actor, known: Mapping[str, Any]) -> Mapping[str, Any]:
    origin = {"origin": "外省职改办（示例）", "origin_no": "外2020001", "origin_obtained_on": "2020-12-01"}
    return {**origin, **one.title("associate_senior"), "confirmation_files": one.upload(tx, actor)}


def _reissue(one: Requests, tx: Transaction, actor: Actor, known: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"reissue_reason": "搬家时遗失。（示例）", "reissue_files": []}


def _correction(one: Requests, tx: Transaction, actor: Actor, known: Mapping[str, Any]) -> Mapping[str, Any]:
    printed = {f"corrected_{name}": value for name, value in known["printed"].items()}
    wrong = {"corrected_document_no": "示职改〔示例〕18 号", "correction_reason": "批文号印错。（示例）"}
    return {**printed, **wrong, "correction_files": one.upload(tx, actor)}


def _proposal(one: Requests, tx: Transaction, actor: Actor, known: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"ground": "false_material", "facts": "申报材料中的论文系伪造。（示例）", "evidence_files": []}


def _hearing(one: Requests, tx: Transaction, actor: Actor, known: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"statement": "没有异议。（示例）", "statement_files": []}


def _assignment(one: Requests, tx: Transaction, actor: Actor, known: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"handling_unit": known["handling_choices"][0]["value"], "opinion": OPINION}


def _finding(one: Requests, tx: Transaction, actor: Actor, known: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"finding": "已核查，情况属实。（示例）", "finding_files": []}


#: what is filled in, by form; an opinion in all others
SAID: Mapping[str, Said] = {
    "initial_recognition_request": _recognition,
    "initial_recognition_decision": _decision,
    "certificate_confirmation_request": _confirmation,
    "certificate_confirmation_decision": _decision,
    "certificate_reissue_request": _reissue,
    "certificate_correction_request": _correction,
    "revocation_proposal": _proposal,
    "revocation_hearing": _hearing,
    "complaint_assignment": _assignment,
    "complaint_finding": _finding,
}
