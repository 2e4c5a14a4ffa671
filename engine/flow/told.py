"""What people wrote when they completed tasks, for the journal to show beside their names."""

from dataclasses import dataclass

import sqlalchemy as sa

from engine.db import Transaction
from engine.flow.completion import DONE, OPINION
from engine.flow.tables import journal, task_done


@dataclass(frozen=True, slots=True)
class Told:
    """A completed task: the version of its form, and the opinion given with it."""

    form_key: int | None
    opinion: str


def what_was_told(tx: Transaction, case_key: int) -> dict[int, Told]:
    """The completed tasks of a case by key. The caller has authorised."""
    entries = tx.rows(sa.select(journal.c.detail).where(journal.c.case_key == case_key, journal.c.event == DONE))
    opinions = {entry.detail["task"]: entry.detail.get(OPINION, "") for entry in entries}
    forms = tx.rows(sa.select(task_done.c.key, task_done.c.form_key).where(task_done.c.case_key == case_key))
    return {row.key: Told(row.form_key, opinions.get(row.key, "")) for row in forms}
