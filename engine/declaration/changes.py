"""What a declaration said when it was handed in the time before, to be compared with what it says now."""

from typing import Any

import sqlalchemy as sa

from engine.db import Transaction
from engine.declaration.dossier import FILLING_FORM, SECTIONS
from engine.flow.tables import TaskState, task_done, variable_change


def values_before(tx: Transaction, case_key: int) -> dict[str, Any] | None:
    """The sections as they stood before the last submission; None where it was handed in only once.

    The caller has made sure that its reader sees the case.
    """
    done = sa.select(task_done.c.key).where(
        task_done.c.case_key == case_key,
        task_done.c.form_id == FILLING_FORM,
        task_done.c.state == TaskState.COMPLETED,
    )
    handed_in = [
        row.key for row in tx.rows(done.order_by(task_done.c.ended_at.desc(), task_done.c.key.desc()).limit(2))
    ]
    if len(handed_in) < 2:
        return None
    v = variable_change.c
    first = tx.value(sa.select(sa.func.min(v.seq)).where(v.case_key == case_key, v.task_key == handed_in[0]))
    earlier = sa.select(v.name, sa.func.max(v.seq).label("seq")).where(
        v.case_key == case_key, v.scope_key == case_key, v.name.in_(SECTIONS)
    )
    if first is not None:
        earlier = earlier.where(v.seq < first)
    latest = earlier.group_by(v.name).subquery()
    rows = tx.rows(sa.select(v.name, v.value).where(v.case_key == case_key).join(latest, latest.c.seq == v.seq))
    return {row.name: row.value for row in rows}
