"""Jobs (作业): taken by workers, completed, failed; a job without attempts left is an incident."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from engine.access import Actor, Permission, authorize
from engine.db import Transaction
from engine.errors import NotFound, Refused
from engine.flow import failures
from engine.flow.cases import open_case
from engine.flow.faults import BpmnError
from engine.flow.instances import Instance
from engine.flow.run import Execution
from engine.flow.scopes import Scopes
from engine.flow.tables import JobState, case, element_instance, job

#: what a worker may still answer for
OPEN = (JobState.CREATED, JobState.RUNNING)


@dataclass(frozen=True, slots=True)
class ActivatedJob:
    """A job a worker has taken until `lease_until`."""

    row: Mapping[str, Any]
    variables: Mapping[str, Any]


def activate_jobs(
    tx: Transaction,
    actor: Actor,
    job_type: str,
    worker: str,
    *,
    max_jobs: int = 32,
    timeout: timedelta = timedelta(minutes=5),
    names: Sequence[str] | None = None,
    tags: Sequence[str] = (),
) -> list[ActivatedJob]:
    """Take jobs of a type for a worker, the oldest first: those never taken, and those whose lease has run out.

    `names` limits the variables that come along.
    """
    authorize(actor, Permission.API_JOBS)
    j = job.c
    free = sa.or_(
        sa.and_(j.state == JobState.CREATED, j.run_at <= tx.now),
        sa.and_(j.state == JobState.RUNNING, j.lease_until <= tx.now),
    )
    query = sa.select(job).join(case, case.c.key == j.case_key).where(j.type == job_type, j.internal.is_(False), free)
    query = query.where(case.c.state == "active").order_by(j.run_at, j.key).limit(max_jobs)
    rows = tx.rows(query.with_for_update(skip_locked=True, of=job))
    taken = []
    for found in rows:
        values = {"state": JobState.RUNNING, "worker": worker, "lease_until": tx.now + timeout}
        tx.writes.update(job, {"key": found.key}, values)
        row = {**found._mapping, **values}
        taken.append(ActivatedJob(row, job_variables(tx, row, names)))
    return taken


def job_variables(tx: Transaction, row: Mapping[str, Any], names: Sequence[str] | None = None) -> dict[str, Any]:
    """What a job sees: everything visible from its element, or the names asked for."""
    scopes = scopes_of(tx, row["case_key"], row["element_key"])
    if names:
        view = scopes.view(row["element_key"])
        scopes.need(names, row["element_key"])
        return {name: view[name] for name in names if name in view}
    return scopes.visible(row["element_key"])


def scopes_of(tx: Transaction, case_key: int, element_key: int) -> Scopes:
    """The variables of a case without its lock, with the scopes around one element."""
    scopes = Scopes(tx, case_key, frozenset())
    e = element_instance.c
    key = element_key
    while key != case_key:
        parent = tx.value(sa.select(e.scope_key).where(e.case_key == case_key, e.key == key))
        if parent is None:
            break
        scopes.enclose(key, parent)
        key = parent
    return scopes


def complete_job(tx: Transaction, actor: Actor, key: int, variables: Mapping[str, Any] | None = None) -> int:
    """A job is done: its results become variables and the case goes on. The case's key.

    Raises `NotFound`, and `Refused` where it was completed or cancelled before.
    """
    execution, row, instance = _open(tx, actor, key)
    _end(tx, row, JobState.COMPLETED)
    execution.complete(instance, variables or {})
    execution.finish()
    return execution.key


def fail_job(
    tx: Transaction,
    actor: Actor,
    key: int,
    *,
    retries: int | None = None,
    message: str = "",
    backoff: timedelta | None = None,
    variables: Mapping[str, Any] | None = None,
) -> None:
    """An attempt failed. With `retries` left (default: one less) the next begins after `backoff`, else an incident.

    Without `backoff` the pauses double: 10 s, 20 s, 40 s …
    """
    execution, row, instance = _open(tx, actor, key)
    left = max(row["retries"] - 1 if retries is None else retries, 0)
    for name, value in (variables or {}).items():
        execution.scopes.declare(instance.key, name, value, history=True)
    values: dict[str, Any] = {
        "retries": left,
        "error_message": message[:2000] or None,
        "lease_until": None,
        "worker": None,
    }
    if left:
        pause = (
            backoff if backoff is not None else timedelta(seconds=row["backoff_seconds"] * 2 ** (row["attempt"] - 1))
        )
        values |= {"state": JobState.CREATED, "attempt": row["attempt"] + 1, "run_at": tx.now + pause}
        execution.announce({**row, **values})
    else:
        values["state"] = JobState.FAILED
        name = instance.element.name or instance.element.id
        text = f"作业“{name}”多次尝试后仍未完成：{message}" if message else f"作业“{name}”多次尝试后仍未完成。"
        failures.raise_incident(execution, instance, failures.JOB, text, job_key=key)
    tx.writes.update(job, {"key": key}, values)
    execution.finish()


def throw_job_error(
    tx: Transaction,
    actor: Actor,
    key: int,
    code: str,
    message: str = "",
    variables: Mapping[str, Any] | None = None,
) -> None:
    """The job met a business error: the boundary event that catches `code` takes over, else an incident."""
    execution, row, instance = _open(tx, actor, key)
    _end(tx, row, JobState.FAILED, error_code=code, error_message=message[:2000] or None)
    execution.throw_error(instance, BpmnError(code, message, variables), job_key=key)
    execution.finish()


def update_retries(tx: Transaction, actor: Actor, key: int, retries: int) -> None:
    """Say how many attempts a job has left; one that failed waits until its incident is resolved."""
    if not actor.may(Permission.INCIDENTS_RESOLVE):
        _allow(actor)
    _job(tx, key)
    tx.execute(sa.update(job).where(job.c.key == key).values(retries=max(retries, 0)))


def extend_lease(tx: Transaction, actor: Actor, key: int, until: datetime) -> None:
    """Keep a job that is being worked on from being given to somebody else before `until`."""
    _allow(actor)
    if _job(tx, key)["state"] is not JobState.RUNNING:
        raise Refused("该作业没有在办，不能延长时限。")
    tx.execute(sa.update(job).where(job.c.key == key).values(lease_until=until))


def _open(tx: Transaction, actor: Actor, key: int) -> tuple[Execution, dict[str, Any], Instance]:
    """The job, its case under lock, its element instance."""
    _allow(actor)
    case_key = _job(tx, key)["case_key"]
    execution = open_case(tx, actor, case_key, interactive=False)
    row = _job(tx, key)
    if row["state"] not in OPEN:
        raise Refused("该作业已经办结或取消，不能再提交结果。")
    element = execution.process.elements[row["element_id"]]
    plain = element.multi is None and element.scope == execution.process.id
    instance = (
        execution.instance(element, row["element_key"], 0) if plain else execution.instance_of(row["element_key"])
    )
    return execution, row, instance


def _allow(actor: Actor) -> None:
    authorize(actor, Permission.API_JOBS)


def _job(tx: Transaction, key: int) -> dict[str, Any]:
    row = tx.row(sa.select(job).where(job.c.key == key))
    if row is None:
        raise NotFound("没有找到该作业，它可能已随流程取消。")
    return dict(row._mapping)


def _end(tx: Transaction, row: Mapping[str, Any], state: JobState, **values: Any) -> None:
    done = {"state": state, "ended_at": tx.now, "lease_until": None, **values}
    tx.writes.update(job, {"key": row["key"]}, done)
