"""Declarations of the province: each way through the diagram is gone once with the commands people use, and copied."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from engine.db import Database, Transaction
from engine.declaration.claims import work_of
from engine.declaration.demo import MOST_REVIEWS, Player, demo_rows, moments_until
from engine.declaration.demo_files import DemoFiles
from engine.declaration.demo_people import actor_of_login
from engine.declaration.tables import declaration, declaration_year
from engine.organisation import Applicant, Role, create_enrolment
from engine.organisation.tables import account
from engine.province.people import identity_of
from engine.province.pieces import case_pieces, declaration_pieces, person_pieces
from engine.province.recording import Recording, record
from engine.province.tracks import Track
from engine.province.units import BulkUnit
from engine.reference import CodeBook

UP = "start fill submit approve_all"


@dataclass(frozen=True, slots=True)
class Way:
    """How far a declaration goes: the steps as stories tell them, how many of a hundred go so far, by which route."""

    play: str
    share: float
    route: str = "regular"


WAYS: Mapping[str, Way] = {
    "draft": Way("start fill:basic_info", 5),
    "filled": Way("start fill", 4),
    "submitted": Way("start fill submit", 14),
    "held": Way("start fill submit hold:13", 1),
    "for the leader": Way("start fill submit approve", 7),
    "at the department": Way("start fill submit approve approve", 12),
    "for the department's leader": Way("start fill submit approve approve approve", 5),
    "at the office": Way("start fill submit approve approve approve approve", 9),
    "for the office's leader": Way("start fill submit approve approve approve approve approve", 4),
    "returned": Way("start fill submit return:2", 3),
    "returned and handed in again": Way("start fill submit approve approve return:2 submit approve", 3),
    "withdrawn": Way("start fill submit withdraw", 1),
    "discarded": Way("start fill discard", 2),
    "not recommended": Way("start fill submit not_recommended:6", 2),
    "special approval": Way("start fill submit", 1, "green_channel"),
    "to be placed": Way(UP, 5),
    "screened": Way(f"{UP} assign", 5),
    "corrected": Way(f"{UP} assign correct_list:16", 2),
    "waiting for a meeting": Way(f"{UP} assign approve", 15),
}
"""By what lists call them, more or less."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A declaration that was really run: its case, its applicant, the key it began with."""

    case: int
    person: int
    login: str
    name: str
    mobile: str
    born: str
    number: str
    since: int


class Registry:
    """Hands out what every copy needs for itself: people, numbers, units in turn."""

    def __init__(self, units: Sequence[BulkUnit], year: int) -> None:
        self.units, self.year = units, year
        self.people = 0
        self.next_no = 0

    def take_numbers(self, tx: Transaction, count: int) -> None:
        """Reserve so many numbers of declarations."""
        y = declaration_year.c
        last = tx.value(sa.select(y.last_no).where(y.year == self.year))
        tx.execute(sa.update(declaration_year).where(y.year == self.year).values(last_no=last + count))
        self.next_no = int(last)

    def slots(self, track: Track, prefix: str = "") -> dict[str, str | int]:
        """The slots of the next applicant and the next declaration of the track, in the next unit."""
        number, self.people, self.next_no = self.people, self.people + 1, self.next_no + 1
        who, one = identity_of(number, track.born), self.units[number % len(self.units)]
        serial = f"{number:05d}"
        given: dict[str, str | int] = {
            "login": who.number,
            "name": who.name,
            "mobile": who.mobile,
            "born": who.born_on,
            "number": f"{self.year}-{self.next_no:06d}",
            "serial": f"示例 {serial}）",
            "project_no": f"SF-{serial}-01",
            "specialty": f"{track.series}-{number % track.specialties + 1:02d}",
            **unit_slots(one),
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
    """Plays declarations of people in one unit, and records them."""

    def __init__(
        self, database: Database, book: CodeBook, files: DemoFiles, unit: BulkUnit, password_hash: str
    ) -> None:
        self.database, self.book, self.files, self.unit = database, book, files, unit
        self.password_hash = password_hash
        self.opinions = {row["id"]: row["text"] for row in demo_rows("demo_opinions.csv")}
        self.number = 0

    def play(self, track: Track, way: Way, people: "Registry") -> Pattern:
        """Let somebody new go that way."""
        number, people.people = people.people, people.people + 1
        who = identity_of(number, track.born)
        with self.database.transaction() as tx:
            since = tx.next_key()
            officer = actor_of_login(tx, self.unit.login("officer"), Role.CASE_OFFICER)
            applicant = Applicant(who.name, "01", who.number, who.mobile)
            create_enrolment(tx, officer, year=self.book.year, applicant=applicant, password_hash=self.password_hash)
            now = tx.now
        with self.database.transaction() as tx:
            tx.execute(sa.update(account).where(account.c.login == who.number).values(must_change=False))
        row = {**track.story(way.route), "play": way.play}
        moments = moments_until(now, now, number % 25, len(way.play.split()) + MOST_REVIEWS // 2)
        player = Player(self.database, self.book, self.files, self.opinions, row, who.number, moments)
        player.play_until_round()
        with self.database.read() as tx:
            d = declaration.c
            held = tx.row(sa.select(d.person, d.declaration_no).where(d.case_key == player.case_key))
            assert held is not None
        return Pattern(
            player.case_key, held.person, who.number, who.name, who.mobile, who.born_on, held.declaration_no, since
        )

    def record(self, pattern: Pattern, track: Track) -> Recording:
        with self.database.read() as tx:
            pieces = [
                *case_pieces([pattern.case]),
                *person_pieces([pattern.person]),
                *declaration_pieces([pattern.case]),
            ]
            return record(tx, pieces, slots=self.slots(pattern, track), since=pattern.since)

    def slots(self, pattern: Pattern, track: Track, prefix: str = "") -> dict[str, str | int]:
        """What stands in the recorded rows for what copies say in their own way."""
        given: dict[str, str | int] = {
            "login": pattern.login,
            "name": pattern.name,
            "mobile": pattern.mobile,
            "born": pattern.born,
            "number": pattern.number,
            "serial": f"示例 {track.born}）",
            "project_no": f"SF-{track.born}-01",
            "specialty": track.specialty,
            **unit_slots(self.unit),
            **works(str(track.born)),
        }
        return {f"{prefix}{name}": value for name, value in given.items()}
