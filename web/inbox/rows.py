"""Tasks as lines of the inbox."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.access import Actor
from engine.db import Transaction
from engine.flow.queries import DoneTask, InboxTask
from engine.flow.registry import Registry, registry_of
from engine.flow.tables import TaskState
from web.due import Due, age_of, due_in


@dataclass(frozen=True, slots=True)
class InboxRow:
    """One line. `state` and `kind` are the words and colour of its badge; what stays empty is not drawn."""

    id: int
    url: str
    title: str
    step: str
    process: str
    business_key: str
    state: str
    kind: str
    arrived_at: datetime
    age: str = ""
    due: Due | None = None
    note: str = ""
    may_claim: bool = False
    ended_at: datetime | None = None


def open_rows(tx: Transaction, actor: Actor, tasks: Sequence[InboxTask]) -> list[InboxRow]:
    return [_open_row(tx, registry_of(tx), actor, task) for task in tasks]


def _open_row(tx: Transaction, registry: Registry, actor: Actor, task: InboxTask) -> InboxRow:
    parked = task.state is TaskState.ON_HOLD
    state, kind = ("审核待定", "warn") if parked else _held_by(actor, task)
    return InboxRow(
        id=task.key,
        url=f"/tasks/{task.key}",
        title=task.title or task.business_key or task.name,
        step=task.name,
        process=_process_name(tx, registry, task.definition_key),
        business_key=task.business_key or "",
        state=state,
        kind=kind,
        arrived_at=task.created_at,
        age=age_of(task.created_at, tx.now, registry.calendar),
        due=due_in(task.due_at, tx.now, registry.calendar),
        note=task.hold_reason or "",
        may_claim=task.assignee is None,
    )


def _held_by(actor: Actor, task: InboxTask) -> tuple[str, str]:
    if task.assignee is None:
        return "待签收", "info"
    away = actor.stands_in_for(task.assignee)
    return ("由您办理", "info") if away is None else (f"代 {away}", "warn")


def done_rows(tx: Transaction, tasks: Sequence[DoneTask]) -> list[InboxRow]:
    registry = registry_of(tx)
    return [_done_row(tx, registry, task) for task in tasks]


def _done_row(tx: Transaction, registry: Registry, task: DoneTask) -> InboxRow:
    label, kind = _outcome(tx, registry, task)
    return InboxRow(
        id=task.key,
        url=f"/cases/{task.case_key}",
        title=task.title or task.business_key or task.name,
        step=task.name,
        process=_process_name(tx, registry, task.definition_key),
        business_key=task.business_key or "",
        state=label,
        kind=kind,
        arrived_at=task.created_at,
        ended_at=task.ended_at,
    )


def _outcome(tx: Transaction, registry: Registry, task: DoneTask) -> tuple[str, str]:
    """The button that was pressed, as its form calls it."""
    form = registry.library.form(tx, task.form_key) if task.form_key is not None else None
    chosen = form.outcome.value(task.outcome) if form is not None and form.outcome else None
    if chosen is None:
        return "已提交", "good"
    return chosen.label, {"primary": "good", "danger": "bad"}.get(chosen.style, "warn")


def _process_name(tx: Transaction, registry: Registry, definition_key: int) -> str:
    process = registry.library.process(tx, definition_key).process
    return process.name or process.id
