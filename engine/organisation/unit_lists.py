"""次级机构管理: the list of the units below one's own with its filters (U1, U2), the tree, the search."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import sqlalchemy as sa

from engine.access import Actor, Permission, authorize, unit_ancestor
from engine.db import Transaction
from engine.errors import NotFound
from engine.organisation.tables import State, unit
from engine.organisation.unit_paths import UnitPath, unit_paths
from engine.organisation.unit_tree import subtree_of, within

#: so many children of a unit are shown at once in the tree
CHILDREN = 200


@dataclass(frozen=True, slots=True)
class UnitFilter:
    """What the list is narrowed to. `region` takes everything inside it; without `state` what was dissolved is left out."""

    name: str = ""
    category: str = ""
    contact_person: str = ""
    region: str = ""
    responsible_person: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A unit in a list."""

    id: int
    name: str
    category: str
    contact_person: str
    region: str
    responsible_person: str
    state: State
    path: UnitPath

    @property
    def code(self) -> str:
        return self.path.code


_LINE = [unit.c[field.name] for field in fields(UnitLine) if field.name != "path"]


@dataclass(frozen=True, slots=True)
class UnitList:
    """A page of the list; `total` counts all of them."""

    rows: Sequence[UnitLine]
    total: int


@dataclass(frozen=True, slots=True)
class Node:
    """A unit in the tree. `children` is how many units lie right below it."""

    id: int
    parent: int | None
    code: str
    name: str
    state: State
    children: int


def list_units(tx: Transaction, actor: Actor, wanted: UnitFilter, *, page: int = 1, size: int = 10) -> UnitList:
    """A page of the units below the actor's own, superiors before what was opened under them: three statements.

    Raises `NotAllowed`.
    """
    authorize(actor, Permission.UNITS_MANAGE)
    where = [_below(actor), *_conditions(wanted)]
    total = tx.value(sa.select(sa.func.count()).select_from(unit).where(*where))
    found = sa.select(*_LINE).where(*where).order_by(unit.c.id).offset((page - 1) * size).limit(size)
    return UnitList(_with_paths(tx, tx.rows(found)), total)


def units_matching(actor: Actor, wanted: UnitFilter) -> sa.Select[Any]:
    """The rows of all units the list would show, for an export."""
    authorize(actor, Permission.UNITS_MANAGE)
    return sa.select(unit).where(_below(actor), *_conditions(wanted)).order_by(unit.c.id)


def search_units(
    tx: Transaction, actor: Actor, text: str, limit: int = 20, *, in_use: bool = False, beside: int | None = None
) -> list[UnitLine]:
    """Units of the actor's subtree whose name holds the text, its own included: two statements. Raises `NotAllowed`.

    What was dissolved is left out, with `in_use` what is disabled too, with `beside` that unit and what lies below it.
    """
    authorize(actor, Permission.UNITS_MANAGE)
    state = unit.c.state == State.ACTIVE if in_use else unit.c.state != State.DISSOLVED
    found = (
        sa.select(*_LINE)
        .where(unit.c.name.contains(text, autoescape=True), state, within(actor, unit.c.id))
        .order_by(unit.c.name, unit.c.id)
        .limit(limit)
    )
    if beside is not None:
        found = found.where(unit.c.id.not_in(subtree_of(beside)))
    return _with_paths(tx, tx.rows(found))


def units_by_id(tx: Transaction, actor: Actor, ids: Sequence[int]) -> list[UnitLine]:
    """These units, as far as they lie in the actor's subtree. Raises `NotAllowed`."""
    authorize(actor, Permission.UNITS_MANAGE)
    return _with_paths(tx, tx.rows(sa.select(*_LINE).where(unit.c.id.in_(ids), within(actor, unit.c.id))))


