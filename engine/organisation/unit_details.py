"""One unit with what hangs on it: its line, subordinate units, accounts, enrolments, open cases, what was done to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine.access import Actor, Permission, authorize
from engine.clock import local
from engine.db import Transaction
from engine.flow.handover import count_open_cases
from engine.organisation.roles import ROLES, Role
from engine.organisation.staff import Event, events_of
from engine.organisation.tables import (
    RecommendationMode,
    State,
    account,
    enrolment,
    membership,
    organisation_event,
    unit,
)
from engine.organisation.unit_fields import UnitFields
from engine.organisation.unit_paths import UnitPath, unit_paths
from engine.organisation.unit_tree import subtree_of
from engine.organisation.units import fields_of, find_unit, may_change_all

#: so many subordinate units are named on the page
NAMED = 20


@dataclass(frozen=True, slots=True)
class AdminAccount:
    """Who administers a unit."""

    id: int
    login: str
    name: str
    state: State


@dataclass(frozen=True, slots=True)
class UnitDetails:
    """Everything the page of a unit shows. `accounts` counts by the roles' labels; `below` counts all units of the subtree."""

    id: int
    fields: UnitFields
    state: State
    parent: int | None
    path: UnitPath
    merged_into: int | None
    merged_name: str
    created_at: datetime
    children: Sequence[tuple[int, str, str]]
    below: int
    accounts: Mapping[str, int]
    admins: Sequence[AdminAccount]
    enrolled: int
    open_cases: int
    events: Sequence[Event]
    is_own: bool

    @property
    def rounds(self) -> bool:
        """Whether its people are recommended in a round."""
        return self.fields.recommendation_mode == RecommendationMode.ROUND


def unit_details(tx: Transaction, actor: Actor, unit_id: int) -> UnitDetails:
    """A unit of the actor's subtree. Raises `NotAllowed`, `NotFound`."""
    authorize(actor, Permission.UNITS_MANAGE)
    row = find_unit(tx, actor, unit_id)
    inside = subtree_of(unit_id)
    lower = sa.select(unit.c.id, unit.c.code, unit.c.name).where(unit.c.parent == unit_id)
    known = sa.and_(unit.c.id.in_(inside), unit.c.state != State.DISSOLVED, unit.c.id != unit_id)
    this_year = sa.and_(enrolment.c.unit == unit_id, enrolment.c.year == local(tx.now).year)
    return UnitDetails(
        id=row.id,
        fields=fields_of(row),
        state=row.state,
        parent=row.parent,
        path=unit_paths(tx, [unit_id])[unit_id],
        merged_into=row.merged_into,
        merged_name=_name(tx, row.merged_into),
        created_at=row.created_at,
        children=[
            (child.id, child.code, child.name)
            for child in tx.rows(lower.where(unit.c.state != State.DISSOLVED).order_by(unit.c.code).limit(NAMED))
        ],
        below=tx.value(sa.select(sa.func.count()).select_from(unit).where(known)),
        accounts=_accounts(tx, unit_id),
        admins=admins_of(tx, unit_id),
        enrolled=tx.value(sa.select(sa.func.count()).select_from(enrolment).where(this_year)),
        open_cases=count_open_cases(tx, inside),
        events=events_of(tx, organisation_event.c.unit == unit_id),
        is_own=not may_change_all(actor, unit_id),
    )


def admins_of(tx: Transaction, unit_id: int) -> list[AdminAccount]:
    """The accounts that administer a unit. The caller has authorised."""
    wanted = (
        sa.select(account.c.id, account.c.login, account.c.name, account.c.state)
        .join(membership, membership.c.account == account.c.id)
        .where(membership.c.unit == unit_id, membership.c.role == Role.UNIT_ADMIN.value)
        .order_by(account.c.login)
    )
    return [AdminAccount(row.id, row.login, row.name, row.state) for row in tx.rows(wanted)]


def _accounts(tx: Transaction, unit_id: int) -> dict[str, int]:
    """How many accounts that may sign in have which role."""
    counted = (
        sa.select(membership.c.role, sa.func.count().label("count"))
        .join(account, sa.and_(account.c.id == membership.c.account, account.c.state == State.ACTIVE))
        .where(membership.c.unit == unit_id)
        .group_by(membership.c.role)
    )
    found = {row.role: row._mapping["count"] for row in tx.rows(counted)}
    return {rights.label: found[role.value] for role, rights in ROLES.items() if role.value in found}


def _name(tx: Transaction, unit_id: int | None) -> str:
    return str(tx.value(sa.select(unit.c.name).where(unit.c.id == unit_id)) or "") if unit_id else ""
