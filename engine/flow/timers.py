"""Timers: rows with the instant they are due, claimed by a sweep; the dates of the year plan move many at once."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, time, timedelta
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
import structlog

from engine.access import SYSTEM, Actor, Permission, authorize
from engine.clock import ZONE
from engine.db import Database, Transaction
from engine.errors import NotFound, Unavailable
from engine.flow.firing import note
from engine.flow.loading import lock_case
from engine.flow.tables import CaseState, case, task, timer
from engine.flow.timing import next_firing

if TYPE_CHECKING:
    from engine.flow.run import Execution

log = structlog.get_logger(__name__)

#: before a timer that could not be fired is tried again
PAUSE = timedelta(minutes=1)


def claim_due(database: Database, limit: int = 200) -> list[tuple[int, int | None]]:
    """The timers that are due now, first come first served, with their cases; a suspended case waits."""
    t = timer.c
    with database.read() as tx:
        query = (
            sa.select(t.key, t.case_key)
            .outerjoin(case, case.c.key == t.case_key)
            .where(
                t.due_at <= tx.now,
                sa.or_(t.lease_until.is_(None), t.lease_until <= tx.now),
                sa.or_(t.case_key.is_(None), case.c.state == CaseState.ACTIVE),
            )
        )
        return [(row.key, row.case_key) for row in tx.rows(query.order_by(t.due_at, t.key).limit(limit))]


def fire_timer(tx: Transaction, key: int) -> None:
    """Fire a timer that is due, with whatever else is due in its case. Does nothing where it is not due any more."""
    from engine.flow.run import Execution
    from engine.flow.starting import start_by_timer

    row = tx.row(sa.select(timer).where(timer.c.key == key, timer.c.due_at <= tx.now))
    if row is None:
        return
    if row.case_key is None:
        start_by_timer(tx, dict(row._mapping))
        return
    try:
        loaded = lock_case(tx, row.case_key)
    except NotFound:
        return
    if loaded.case["state"] is CaseState.ACTIVE:
        execution = Execution(tx, SYSTEM, loaded)
        fire_due(execution, tx.now)
        execution.finish()


def fire_due(execution: "Execution", until: datetime) -> list[Mapping[str, Any]]:
    """Fire what is due in the case in the order of the due instants; what repeats, as often as it is due.

    The timers that fired. A timer of the case whose event was cancelled by an earlier one does not fire.
    """
    tx = execution.tx
    fired: list[Mapping[str, Any]] = []
    query = sa.select(timer).where(timer.c.case_key == execution.key, timer.c.due_at <= until)
    queue = [(row.due_at, row.key, dict(row._mapping)) for row in tx.connection.execute(query)]
    heapify(queue)
    while queue:
        due, key, row = heappop(queue)
        if row["wait_key"] in execution.waiting.disarmed:
            continue
        element = execution.process.elements[row["element_id"]]
        note(execution, element, "timer.fired")
        execution.run.fire(row["wait_key"])
        execution.settle()
        fired.append(row)
        if row["wait_key"] in execution.waiting.disarmed:
            continue
        again = next_firing(row["repeat"], due)
        if again is None:
            execution.waiting.forget_timer(row)
        elif again[0] <= until:
            heappush(queue, (again[0], key, row | {"due_at": again[0], "repeat": again[1]}))
        else:
            values = {"due_at": again[0], "repeat": again[1], "lease_until": None}
            execution.waiting.rescheduled[key] = (row["wait_key"], values)
    return fired


def move_deadline(tx: Transaction, actor: Actor, deadline_id: str, at: datetime, year: int | None = None) -> int:
    """Move a date of the year plan: every timer that follows it is due then, of the cases of `year` where one is named.
    How many there were."""
    authorize(actor, Permission.CASES_REPAIR)
    moved = tx.execute(sa.update(timer).where(_following(deadline_id, year)).values(due_at=at, lease_until=None))
    return int(moved.rowcount)


def move_due(
    tx: Transaction, case_key: int, *, timers: Collection[str], at: datetime, tasks: Collection[str] = ()
) -> int:
    """Let the waiting timers of these elements of one case fire at another instant, and these tasks be due then.

    For inline jobs that grant more time; the case is locked by the command they run in. How many timers there were.
    """
    here = sa.and_(timer.c.case_key == case_key, timer.c.element_id.in_(sorted(timers)))
    moved = tx.execute(sa.update(timer).where(here).values(due_at=at, lease_until=None))
    if tasks:
        waiting = sa.and_(task.c.case_key == case_key, task.c.element_id.in_(sorted(tasks)))
        tx.execute(sa.update(task).where(waiting).values(due_at=at))
    return int(moved.rowcount)


def count_following(tx: Transaction, deadline_id: str, year: int) -> int:
    """How many timers of that year's cases would move with a date of the year plan."""
    return int(tx.value(sa.select(sa.func.count()).select_from(timer).where(_following(deadline_id, year))) or 0)


def _following(deadline_id: str, year: int | None) -> sa.ColumnElement[bool]:
    follows = timer.c.deadline_id == deadline_id
    if year is None:
        return follows
    return sa.and_(follows, timer.c.case_key.in_(sa.select(case.c.key).where(case.c.year == year)))


def run_due_timers(database: Database, limit: int = 200) -> int:
    """Fire what is due, one transaction per case. How many transactions fired something.

    A timer that cannot be fired is logged and tried again later, so that it keeps no other from firing.
    """
    done = 0
    cases: set[int] = set()
    for key, case_key in claim_due(database, limit):
        if case_key is not None and case_key in cases:
            continue
        done += _fire_alone(database, key)
        if case_key is not None:
            cases.add(case_key)
    return done


def _fire_alone(database: Database, key: int) -> bool:
    try:
        with database.transaction() as tx:
            fire_timer(tx, key)
    except Unavailable:
        raise
    except Exception:
        log.exception("timer could not be fired", timer=key)
        with database.transaction() as tx:
            tx.execute(sa.update(timer).where(timer.c.key == key).values(lease_until=tx.now + PAUSE))
        return False
    return True


def count_due_on(tx: Transaction, day: date) -> int:
    """How many open tasks are due on that day of the province."""
    start = datetime.combine(day, time(), ZONE)
    due = sa.and_(task.c.due_at >= start, task.c.due_at < start + timedelta(days=1))
    return int(tx.value(sa.select(sa.func.count()).select_from(task).where(due)) or 0)