def tree_nodes(tx: Transaction, actor: Actor, opened: int | None = None) -> list[Node]:
    """The tree as far as it is unfolded: the actor's unit, its children, and the line down to `opened` with the children on the way.

    Two statements however large the tree; of each unit the first 200 children. Raises `NotFound` where `opened` is not the
    actor's to see.
    """
    authorize(actor, Permission.UNITS_MANAGE)
    line = _line_to(tx, actor, opened)
    rank = sa.func.row_number().over(partition_by=unit.c.parent, order_by=unit.c.code).label("rank")
    shown = _node().add_columns(rank).where(sa.or_(unit.c.parent.in_(line), unit.c.id == line[0]))
    shown = shown.where(unit.c.state != State.DISSOLVED)
    table = shown.subquery()
    some = sa.or_(table.c.rank <= CHILDREN, table.c.id.in_(line))
    return [_as_node(row) for row in tx.rows(sa.select(table).where(some).order_by(table.c.code))]


def children_of(tx: Transaction, actor: Actor, parent: int, after: str = "") -> list[Node]:
    """The next 200 children of a unit behind the code `after`: one statement, two where there is none. Raises `NotFound`."""
    authorize(actor, Permission.UNITS_MANAGE)
    query = _node().where(unit.c.parent == parent, unit.c.code > after, unit.c.state != State.DISSOLVED)
    rows = tx.rows(query.where(within(actor, unit.c.parent)).order_by(unit.c.code).limit(CHILDREN))
    if not rows and tx.row(sa.select(unit.c.id).where(unit.c.id == parent, within(actor, unit.c.id))) is None:
        raise NotFound
    return [_as_node(row) for row in rows]


def count_below(tx: Transaction, actor: Actor) -> int:
    """How many units the actor sees, its own included. Raises `NotAllowed`."""
    authorize(actor, Permission.UNITS_MANAGE)
    where = sa.and_(within(actor, unit.c.id), unit.c.state != State.DISSOLVED)
    return int(tx.value(sa.select(sa.func.count()).select_from(unit).where(where)))


def _line_to(tx: Transaction, actor: Actor, opened: int | None) -> list[int]:
    """From the actor's unit down to `opened`, in this order."""
    if actor.unit is None:
        raise NotFound
    if opened is None or opened == actor.unit:
        return [actor.unit]
    line = unit_ancestor.c
    rows = tx.rows(sa.select(line.ancestor).where(line.unit == opened).order_by(line.distance.desc()))
    ids = [row.ancestor for row in rows]
    if actor.unit not in ids:
        raise NotFound
    return ids[ids.index(actor.unit) :]


def _node() -> sa.Select[Any]:
    lower = unit.alias("lower")
    children = (
        sa.select(sa.func.count())
        .where(lower.c.parent == unit.c.id, lower.c.state != State.DISSOLVED)
        .correlate(unit)
        .scalar_subquery()
        .label("children")
    )
    return sa.select(unit.c.id, unit.c.parent, unit.c.code, unit.c.name, unit.c.state, children)


def _as_node(row: sa.Row[Any]) -> Node:
    return Node(row.id, row.parent, row.code, row.name, row.state, row.children)


def _below(actor: Actor) -> sa.ColumnElement[bool]:
    """What the actor sees, without its own unit: that is its superior's to manage."""
    return sa.and_(within(actor, unit.c.id), unit.c.id != actor.unit)


def _conditions(wanted: UnitFilter) -> list[sa.ColumnElement[bool]]:
    where: list[sa.ColumnElement[bool]] = [
        unit.c[name].contains(text, autoescape=True)
        for name in ("name", "contact_person", "responsible_person")
        if (text := getattr(wanted, name).strip())
    ]
    if wanted.category:
        where.append(unit.c.category == wanted.category)
    if wanted.region:
        where.append(unit.c.region.startswith(_inside(wanted.region), autoescape=True))
    where.append(unit.c.state == wanted.state if wanted.state else unit.c.state != State.DISSOLVED)
    return where


def _inside(region: str) -> str:
    """What the codes of all regions inside one begin with: two digits a level."""
    while len(region) > 2 and region.endswith("00"):
        region = region[:-2]
    return region


def _with_paths(tx: Transaction, rows: Sequence[sa.Row[Any]]) -> list[UnitLine]:
    paths = unit_paths(tx, [row.id for row in rows])
    return [
        UnitLine(
            id=row.id,
            name=row.name,
            category=row.category,
            contact_person=row.contact_person or "",
            region=row.region,
            responsible_person=row.responsible_person,
            state=row.state,
            path=paths[row.id],
        )
        for row in rows
    ]
