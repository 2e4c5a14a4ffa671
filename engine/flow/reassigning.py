"""Giving the open tasks of one case from one person to another, because a diagram says so."""

import sqlalchemy as sa

from engine.db import Transaction
from engine.flow.tables import task


def reassign_tasks(tx: Transaction, case_key: int, old: str, new: str) -> int:
    """Assign what `old` has to do in a running case to `new`; how many tasks. For handlers of the case's own jobs.

    Every task counts up, so that a page `old` has open is refused; drafts stay with the task.
    """
    t = task.c
    theirs = sa.and_(t.case_key == case_key, t.assignee == old)
    moved = tx.execute(sa.update(task).where(theirs).values(assignee=new, delegated_by=None, version=t.version + 1))
    return moved.rowcount
