"""Completing a task: the one door through which every task of every case is done."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa

from engine.access import Actor, Permission, authorize
from engine.db import Transaction
from engine.errors import InvalidInput, NotAllowed, NotFound, Refused, StaleTask
from engine.flow import repeats
from engine.flow.cases import refuse_unless_active
from engine.flow.contexts import TaskContext
from engine.flow.instances import Instance
from engine.flow.loading import LoadedTask, lock_task
from engine.flow.registry import clock_of
from engine.flow.run import Execution
from engine.flow.secrecy import refuse_elsewhere
from engine.flow.tables import CaseState, TaskState, case, journal, task_done, task_draft
from engine.flow.timers import fire_due
from engine.form import as_fields

OUTCOME = "outcome"
#: the field that holds what somebody says of their decision
OPINION = "opinion"
DONE = "task.completed"


@dataclass(frozen=True, slots=True)
class NextTask:
    """A task of the same case that the actor may do now."""

    key: int
    element_id: str
    name: str
    form_id: str | None
    mine: bool


@dataclass(frozen=True, slots=True)
class Completion:
    """What followed: the state of the case, and what the actor may do next in it."""

    case_key: int
    case_state: CaseState
    has_incident: bool
    next_tasks: tuple[NextTask, ...]
    repeated: bool = False


def complete_task(
    tx: Transaction,
    actor: Actor,
    task_key: int,
    variables: Mapping[str, Any] | None = None,
    *,
    version: int | None = None,
    arrived_at: datetime | None = None,
    outcome: str | None = None,
    command_key: str | None = None,
    secretly: bool = False,
) -> Completion:
    """Complete a task and run the case until every token rests, in this one transaction.

    In this order: may the actor do it · what is due in the case fires · only keys of the task's form are taken, others
    need `api:variables` · what the slice knows is put in (`Preparation`) · the form is checked · the hook of the form ·
    run · store. Drafts of sections that are not given are taken up and checked with the rest. `version` is the task's as
    the page showed it, `arrived_at` when the request came, which is what deadlines are compared with. `secretly`: asked by
    the command of a secret form's own page, which brings no variables; from anywhere else such a task is refused.

    Raises `StaleTask` naming who was faster, `NotAllowed`, `InvalidInput` with the fields, `Refused` where a deadline
    has passed (what fell due is then committed, and what was typed kept as a draft).
    """
    loaded = lock_task(tx, task_key)
    if loaded is None or loaded.task is None:
        return _answer_late(tx, actor, task_key, command_key)
    row = loaded.task
    may_work(actor, row)
    refuse_unless_active(loaded.case["state"])
    if not secretly:
        refuse_elsewhere(tx, row)
    if version is not None and version != row["version"]:
        raise StaleTask("这件事项在您打开之后有变动，请刷新后再办理。")
    execution = Execution(tx, actor, loaded, interactive=True)
    instance = adopt_task(execution, loaded)
    values = {**(variables or {}), **({OUTCOME: outcome} if outcome is not None else {})}
    arrived_at = arrived_at or tx.now
    if loaded.due_at is not None and loaded.due_at <= arrived_at:
        _fire_due(execution, instance, row, values, arrived_at)
    values = _check(execution, loaded, values)
    outcome = values.get(OUTCOME) if isinstance(values.get(OUTCOME), str) else outcome
    execution.closings.close_task(row, TaskState.COMPLETED, actor, outcome)
    if loaded.has_drafts:
        tx.writes.delete(task_draft, {"task_key": task_key})
    execution.task_key = task_key
    execution.journal.append(
        tx.now,
        actor,
        DONE,
        element_id=row["element_id"],
        name=row["name"],
        outcome=outcome,
        detail={"task": task_key, "version": row["version"], **_said(values), **on_behalf(actor, row)},
    )
    execution.complete(instance, values)
    execution.finish()
    done = _completion(execution, actor)
    repeats.keep_result(tx, actor, command_key, {"case_key": execution.key})
    return done


def _said(values: Mapping[str, Any]) -> dict[str, str]:
    """What somebody says of their decision, word for word: the next one may say the same, and a variable is overwritten."""
    opinion = values.get(OPINION)
    return {OPINION: opinion} if isinstance(opinion, str) and opinion else {}


def on_behalf(actor: Actor, row: Mapping[str, Any]) -> dict[str, str]:
    """Whose task it is where the actor only stands in: the journal shows both."""
    name = actor.stands_in_for(row["assignee"])
    return {} if name is None else {"on_behalf_of": row["assignee"], "on_behalf_of_name": name}


def may_work(actor: Actor, row: Mapping[str, Any]) -> None:
    """Raise `NotAllowed` unless the task is the actor's, or free and open to one of their groups."""
    authorize(actor, Permission.TASKS_WORK)
    if not can_work(actor, row):
        raise NotAllowed("这件事项不由您办理。")


