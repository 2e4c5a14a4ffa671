"""Running one attempt of a job that a handler here does: what the worker calls, and nothing of the worker."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from engine.access import SYSTEM
from engine.db import Database, Transaction
from engine.errors import Refused, ZhipingError
from engine.flow.contexts import JobContext
from engine.flow.faults import BpmnError
from engine.flow.jobs import complete_job, fail_job, scopes_of, throw_job_error
from engine.flow.registry import registry_of
from engine.flow.tables import CaseState, JobState, case, job

LEASE = timedelta(minutes=10)


def due_internal_jobs(database: Database, limit: int = 200) -> list[int]:
    """Jobs of our own that nobody does yet or whose attempt was lost, the oldest first."""
    j = job.c
    with database.read() as tx:
        free = sa.or_(
            sa.and_(j.state == JobState.CREATED, j.run_at <= tx.now),
            sa.and_(j.state == JobState.RUNNING, j.lease_until <= tx.now),
        )
        query = sa.select(j.key).where(j.internal.is_(True), free).order_by(j.run_at, j.key).limit(limit)
        return [row.key for row in tx.rows(query)]


def run_internal_job(database: Database, key: int, attempt: int | None = None) -> bool:
    """Do one attempt: what the handler writes and the completion of the job are one transaction.

    A failure sets the next attempt or raises an incident. False where there was nothing to do: done, cancelled,
    taken by somebody else, or another `attempt` than the one asked for.
    """
    row = _claim(database, key, attempt)
    if row is None:
        return False
    try:
        with database.transaction() as tx:
            _attempt(tx, row)
    except Exception as error:
        told = error
        with database.transaction() as tx:
            _report(tx, key, told)
    return True


def _claim(database: Database, key: int, attempt: int | None) -> dict[str, Any] | None:
    j = job.c
    with database.transaction() as tx:
        query = sa.select(job).join(case, case.c.key == j.case_key)
        found = tx.row(
            query.where(j.key == key, case.c.state == CaseState.ACTIVE).with_for_update(skip_locked=True, of=job)
        )
        if found is None or (attempt is not None and found.attempt != attempt):
            return None
        # an attempt asked for by its number is given to one worker at a time: one that runs was lost with its worker
        over = found.lease_until is not None and found.lease_until <= tx.now
        lost = found.state is JobState.RUNNING and (over or attempt is not None)
        if not lost and (found.state is not JobState.CREATED or found.run_at > tx.now):
            return None
        values = {"state": JobState.RUNNING, "lease_until": tx.now + LEASE}
        tx.execute(sa.update(job).where(j.key == key).values(values))
        return {**found._mapping, **values}


def _attempt(tx: Transaction, row: Mapping[str, Any]) -> None:
    handler = registry_of(tx).jobs.get(row["type"])
    if handler is None:
        raise Refused(f"没有处理“{row['type']}”的程序。")
    held = tx.row(sa.select(case.c.business_key, case.c.unit_id, case.c.year).where(case.c.key == row["case_key"]))
    assert held is not None
    context = JobContext(
        key=row["key"],
        type=row["type"],
        case_key=row["case_key"],
        process_id=row["process_id"],
        element_id=row["element_id"],
        element_key=row["element_key"],
        headers=row["headers"],
        variables=scopes_of(tx, row["case_key"], row["element_key"]).view(row["element_key"]),
        business_key=held.business_key,
        unit_id=held.unit_id,
        year=held.year,
        attempt=row["attempt"],
    )
    complete_job(tx, SYSTEM, row["key"], handler(tx, context))


def _report(tx: Transaction, key: int, error: Exception) -> None:
    state = tx.value(sa.select(job.c.state).where(job.c.key == key))
    if state is not JobState.RUNNING:
        return
    if isinstance(error, BpmnError):
        throw_job_error(tx, SYSTEM, key, error.code, error.message, error.variables)
    else:
        message = error.message if isinstance(error, ZhipingError) else f"{type(error).__name__}: {error}"
        fail_job(tx, SYSTEM, key, message=message)
