"""Incidents (异常): where a case cannot go on by itself, and taking it up again."""

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from engine.db import Transaction
from engine.flow.instances import Instance
from engine.flow.tables import ElementState, IncidentState, incident

if TYPE_CHECKING:
    from engine.flow.run import Execution

#: the content of an element is done, only its results could not be brought out
OUTPUT = "output"
#: a job that used up its attempts
JOB = "job"
LONGEST = 2000


def raise_incident(
    execution: "Execution", instance: Instance, code: str, message: str, job_key: int | None = None
) -> None:
    """Stop here: the instance fails until somebody resolves the incident."""
    tx, element = execution.tx, instance.element
    instance.state = ElementState.FAILED
    instance.changed = True
    execution.incidents[instance.key] = {
        "key": execution.new_key(),
        "case_key": execution.key,
        "process_id": execution.case["process_id"],
        "definition_key": execution.case["definition_key"],
        "element_key": instance.key,
        "element_id": element.id,
        "job_key": job_key,
        "code": code,
        "message": message[:LONGEST],
        "state": IncidentState.OPEN,
        "at": tx.now,
        "resolved_at": None,
        "resolved_by": None,
        "resolution": None,
    }
    execution.journal.append(
        tx.now,
        execution.actor,
        "incident.raised",
        element_id=element.id,
        name=element.name or element.id,
        detail={"code": code, "message": message[:LONGEST]},
    )


def store(execution: "Execution") -> None:
    """Write the incidents of this command; close those whose element has been left; keep the case's mark in step."""
    tx, still = execution.tx, 0
    for row in execution.incidents.values():
        instance = execution.instances[row["element_key"]]
        if instance.left_at is not None:
            row |= {"state": IncidentState.RESOLVED, "resolved_at": tx.now, "resolved_by": execution.actor.login}
        still += row["state"] is IncidentState.OPEN
        tx.writes.insert(incident, row)
    if execution.case["has_incident"]:
        still += _close_left(tx, execution)
    execution.case["has_incident"] = still > 0


def _close_left(tx: Transaction, execution: "Execution") -> int:
    """Close the incidents of earlier commands whose element was left; how many stay open."""
    still = 0
    for row in open_incidents(tx, execution.key):
        instance = execution.instances.get(row["element_key"])
        if instance is not None and (instance.left_at is not None or row["key"] in execution.resolved):
            values = {
                "state": IncidentState.RESOLVED,
                "resolved_at": tx.now,
                "resolved_by": execution.actor.login,
                "resolution": execution.resolution,
            }
            tx.writes.update(incident, {"key": row["key"]}, values)
        else:
            still += 1
    return still


def open_incidents(tx: Transaction, case_key: int) -> list[dict[str, Any]]:
    query = sa.select(incident).where(incident.c.case_key == case_key, incident.c.state == IncidentState.OPEN)
    return [dict(row._mapping) for row in tx.connection.execute(query)]
