"""A case that goes over to another unit, or whose people are called otherwise: its columns, open tasks, parties and variables."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.db import Transaction
from engine.flow.cases import open_case
from engine.flow.tables import case_party, task

MOVED = "case.moved"


def move_case(
    tx: Transaction,
    actor: Actor,
    case_key: int,
    *,
    variables: Mapping[str, Any],
    reason: str,
    unit_id: int | None = None,
    title: str | None = None,
    logins: Mapping[str, str] | None = None,
) -> None:
    """Write down that a running case is of another unit, has another title, or that people in it have other logins.

    Open tasks follow: their title, the unit of those that were the old unit's, who holds them. What was typed stays as it is, and
    so does where the case stands. `variables` are given their new values, and the journal says who did it and `reason`. The
    caller has authorised. Raises `NotFound`, and `Refused` where the case is over or suspended.
    """
    execution = open_case(tx, actor, case_key)
    execution.reason = reason
    t, before = task.c, execution.case["unit_id"]
    mine = t.case_key == case_key
    for name, value in variables.items():
        execution.scopes.assign(case_key, name, value)
    if unit_id is not None:
        execution.case["unit_id"] = unit_id
        tx.execute(sa.update(task).where(mine, t.unit_id == before).values(unit_id=unit_id))
    if title is not None:
        execution.case["title"] = title
        tx.execute(sa.update(task).where(mine).values(title=title))
    for old, new in (logins or {}).items():
        tx.execute(sa.update(task).where(mine, t.assignee == old).values(assignee=new))
        p = case_party.c
        party = sa.and_(p.case_key == case_key, p.principal == f"account:{old}")
        tx.execute(sa.update(case_party).where(party).values(principal=f"account:{new}"))
    execution.journal.append(tx.now, actor, MOVED, detail={"reason": reason})
    execution.finish()
