"""What other slices and pages ask about units and persons. But for `find_people` nothing here asks for permission: the caller
names what it may see."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from engine.access import Actor, Permission, authorize, in_scope, unit_ancestor
from engine.db import Transaction
from engine.organisation.roles import Role
from engine.organisation.tables import RecommendationMode, State, account, enrolment, membership, person, unit


@dataclass(frozen=True, slots=True)
class UnitRef:
    """A unit in a chain. `distance` is how many levels it lies above the one asked about; `top` is the title office.

    `level` is how the year plan calls its step: `unit` (the one asked about), `subordinate`, `department` (right below the title
    office) or `province`.
    """

    id: int
    name: str
    distance: int
    category: str
    leader_review: bool
    recommendation_mode: RecommendationMode
    is_agency: bool
    top: bool
    level: str


@dataclass(frozen=True, slots=True)
class Identity:
    """What a declaration takes from the account and the applicant cannot change (Q41)."""

    person: int
    name: str
    identity_type: str
    identity_number: str
    sex: str | None
    born_on: date | None
    mobile: str | None
    email: str | None


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A person's yearly account: which unit declares for him or her."""

    id: int
    person: int
    year: int
    unit: int
    unit_name: str
    employer: str | None


def superior_units(tx: Transaction, unit_id: int) -> list[UnitRef]:
    """The units above, the nearest first, the title office last; empty for the title office itself."""
    return [ref for ref in _chain(tx, unit_id) if ref.distance]


def unit_chain(tx: Transaction, unit_id: int) -> list[UnitRef]:
    """The unit itself at distance 0, then the units above: the levels a declaration climbs."""
    return _chain(tx, unit_id)


def _chain(tx: Transaction, unit_id: int) -> list[UnitRef]:
    rows = tx.rows(
        sa.select(
            unit.c.id,
            unit.c.name,
            unit_ancestor.c.distance,
            unit.c.category,
            unit.c.leader_review,
            unit.c.recommendation_mode,
            unit.c.is_agency,
            unit.c.parent,
        )
        .join(unit_ancestor, unit_ancestor.c.ancestor == unit.c.id)
        .where(unit_ancestor.c.unit == unit_id)
        .order_by(unit_ancestor.c.distance)
    )
    return [
        UnitRef(
            id=row.id,
            name=row.name,
            distance=row.distance,
            category=row.category,
            leader_review=row.leader_review,
            recommendation_mode=row.recommendation_mode,
            is_agency=row.is_agency,
            top=row.parent is None,
            level=_level(row.distance, len(rows) - 1 - row.distance),
        )
        for row in rows
    ]


def _level(distance: int, depth: int) -> str:
    """The step of a unit `distance` above the one asked about and `depth` below the title office."""
    if distance == 0:
        return "unit"
    return {0: "province", 1: "department"}.get(depth, "subordinate")


def full_code(tx: Transaction, unit_id: int) -> str:
    """The code people read: the segments from the title office down (Q4)."""
    segments = tx.rows(
        sa.select(unit.c.code)
        .join(unit_ancestor, unit_ancestor.c.ancestor == unit.c.id)
        .where(unit_ancestor.c.unit == unit_id)
        .order_by(unit_ancestor.c.distance.desc())
    )
    return "-".join(row.code for row in segments)


def unit_names(tx: Transaction, units: Collection[int]) -> Mapping[int, str]:
    """The names of units by id."""
    wanted = sa.select(unit.c.id, unit.c.name).where(unit.c.id.in_(sorted(units)))
    return {row.id: row.name for row in tx.rows(wanted)} if units else {}


def is_agency(tx: Transaction, unit_id: int | None) -> bool:
    """Whether the unit declares for employers that are not its own (J24)."""
    return bool(tx.value(sa.select(unit.c.is_agency).where(unit.c.id == unit_id)))


def units_named(tx: Transaction, text: str, limit: int = 200) -> list[int]:
    """The ids of units whose name holds the text."""
    wanted = sa.select(unit.c.id).where(unit.c.name.contains(text, autoescape=True)).order_by(unit.c.id).limit(limit)
    return [row.id for row in tx.rows(wanted)]


def account_names(tx: Transaction, logins: Collection[str]) -> Mapping[str, str]:
    """The names of people by login."""
    wanted = sa.select(account.c.login, account.c.name).where(account.c.login.in_(sorted(logins)))
    return {row.login: row.name for row in tx.rows(wanted)} if logins else {}


def active_name(tx: Transaction, login: str) -> str | None:
    """The name of an account that may sign in; None where there is none of that login."""
    wanted = sa.select(account.c.name).where(account.c.login == login, account.c.state == State.ACTIVE)
    return tx.value(wanted)  # type: ignore[no-any-return]


def holders_of(tx: Transaction, role: str, unit_id: int) -> list[tuple[str, str]]:
    """Login and name of everybody who has the role in that unit and may sign in."""
    rows = tx.rows(
        sa.select(account.c.login, account.c.name)
        .join(membership, membership.c.account == account.c.id)
        .where(membership.c.role == role, membership.c.unit == unit_id, account.c.state == State.ACTIVE)
        .order_by(account.c.login)
    )
    return [(row.login, row.name) for row in rows]


def identity_of(tx: Transaction, person_id: int) -> Identity | None:
    """Who a person is, from the account."""
    row = tx.row(sa.select(person).where(person.c.id == person_id))
    if row is None:
        return None
    return Identity(
        person=row.id,
        name=row.name,
        identity_type=row.identity_type,
        identity_number=row.identity_number,
        sex=row.sex,
        born_on=row.born_on,
        mobile=row.mobile,
        email=row.email,
    )


def enrolment_of(tx: Transaction, person_id: int, year: int) -> Enrolment | None:
    """The person's enrolment of that year."""
    row = tx.row(
        sa.select(enrolment, unit.c.name)
        .join(unit, unit.c.id == enrolment.c.unit)
        .where(enrolment.c.person == person_id, enrolment.c.year == year)
    )
    return None if row is None else Enrolment(row.id, row.person, row.year, row.unit, row.name, row.employer)


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody found by name: in which role, of which unit."""

    name: str
    role: str
    unit: str


def find_people(tx: Transaction, actor: Actor, text: str, limit: int = 20) -> list[Found]:
    """People of the actor's units whose name holds the text, or whose login begins with it; experts are found in their pools alone
    (J19). Raises `NotAllowed`."""
    if not actor.may(Permission.ACCOUNTS_MANAGE):
        authorize(actor, Permission.APPLICANTS_MANAGE)
    wanted = (
        sa.select(account.c.name, membership.c.role, unit.c.name.label("unit"))
        .join(membership, membership.c.account == account.c.id)
        .join(unit, unit.c.id == membership.c.unit)
        .where(
            in_scope(actor, membership.c.unit),
            membership.c.role != Role.EXPERT.value,
            sa.or_(account.c.name.contains(text, autoescape=True), account.c.login.startswith(text, autoescape=True)),
        )
        .order_by(account.c.name, account.c.id)
        .limit(limit)
    )
    return [Found(row.name, row.role, row.unit) for row in tx.rows(wanted)]
