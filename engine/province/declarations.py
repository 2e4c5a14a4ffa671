"""Declarations of the province: each way through the diagram is gone once with the commands people use, and copied."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from engine.clock import FixedClock, local
from engine.db import Database, Transaction
from engine.declaration.claims import work_of
from engine.declaration.demo import demo_rows
from engine.declaration.demo_dossier import dossier_values
from engine.declaration.demo_files import DemoFiles
from engine.declaration.demo_people import actor_of_login
from engine.declaration.demo_player import Player
from engine.declaration.demo_rounds import hear
from engine.declaration.demo_season import moments_until
from engine.declaration.filling import submit_declaration
from engine.declaration.integrity_records import record_integrity
from engine.declaration.tables import declaration, declaration_year
from engine.organisation import Applicant, Role, create_enrolment
from engine.organisation.integrity import RecordKind
from engine.organisation.tables import account
from engine.province.people import Identity, identity_of, who_slots
from engine.province.pieces import case_pieces, declaration_pieces, person_pieces
from engine.province.recording import Recording, record
from engine.province.tracks import Track
from engine.province.units import BulkUnit
from engine.reference import CodeBook

#: officer and leader of the unit, of its department, of the title office
REVIEWS = 6
UP = "start fill submit approve_all"
SAID = "申报材料与申报条件不符。（示例）"
CHEATED = "申报材料弄虚作假。（示例）"
#: how many days ago began what has expired by now
EXPIRED = 45


def _refuse(player: Player) -> None:
    """Say no for good: a special route, or a department."""
    with player.database.read() as tx:
        special = player.open_task(tx).element_id == "approve_special_route"
    player.decide("refuse" if special else "not_eligible", SAID)


def _come_from_elsewhere(player: Player) -> None:
    """Hand in a title of another province, which the title office has to confirm."""
    with player.next_moment() as tx:
        applicant = player.applicant(tx)

        def upload(name: str) -> Mapping[str, Any]:
            return player.files.upload(tx, applicant, name)

        dossier = dossier_values(player.book, player.story, int(player.login[6:10]), upload)
        origin = {"current_title_origin": "other_province", "current_title_origin_proof": [upload("职称证书.pdf")]}
        dossier["present_position"] = {**dossier["present_position"], **origin}
        submit_declaration(tx, applicant, player.open_task(tx).key, dossier)


def _bar(player: Player) -> None:
    """Bar the applicant for cheating, which stops the declaration."""
    with player.next_moment() as tx:
        admin = actor_of_login(tx, "office_admin", Role.TITLE_OFFICE_ADMIN)
        person = player.applicant(tx).person
        assert person is not None
        until = local(tx.now).date() + timedelta(days=3 * 365)
        record_integrity(tx, admin, person=person, kind=RecordKind.INTEGRITY, reason=CHEATED, until=until)
        at = tx.now
    hear(player.database, at)


def _entrust(player: Player) -> None:
    """Find no committee: another unit's has to be asked."""
    player.decide("entrust", SAID)


@dataclass(frozen=True, slots=True)
class Way:
    """How far a declaration goes: the steps as stories tell them, how many of a hundred go so far, by which route; what follows that
    no story tells; and how many days ago all of it was, after which its terms have run out."""

    play: str
    share: float
    route: str = "regular"
    then: Callable[[Player], None] | None = None
    ago: int = 0


WAITING = Way(f"{UP} assign approve", 15)
"""It waits for a meeting."""

