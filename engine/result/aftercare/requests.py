"""Opening a case of this chapter: one at a time for a matter, numbered after it, its first step waiting for who asks."""

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.db import Transaction
from engine.db.locks import lock_name
from engine.errors import Refused
from engine.flow.cases import find_process
from engine.flow.starting import begin_case
from engine.flow.tables import CaseState, case, task

c = case.c


def open_request(
    tx: Transaction,
    actor: Actor,
    process: str,
    matter: str,
    variables: Mapping[str, Any],
    *,
    unit: int,
    year: int,
    title: str,
    parties: Iterable[str] = (),
) -> int:
    """Begin a case of `process` about a matter (`2026-000001-FC`); the key of its first task.

    Its number is the matter's with a count. Raises `Refused` where one about the same matter is under way, saying where it is.
    """
    lock_name(tx, "aftercare", process, matter)
    prefix = f"{matter}-"
    same = sa.and_(c.process_id == process, c.business_key.startswith(prefix, autoescape=True))
    before = tx.rows(sa.select(c.state, c.status, c.business_key).where(same))
    active = next((row for row in before if row.state is CaseState.ACTIVE), None)
    if active is not None:
        raise Refused(
            f"这件事已有正在办理的申请（{active.business_key}，{active.status}），请在待办中继续，或者等待办理结果。"
        )
    number = f"{prefix}{len(before) + 1}"
    key = begin_case(
        tx,
        actor,
        find_process(tx, process, None, None),
        {"request_no": number, "asker": actor.login, "asker_name": actor.name, **variables},
        parties=parties,
        interactive=True,
        business_key=number,
        unit_id=unit,
        year=year,
        title=title,
        tags=None,
    ).key
    tx.flush()
    return int(tx.value(sa.select(task.c.key).where(task.c.case_key == key).limit(1)))
