"""Recommendation rounds of the province: one unit holds three, one after the other, and others copy them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from engine.clock import ZONE, FixedClock, local
from engine.db import Database
from engine.declaration.demo_files import DemoFiles
from engine.declaration.demo_people import actor_of_login
from engine.declaration.demo_rounds import begin_round, close_round, hear, round_instant
from engine.declaration.recommendation.starting import start_round
from engine.declaration.recommendation.tables import (
    recommendation_candidate,
    recommendation_objection,
    recommendation_round,
)
from engine.document.tables import attachment
from engine.organisation import Role
from engine.province.declarations import Pattern, Rehearsal, Turns, Way, unit_slots
from engine.province.pieces import case_pieces, declaration_pieces, person_pieces
from engine.province.recording import Recording, record
from engine.province.tracks import Track
from engine.province.units import BulkUnit
from engine.reference import CodeLists

#: who was checked waits for the unit; behind the bar comes what only the unit's round brings
CHECKED = Way("start fill submit approve |", 0)
#: people of one round
MEMBERS = 2
PUBLICITY_DAYS = 5


@dataclass(frozen=True, slots=True)
class RoundRecording:
    """A round with the declarations in it."""

    recording: Recording
    dossiers: Sequence[Pattern]

    def slots(self, turns: Turns, unit: BulkUnit) -> Mapping[str, str | int]:
        """What a copy says in its own way: all of it happens in that unit."""
        given = round_slots(unit)
        for place, one in enumerate(self.dossiers):
            given |= turns.slots(one, f"dossier{place}_", unit)
        return given


class Rounds:
    """The rounds of one unit: one handed over, one public, one that ranks, and people who wait for the next."""

    def __init__(
        self, database: Database, files: DemoFiles, rehearsal: Rehearsal, turns: Turns, track: Track, unit: BulkUnit
    ) -> None:
        self.database, self.files, self.rehearsal = database, files, rehearsal
        self.turns, self.track, self.unit = turns, track, unit

    def play(self, now: datetime, born: int) -> Iterator[RoundRecording]:
        """Each is recorded as it stands; the first only where the year is old enough for its publicity to be over."""
        begun = round_instant(now)
        over = self._end_of_publicity(begun)
        if over < now:
            yield self._record(*self._handed_over(begun, over, born))
        day_before = max(now - timedelta(days=1), datetime(local(now).year, 1, 1, tzinfo=ZONE))
        yield self._record(*self._public(day_before, born + MEMBERS))
        yield self._record(*self._ranking(now, born + 2 * MEMBERS))
        yield self._record(self._declare(now, born + 3 * MEMBERS), [])

    def _handed_over(self, begun: datetime, over: datetime, born: int) -> tuple[list[Pattern], list[int]]:
        dossiers, rounds = self._public(begun, born)
        hear(self.database, over)
        with self.database.read() as tx:
            officer = actor_of_login(tx, self.unit.login("officer"), Role.CASE_OFFICER)
        close_round(self.database, self.files, rounds[0], officer, over)
        hear(self.database, over)
        return dossiers, rounds

    def _public(self, at: datetime, born: int) -> tuple[list[Pattern], list[int]]:
        dossiers = self._declare(at, born)
        begun = begin_round(self.database, self.unit.id, at, {})
        assert begun is not None
        hear(self.database, at)
        return dossiers, [begun[0]]

    def _ranking(self, at: datetime, born: int) -> tuple[list[Pattern], list[int]]:
        dossiers = self._declare(at, born)
        with self.database.transaction(FixedClock(at)) as tx:
            officer = actor_of_login(tx, self.unit.login("officer"), Role.CASE_OFFICER)
            key = start_round(tx, officer, year=local(at).year)
        hear(self.database, at)
        return dossiers, [key]

    def _declare(self, until: datetime, born: int) -> list[Pattern]:
        return [
            self.rehearsal.play(self.track, CHECKED, self.turns.next_person(born + number), self.unit, until)
            for number in range(MEMBERS)
        ]

    def _end_of_publicity(self, begun: datetime) -> datetime:
        """Nine o'clock of the morning after its last day."""
        with self.database.read() as tx:
            end = tx.service(CodeLists).calendar(tx).add_working_days(local(begun).date(), PUBLICITY_DAYS)
        return datetime.combine(end + timedelta(days=1), time(9), ZONE)

    def _record(self, dossiers: Sequence[Pattern], rounds: Sequence[int]) -> RoundRecording:
        declarations = [one.case for one in dossiers]
        slots = round_slots(self.unit)
        for place, one in enumerate(dossiers):
            slots |= one.slots(f"dossier{place}_")
        with self.database.read() as tx:
            pieces = [
                *case_pieces([*rounds, *declarations]),
                *person_pieces([one.person for one in dossiers]),
                *declaration_pieces(declarations),
                (recommendation_round, recommendation_round.c.case_key.in_(rounds)),
                (recommendation_candidate, recommendation_candidate.c.round.in_(rounds)),
                (recommendation_objection, recommendation_objection.c.round.in_(rounds)),
                (attachment, attachment.c.case_key.in_(rounds)),
            ]
            return RoundRecording(record(tx, pieces, slots=slots, since=dossiers[0].since), dossiers)


def round_slots(unit: BulkUnit) -> dict[str, str | int]:
    """The unit, and the account whose files a round's proofs are."""
    return {**unit_slots(unit), "unit_officer_account": unit.officer}
