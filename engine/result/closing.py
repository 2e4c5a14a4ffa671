"""评审会议关闭 (F3): only when nothing of the meeting is open any more; everything of it stays to be read afterwards."""

from collections.abc import Mapping

import sqlalchemy as sa

from engine.access import Actor
from engine.db import Transaction
from engine.errors import Refused
from engine.flow.contexts import TaskContext
from engine.result.tables import result_objection

o = result_objection.c


def check_closing(tx: Transaction, actor: Actor, task: TaskContext, values: dict[str, object]) -> Mapping[str, object]:
    """The hook of 会议关闭. Raises `Refused` while an objection is open: whom it is about has no final result yet."""
    open_ones = sa.and_(o.handling == task.case_key, o.settled_at.is_(None))
    count = tx.value(sa.select(sa.func.count()).select_from(result_objection).where(open_ones))
    if count:
        raise Refused(f"还有 {count} 件异议没有办结，不能关闭会议，请先办结异议。")
    return values
