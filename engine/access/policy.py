"""The two questions every command and query asks: may this actor do it, and on which rows."""

import sqlalchemy as sa

from engine.access.actor import Actor
from engine.access.permissions import Permission
from engine.access.tables import unit_ancestor
from engine.errors import NotAllowed


def authorize(actor: Actor, permission: Permission) -> None:
    """Raise `NotAllowed` unless the actor has the permission."""
    if not actor.may(permission):
        raise NotAllowed


def in_scope(actor: Actor, unit: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """The rows whose `unit` lies in a subtree the actor sees; nothing where it sees none."""
    if actor.everywhere:
        return sa.true()
    if not actor.units:
        return sa.false()
    below = sa.select(unit_ancestor.c.unit).where(unit_ancestor.c.ancestor.in_(sorted(actor.units)))
    return unit.in_(below)