def can_work(actor: Actor, row: Mapping[str, Any]) -> bool:
    """Whether the task is the actor's or of somebody they stand in for, or free and open to them."""
    logins = actor.on_behalf_of | {actor.login}
    if row["assignee"] is not None:
        return row["assignee"] in logins or actor.may(Permission.TASKS_ASSIGN)
    return (
        not actor.groups.isdisjoint(row["candidate_groups"])
        or not logins.isdisjoint(row["candidate_users"])
        or actor.may(Permission.TASKS_ASSIGN)
    )


def adopt_task(execution: Execution, loaded: LoadedTask) -> Instance:
    """The element instance of a loaded task, without asking for it again."""
    row = loaded.task
    assert row is not None
    assert loaded.entered_at is not None
    element = execution.process.elements[row["element_id"]]
    at = loaded.entered_at
    instance = Instance(row["element_key"], element, loaded.scope, loaded.item, loaded.seq, at)
    execution.adopt(instance)
    if not loaded.has_locals:
        execution.scopes.complete.add(instance.key)
    return instance


def _answer_late(tx: Transaction, actor: Actor, task_key: int, command_key: str | None) -> Completion:
    """The task is not open: a repeated command gets its first answer, anybody else reads who was faster."""
    before = repeats.first_result(tx, actor, command_key)
    if before is None:
        raise late_answer(tx, task_key)
    state = tx.row(sa.select(case.c.state, case.c.has_incident).where(case.c.key == before["case_key"]))
    if state is None:
        raise NotFound
    return Completion(before["case_key"], state.state, bool(state.has_incident), next_tasks=(), repeated=True)


def late_answer(tx: Transaction, task_key: int) -> NotFound | StaleTask:
    """What to say of a task that is not open."""
    row = tx.row(sa.select(task_done).where(task_done.c.key == task_key))
    if row is None:
        return NotFound()
    if row.state is TaskState.CANCELLED:
        return StaleTask(f"“{row.name}”已被撤销，无需再办理，请刷新后查看。")
    j = journal.c
    query = sa.select(j.actor_name).where(
        j.case_key == row.case_key, j.element_id == row.element_id, j.actor == row.ended_by, j.event == DONE
    )
    name = tx.value(query.order_by(j.seq.desc()).limit(1)) or row.ended_by
    return StaleTask(f"“{row.name}”已由{name}办理，请刷新后查看。")


def _fire_due(
    execution: Execution, instance: Instance, row: Mapping[str, Any], values: Mapping[str, Any], arrived_at: datetime
) -> None:
    """Fire what was due before the request arrived. Raises `Refused`, kept, where that took the task away."""
    grace = timedelta(seconds=execution.registry.limits.grace_seconds)
    fired = fire_due(execution, arrived_at - grace)
    if instance.left_at is None:
        return
    execution.finish()
    _keep_typed(execution.tx, execution.actor, row["key"], values)
    names = [execution.process.elements[timer["element_id"]].name or timer["element_id"] for timer in fired]
    refusal = Refused(f"“{row['name']}”的办理时限已过（{'、'.join(names)}），没有提交成功。")
    refusal.is_kept = True
    raise refusal


