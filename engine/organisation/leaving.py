"""What stays behind when somebody may not sign in any more: the open tasks nobody else could do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.db import Transaction
from engine.flow.queries import tasks_waiting_for
from engine.organisation.accounts import governed
from engine.organisation.tables import State, account, membership

#: so many are named one by one
SHOWN = 20


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """`tasks` are the first of them, the oldest first; `more` says that there are others."""

    tasks: Sequence[Mapping[str, Any]]
    more: bool


def tasks_left_behind(tx: Transaction, actor: Actor, account_id: int) -> LeftBehind:
    """The tasks nobody could do if that account were closed: those it holds, and free ones of a role nobody else has there.

    Raises `NotFound` and `NotAllowed` where the actor could not close it.
    """
    login = governed(tx, actor, account_id)
    found = tasks_waiting_for(tx, login, _lonely_groups(tx, account_id), SHOWN + 1)
    return LeftBehind(found[:SHOWN], len(found) > SHOWN)


def tasks_left_by_role(tx: Transaction, actor: Actor, account_id: int, role: str) -> LeftBehind:
    """The tasks nobody could do if that account had that role no longer: those of a group it is alone in. Raises as above."""
    login = governed(tx, actor, account_id)
    groups = [group for group in _lonely_groups(tx, account_id) if group.startswith(f"{role}@")]
    found = tasks_waiting_for(tx, login, groups, SHOWN + 1) if groups else []
    return LeftBehind(found[:SHOWN], len(found) > SHOWN)


def _lonely_groups(tx: Transaction, account_id: int) -> list[str]:
    """The groups the account is the only one of that may sign in."""
    mine, other, holder = membership.alias("mine"), membership.alias("other"), account.alias("holder")
    shared = sa.exists().where(
        other.c.unit == mine.c.unit,
        other.c.role == mine.c.role,
        other.c.account != account_id,
        holder.c.id == other.c.account,
        holder.c.state == State.ACTIVE,
    )
    rows = tx.rows(sa.select(mine.c.role, mine.c.unit).where(mine.c.account == account_id, ~shared))
    return [f"{row.role}@{row.unit}" for row in rows]