WAYS: Sequence[Way] = (
    Way("start fill:basic_info", 5),
    Way("start fill", 4),
    Way("start fill submit", 14),
    Way("start fill submit hold:13", 1),
    Way("start fill submit approve", 7),
    Way("start fill submit approve approve", 12),
    Way("start fill submit approve approve approve", 5),
    Way("start fill submit approve approve approve approve", 9),
    Way("start fill submit approve approve approve approve approve", 4),
    Way("start fill submit return:2", 3),
    Way("start fill submit approve approve return:2 submit approve", 3),
    Way("start fill submit withdraw", 1),
    Way("start fill discard", 2),
    Way("start fill submit not_recommended:6", 2),
    Way("start fill submit", 1, "green_channel"),
    Way("start fill submit", 0.5, "green_channel", _refuse),
    Way("start", 0.5, then=_come_from_elsewhere),
    Way("start fill submit approve approve", 0.5, then=_refuse),
    Way("start fill submit return:2", 0.5, ago=EXPIRED),
    Way(UP, 0.5, then=_entrust),
    Way("start fill submit approve", 0.5, then=_bar),
    Way(UP, 5),
    Way(f"{UP} assign", 5),
    Way(f"{UP} assign correct_list:16", 2),
    WAITING,
)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A declaration that was really run: its case, its applicant, where; `since` is the key it began with."""

    track: Track
    case: int
    person: int
    who: Identity
    born: int
    number: str
    unit: BulkUnit
    since: int

    def slots(self, prefix: str = "") -> dict[str, str | int]:
        """What stands in its rows for what copies say in their own way."""
        return _slots(self.track.specialty, self.who, self.number, self.unit, str(self.born), prefix)


class Turns:
    """Hands out to every copy what it needs for itself: people, numbers, units in turn."""

    def __init__(self, units: Sequence[BulkUnit], year: int) -> None:
        self.units, self.year = units, year
        self.people = 0
        self._next_no = 0

    def take_numbers(self, tx: Transaction, count: int) -> None:
        """Reserve so many numbers of declarations."""
        y = declaration_year.c
        last = tx.value(sa.select(y.last_no).where(y.year == self.year))
        tx.execute(sa.update(declaration_year).where(y.year == self.year).values(last_no=last + count))
        self._next_no = int(last)

    def next_person(self, born: int) -> Identity:
        self.people += 1
        return identity_of(self.people, born)

    def unit_in_turn(self) -> BulkUnit:
        """The unit of the person handed out last."""
        return self.units[self.people % len(self.units)]

    def slots(self, like: Pattern, prefix: str = "", unit: BulkUnit | None = None) -> dict[str, str | int]:
        """The slots of the next applicant and the next declaration like that one, in that unit or the next."""
        who, number = self.next_person(like.born), self.people
        self._next_no += 1
        specialty = f"{like.track.series}-{number % like.track.specialties + 1:02d}"
        place = unit or self.unit_in_turn()
        return _slots(specialty, who, f"{self.year}-{self._next_no:06d}", place, f"{number:05d}", prefix)


def _slots(
    specialty: str, who: Identity, number: str, unit: BulkUnit, serial: str, prefix: str
) -> dict[str, str | int]:
    given: dict[str, str | int] = {
        **who_slots(who),
        "number": number,
        "serial": f"示例 {serial}）",
        "project_no": f"SF-{serial}-01",
        "specialty": specialty,
        **unit_slots(unit),
        **works(serial),
    }
    return {f"{prefix}{name}": value for name, value in given.items()}


def unit_slots(one: BulkUnit) -> dict[str, str | int]:
    """The unit, its department, and who works there."""
    assert one.parent is not None
    given: dict[str, str | int] = {}
    for word, place in (("unit", one), ("department", one.parent)):
        given |= {
            word: place.id,
            f"{word}_name": place.name,
            f"{word}_officer": place.login("officer"),
            f"{word}_officer_name": place.person("办"),
            f"{word}_leader": place.login("leader"),
            f"{word}_leader_name": place.person("领"),
        }
    return given


def works(serial: str) -> dict[str, str]:
    """What tells the works of a dossier from those of others (see `engine.declaration.demo_works`)."""
    paper = {"title": f"示范论文：本专业若干问题的研究（示例 {serial}）", "issn": "1000-0003"}
    return {
        "work_paper": work_of("paper", paper),
        "work_project": work_of("project", {"project_no": f"SF-{serial}-01"}),
    }


class Rehearsal:
    """Plays declarations, and records them."""

    def __init__(self, database: Database, book: CodeBook, files: DemoFiles, password_hash: str) -> None:
        self.database, self.book, self.files, self.password_hash = database, book, files, password_hash
        self.opinions = {row["id"]: row["text"] for row in demo_rows("demo_opinions.csv")}

    def enrol(self, who: Identity, unit: BulkUnit, at: datetime) -> int:
        """Let the unit enrol somebody new; keys from this one on are of what they do."""
        with self.database.transaction(FixedClock(at)) as tx:
            since = tx.next_key()
            officer = actor_of_login(tx, unit.login("officer"), Role.CASE_OFFICER)
            applicant = Applicant(who.name, "01", who.number, who.mobile)
            create_enrolment(tx, officer, year=self.book.year, applicant=applicant, password_hash=self.password_hash)
            tx.execute(sa.update(account).where(account.c.login == who.number).values(must_change=False))
        return since

    def play(self, track: Track, way: Way, who: Identity, unit: BulkUnit, now: datetime) -> Pattern:
        """Let somebody new of that unit go that way, as far as that instant, or the way's days before it."""
        until = now - timedelta(days=way.ago)
        since = self.enrol(who, unit, until)
        row = {**track.story(way.route), "play": way.play}
        # the last step lies close to that instant: a term that began with it still runs
        steps = len(way.play.split()) + REVIEWS * ("approve_all" in way.play) + (way.then is not None)
        moments = moments_until(until, until, int(who.number[14:17]) % 25, steps)
        player = Player(self.database, self.book, self.files, self.opinions, row, who.number, moments)
        player.play_until_round()
        if way.then is not None:
            way.then(player)
        if way.ago:
            hear(self.database, now)
        with self.database.read() as tx:
            d = declaration.c
            held = tx.row(sa.select(d.person, d.declaration_no).where(d.case_key == player.case_key))
        assert held is not None
        born = int(who.born_on[:4])
        return Pattern(track, player.case_key, held.person, who, born, held.declaration_no, unit, since)

    def record(self, pattern: Pattern) -> Recording:
        with self.database.read() as tx:
            pieces = [
                *case_pieces([pattern.case]),
                *person_pieces([pattern.person]),
                *declaration_pieces([pattern.case]),
            ]
            return record(tx, pieces, slots=pattern.slots(), since=pattern.since)
