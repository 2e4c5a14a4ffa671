"""Whether the flow runs: workers alive, jobs waiting, what is stuck."""

from dataclasses import dataclass

from engine.access import Actor
from engine.db import Transaction
from engine.flow import search as s
from engine.flow.search import Condition, Operator, Page, search
from engine.flow.slots import living_workers
from engine.flow.tables import CaseState, IncidentState, JobState


@dataclass(frozen=True, slots=True)
class Health:
    """The numbers at the head of the monitor, capped as searches are."""

    active: str
    stuck: str
    jobs: str
    late: str
    workers: int


def health_of(tx: Transaction, actor: Actor) -> Health:
    late = Condition("run_at", Operator.LTE, tx.now)
    waiting = Condition("state", Operator.EQ, JobState.CREATED)
    return Health(
        active=_count(tx, actor, s.CASES, Condition("state", Operator.EQ, CaseState.ACTIVE)),
        stuck=_count(tx, actor, s.CASES, Condition("has_incident", Operator.EQ, value=True)),
        jobs=_count(tx, actor, s.JOBS, waiting),
        late=_count(tx, actor, s.JOBS, waiting, late),
        workers=living_workers(tx, tx.now),
    )


def open_incidents(tx: Transaction, actor: Actor) -> str:
    """How many incidents wait for somebody, for the tab."""
    return _count(tx, actor, s.INCIDENTS, Condition("state", Operator.EQ, IncidentState.OPEN))


def _count(tx: Transaction, actor: Actor, what: s.Searchable, *conditions: Condition) -> str:
    found = search(tx, actor, what, conditions, page=Page(limit=0))
    return f"{found.total:,}" + ("+" if found.more else "")
