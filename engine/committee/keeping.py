"""Whose pool it is: the committee's own account, and the officers of the unit that forms it. Nobody else sees into it (J19)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.access import Actor, Permission, authorize
from engine.committee.tables import CommitteeState, committee
from engine.db import Transaction
from engine.errors import NotAllowed, NotFound, Refused
from engine.organisation.roles import Role
from engine.organisation.tables import unit

c = committee.c


@dataclass(frozen=True, slots=True)
class KeptPool:
    """A committee whose pool the actor keeps."""

    id: int
    code: str
    name: str
    series: str
    forming_unit: int
    state: CommitteeState


def is_kept(actor: Actor) -> sa.ColumnElement[bool]:
    """The committees whose pool the actor keeps, for statements over `committee`."""
    if actor.role == Role.COMMITTEE:
        return c.account == actor.account
    return sa.and_(c.forming_unit == actor.unit, unit.c.may_form_committee.is_(True))


def kept_pools(tx: Transaction, actor: Actor) -> Sequence[KeptPool]:
    """The committees whose pools the actor keeps, by code. Raises `NotAllowed`."""
    authorize(actor, Permission.EXPERTS_MANAGE)
    return [_pool(row) for row in tx.rows(_wanted(actor).order_by(c.code))]


def find_pool(tx: Transaction, actor: Actor, committee_id: int, *, to_change: bool = False) -> KeptPool:
    """One of them. Raises `NotFound` for every other, and `Refused` where it is to be changed and is out of use."""
    authorize(actor, Permission.EXPERTS_MANAGE)
    row = tx.row(_wanted(actor).where(c.id == committee_id))
    if row is None:
        raise NotFound
    found = _pool(row)
    if to_change and found.state is not CommitteeState.ACTIVE:
        raise Refused("该评委会已停用或备案已到期，不能再调整专家库；重新备案后可以继续。")
    return found


def require_pools(tx: Transaction, actor: Actor) -> Sequence[KeptPool]:
    """`kept_pools`, of which there is at least one. Raises `NotAllowed` with a sentence."""
    pools = kept_pools(tx, actor)
    if not pools:
        raise NotAllowed("本单位没有组建评委会，没有可以管理的评委库。")
    return pools


def _wanted(actor: Actor) -> sa.Select[Any]:
    columns = (c.id, c.code, c.name, c.series, c.forming_unit, c.state)
    return sa.select(*columns).join(unit, unit.c.id == c.forming_unit).where(is_kept(actor))


def _pool(row: sa.Row[Any]) -> KeptPool:
    return KeptPool(**row._mapping)
