"""One variable of many cases at once: what all cases of a year share, and a change of the year's plan changes."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from engine.access import Actor, Permission, authorize
from engine.db import Transaction
from engine.flow.tables import CaseState, case, variable, variable_change


def assign_in_cases(
    tx: Transaction, actor: Actor, process_id: str, year: int, values: Mapping[str, Any], *, reason: str
) -> None:
    """Give variables of all running cases of a process and year the same values, two statements for each name.

    Only cases that have the variable get it; the change stands in their history with the reason. Conditional events do
    not fire: this is for what diagrams read, not for what they wait for.
    """
    authorize(actor, Permission.CASES_REPAIR)
    cases = sa.select(case.c.key).where(
        case.c.process_id == process_id, case.c.year == year, case.c.state == CaseState.ACTIVE
    )
    v = variable.c
    for name, value in values.items():
        held = sa.and_(v.name == name, v.scope_key == v.case_key, v.case_key.in_(cases))
        row = {
            "case_key": v.case_key,
            "seq": sa.literal(tx.next_key(), v.key.type),
            "scope_key": v.case_key,
            "name": v.name,
            "value": sa.literal(value, v.value.type),
            "by": sa.literal(actor.login),
            "at": sa.literal(tx.now, variable_change.c.at.type),
            "reason": sa.literal(reason),
        }
        tx.execute(sa.insert(variable_change).from_select(list(row), sa.select(*row.values()).where(held)))
        tx.execute(sa.update(variable).where(held).values(value=value))
