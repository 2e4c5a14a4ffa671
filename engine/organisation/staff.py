"""工作人员帐号管理: the accounts an administrator keeps (U4), and those of the administrators of the units below."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine.access import SYSTEM, Actor, Permission, authorize, in_scope
from engine.db import Transaction
from engine.errors import NotFound
from engine.organisation.accounts import among_governed
from engine.organisation.paging import read_slice
from engine.organisation.roles import ROLES, Role, rights_of
from engine.organisation.tables import State, account, membership, organisation_event, unit


@dataclass(frozen=True, slots=True)
class StaffFilter:
    """What the list is narrowed to; `below` asks for the administrators of lower units instead of the own unit's staff."""

    below: bool = False
    login: str = ""
    name: str = ""
    mobile: str = ""
    role: str = ""
    state: str = ""
    unit_name: str = ""


@dataclass(frozen=True, slots=True)
class Staff:
    """One account of the list, with its roles in the units the list is about.

    `governed`: every role it has is one the reader could give, so that the reader edits, closes and resets it.
    """

    id: int
    login: str
    name: str
    mobile: str
    email: str
    department: str
    state: State
    must_change: bool
    roles: tuple[str, ...]
    unit: str
    created_at: datetime
    governed: bool


@dataclass(frozen=True, slots=True)
class StaffPage:
    rows: Sequence[Staff]
    previous: str | None
    next: str | None


@dataclass(frozen=True, slots=True)
class Event:
    """Something that was done to an account, with the name of who did it."""

    at: datetime
    event: str
    by: str
    detail: dict[str, object]


@dataclass(frozen=True, slots=True)
class StaffDetails:
    """An account with what was done to it, the latest first."""

    staff: Staff
    created_by: str
    mobile_verified: bool
    email_verified: bool
    events: Sequence[Event]


def list_staff(
    tx: Transaction,
    actor: Actor,
    wanted: StaffFilter,
    *,
    limit: int = 20,
    before: str | None = None,
    after: str | None = None,
) -> StaffPage:
    """A page of accounts, the newest first: three statements however many rows. Raises `NotAllowed`, `InvalidInput`."""
    authorize(actor, Permission.ACCOUNTS_MANAGE)
    a, m = account.c, membership.c
    roles = _kept(actor, below=wanted.below)
    holders = sa.select(m.account).where(*roles)
    if wanted.role:
        holders = holders.where(m.role == wanted.role)
    if wanted.unit_name:
        holders = holders.join(unit, unit.c.id == m.unit).where(unit.c.name.contains(wanted.unit_name, autoescape=True))
    where: list[sa.ColumnElement[bool]] = [a.id.in_(holders)]
    if wanted.login:
        where.append(a.login.startswith(wanted.login.lower(), autoescape=True))
    if wanted.name:
        where.append(a.name.contains(wanted.name, autoescape=True))
    if wanted.mobile:
        where.append(a.mobile.startswith(wanted.mobile, autoescape=True))
    if wanted.state:
        where.append(a.state == wanted.state)
    found = read_slice(tx, sa.select(account).where(*where), a.id, limit=limit, before=before, after=after)
    return StaffPage(_with_roles(tx, actor, found.rows, roles), found.previous, found.next)


def _kept(actor: Actor, *, below: bool) -> list[sa.ColumnElement[bool]]:
    """The memberships the list is about."""
    m = membership.c
    if below:
        return [m.role == Role.UNIT_ADMIN.value, m.unit != actor.unit, in_scope(actor, m.unit)]
    return [m.unit == actor.unit, m.role.not_in([role.value for role in (Role.APPLICANT, Role.EXPERT, Role.SERVICE)])]


def _with_roles(
    tx: Transaction, actor: Actor, rows: Sequence[sa.Row[tuple[object, ...]]], roles: list[sa.ColumnElement[bool]]
) -> list[Staff]:
    m = membership.c
    wanted = (
        sa.select(m.account, m.role, unit.c.name)
        .join(unit, unit.c.id == m.unit)
        .where(m.account.in_([row.id for row in rows]), *roles)
    )
    held: dict[int, list[tuple[str, str]]] = {}
    for row in tx.rows(wanted) if rows else ():
        held.setdefault(row.account, []).append((row.role, row.name))
    kept = among_governed(tx, actor, [row.id for row in rows]) if rows else frozenset()
    return [_staff(row, held.get(row.id, []), governed=row.id in kept) for row in rows]


def _staff(row: sa.Row[tuple[object, ...]], held: list[tuple[str, str]], *, governed: bool) -> Staff:
    order = [role.value for role in ROLES]
    found = sorted(held, key=lambda pair: order.index(pair[0]) if pair[0] in order else len(order))
    labels = tuple(dict.fromkeys(rights.label if (rights := rights_of(role)) else role for role, _ in found))
    return Staff(
        id=row.id,
        login=row.login,
        name=row.name,
        mobile=row.mobile or "",
        email=row.email or "",
        department=row.department or "",
        state=row.state,
        must_change=row.must_change,
        roles=labels,
        unit=found[0][1] if found else "",
        created_at=row.created_at,
        governed=governed,
    )


def staff_details(tx: Transaction, actor: Actor, account_id: int) -> StaffDetails:
    """One account that is kept by the actor or by the administrators below. Raises `NotFound`, `NotAllowed`."""
    authorize(actor, Permission.ACCOUNTS_MANAGE)
    m = membership.c
    roles = [in_scope(actor, m.unit), m.role != Role.APPLICANT.value]
    held = sa.select(m.account).where(m.account == account_id, *roles)
    row = tx.row(sa.select(account).where(account.c.id == account_id, account.c.id.in_(held)))
    if row is None:
        raise NotFound
    return StaffDetails(
        staff=_with_roles(tx, actor, [row], roles)[0],
        created_by=name_of(tx, row.created_by),
        mobile_verified=row.mobile_verified_at is not None,
        email_verified=row.email_verified_at is not None,
        events=events_of(tx, organisation_event.c.account == account_id),
    )


def name_of(tx: Transaction, login: str) -> str:
    """What an account is called; its login where it is none of ours."""
    if login == SYSTEM.login:
        return SYSTEM.name
    return str(tx.value(sa.select(account.c.name).where(account.c.login == login)) or login)


def events_of(tx: Transaction, which: sa.ColumnElement[bool], limit: int = 20) -> list[Event]:
    """What was done, the latest first. The caller has authorised."""
    e = organisation_event.c
    wanted = (
        sa.select(e.at, e.event, e.actor, e.detail, account.c.name)
        .outerjoin(account, account.c.login == e.actor)
        .where(which)
        .order_by(e.key.desc())
        .limit(limit)
    )
    return [Event(row.at, row.event, row.name or row.actor, row.detail or {}) for row in tx.rows(wanted)]
