"""How many cases there are of each version of each process; who may see all of them asks."""

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from engine.db import Transaction
from engine.flow.tables import CaseState, case

RUNNING = frozenset({CaseState.ACTIVE, CaseState.SUSPENDED})


@dataclass(slots=True)
class CaseCounts:
    """Cases of one version: running, over, and of the running those with an incident."""

    running: int = 0
    over: int = 0
    stuck: int = 0


def case_counts(tx: Transaction) -> Mapping[int, CaseCounts]:
    """The counts by the key of the definition; two statements, each over an index alone."""
    counts: dict[int, CaseCounts] = {}
    number = sa.func.count().label("number")
    by_state = sa.select(case.c.definition_key, case.c.state, number).group_by(case.c.definition_key, case.c.state)
    for row in tx.rows(by_state):
        held = counts.setdefault(row.definition_key, CaseCounts())
        if row.state in RUNNING:
            held.running += row.number
        else:
            held.over += row.number
    stuck = sa.select(case.c.definition_key, number).where(case.c.has_incident).group_by(case.c.definition_key)
    for row in tx.rows(stuck):
        counts.setdefault(row.definition_key, CaseCounts()).stuck = row.number
    return counts
