"""Moving a unit with all that lies below it under another superior, while cases are open."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from engine.access import Actor, Permission, authorize
from engine.db import Transaction
from engine.errors import NotAllowed, Refused
from engine.flow.batches import start_batch
from engine.flow.handover import OpenCase, hand_over_case, open_cases_of
from engine.organisation.events import record
from engine.organisation.tables import State, unit
from engine.organisation.unit_fields import wider_than
from engine.organisation.unit_tree import hang_subtree, is_inside, lock_tree, subtree_of
from engine.organisation.units import find_unit, may_change_all

#: the kind of batch in which open cases follow
HANDOVER = "unit_handover"


def move_unit(tx: Transaction, actor: Actor, unit_id: int, new_parent: int) -> int | None:
    """Put a unit with its whole subtree under another superior; the batch in which open cases follow, where there are any.

    Only the lines of ancestors are rewritten, in this transaction; groups and roles keep naming the unit itself. Raises
    `Refused` where the new superior lies below the unit, is not in use, has fewer rights, or already has its code.
    """
    authorize(actor, Permission.UNITS_MANAGE)
    lock_tree(tx)
    moving = changeable(tx, actor, unit_id)
    superior = find_unit(tx, actor, new_parent)
    if is_inside(tx, new_parent, unit_id):
        raise Refused("不能移到自己或自己的下级机构之下，请另选上级机构。")
    if superior.state != State.ACTIVE:
        raise Refused("所选的上级机构已停用或撤销，请另选上级机构。")
    if superior.id == moving.parent:
        raise Refused("该机构已在所选的上级机构之下，无需移动。")
    refuse_wider(moving, superior)
    try:
        with tx.savepoint():
            tx.execute(sa.update(unit).where(unit.c.id == unit_id).values(parent=new_parent))
    except IntegrityError:
        raise Refused("新的上级机构下已有相同的机构代码，请先修改机构代码。") from None
    hang_subtree(tx, unit_id, new_parent)
    record(tx, actor, "unit:moved", unit=unit_id, detail={"from": moving.parent, "to": new_parent})
    cases = open_cases_of(tx, subtree_of(unit_id))
    return hand_over(tx, actor, cases, unit_id, unit_id, f"机构移动：{moving.name}")


def changeable(tx: Transaction, actor: Actor, unit_id: int) -> sa.Row[Any]:
    """The row of a unit that may be moved, ended or disabled: not the top one, not one's own, not one that has ended."""
    authorize(actor, Permission.UNITS_MANAGE)
    row = find_unit(tx, actor, unit_id)
    if row.parent is None:
        raise Refused("最上级单位不能移动、停用或撤销。")
    if not may_change_all(actor, unit_id):
        raise NotAllowed("不能移动、停用或撤销自己的单位，请由上级机构办理。")
    if row.state == State.DISSOLVED:
        raise Refused("该机构已撤销，不能再办理。")
    return row


def refuse_wider(row: sa.Row[Any], superior: sa.Row[Any]) -> None:
    """Raise `Refused` where the unit has a right that `superior` has not (Q5)."""
    wider = wider_than(superior, create=row.may_create_committee, form=row.may_form_committee)
    if wider:
        raise Refused(f"{next(iter(wider.values()))[0]}，请先调整“{row.name}”的权限再办理。")


def hand_over(tx: Transaction, actor: Actor, cases: list[OpenCase], old: int, new: int, title: str) -> int | None:
    """Start the batch in which these cases follow; None where there are none."""
    if not cases:
        return None
    items = [{"case": one.key, "title": one.title or one.process, "url": f"/cases/{one.key}"} for one in cases]
    return start_batch(tx, actor, kind=HANDOVER, items=items, params={"old": old, "new": new}, title=title)


def hand_over_item(tx: Transaction, actor: Actor, params: Any, item: Any) -> dict[str, Any]:
    """One case of the batch."""
    return {"tasks": hand_over_case(tx, actor, item["case"], params["old"], params["new"])}
