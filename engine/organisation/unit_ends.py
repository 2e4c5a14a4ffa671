"""The end of a unit: dissolved with all that lies below it, or merged into another that takes over its work."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from engine.access import Actor, Permission, authorize
from engine.clock import local
from engine.db import Transaction
from engine.errors import Refused
from engine.flow.handover import count_open_cases, open_cases_of
from engine.flow.registry import registry_of
from engine.organisation.events import record
from engine.organisation.roles import ROLES, Role
from engine.organisation.tables import State, account, api_token, enrolment, membership, session, unit
from engine.organisation.unit_moves import changeable, hand_over, refuse_wider
from engine.organisation.unit_tree import hang_children, hang_subtree, is_inside, lock_tree, subtree_of
from engine.organisation.units import find_unit

#: roles that act for their unit; applicants and experts keep their sign-in when the unit ends
ACTING = tuple(role.value for role, rights in ROLES.items() if rights.of_unit)


def groups_of(unit_id: int) -> list[str]:
    """Every candidate group that names the unit."""
    return [f"{role.value}@{unit_id}" for role in Role]


def holders_in(units: sa.Select[Any]) -> sa.Select[Any]:
    """The logins that act for one of the units."""
    return (
        sa.select(account.c.login)
        .join(membership, membership.c.account == account.c.id)
        .where(membership.c.unit.in_(units), membership.c.role.in_(ACTING))
    )


def merge_unit(tx: Transaction, actor: Actor, unit_id: int, into: int) -> int | None:
    """End a unit and give everything to `into`; the batch in which open cases follow, where there are any.

    In this transaction: its subordinate units go under `into` with their subtrees; staff and applicants get their roles there,
    but its administrators lose theirs; this year's enrolments and what slices registered as heirs go along. The unit itself
    stays below `into` as history. Raises `Refused` with a sentence where the tree would break.
    """
    authorize(actor, Permission.UNITS_MANAGE)
    lock_tree(tx)
    ending = changeable(tx, actor, unit_id)
    receiving = find_unit(tx, actor, into)
    if is_inside(tx, into, unit_id):
        raise Refused("不能并入自己或自己的下级机构，请另选接收机构。")
    if receiving.state != State.ACTIVE:
        raise Refused("所选的接收机构已停用或撤销，请另选接收机构。")
    children = tx.rows(sa.select(unit).where(unit.c.parent == unit_id, unit.c.state != State.DISSOLVED))
    for child in children:
        refuse_wider(child, receiving)
    _refuse_same_codes(tx, children, into)
    cases = open_cases_of(tx, subtree_of(unit_id), groups=groups_of(unit_id), holders=holders_in(_only(unit_id)))
    _move_children(tx, unit_id, into)
    _move_roles(tx, unit_id, into)
    this_year = local(tx.now).year
    tx.execute(sa.update(enrolment).where(enrolment.c.unit == unit_id, enrolment.c.year >= this_year).values(unit=into))
    for heir in registry_of(tx).heirs.values():
        heir(tx, unit_id, into)
    detail = {"code": ending.code, "into": into, "units": len(children), "cases": len(cases)}
    record(tx, actor, "unit:merged", unit=unit_id, detail=detail)
    record(tx, actor, "unit:received", unit=into, detail={"from": unit_id, "cases": len(cases)})
    return hand_over(tx, actor, cases, unit_id, into, f"机构合并：{ending.name}并入{receiving.name}")


def hand_over_again(tx: Transaction, actor: Actor, unit_id: int) -> int | None:
    """Let what is left of a merged unit's open cases follow (a case that was suspended meanwhile); the batch, if any.

    Raises `Refused` for a unit that was not merged.
    """
    authorize(actor, Permission.UNITS_MANAGE)
    row = find_unit(tx, actor, unit_id)
    if row.merged_into is None:
        raise Refused("该机构没有并入其他机构。")
    cases = open_cases_of(tx, _only(unit_id), groups=groups_of(unit_id))
    return hand_over(tx, actor, cases, unit_id, row.merged_into, f"再次移交：{row.name}")


def dissolve_unit(tx: Transaction, actor: Actor, unit_id: int) -> int:
    """End a unit with all that lies below it, where nothing is left to do for them; how many units ended.

    Staff lose their roles there, and their sign-in where they have no other. Raises `Refused` while cases are open or people are
    enrolled for this year: then a receiving unit has to be named (`merge_unit`).
    """
    authorize(actor, Permission.UNITS_MANAGE)
    lock_tree(tx)
    ending = changeable(tx, actor, unit_id)
    inside = subtree_of(unit_id)
    units = [row.unit for row in tx.rows(inside)]
    cases = count_open_cases(tx, inside, groups=groups_of(unit_id), holders=holders_in(inside))
    enrolled = tx.value(
        sa.select(sa.func.count())
        .select_from(enrolment)
        .where(enrolment.c.unit.in_(inside), enrolment.c.year >= local(tx.now).year)
    )
    if cases or enrolled:
        raise Refused(f"该机构及其下级还有 {cases} 件在办材料、{enrolled} 名本年度申报人，请指定接收机构后再撤销。")
    _end_roles(tx, sa.and_(membership.c.unit.in_(inside), membership.c.role.in_(ACTING)))
    tx.execute(sa.update(unit).where(unit.c.id.in_(inside)).values(state=State.DISSOLVED))
    record(tx, actor, "unit:dissolved", unit=unit_id, detail={"units": len(units)})
    for other in units:
        if other != unit_id:
            record(tx, actor, "unit:dissolved", unit=other, detail={"with": ending.id})
    return len(units)


def _only(unit_id: int) -> sa.Select[Any]:
    return sa.select(unit.c.id).where(unit.c.id == unit_id)


def _refuse_same_codes(tx: Transaction, children: Sequence[sa.Row[Any]], into: int) -> None:
    taken = {row.code for row in tx.rows(sa.select(unit.c.code).where(unit.c.parent == into))}
    same = [f"“{child.name}”（{child.code}）" for child in children if child.code in taken]
    if same:
        raise Refused(f"接收机构下已有相同代码的机构，请先修改以下机构的代码：{'、'.join(same[:5])}。")


def _move_children(tx: Transaction, unit_id: int, into: int) -> None:
    """The children go under `into`; the unit itself, which has ended, goes there too, so that its history is seen there."""
    ended = sa.and_(unit.c.parent == unit_id, unit.c.state == State.DISSOLVED)
    for row in tx.rows(sa.select(unit.c.id, unit.c.code).where(ended)):
        tx.execute(sa.update(unit).where(unit.c.id == row.id).values(parent=into, code=_free_code(tx, into, row.code)))
    tx.execute(sa.update(unit).where(unit.c.parent == unit_id).values(parent=into))
    hang_children(tx, unit_id, into)
    own = tx.value(sa.select(unit.c.code).where(unit.c.id == unit_id))
    values = {"parent": into, "code": _free_code(tx, into, own), "state": State.DISSOLVED, "merged_into": into}
    tx.execute(sa.update(unit).where(unit.c.id == unit_id).values(values))
    hang_subtree(tx, unit_id, into)


def _free_code(tx: Transaction, parent: int, wanted: str) -> str:
    """The code of a unit that is history only: its own, unless somebody below `parent` has it."""
    taken = {row.code for row in tx.rows(sa.select(unit.c.code).where(unit.c.parent == parent))}
    if wanted not in taken:
        return wanted
    return next(code for number in range(1000) if (code := f"Z{number:03d}") not in taken)


def _move_roles(tx: Transaction, unit_id: int, into: int) -> None:
    """Everybody has the same role in `into`, but who administered the unit; sessions go on in the new unit."""
    here, there = membership.c, membership.alias("there").c
    twice = sa.exists().where(there.unit == into, there.account == here.account, there.role == here.role)
    moving = sa.and_(here.unit == unit_id, here.role != Role.UNIT_ADMIN.value, ~twice)
    tx.execute(sa.update(membership).where(moving).values(unit=into))
    _end_roles(tx, here.unit == unit_id)


def _end_roles(tx: Transaction, which: sa.ColumnElement[bool]) -> None:
    """Take these roles away; who has none left may not sign in."""
    rows = tx.rows(sa.select(membership.c.id, membership.c.account).where(which))
    for start in range(0, len(rows), 500):
        some = rows[start : start + 500]
        ids, accounts = [row.id for row in some], sorted({row.account for row in some})
        tx.execute(sa.delete(session).where(session.c.membership.in_(ids)))
        tx.execute(sa.update(account).where(account.c.last_role.in_(ids)).values(last_role=None))
        tx.execute(sa.delete(membership).where(membership.c.id.in_(ids)))
        left = sa.exists().where(membership.c.account == account.c.id)
        nobody = sa.select(account.c.id).where(account.c.id.in_(accounts), ~left)
        tx.execute(sa.delete(api_token).where(api_token.c.account.in_(nobody)))
        tx.execute(sa.delete(session).where(session.c.account.in_(nobody)))
        tx.execute(sa.update(account).where(account.c.id.in_(accounts), ~left).values(state=State.DISABLED))
