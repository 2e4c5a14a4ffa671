"""Whether the flow runs: workers alive, jobs waiting, what is stuck."""

from dataclasses import dataclass

from engine.access import Actor
from engine.db import Transaction
from engine.flow import search as s
from engine.flow.search import Condition, Operator, Page, search
from engine.flow.slots import living_workers
from engine.flow.tables import CaseState, IncidentState, JobState


@dataclass(frozen=True, slots=True)
class Counts:
    """What waits on the other pages of the monitor, as the tabs show it."""

    incidents: str
    orphans: str


@dataclass(frozen=True, slots=True)
class Health:
    """The numbers at the head of the monitor, capped as searches are."""

    active: str
    stuck: str
    jobs: str
    job_words: str
    workers: int
    counts: Counts


def counts_of(tx: Transaction, actor: Actor) -> Counts:
    incidents = _count(tx, actor, s.INCIDENTS, Condition("state", Operator.EQ, IncidentState.OPEN))
    return Counts(incidents, capped(len(orphan_tasks(tx, actor, limit=100)), 99))


def health_of(tx: Transaction, actor: Actor) -> Health:
    late = Condition("run_at", Operator.LTE, tx.now)
    waiting = Condition("state", Operator.EQ, JobState.CREATED)
    return Health(
        active=_count(tx, actor, s.CASES, Condition("state", Operator.EQ, CaseState.ACTIVE)),
        stuck=_count(tx, actor, s.CASES, Condition("has_incident", Operator.EQ, value=True)),
        jobs=_count(tx, actor, s.JOBS, waiting),
        job_words=f"其中 {_count(tx, actor, s.JOBS, waiting, late)} 个现在就该执行",
        workers=living_workers(tx, tx.now),
        counts=counts_of(tx, actor),
    )


def _count(tx: Transaction, actor: Actor, what: s.Searchable, *conditions: Condition) -> str:
    found = search(tx, actor, what, conditions, page=Page(limit=0))
    return f"{found.total:,}" + ("+" if found.more else "")


def capped(number: int, most: int) -> str:
    """A count as a badge shows it: 99+ beyond the most that is counted."""
    return f"{most}+" if number > most else str(number)
