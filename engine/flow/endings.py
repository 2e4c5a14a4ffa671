"""The end of a case, what the case that called it hears of it, and what read models keep of every command."""

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from engine.flow import calls
from engine.flow.contexts import OpenTask, ProjectionContext
from engine.flow.direct import send_direct
from engine.flow.faults import BpmnError
from engine.flow.model import Process, Trigger
from engine.flow.tables import CaseState, MessageKind, TaskState, case, element_instance, task

if TYPE_CHECKING:
    from engine.flow.run import Execution


def end_case(execution: "Execution") -> None:
    """Close the case: nothing moves and nothing waits in it any more."""
    row, tx = execution.case, execution.tx
    completed = execution.run.state == "completed"
    row["state"] = CaseState.COMPLETED if completed else CaseState.TERMINATED
    row["ended_at"] = tx.now
    event = "case.completed" if completed else "case.terminated"
    execution.journal.append(tx.now, execution.actor, event, name=execution.process.name or execution.process.id)
    if row["parent_case_key"] is None:
        return
    if execution.ending is not None:
        ending = execution.ending
        error = {"code": ending.code, "message": ending.message, "variables": ending.variables}
        _tell_caller(execution, MessageKind.CHILD_FAILED, error)
    elif completed:
        _tell_caller(execution, MessageKind.CHILD_COMPLETED, {"variables": execution.scopes.local(execution.key)})


def hand_up(execution: "Execution", trigger: Trigger, code: str | None, error: BpmnError | None = None) -> bool:
    """Give the calling case what nothing here catches.

    False where there is none. An error is handed up only where one of the callers catches it: else the case it happened
    in stays as it is, with an incident. It is told when the case has ended, `error` with its message and variables.
    """
    if execution.case["parent_case_key"] is None:
        return False
    if trigger is Trigger.ESCALATION:
        _tell_caller(execution, MessageKind.CHILD_ESCALATED, {"code": code})
    elif _is_caught_above(execution, code):
        execution.ending = error or BpmnError(code or "")
    else:
        return False
    return True


def _is_caught_above(execution: "Execution", code: str | None) -> bool:
    """Whether a caller, or one of its callers, has an error boundary event for the code around the call."""
    tx, library, at = execution.tx, execution.registry.library, execution.case
    c, e = case.c, element_instance.c
    while (key := at["parent_case_key"]) is not None:
        called_by = at["parent_element_key"]
        running = tx.memo.get(("case", key))
        if running is not None:
            at, instance = running.case, running.instances.get(called_by)
            element_id = instance.element.id if instance is not None else None
        else:
            query = sa.select(c.definition_key, c.parent_case_key, c.parent_element_key).where(c.key == key)
            at, element_id = dict(tx.execute(query).one()._mapping), None
        if element_id is None:
            element_id = tx.value(sa.select(e.element_id).where(e.case_key == key, e.key == called_by))
        if element_id is not None and _catches(library.process(tx, at["definition_key"]).process, element_id, code):
            return True
    return False


def _catches(process: Process, element_id: str, code: str | None) -> bool:
    """Whether an error boundary event of the element, or of a sub-process around it, catches the code."""
    around: set[str | None] = set()
    while element_id in process.elements:
        around.add(element_id)
        element_id = process.elements[element_id].scope
    events = (found.event for found in process.elements.values() if found.attached_to in around)
    return any(
        event is not None and event.trigger is Trigger.ERROR and (event.name is None or event.name.text == code)
        for event in events
    )


def _tell_caller(execution: "Execution", event: MessageKind, payload: dict[str, Any]) -> None:
    """At once where the caller is being run by this very command, else by a message it gets in its own transaction."""
    parent_key, element_key = execution.case["parent_case_key"], execution.case["parent_element_key"]
    from engine.flow.run import running_case

    parent = running_case(execution.tx, parent_key)
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
            form_id=row["form_id"],
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
