"""The assignment of 2,000 dossiers to 25 experts: conflicts looked for, optimised, kept, published."""

import time
from collections.abc import Iterator

from engine.declaration.demo_people import actor_of_login
from engine.organisation import Role
from engine.review_meeting.assignment.proposing import propose_assignment
from engine.review_meeting.assignment.publishing import publish_assignment
from engine.review_meeting.assignment.reading import Assignment
from engine.review_meeting.assignment.rehearsal import Desk, rehearse_assignment
from web.bench.measure import Measure
from web.bench.review import OFFICER
from web.bench.site import Site

EXPERTS, DOSSIERS, QUICK_DOSSIERS = 25, 2000, 200
#: for 2,000 dossiers
TARGET_SECONDS = 5.0
NAME = "assignment"


def measure_assignment(site: Site, count: int, quick: bool) -> Iterator[Measure]:
    """The seconds a leader waits for a proposal of the whole group, for another one, and for its publication."""
    dossiers = QUICK_DOSSIERS if quick else DOSSIERS
    desk = _lay_out(site, dossiers)
    first, held = _propose(site, desk)
    again, _ = _propose(site, desk)
    if held.missing or held.invalid:
        raise RuntimeError(f"{held.missing} dossiers without reviewers, {len(held.invalid)} with wrong ones")
    began = time.perf_counter()
    with site.app.database.transaction() as tx:
        publish_assignment(tx, actor_of_login(tx, desk.leader, Role.EXPERT), desk.sitting.meeting, desk.group)
    published = time.perf_counter() - began
    target = TARGET_SECONDS * dossiers / DOSSIERS
    yield Measure(NAME, site.name, "dossiers", dossiers, "")
    yield Measure(NAME, site.name, "experts", EXPERTS, "")
    yield Measure(NAME, site.name, "recusals found", len(held.barred) + len(held.asked), "")
    yield Measure(NAME, site.name, "the first proposal, conflicts looked for", first, "s", target)
    yield Measure(NAME, site.name, "another proposal", again, "s", target)
    yield Measure(NAME, site.name, "publishing", published, "s", target)


def _lay_out(site: Site, dossiers: int) -> Desk:
    with site.app.database.transaction() as tx:
        unit = actor_of_login(tx, OFFICER, Role.CASE_OFFICER).unit
        assert unit is not None
        meeting = tx.next_key()
        return rehearse_assignment(tx, meeting, unit, site.app.year, experts=EXPERTS, dossiers=dossiers)


def _propose(site: Site, desk: Desk) -> tuple[float, Assignment]:
    began = time.perf_counter()
    with site.app.database.transaction() as tx:
        leader = actor_of_login(tx, desk.leader, Role.EXPERT)
        found = propose_assignment(tx, leader, desk.sitting.meeting, desk.group)
    if not isinstance(found, Assignment):
        raise RuntimeError("；".join(found.reasons))
    return time.perf_counter() - began, found
