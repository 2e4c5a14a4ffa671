"""Disabling a unit and enabling it again, and what ending, moving or disabling one concerns."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.access import Actor, Permission, authorize
from engine.clock import local
from engine.db import Transaction
from engine.errors import Refused
from engine.flow.handover import OpenCase, count_open_cases, open_cases_of
from engine.organisation.events import record
from engine.organisation.tables import State, account, enrolment, membership, session, unit
from engine.organisation.unit_ends import ACTING, groups_of, holders_in
from engine.organisation.unit_moves import changeable
from engine.organisation.unit_tree import subtree_of
from engine.organisation.units import find_unit

#: so many open cases are named, the others counted
NAMED = 10


@dataclass(frozen=True, slots=True)
class Concerned:
    """What a change of a unit concerns. `units` counts it with all below; `staff` who act for them, `enrolled` this year's
    applicants, `cases` the open ones, of which `first` names a few. `tasks` wait for the unit itself."""

    units: int
    staff: int
    enrolled: int
    cases: int
    tasks: int
    first: list[OpenCase]


def concerned_by(tx: Transaction, actor: Actor, unit_id: int) -> Concerned:
    """Count what lies in a unit's subtree, and the open tasks that wait for the unit itself. Raises `NotFound`."""
    authorize(actor, Permission.UNITS_MANAGE)
    find_unit(tx, actor, unit_id)
    inside, own = subtree_of(unit_id), sa.select(unit.c.id).where(unit.c.id == unit_id)
    groups, holders = groups_of(unit_id), holders_in(own)
    members = sa.and_(membership.c.unit.in_(inside), membership.c.role.in_(ACTING))
    active = sa.and_(account.c.id == membership.c.account, account.c.state == State.ACTIVE)
    return Concerned(
        units=_count(tx, sa.select(unit.c.id).where(unit.c.id.in_(inside), unit.c.state != State.DISSOLVED)),
        staff=_count(tx, sa.select(membership.c.account).distinct().join(account, active).where(members)),
        enrolled=_count(
            tx,
            sa.select(enrolment.c.id).where(enrolment.c.unit.in_(inside), enrolment.c.year >= local(tx.now).year),
        ),
        cases=count_open_cases(tx, inside, groups=groups, holders=holders),
        tasks=count_open_cases(tx, sa.select(unit.c.id).where(sa.false()), groups=groups, holders=holders),
        first=open_cases_of(tx, inside, groups=groups, holders=holders, limit=NAMED),
    )


def _count(tx: Transaction, rows: sa.Select[Any]) -> int:
    return int(tx.value(sa.select(sa.func.count()).select_from(rows.subquery())))


def disable_unit(tx: Transaction, actor: Actor, unit_id: int, reason: str) -> None:
    """Let nobody act for the unit: its staff cannot sign in for it, nobody is enrolled there, no unit is opened below it.

    Applicants keep their sign-in, units below it go on. Open tasks stay, and are listed as tasks nobody can do.
    """
    authorize(actor, Permission.UNITS_MANAGE)
    row = changeable(tx, actor, unit_id)
    if row.state == State.DISABLED:
        raise Refused("该机构已停用。")
    ended = sa.select(membership.c.id).where(membership.c.unit == unit_id, membership.c.role.in_(ACTING))
    tx.execute(sa.delete(session).where(session.c.membership.in_(ended)))
    tx.execute(sa.update(unit).where(unit.c.id == unit_id).values(state=State.DISABLED))
    record(tx, actor, "unit:disabled", unit=unit_id, detail={"reason": reason.strip()[:200]})


def enable_unit(tx: Transaction, actor: Actor, unit_id: int) -> None:
    """Let the staff of a disabled unit act for it again. Raises `Refused` where its superior is not in use."""
    authorize(actor, Permission.UNITS_MANAGE)
    row = changeable(tx, actor, unit_id)
    if row.state == State.ACTIVE:
        raise Refused("该机构在用，无需启用。")
    if tx.value(sa.select(unit.c.state).where(unit.c.id == row.parent)) != State.ACTIVE:
        raise Refused("上级机构已停用，请先启用上级机构。")
    tx.execute(sa.update(unit).where(unit.c.id == unit_id).values(state=State.ACTIVE))
    record(tx, actor, "unit:enabled", unit=unit_id)
