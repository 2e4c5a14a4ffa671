"""Incidents (异常) as people meet them: listed, and resolved by taking the case up where it stopped."""

from typing import Any

import sqlalchemy as sa

from engine.access import Actor, Permission, authorize
from engine.db import Transaction
from engine.errors import NotFound, Refused
from engine.flow import failures
from engine.flow.activities import rests
from engine.flow.cases import open_case
from engine.flow.instances import Instance
from engine.flow.run import Execution
from engine.flow.tables import ElementState, IncidentState, JobState, incident, job


def resolve_incident(tx: Transaction, actor: Actor, key: int, resolution: str = "") -> None:
    """Try again where a case stopped: the expression, the job, the handler. What fails again is a new incident.

    Raises `NotFound`, and `Refused` where the incident is resolved already or its job has no attempts left.
    """
    authorize(actor, Permission.INCIDENTS_RESOLVE)
    row = tx.row(sa.select(incident).where(incident.c.key == key))
    if row is None:
        raise NotFound
    execution = open_case(tx, actor, row.case_key)
    row = tx.row(sa.select(incident).where(incident.c.key == key))
    if row is None or row.state is not IncidentState.OPEN:
        raise Refused("这条异常已经处理过，请刷新后查看。")
    instance = execution.instance_of(row.element_key)
    execution.resolved.add(key)
    execution.resolution = resolution or None
    note = {"code": row.code, "resolution": resolution}
    name = instance.element.name or instance.element.id
    execution.journal.append(tx.now, actor, "incident.resolved", element_id=row.element_id, name=name, detail=note)
    instance.state = ElementState.ACTIVE
    instance.changed = True
    if row.job_key is not None:
        _run_again(tx, execution, row.job_key)
    else:
        _take_up(execution, instance, row.code)
    execution.finish()


def _run_again(tx: Transaction, execution: Execution, job_key: int) -> None:
    """Let the job's next attempt begin now."""
    held = tx.row(sa.select(job).where(job.c.key == job_key))
    if held is None or held.state is not JobState.FAILED:
        raise Refused("该作业已不在失败状态，请刷新后查看。")
    values = {
        "state": JobState.CREATED,
        "retries": max(held.retries, 1),
        "attempt": held.attempt + 1,
        "run_at": tx.now,
        "lease_until": None,
        "worker": None,
    }
    tx.writes.update(job, {"key": job_key}, values)
    execution.announce({**held._mapping, **values})


def _take_up(execution: Execution, instance: Instance, code: str) -> None:
    """Go on at the fault: in the interpreter where a token failed, else with the content of the activity."""
    failed = {active.key for active in execution.run.active() if active.state == "failed"}
    if instance.key in failed:
        begun = len(execution.rests)
        execution.last_left[instance.element.id] = instance
        execution.run.retry(instance.key)
        armed_only = len(execution.rests) == begun and instance.state is ElementState.ACTIVE and not instance.left_at
        if armed_only and rests(instance.element) and execution.is_resting(instance.key):
            execution.rests.append(instance)
    elif code == failures.OUTPUT:
        execution.complete(instance)
    elif instance.item is not None and code == "input":
        execution.map_inputs(instance)
        execution.rests.append(instance)
    else:
        execution.rests.append(instance)


def list_incidents(
    tx: Transaction, *, case_key: int | None = None, state: IncidentState | None = IncidentState.OPEN, limit: int = 50
) -> list[dict[str, Any]]:
    """Incidents, the newest first."""
    query = sa.select(incident).order_by(incident.c.key.desc()).limit(limit)
    if case_key is not None:
        query = query.where(incident.c.case_key == case_key)
    if state is not None:
        query = query.where(incident.c.state == state)
    return [dict(row._mapping) for row in tx.rows(query)]
