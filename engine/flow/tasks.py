"""User tasks: claimed, given back, assigned, handed over, put on hold; completing them is `engine.flow.completion`."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from engine.access import Actor, Permission, authorize
from engine.db import Transaction
from engine.errors import InvalidInput, Refused, StaleTask
from engine.flow.cases import refuse_unless_active
from engine.flow.completion import Completion, NextTask, can_work, complete_task, late_answer, may_work, on_behalf
from engine.flow.loading import LoadedTask, lock_task
from engine.flow.noting import note_on_case
from engine.flow.opening import candidates
from engine.flow.secrecy import refuse_elsewhere
from engine.flow.tables import TaskState, journal, task, task_candidate

__all__ = [
    "Completion",
    "NextTask",
    "assign_task",
    "can_work",
    "claim_task",
    "complete_task",
    "delegate_task",
    "give_back_tasks",
    "hold_task",
    "may_work",
    "release_task",
    "resume_task",
    "update_task",
]


def claim_task(tx: Transaction, actor: Actor, task_key: int) -> int:
    """Take a free task (签收); again by the same person does nothing. The task's version.

    Raises `StaleTask` naming who has it.
    """
    loaded, row = _open(tx, actor, task_key)
    if row["assignee"] == actor.login:
        return int(row["version"])
    if row["assignee"] is not None:
        raise StaleTask(f"“{row['name']}”已由{holder_name(tx, row)}签收，请刷新后查看。")
    may_work(actor, row)
    return _change(tx, actor, loaded, "task.claimed", assignee=actor.login)


def release_task(tx: Transaction, actor: Actor, task_key: int) -> int:
    """Give a task back to its group (退签), or to whoever handed it over. The task's version."""
    loaded, row = _open(tx, actor, task_key)
    if row["assignee"] is None:
        return int(row["version"])
    may_work(actor, row)
    back_to = row["delegated_by"]
    if back_to is None and not row["candidate_groups"] and not row["candidate_users"]:
        raise Refused("这件事项没有候选人，不能退签；请联系管理员改派。")
    return _change(tx, actor, loaded, "task.released", assignee=back_to, delegated_by=None)


def give_back_tasks(tx: Transaction, actor: Actor, login: str, group: str, reason: str) -> int:
    """Give every task that account holds as one of `group` back to it, whoever handed it over: the account left the group.

    What it handed over to others stays with them and does not come back to it. How many were given back. The journal of each case
    names whose task it was, and the `reason`. Also where a case is suspended.
    """
    authorize(actor, Permission.ACCOUNTS_MANAGE)
    mine = sa.or_(task.c.assignee == login, task.c.delegated_by == login)
    rows = tx.rows(sa.select(task.c.key, task.c.candidate_groups).where(mine).order_by(task.c.case_key, task.c.key))
    given = 0
    for key in [row.key for row in rows if group in row.candidate_groups]:
        loaded = lock_task(tx, key)
        if loaded is None or loaded.task is None:
            continue
        held = loaded.task["assignee"] == login
        changes = {"assignee": None, "delegated_by": None} if held else {"delegated_by": None}
        event = "task.released" if held else "task.updated"
        _change(tx, actor, loaded, event, {"released_from": login, "reason": reason}, **changes)
        tx.flush()
        given += held
    return given


def assign_task(tx: Transaction, actor: Actor, task_key: int, assignee: str | None) -> int:
    """Give the task to somebody (改派), or to nobody. The task's version."""
    authorize(actor, Permission.TASKS_ASSIGN)
    loaded, row = _open(tx, actor, task_key)
    refuse_elsewhere(tx, row)
    return _change(
        tx, actor, loaded, "task.assigned", {"assignee": assignee}, assignee=assignee or None, delegated_by=None
    )


