"""The end of a case, what the case that called it hears of it, and what read models keep of every command."""

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from engine.flow import calls
from engine.flow.contexts import OpenTask, ProjectionContext
from engine.flow.direct import send_direct
from engine.flow.faults import BpmnError
from engine.flow.model import Trigger
from engine.flow.tables import CaseState, MessageKind, TaskState, task

if TYPE_CHECKING:
    from engine.flow.run import Execution


def end_case(execution: "Execution") -> None:
    """Close the case: nothing moves and nothing waits in it any more."""
    case, tx = execution.case, execution.tx
    completed = execution.run.state == "completed"
    case["state"] = CaseState.COMPLETED if completed else CaseState.TERMINATED
    case["ended_at"] = tx.now
    event = "case.completed" if completed else "case.terminated"
    execution.journal.append(tx.now, execution.actor, event, name=execution.process.name or execution.process.id)
    if case["parent_case_key"] is None:
        return
    if execution.ending is not None:
        error = {"code": execution.ending.code, "message": execution.ending.message}
        _tell_caller(execution, MessageKind.CHILD_FAILED, error)
    elif completed:
        _tell_caller(execution, MessageKind.CHILD_COMPLETED, {"variables": execution.scopes.local(execution.key)})


def hand_up(execution: "Execution", trigger: Trigger, code: str | None) -> bool:
    """Give the calling case what nothing here catches. False where there is none."""
    if execution.case["parent_case_key"] is None:
        return False
    if trigger is Trigger.ESCALATION:
        _tell_caller(execution, MessageKind.CHILD_ESCALATED, {"code": code})
    else:
        execution.ending = BpmnError(code or "")
    return True


def _tell_caller(execution: "Execution", event: MessageKind, payload: dict[str, Any]) -> None:
    """At once where the caller is being run by this very command, else by a message it gets in its own transaction."""
    parent_key, element_key = execution.case["parent_case_key"], execution.case["parent_element_key"]
    parent = execution.tx.memo.get(("case", parent_key))
    if parent is None:
        send_direct(
            execution.tx,
            execution.actor,
            execution.key,
            event,
            to_case=parent_key,
            to_element=element_key,
            body=payload,
        )
    else:
        parent.arrivals.append(lambda: calls.come_back(parent, element_key, event, payload))


def project(execution: "Execution") -> None:
    """Let the read model of the process follow, once per command."""
    projector = execution.registry.projectors.get(execution.case["process_id"])
    if projector is not None:
        projector(
            execution.tx,
            ProjectionContext(
                case=execution.case,
                variables=execution.scopes.view(execution.key),
                changed=frozenset(execution.scopes.changed_at),
                tasks=lambda: open_tasks(execution),
                actor=execution.actor,
                at=execution.tx.now,
            ),
        )


def open_tasks(execution: "Execution") -> list[OpenTask]:
    """The tasks of the case that wait for somebody after this command, oldest first."""
    rows = list(execution.opened.values())
    if not execution.is_new:
        query = sa.select(task).where(task.c.case_key == execution.key)
        rows = [dict(row._mapping) for row in execution.tx.rows(query.order_by(task.c.created_at, task.c.key))]
    return [
        OpenTask(
            key=row["key"],
            element_id=row["element_id"],
            name=row["name"],
            assignee=row["assignee"],
            candidate_groups=row["candidate_groups"],
            unit_id=row["unit_id"],
            due_at=row["due_at"],
            created_at=row["created_at"],
            on_hold=row["state"] is TaskState.ON_HOLD,
        )
        for row in rows
    ]
