"""Recorded modifications: tokens moved by hand, a completed task opened again (撤回办理, 撤销)."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from engine.access import Actor, Permission, authorize
from engine.db import Transaction
from engine.errors import NotAllowed, NotFound, Refused
from engine.flow.cases import open_case
from engine.flow.completion import DONE
from engine.flow.model import Element, Kind, Process
from engine.flow.registry import registry_of
from engine.flow.run import Execution
from engine.flow.tables import (
    JobState,
    TaskState,
    element_instance,
    job,
    journal,
    message,
    task,
    task_done,
    task_draft,
    variable_change,
)

REVOCABLE = "revocable"
#: names the variables of an element, separated by commas, that outlive the undoing of what led to it: a term that runs on
KEPT = "kept_when_undone"
#: elements that may stand between a task and what followed it without anything having to be undone
HARMLESS = frozenset(
    {
        Kind.EXCLUSIVE_GATEWAY,
        Kind.PARALLEL_GATEWAY,
        Kind.INCLUSIVE_GATEWAY,
        Kind.THROW_EVENT,
        Kind.BUSINESS_RULE_TASK,
        Kind.SCRIPT_TASK,
        Kind.TASK,
        Kind.MANUAL_TASK,
        Kind.USER_TASK,
        Kind.SUB_PROCESS,
        Kind.START_EVENT,
    }
)


def modify_case(
    tx: Transaction,
    actor: Actor,
    case_key: int,
    *,
    cancel: Sequence[int] = (),
    activate: Sequence[str] = (),
    reason: str,
) -> None:
    """Open elements (by id) and cancel element instances (by key), by hand and with a reason in the journal.

    An element is opened in the scope it is drawn in, which has to be open. Raises `NotFound`, `InvalidInput`, `Refused`.
    """
    authorize(actor, Permission.CASES_REPAIR)
    execution = open_case(tx, actor, case_key)
    execution.load_instances()
    detail = {"cancelled": [str(key) for key in cancel], "activated": list(activate), "reason": reason}
    execution.journal.append(tx.now, actor, "case.modified", detail=detail)
    for element_id in activate:
        execution.run.activate(element_id, _scope_of(execution, element_id))
    for key in cancel:
        execution.run.terminate_instance(key)
    execution.finish()


def _scope_of(execution: Execution, element_id: str) -> int:
    """The open instance an element is drawn in; 0 for the process itself."""
    element = execution.process.elements.get(element_id)
    if element is None:
        raise NotFound(f"流程图中没有节点 {element_id}。")
    if element.scope == execution.process.id:
        return 0
    open_ones = [i.key for i in execution.instances.values() if i.element.id == element.scope and i.left_at is None]
    if not open_ones:
        raise Refused("该节点所在的子流程没有在办，不能在其中开始。")
    return max(open_ones)


def reopen_task(tx: Transaction, actor: Actor, task_key: int, reason: str = "") -> int:
    """Take back the completion of a task while nobody has acted on what followed. The key of the task opened again.

    What followed is cancelled, the variables get their old values, but for those an element of the diagram names in its
    property `kept_when_undone`. Raises `Refused` with why it is too late,
    `NotAllowed` where the element has no property `revocable` or somebody else completed the task.
    """
    done = tx.row(sa.select(task_done).where(task_done.c.key == task_key))
    if done is None or done.state is not TaskState.COMPLETED:
        raise NotFound
    execution = open_case(tx, actor, done.case_key)
    element = execution.process.elements[done.element_id]
    if done.ended_by != actor.login and not actor.may(Permission.CASES_REPAIR):
        raise NotAllowed("只有办理人本人可以撤回。")
    if element.properties.get(REVOCABLE) != "true":
        raise NotAllowed(f"“{done.name}”办理后不能撤回。")
    following = _untouched(tx, execution.process, done)
    _restore_variables(tx, execution, task_key)
    name = element.name or element.id
    detail = {"task": task_key, "reason": reason}
    execution.journal.append(tx.now, actor, "task.reopened", element_id=element.id, name=name, detail=detail)
    first, *others = following
    execution.run.move(first, element.id)
    for key in others:
        execution.run.terminate_instance(key)
    execution.settle()
    opened = next(row for row in execution.opened.values() if row["element_id"] == element.id)
    if done.assignee is not None:
        opened["assignee"] = done.assignee
    execution.finish()
    return int(opened["key"])


def may_reopen(tx: Transaction, actor: Actor, done: Mapping[str, Any]) -> bool:
    """Whether the actor could take back this completed task now; `done` is its row of `task_done`."""
    process = registry_of(tx).library.process(tx, done["definition_key"]).process
    element = process.elements.get(done["element_id"])
    if element is None or element.properties.get(REVOCABLE) != "true" or done["ended_by"] != actor.login:
        return False
    row = tx.row(sa.select(task_done).where(task_done.c.key == done["key"]))
    try:
        return row is not None and bool(_untouched(tx, process, row))
    except Refused:
        return False


def _untouched(tx: Transaction, process: Process, done: sa.Row[Any]) -> list[int]:
    """The element instances that followed the task and still wait. Raises `Refused` where something has happened."""
    too_late = "之后的环节已经办理，不能撤回。"
    case_key, at = done.case_key, done.ended_at
    j, e = journal.c, element_instance.c
    seq = tx.value(
        sa.select(sa.func.max(j.seq)).where(
            j.case_key == case_key, j.event == DONE, j.element_id == done.element_id, j.at == at
        )
    )
    if seq is None or tx.row(sa.select(j.seq).where(j.case_key == case_key, j.seq > seq, j.at > at).limit(1)):
        raise Refused(too_late)
    own = tx.value(sa.select(e.seq).where(e.case_key == case_key, e.key == done.element_key))
    rows = tx.rows(sa.select(element_instance).where(e.case_key == case_key, e.seq > own, e.entered_at >= at))
    following = [row for row in rows if row.left_at is None]
    elements = process.elements
    passed = [elements[row.element_id] for row in rows if row.left_at is not None]
    if not following or any(row.entered_at > at for row in rows):
        raise Refused(too_late)
    joined = any(el.kind in (Kind.PARALLEL_GATEWAY, Kind.INCLUSIVE_GATEWAY) and len(el.incoming) > 1 for el in passed)
    if joined or not all(_is_harmless(tx, el) for el in passed) or any(row.scope_key != case_key for row in following):
        raise Refused("之后已有自动步骤完成，不能撤回；请联系管理员。")
    if any(elements[row.element_id].kind is Kind.CALL_ACTIVITY for row in following):
        raise Refused("之后的流程已经开始，不能撤回。")
    if tx.row(sa.select(message.c.key).where(message.c.from_case_key == case_key, message.c.at >= at).limit(1)):
        raise Refused("之后已发出消息，不能撤回。")
    keys = [row.key for row in following]
    drafted = sa.select(task_draft.c.task_key).join(task, task.c.key == task_draft.c.task_key)
    if tx.row(drafted.where(task.c.case_key == case_key, task.c.element_key.in_(keys)).limit(1)):
        raise Refused("下一环节已在填写，不能撤回。")
    begun = sa.select(job.c.key).where(job.c.case_key == case_key, job.c.element_key.in_(keys))
    if tx.row(begun.where(sa.or_(job.c.state != JobState.CREATED, job.c.attempt > 1)).limit(1)):
        raise Refused("之后的作业已经开始，不能撤回。")
    return keys


def _is_harmless(tx: Transaction, element: Element) -> bool:
    """Whether passing the element left nothing that would have to be undone; what people were told need not be."""
    if element.kind is Kind.SERVICE_TASK and element.job is not None:
        return element.job.type.text in registry_of(tx).telling
    return element.kind in HARMLESS


def _restore_variables(tx: Transaction, execution: Execution, task_key: int) -> None:
    """Give what the task changed the value it had before, but for what an element keeps when undone."""
    c = variable_change.c
    query = sa.select(variable_change).where(c.case_key == execution.key).order_by(c.at, c.seq)
    before: dict[tuple[int, str], Any] = {}
    restored: dict[tuple[int, str], Any] = {}
    for row in tx.rows(query):
        at = (row.scope_key, row.name)
        if row.task_key == task_key:
            restored.setdefault(at, before.get(at))
        else:
            before[at] = row.value
    execution.scopes.load_all()
    properties = (element.properties.get(KEPT, "") for element in execution.process.elements.values())
    kept = {name.strip() for names in properties for name in names.split(",")}
    for (scope, name), value in restored.items():
        if name in kept:
            continue
        execution.scopes.declare(scope, name, value, history=True)