def delegate_task(tx: Transaction, actor: Actor, task_key: int, to: str, reason: str = "") -> int:
    """Hand a task of one's own to somebody else (转办); releasing brings it back. The task's version."""
    loaded, row = _open(tx, actor, task_key)
    may_work(actor, row)
    refuse_elsewhere(tx, row)
    if not to or to == row["assignee"]:
        raise InvalidInput("请选择要转给的人。", {"to": ["请选择要转给的人。"]})
    detail = {"assignee": to, "reason": reason}
    return _change(
        tx, actor, loaded, "task.delegated", detail, assignee=to, delegated_by=row["assignee"] or actor.login
    )


def hold_task(tx: Transaction, actor: Actor, task_key: int, reason: str = "") -> int:
    """Park a task (审核待定): it stays where it is, with the reason. The task's version."""
    loaded, row = _open(tx, actor, task_key)
    may_work(actor, row)
    if row["state"] is TaskState.ON_HOLD:
        return int(row["version"])
    return _change(
        tx, actor, loaded, "task.held", {"reason": reason}, state=TaskState.ON_HOLD, hold_reason=reason or None
    )


def resume_task(tx: Transaction, actor: Actor, task_key: int) -> int:
    """Take a parked task up again. The task's version."""
    loaded, row = _open(tx, actor, task_key)
    may_work(actor, row)
    if row["state"] is not TaskState.ON_HOLD:
        return int(row["version"])
    return _change(tx, actor, loaded, "task.resumed", state=TaskState.OPEN, hold_reason=None)


def update_task(tx: Transaction, actor: Actor, task_key: int, **values: Any) -> int:
    """Change `due_at`, `follow_up_at`, `priority`, `candidate_groups` or `candidate_users`. The task's version."""
    authorize(actor, Permission.TASKS_ASSIGN)
    unknown = values.keys() - {"due_at", "follow_up_at", "priority", "candidate_groups", "candidate_users"}
    if unknown:
        raise InvalidInput(f"不能修改：{'、'.join(sorted(unknown))}。")
    loaded, _ = _open(tx, actor, task_key)
    return _change(tx, actor, loaded, "task.updated", {"changed": sorted(values)}, **values)


def holder_name(tx: Transaction, row: Mapping[str, Any]) -> str:
    """The name of whoever has the task, as the journal knows them."""
    j = journal.c
    query = sa.select(j.actor_name).where(j.case_key == row["case_key"], j.actor == row["assignee"])
    return str(tx.value(query.order_by(j.seq.desc()).limit(1)) or row["assignee"])


def _open(tx: Transaction, actor: Actor, task_key: int) -> tuple[LoadedTask, dict[str, Any]]:
    """The task under the lock of its case. Raises `NotFound`, `StaleTask`, `Refused`."""
    authorize(actor, Permission.TASKS_WORK)
    loaded = lock_task(tx, task_key)
    if loaded is None or loaded.task is None:
        raise late_answer(tx, task_key)
    refuse_unless_active(loaded.case["state"])
    return loaded, loaded.task


def _change(
    tx: Transaction,
    actor: Actor,
    loaded: LoadedTask,
    event: str,
    detail: Mapping[str, Any] | None = None,
    **values: Any,
) -> int:
    """Write the task, who may claim it now, and the journal."""
    row = loaded.task
    assert row is not None
    told = {"task": row["key"], **(detail or {}), **on_behalf(actor, row)}
    before = candidates(row)
    row |= values
    row["version"] += 1
    after = candidates(row)
    row["candidate"] = after[0] if len(after) == 1 else None
    changed = {name: row[name] for name in (*values, "version", "candidate")}
    tx.writes.update(task, {"key": row["key"]}, changed)
    if len(before) > 1 and after != before:
        tx.execute(sa.delete(task_candidate).where(task_candidate.c.task_key == row["key"]))
    if len(after) > 1 and after != before:
        for principal in after:
            tx.insert(task_candidate, principal=principal, created_at=row["created_at"], task_key=row["key"])
    note_on_case(tx, actor, loaded.case, event, element_id=row["element_id"], name=row["name"], detail=told)
    return int(row["version"])
