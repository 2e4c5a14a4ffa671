"""Meetings of the province: one is held with the commands people use and recorded at every step; the others are copies."""

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa

from engine.committee.pool import PoolExpert, pool_of
from engine.db import Database, Transaction
from engine.document.tables import attachment
from engine.flow.tables import case
from engine.province.committees import BulkCommittee
from engine.province.declarations import Pattern, Turns
from engine.province.pieces import case_pieces, declaration_pieces, meeting_pieces, person_pieces
from engine.province.recording import Recording, record
from engine.province.reexaminations import reexaminations_of, reexamine
from engine.result.demo_meeting import Proceedings
from engine.result.forwarding import mark_result
from engine.result.granting import next_numbers
from engine.result.tables import review_result, title_certificate
from engine.review_meeting.tables import meeting_dossier, review_meeting

GROUPS: Mapping[str, int] = {"第一评议组": 9, "第二评议组": 8, "第三评议组": 8}
SEATS, OUTSIDE = 25, 3
#: how long ago the meeting began whose results are handled to the end, and the one that is under way; between two commands
LONG_AGO, LATELY, PAUSE = timedelta(days=24), timedelta(hours=30), timedelta(minutes=2)
#: every tenth dossier finds too few votes; of every ten the title office does not confirm one that passed
IN_TEN, REFUSED = 10, 2
#: what becomes of those who failed and ask for a re-examination after the meeting was closed, in turn
REEXAMINED = ("submit accept uphold uphold", "submit", "submit accept", "submit accept uphold")
#: a step of a meeting: its name, and what is done to come there
Step = tuple[str, Callable[[], object]]


@dataclass(frozen=True, slots=True)
class MeetingRecording:
    """A meeting at one of its steps. `dossiers` are the declarations that are part of it, `certificates` how many were given."""

    step: str
    recording: Recording
    dossiers: Sequence[Pattern]
    certificates: int


class Seats:
    """Who sits for a committee: as many as a meeting has, those from outside last."""

    def __init__(self, tx: Transaction, kept: BulkCommittee) -> None:
        pool = [one for one in pool_of(tx, [kept.id], on=tx.now.date()) if not one.blocked]
        inside, outside = ([one for one in pool if one.outside is far] for far in (False, True))
        self.experts: Sequence[PoolExpert] = [*inside[: SEATS - OUTSIDE], *outside[:OUTSIDE]]

    def slots(self) -> dict[str, str | int]:
        return {
            f"expert{number}_{name}": getattr(one, name)
            for number, one in enumerate(self.experts)
            for name in ("expert", "login", "name")
        }


