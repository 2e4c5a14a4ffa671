"""The lines of ancestors: all that moving units rewrites, in one transaction."""

from typing import Any

import sqlalchemy as sa

from engine.access import Actor, unit_ancestor
from engine.db import Transaction
from engine.organisation.tables import unit

_line = unit_ancestor.c


def lock_tree(tx: Transaction) -> None:
    """Changes of the tree wait for each other: two at once could put two units below one another."""
    tx.execute(sa.select(unit.c.id).where(unit.c.parent.is_(None)).with_for_update())


def within(actor: Actor, key: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """Whether the unit lies in a subtree the actor sees: what `in_scope` says, looked up unit by unit.

    Better than `in_scope` where other conditions leave few units, or only the first of them are wanted.
    """
    if actor.everywhere:
        return sa.true()
    if not actor.units:
        return sa.false()
    return sa.exists().where(_line.unit == key, _line.ancestor.in_(sorted(actor.units)))


def subtree_of(unit_id: int) -> sa.Select[Any]:
    """The ids of the unit and of all that lie below it."""
    return sa.select(_line.unit).where(_line.ancestor == unit_id)


def below(unit_id: int) -> sa.Select[Any]:
    """The ids of all units that lie below it."""
    return subtree_of(unit_id).where(_line.distance > 0)


def is_inside(tx: Transaction, unit_id: int, top: int) -> bool:
    """Whether the unit is `top` or lies below it."""
    return tx.row(sa.select(_line.unit).where(_line.unit == unit_id, _line.ancestor == top)) is not None


def hang_subtree(tx: Transaction, unit_id: int, parent: int) -> None:
    """Put the lines of a unit and of all below it under `parent`, which lies outside."""
    _cut(tx, subtree_of(unit_id), unit_id)
    _join(tx, unit_id, parent, nearest=0)


def hang_children(tx: Transaction, unit_id: int, parent: int) -> None:
    """Put the lines of all that lies below a unit under `parent`, which lies outside; the unit itself stays alone."""
    _cut(tx, below(unit_id), unit_id)
    _join(tx, unit_id, parent, nearest=1)
    tx.execute(sa.delete(unit_ancestor).where(_line.ancestor == unit_id, _line.distance > 0))


def _cut(tx: Transaction, inside: sa.Select[Any], unit_id: int) -> None:
    above = sa.select(_line.ancestor).where(_line.unit == unit_id, _line.distance > 0)
    tx.execute(sa.delete(unit_ancestor).where(_line.unit.in_(inside), _line.ancestor.in_(above)))


def _join(tx: Transaction, unit_id: int, parent: int, *, nearest: int) -> None:
    """Lines from `parent` and all above it to what lies `nearest` or farther below the unit, which then is one below `parent`."""
    above, under = unit_ancestor.alias("above"), unit_ancestor.alias("under")
    distance = above.c.distance + under.c.distance + 1 - nearest
    lines = sa.select(above.c.ancestor, under.c.unit, distance).select_from(
        above.join(under, sa.and_(under.c.ancestor == unit_id, under.c.distance >= nearest))
    )
    tx.execute(
        sa.insert(unit_ancestor).from_select(["ancestor", "unit", "distance"], lines.where(above.c.unit == parent))
    )
