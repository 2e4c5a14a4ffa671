"""What people wrote when they completed tasks, for the journal to show beside their names."""

from dataclasses import dataclass

import sqlalchemy as sa

from engine.db import Transaction
from engine.flow.tables import task_done, variable_change

#: the variable that holds what somebody says of their decision
OPINION = "opinion"


@dataclass(frozen=True, slots=True)
class Told:
    """A completed task: the version of its form, and the opinion given with it."""

    form_key: int | None
    opinion: str


def what_was_told(tx: Transaction, case_key: int) -> dict[int, Told]:
    """The completed tasks of a case by key. The caller has authorised."""
    c = variable_change.c
    query = sa.select(c.task_key, c.value).where(c.case_key == case_key, c.name == OPINION, c.task_key.is_not(None))
    opinions = {row.task_key: row.value for row in tx.rows(query) if isinstance(row.value, str)}
    forms = tx.rows(sa.select(task_done.c.key, task_done.c.form_key).where(task_done.c.case_key == case_key))
    return {row.key: Told(row.form_key, opinions.get(row.key, "")) for row in forms}
