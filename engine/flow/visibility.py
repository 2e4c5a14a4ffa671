"""Who sees which cases: those of the actor's units with their subtrees, and those where the actor is a party.

It is the one filter that lists, searches, counts, exports, diagrams, files and the journal pass through.
"""

from typing import Any

import sqlalchemy as sa

from engine.access import Actor, in_scope
from engine.db import Transaction
from engine.errors import NotFound
from engine.flow.tables import case, case_party, task, task_candidate, task_done


def visible_to(actor: Actor) -> sa.Select[Any] | sa.CompoundSelect[Any]:
    """The keys of the cases the actor sees, for `column.in_(…)`: two branches, each by an index."""
    if actor.everywhere:
        return sa.select(case.c.key)
    by_party = sa.select(case_party.c.case_key).where(case_party.c.principal.in_(sorted(actor.principals)))
    if not actor.units:
        return by_party
    by_unit = sa.select(case.c.key).where(in_scope(actor, case.c.unit_id))
    return sa.union(by_unit, by_party)


def is_visible(column: sa.ColumnElement[Any], actor: Actor) -> sa.ColumnElement[bool]:
    """Whether the case whose key is in `column` is visible; who sees everything needs no filter."""
    return sa.true() if actor.everywhere else column.in_(visible_to(actor))


def is_reachable(column: sa.ColumnElement[Any], actor: Actor) -> sa.ColumnElement[bool]:
    """Whether the one case whose key is in `column` may be opened: it is visible, or the actor has or had a task in it.

    For single cases only: who is asked from outside the units of a case must be able to read what it is about, but
    lists stay with `is_visible`, which needs no look at tasks.
    """
    if actor.everywhere:
        return sa.true()
    candidates = sorted({*actor.groups, f"user:{actor.login}"})
    several = sa.select(task_candidate.c.task_key).where(task_candidate.c.principal.in_(candidates))
    waits = sa.exists().where(
        task.c.case_key == column,
        sa.or_(task.c.assignee == actor.login, task.c.candidate.in_(candidates), task.c.key.in_(several)),
    )
    did = sa.exists().where(task_done.c.case_key == column, task_done.c.ended_by == actor.login)
    return sa.or_(is_visible(column, actor), waits, did)


def require_visible(tx: Transaction, actor: Actor, case_key: int) -> None:
    """Raise `NotFound` unless the actor may open the case: strangers do not learn that there is one."""
    if tx.row(sa.select(case.c.key).where(case.c.key == case_key, is_reachable(case.c.key, actor))) is None:
        raise NotFound
