"""Tasks nobody can do: the holder may not sign in any more, or nobody has a role the task is offered to."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from engine.access import Actor, Permission
from engine.db import Transaction
from engine.errors import NotAllowed
from engine.flow.queries import orphan_tasks
from engine.organisation.tables import State, account, membership, unit


def tasks_nobody_can_do(tx: Transaction, actor: Actor, limit: int = 100) -> Sequence[Mapping[str, Any]]:
    """The rows of these tasks, the oldest first. For whoever watches over all cases; raises `NotAllowed` for others."""
    if not actor.everywhere or not actor.may(Permission.CASES_READ):
        raise NotAllowed
    logins = sa.select(account.c.login).where(account.c.state == State.ACTIVE)
    return orphan_tasks(tx, logins, _groups(), limit)


def _groups() -> sa.Select[Any]:
    """Every candidate group that somebody who may sign in belongs to: a role in a unit, and the role alone.

    Few accounts and units are closed: those are looked up, not tens of thousands that are not.
    """
    away = sa.select(account.c.id).where(account.c.state != State.ACTIVE)
    closed = sa.select(unit.c.id).where(unit.c.state != State.ACTIVE)
    open_ones = sa.and_(membership.c.account.not_in(away), membership.c.unit.not_in(closed))
    held = sa.select(membership.c.role, membership.c.unit).where(open_ones).distinct().cte("held")
    names = sa.union_all(
        sa.select((held.c.role + "@" + sa.cast(held.c.unit, sa.String)).label("name")),
        sa.select(held.c.role.label("name")).distinct(),
    ).subquery()
    return sa.select(names.c.name)
