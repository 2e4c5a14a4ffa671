"""Corrections: what kind of change was handed in, and more time for it (Q22, J12, W6)."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from engine.access import Actor
from engine.clock import ZONE, local
from engine.db import Transaction
from engine.declaration.hooks import DESCRIPTOR, check_dossier, sections_of
from engine.declaration.notices import notify_about
from engine.errors import InvalidInput
from engine.flow.contexts import JobContext, TaskContext
from engine.flow.timers import move_due
from engine.reference import CodeLists

#: the first filling is no correction
FIRST = "fill_declaration"
#: by which hour of the last day a correction has to be there, and at which hour it is reminded
CLOSES, REMINDS = time(18), time(9)
#: working days before the last one
REMINDER_DAYS = 2
#: the boundary events of the two tasks in which an applicant corrects
EXPIRED = ("correction_expired", "committee_correction_expired")
NEAR = ("correction_near", "committee_correction_near")
CORRECTING = ("correct_declaration", "correct_for_committee")


def check_filling(tx: Transaction, actor: Actor, task: TaskContext, values: dict[str, object]) -> Mapping[str, object]:
    """The hook of the filling form: the dossier's rules, and for a correction what was changed.

    `correction_kind` is `attachments` where nothing but files was exchanged, else `fields`: by it the diagram decides
    whether the level that returned the declaration goes on (Q22).
    """
    checked = dict(check_dossier(tx, actor, task, values))
    if task.element_id != FIRST:
        before, after = sections_of(task.variables), sections_of({**task.variables, **checked})
        checked["correction_kind"] = "attachments" if without_files(before) == without_files(after) else "fields"
    return checked


def without_files(value: Any) -> Any:
    """The value with nothing said about files, and nothing said about what is empty."""
    if isinstance(value, Mapping):
        kept = {name: without_files(held) for name, held in value.items()}
        return {name: held for name, held in kept.items() if held not in (None, "", [], {})}
    if isinstance(value, list):
        return [without_files(one) for one in value if not _is_file(one)]
    return value


def _is_file(value: object) -> bool:
    return isinstance(value, Mapping) and value.keys() == DESCRIPTOR


def extend_correction(tx: Transaction, context: JobContext) -> None:
    """The inline job `extend_correction`: the waiting correction is due on `new_term` instead, its applicant is told.

    Raises `InvalidInput` where the new day is no later than the one before.
    """
    term = date.fromisoformat(str(context.variables["new_term"])[:10])
    if term <= date.fromisoformat(str(context.variables["correct_by"])[:10]) or term < local(tx.now).date():
        raise InvalidInput(fields={"new_term": ["延长后的期限应晚于现在的期限"]})
    due = datetime.combine(term, CLOSES, ZONE)
    reminder = tx.service(CodeLists).calendar(tx).add_working_days(term, -REMINDER_DAYS)
    move_due(tx, context.case_key, timers=EXPIRED, at=due, tasks=CORRECTING)
    move_due(tx, context.case_key, timers=NEAR, at=datetime.combine(reminder, REMINDS, ZONE))
    notify_about(tx, context, "correction_extended", due=f"{term.month}月{term.day}日")
