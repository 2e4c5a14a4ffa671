"""What was saved for later of a section, where something outside the section changes it."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from engine.db import Transaction
from engine.flow.tables import task, task_draft


def amend_draft(tx: Transaction, case_key: int, name: str, fields: Mapping[str, Any]) -> None:
    """Put the fields into the section where it was saved for later; whoever has it open is not disturbed."""
    tasks = sa.select(task.c.key).where(task.c.case_key == case_key)
    mine = sa.and_(task_draft.c.section == name, task_draft.c.task_key.in_(tasks))
    for row in tx.rows(sa.select(task_draft).where(mine)):
        if isinstance(row.value, Mapping):
            this = sa.and_(task_draft.c.section == name, task_draft.c.task_key == row.task_key)
            tx.execute(sa.update(task_draft).where(this).values(value={**row.value, **fields}))