def _keep_typed(tx: Transaction, actor: Actor, task_key: int, values: Mapping[str, Any]) -> None:
    """Leave what came too late where the drafts of the task are."""
    if values:
        draft = {
            "task_key": task_key,
            "section": "",
            "value": dict(values),
            "version": 1,
            "at": tx.now,
            "by": actor.login,
        }
        tx.writes.upsert(task_draft, draft, ("value", "version", "at", "by"))


def _check(execution: Execution, loaded: LoadedTask, values: dict[str, Any]) -> dict[str, Any]:
    """What the form lets through, as the hook leaves it."""
    row, tx = loaded.task, execution.tx
    assert row is not None
    registry = execution.registry
    if row["form_key"] is None:
        _need_permission(execution.actor, values.keys() - {OUTCOME})
    else:
        form = registry.library.form(tx, row["form_key"])
        extra = {name: values[name] for name in values if name not in form.keys}
        _need_permission(execution.actor, extra.keys())
        execution.scopes.need(form.names)
        view, clock = execution.scopes.view(row["element_key"]), clock_of(tx)
        merged = {name: view[name] for name in form.keys if name in view}
        files = partial(registry.files, tx, execution.actor)
        if loaded.has_drafts:
            merged = form.merge(read_drafts(tx, row["key"]), merged, context=view, files=files, clock=clock)
        merged = form.merge(values, merged, context=view, files=files, clock=clock)
        known: Mapping[str, Any] = view
        if prepare := registry.preparations.get(form.id):
            with execution.busy():
                merged, known = prepare(tx, execution.case["year"], merged, view)
        problems = form.validate(merged, known, options=registry.options_of(tx, execution.case["year"]), clock=clock)
        if problems:
            raise InvalidInput(fields=as_fields(problems))
        values = {**extra, **form.clean(merged, known, clock=clock)}
    hook = registry.hooks.get(row["form_id"] or "")
    if hook is None:
        return values
    with execution.busy():
        return dict(hook(tx, execution.actor, _context(execution, row, values), values))


def _need_permission(actor: Actor, names: Any) -> None:
    if names and not actor.may(Permission.API_VARIABLES):
        fields = {name: ["表单没有这一项，不能提交。"] for name in sorted(names)}
        raise InvalidInput("提交了表单以外的内容，请刷新页面后重试。", fields)


def read_drafts(tx: Transaction, task_key: int) -> dict[str, Any]:
    """What was saved for later: a section is a variable, the section without a name holds the others."""
    drafts: dict[str, Any] = {}
    query = sa.select(task_draft.c.section, task_draft.c.value).where(task_draft.c.task_key == task_key)
    for row in tx.rows(query.order_by(task_draft.c.section)):
        drafts.update({row.section: row.value} if row.section else row.value)
    return drafts


def _context(execution: Execution, row: Mapping[str, Any], values: Mapping[str, Any]) -> TaskContext:
    case, outcome = execution.case, values.get(OUTCOME)
    return TaskContext(
        key=row["key"],
        case_key=execution.key,
        process_id=row["process_id"],
        element_id=row["element_id"],
        form_id=row["form_id"],
        business_key=case["business_key"],
        unit_id=row["unit_id"],
        year=case["year"],
        assignee=row["assignee"],
        candidate_groups=row["candidate_groups"],
        outcome=outcome if isinstance(outcome, str) else None,
        variables=execution.scopes.view(row["element_key"]),
    )


def _completion(execution: Execution, actor: Actor) -> Completion:
    logins = actor.on_behalf_of | {actor.login}
    following = tuple(
        NextTask(row["key"], row["element_id"], row["name"], row["form_id"], row["assignee"] in logins)
        for row in execution.opened.values()
        if row["assignee"] in logins
        or (row["assignee"] is None and not actor.groups.isdisjoint(row["candidate_groups"]))
    )
    return Completion(execution.key, execution.case["state"], bool(execution.case["has_incident"]), following)