class Conference:
    """One meeting of a committee, recorded step by step."""

    def __init__(
        self,
        database: Database,
        kept: BulkCommittee,
        held: Proceedings,
        dossiers: Sequence[Pattern],
        name: str,
        turn: int = 0,
    ) -> None:
        self.database, self.kept, self.held, self.dossiers, self.name = database, kept, held, dossiers, name
        self._turn = turn
        with database.read() as tx:
            self.seats, self._now = Seats(tx, kept), tx.now

    def hold_lately(self) -> Iterator[MeetingRecording]:
        """Held until its results are public, recorded at each step but while the ballot is open: papers are not copied."""
        for name, come_there in (*self._until_public(), ("re-examination asked", self._ask_again)):
            come_there()
            yield self.record(name)

    def hold_long_ago(self) -> Iterator[MeetingRecording]:
        """Held to its end, recorded from the end of publicity on."""
        for _, come_there in self._until_public():
            come_there()
        for name, come_there in self._afterwards():
            come_there()
            yield self.record(name)

    def _until_public(self) -> Sequence[Step]:
        return (
            ("called", self._call),
            ("groups made", self.held.settle_groups),
            ("plan written", self._plan),
            ("plan approved", self.held.approve_plan),
            ("chair appointed", self.held.appoint_chair),
            ("dossiers grouped", self._group),
            ("standard set", self.held.set_standard),
            ("standard confirmed", self.held.confirm_standard),
            ("leaders appointed", self.held.appoint_leaders),
            ("reviewers assigned", self.held.assign),
            ("dossiers scored", partial(self.held.score, 2)),
            ("scores confirmed", partial(self.held.score, 2)),
            ("scoring finished", self.held.finish_scoring),
            ("roll made", self._roll),
            ("votes counted", self._vote),
            ("count confirmed", self.held.confirm_tally),
            ("results public", self.held.publish),
        )

    def _afterwards(self) -> Sequence[Step]:
        return (
            ("publicity over", self.held.wait_for_publicity),
            ("publicity ended", self.held.end_publicity),
            ("results forwarded", self.held.forward),
            ("results approved", self._approve),
            ("titles granted", self.held.issue),
            ("certificates delivered", self.held.deliver),
            ("closed", self._close),
        )

    def record(self, step: str) -> MeetingRecording:
        """The meeting as it stands, with everything that hangs on it."""
        with self.database.read() as tx:
            entered = {row.declaration for row in tx.rows(_entered(self.held.key))}
            dossiers = [one for one in self.dossiers if one.case in entered]
            declarations = [one.case for one in dossiers]
            own = [*_cases(tx, self.held.key), *reexaminations_of(tx, self.dossiers)]
            handlings = _handlings(tx, self.held.key)
            certificates = _certificates(tx, handlings)
            pieces = [
                *case_pieces([*own, *declarations]),
                *person_pieces([one.person for one in dossiers]),
                *declaration_pieces(declarations),
                *meeting_pieces(self.held.key, handlings),
                (attachment, attachment.c.case_key.in_(own)),
            ]
            slots = self._slots(tx, dossiers, certificates)
            recording = record(tx, pieces, slots=slots, since=self.dossiers[0].since)
        return MeetingRecording(step, recording, dossiers, len(certificates))

    def _slots(
        self, tx: Transaction, dossiers: Sequence[Pattern], certificates: Sequence[sa.Row[Any]]
    ) -> dict[str, str | int]:
        number = tx.value(sa.select(review_meeting.c.meeting_no).where(review_meeting.c.case_key == self.held.key))
        given: dict[str, str | int] = {**committee_slots(self.kept), **self.seats.slots()}
        given |= {"meeting_no": number, "meeting_name": self.name}
        for place, one in enumerate(dossiers):
            given |= one.slots(f"dossier{place}_")
        for place, row in enumerate(certificates):
            given |= {f"certificate{place}": row.certificate_no, f"code{place}": row.code}
        return given

    def _call(self) -> None:
        self.held.call(self.name, self.held.at + timedelta(hours=2), GROUPS)

    def _plan(self) -> None:
        self.held.choose([one.expert for one in self.seats.experts])
        self.held.plan()

    def _group(self) -> None:
        self.held.group_dossiers([one.case for one in self.dossiers])

    def _roll(self) -> None:
        self.held.attend()
        self.held.make_roll()

    def _vote(self) -> None:
        """All vote."""
        self.held.open_ballot()
        self.held.cast(against={one.case: SEATS // 2 for one in self.dossiers[::IN_TEN]})
        self.held.close_ballot()

    def _approve(self) -> None:
        for one in self.dossiers[REFUSED::IN_TEN]:
            why = "任职年限与档案不符。（示例）"
            self.held.act(mark_result, self.held.handling, one.case, refused=True, reason=why)
        self.held.approve_results()

    def _close(self) -> None:
        """Close it, and let those who failed ask for a re-examination."""
        self.held.close()
        for place, one in enumerate(self.dossiers[::IN_TEN]):
            reexamine(self.held, one, REEXAMINED[(place + 2 * self._turn) % len(REEXAMINED)], self._now)

    def _ask_again(self) -> None:
        reexamine(self.held, self.dossiers[0], "submit", self._now)


class MeetingCopies:
    """What every copy of a meeting says in its own way."""

    def __init__(self, tx: Transaction, turns: Turns, year: int) -> None:
        self._turns, self._year = turns, year
        last = tx.value(sa.select(sa.func.max(review_meeting.c.meeting_no)).where(review_meeting.c.year == year))
        self._meeting = int(str(last)[8:]) if last else 0
        [following] = next_numbers(tx, year, 1)
        self._certificate = int(following.removeprefix(f"职称{year}")) - 1

    def slots(self, like: MeetingRecording, kept: BulkCommittee, seats: Seats) -> dict[str, str | int]:
        self._meeting += 1
        given: dict[str, str | int] = {**committee_slots(kept), **seats.slots()}
        given["meeting_no"] = f"{self._year}-PS-{self._meeting:04d}"
        given["meeting_name"] = meeting_name(self._year, kept, self._meeting)
        for place, one in enumerate(like.dossiers):
            given |= self._turns.slots(one, f"dossier{place}_")
        for place in range(like.certificates):
            self._certificate += 1
            given[f"certificate{place}"] = f"职称{self._year}{self._certificate:05d}"
            given[f"code{place}"] = secrets.token_hex(8)
        return given


def meeting_name(year: int, kept: BulkCommittee, number: int) -> str:
    return f"{year} 年度{kept.track.label}高级职称第 {number} 次评审会（示例）"


def committee_slots(kept: BulkCommittee) -> dict[str, str | int]:
    return {"committee": kept.id, "committee_code": kept.code, "committee_name": kept.name}


def _entered(meeting: int) -> sa.Select[Any]:
    d = meeting_dossier.c
    return sa.select(d.declaration, d.review_case).where(d.meeting == meeting)


def _handlings(tx: Transaction, meeting: int) -> list[int]:
    query = sa.select(review_result.c.handling).where(review_result.c.meeting == meeting).distinct()
    return [row.handling for row in tx.rows(query)]


def _certificates(tx: Transaction, handlings: Sequence[int]) -> Sequence[sa.Row[Any]]:
    c = title_certificate.c
    query = sa.select(c.certificate_no, c.code).where(c.handling.in_(handlings))
    return tx.rows(query.order_by(c.certificate_no))


def _cases(tx: Transaction, meeting: int) -> list[int]:
    """The meeting, its ballots, the reviews of its dossiers, the handling of its results."""
    ballots = [row.key for row in tx.rows(sa.select(case.c.key).where(case.c.parent_case_key == meeting))]
    reviews = [row.review_case for row in tx.rows(_entered(meeting)) if row.review_case is not None]
    return [meeting, *ballots, *reviews, *_handlings(tx, meeting)]
