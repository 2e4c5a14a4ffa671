"""A ballot of 25 experts over 2,000 dossiers: the page, 50,000 votes cast over HTTP, the count."""

import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

from engine.access import SYSTEM, Actor
from engine.db import Transaction
from engine.declaration.demo_people import actor_of_login
from engine.flow.cases import start_case
from engine.flow.completion import complete_task
from engine.flow.queries import case_tasks
from engine.flow.sweep import due_internal_jobs, run_internal_job
from engine.organisation import Role
from engine.organisation.passwords import INITIAL_PASSWORD
from engine.review_meeting.balloting.ballots import ballots_of
from engine.review_meeting.balloting.papers import new_receipt
from engine.review_meeting.balloting.rehearsal import Plan, Sitting, rehearse
from engine.review_meeting.balloting.roll import make_roll
from web.bench.load import Ask, send
from web.bench.measure import Measure
from web.bench.office import Office
from web.bench.review import OFFICER
from web.bench.site import Site
from web.pages import CSRF_FIELD

FILES = (Path(__file__).parent / "sitting.bpmn",)
EXPERTS, DOSSIERS, QUICK_DOSSIERS = 25, 2000, 200
#: at once, as in a room
CLIENTS = 8
PAGE_MS, CAST_SECONDS, TALLY_SECONDS = 200.0, 60.0, 5.0


class Room:
    """A sitting whose ballot is open; the first expert presides."""

    def __init__(self, site: Site, dossiers: int) -> None:
        self._site, self._dossiers = site, dossiers
        self._office = Office(site)
        site.app.deploy(FILES)
        hashed = site.app.passwords.hash(INITIAL_PASSWORD)
        with site.app.database.transaction() as tx:
            unit = actor_of_login(tx, OFFICER, Role.CASE_OFFICER).unit
            assert unit is not None
            meeting = start_case(tx, SYSTEM, "bench_sitting", {}, unit_id=unit, year=site.app.year)
            plan = Plan(EXPERTS, EXPERTS, EXPERTS, dossiers, password_hash=hashed)
            self.sitting: Sitting = rehearse(tx, meeting, unit, site.app.year, plan)
            seat = case_tasks(tx, SYSTEM, meeting)[0].row["key"]
            complete_task(tx, SYSTEM, seat, {**self.sitting.variables, "ballot_mode": plan.mode.value})
        with site.app.database.transaction() as tx:
            make_roll(tx, self._chair(tx), meeting)
        with site.app.database.transaction() as tx:
            self.ballot = ballots_of(tx, self.sitting.meeting)[0].key
            opening = case_tasks(tx, SYSTEM, self.ballot)[0].row["key"]
            complete_task(tx, self._chair(tx), opening, {"outcome": "open"})
        with site.app.database.read() as tx:
            tasks = [view.row for view in case_tasks(tx, SYSTEM, self.ballot)]
        self.papers = {row["assignee"]: row["key"] for row in tasks}

    def pages(self) -> list[Ask]:
        """Each expert opens the ballot."""
        return [Ask("GET", f"/ballot-papers/{key}", self._office.headers(login)) for login, key in self.papers.items()]

    def casts(self) -> list[Ask]:
        """Each expert casts a vote on every dossier, in one request."""
        return [self._cast(login, key) for login, key in self.papers.items()]

    def _chair(self, tx: Transaction) -> Actor:
        return actor_of_login(tx, self.sitting.logins[0], Role.EXPERT)

    def _cast(self, login: str, key: int) -> Ask:
        headers = {**self._office.headers(login), "content-type": "application/x-www-form-urlencoded"}
        paper = ("1121" * self._dossiers)[: self._dossiers]
        fields = {
            CSRF_FIELD: self._office.csrf(login),
            "step": "cast",
            "receipt": new_receipt(),
            "paper": paper,
        }
        return Ask("POST", f"/ballot-papers/{key}", headers, urlencode(fields))


def measure_ballot(site: Site, count: int, quick: bool) -> Iterator[Measure]:
    """The page of one expert, the seconds of all votes together, and of the count."""
    dossiers = QUICK_DOSSIERS if quick else DOSSIERS
    room, name = Room(site, dossiers), f"ballot, {EXPERTS} × {dossiers}"
    with site.serving():
        send(site, room.pages()[:2])
        opened = send(site, room.pages())
        cast = send(site, room.casts(), CLIENTS)
    yield Measure(name, site.name, "votes", EXPERTS * dossiers, "")
    yield Measure(name, site.name, "page, server and database CPU", opened.server + opened.database, "ms", PAGE_MS)
    seconds = (cast.server + cast.database) * cast.requests / 1000
    yield Measure(name, site.name, "all votes cast, server and database CPU", seconds, "s", CAST_SECONDS)
    yield Measure(name, site.name, "a ballot cast, p95", cast.p95, "ms")
    began = time.perf_counter()
    for key in due_internal_jobs(site.app.database):
        run_internal_job(site.app.database, key)
    yield Measure(name, site.name, "count", time.perf_counter() - began, "s", TALLY_SECONDS)
    with site.app.database.read() as tx:
        status = ballots_of(tx, room.sitting.meeting)[0].status
    if status != "待确认投票结果":
        raise RuntimeError(f"the ballot was not counted: {status}")
