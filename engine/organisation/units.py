"""Opening a unit under another, and changing what is said of it (catalogue U1–U3)."""

from dataclasses import asdict, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from engine.access import Actor, Permission, authorize, unit_ancestor
from engine.db import Transaction
from engine.errors import InvalidInput, NotFound, Refused
from engine.organisation.events import record
from engine.organisation.roles import Role
from engine.organisation.tables import State, unit
from engine.organisation.unit_fields import AGENCY, RIGHTS, UnitFields, problems_of, tidy_fields, wider_than
from engine.organisation.unit_tree import within
from engine.reference import CodeBook

__all__ = [
    "AGENCY",
    "OWN_FIELDS",
    "UnitFields",
    "create_unit",
    "edit_unit",
    "fields_of",
    "find_unit",
    "insert_unit",
    "may_change_all",
]

TAKEN = "该代码已被同一上级的其他机构使用，请换一个"
#: what an administrator changes of its own unit; the rest is its superior's
OWN_FIELDS = frozenset({"responsible_person", "contact_person", "contact_phone", "fax", "email", "postcode", "address"})


def create_unit(tx: Transaction, actor: Actor, book: CodeBook, parent: int, fields: UnitFields) -> int:
    """Open a unit under `parent`, which must lie in the actor's subtree; returns its id.

    Raises `InvalidInput` with a sentence per field, `NotFound` for a superior the actor does not see, `Refused` where that is
    not in use. A unit's rights to create and
    to form committees are never wider than its superior's (Q5); its code is one segment, unique among siblings (Q4).
    """
    authorize(actor, Permission.UNITS_MANAGE)
    superior = find_unit(tx, actor, parent)
    if superior.state != State.ACTIVE:
        raise Refused("上级机构已停用或撤销，不能在其下新增机构，请另选上级机构。")
    fields = tidy_fields(fields)
    problems = problems_of(fields, book)
    problems.update(wider_than(superior, create=fields.may_create_committee, form=fields.may_form_committee))
    if problems:
        raise InvalidInput(fields=problems)
    key = insert_unit(tx, fields, parent)
    record(tx, actor, "unit:created", unit=key)
    return key


def insert_unit(tx: Transaction, fields: UnitFields, parent: int | None) -> int:
    """Write the unit and its line of ancestors, without asking anybody: for `create_unit` and the first units of a province."""
    key = tx.next_key()
    row = {**_columns(fields), "id": key, "parent": parent, "state": State.ACTIVE, "created_at": tx.now}
    try:
        with tx.savepoint():
            tx.execute(sa.insert(unit).values(**row))
    except IntegrityError:
        raise InvalidInput(fields={"code": [TAKEN]}) from None
    tx.insert(unit_ancestor, ancestor=key, unit=key, distance=0)
    if parent is not None:
        above = unit_ancestor.alias("above")
        tx.execute(
            sa.insert(unit_ancestor).from_select(
                ["ancestor", "unit", "distance"],
                sa.select(above.c.ancestor, sa.literal(key), above.c.distance + 1).where(above.c.unit == parent),
            )
        )
    return key


def edit_unit(
    tx: Transaction, actor: Actor, book: CodeBook, unit_id: int, fields: UnitFields, *, cascade: bool = False
) -> None:
    """Change what is said of a unit, and note what changed.

    Of its own unit an administrator changes `OWN_FIELDS` only; the others stay as they are. A right taken from a unit that
    subordinate units still have is refused, unless `cascade` takes it from them too (Q5). Raises `InvalidInput` by field,
    `NotFound`, and `Refused` for a unit that was dissolved.
    """
    authorize(actor, Permission.UNITS_MANAGE)
    held = find_unit(tx, actor, unit_id)
    if held.state == State.DISSOLVED:
        raise Refused("该机构已撤销，不能再修改。")
    before = fields_of(held)
    if not may_change_all(actor, unit_id):
        fields = replace(before, **{name: getattr(fields, name) for name in OWN_FIELDS})
    fields = tidy_fields(fields)
    problems = problems_of(fields, book)
    superior = None if held.parent is None else tx.row(sa.select(unit).where(unit.c.id == held.parent))
    if superior is not None:
        problems.update(wider_than(superior, create=fields.may_create_committee, form=fields.may_form_committee))
    lost = [name for name in RIGHTS if getattr(before, name) and not getattr(fields, name)]
    if not cascade:
        problems.update(_still_below(tx, unit_id, lost))
    if problems:
        raise InvalidInput(fields=problems)
    _store(tx, unit_id, fields)
    changed = {name: [old, new] for name, old in asdict(before).items() if (new := getattr(fields, name)) != old}
    taken = _take_below(tx, unit_id, lost)
    if changed:
        record(tx, actor, "unit:edited", unit=unit_id, detail={"changed": changed, "taken_below": taken})


def may_change_all(actor: Actor, unit_id: int) -> bool:
    """Whether the actor may change more of the unit than `OWN_FIELDS`: nobody widens the rights of the own unit."""
    return unit_id != actor.unit or actor.role == Role.SYSTEM_ADMIN


def fields_of(row: sa.Row[Any]) -> UnitFields:
    """The fields of a row, empty text for what is not filled in."""
    held: dict[str, Any] = {name: getattr(row, name) for name in UnitFields.__dataclass_fields__}
    held |= {name: "" for name, value in held.items() if value is None}
    return UnitFields(**held)


def _store(tx: Transaction, unit_id: int, fields: UnitFields) -> None:
    try:
        with tx.savepoint():
            tx.execute(sa.update(unit).where(unit.c.id == unit_id).values(**_columns(fields)))
    except IntegrityError:
        raise InvalidInput(fields={"code": [TAKEN]}) from None


def _columns(fields: UnitFields) -> dict[str, Any]:
    return {name: None if value == "" else value for name, value in asdict(fields).items()}


def _below(unit_id: int) -> sa.ColumnElement[bool]:
    inside = sa.select(unit_ancestor.c.unit).where(unit_ancestor.c.ancestor == unit_id, unit_ancestor.c.distance > 0)
    return unit.c.id.in_(inside)


def _still_below(tx: Transaction, unit_id: int, rights: list[str]) -> dict[str, list[str]]:
    """A sentence for each of the rights that subordinate units have."""
    problems: dict[str, list[str]] = {}
    for name in rights:
        having = sa.and_(_below(unit_id), unit.c[name].is_(True))
        count = tx.value(sa.select(sa.func.count()).select_from(unit).where(having))
        if count:
            first = tx.value(sa.select(unit.c.name).where(having).order_by(unit.c.id).limit(1))
            also = f"等 {count} 个下级机构" if count > 1 else ""
            problems[name] = [f"“{first}”{also}还有{RIGHTS[name]}，请勾选“同时收回下级机构的权利”后再保存"]
    return problems


def _take_below(tx: Transaction, unit_id: int, rights: list[str]) -> int:
    """Take the rights from all subordinate units; how often it was taken."""
    return sum(
        tx.execute(sa.update(unit).where(_below(unit_id), unit.c[name].is_(True)).values({name: False})).rowcount
        for name in rights
    )


def find_unit(tx: Transaction, actor: Actor, unit_id: int) -> sa.Row[Any]:
    """The unit's row. Raises `NotFound` where it is not in the actor's subtree."""
    row = tx.row(sa.select(unit).where(unit.c.id == unit_id, within(actor, unit.c.id)))
    if row is None:
        raise NotFound
    return row
