"""Whom to ask: the units of one's chain with who answers the telephone there (W17)."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from engine.access import unit_ancestor
from engine.db import Transaction
from engine.organisation.tables import unit


@dataclass(frozen=True, slots=True)
class Contact:
    """A unit of the chain; `distance` 0 is the own one."""

    unit: int
    unit_name: str
    distance: int
    person: str
    phone: str
    email: str


def contacts_of(tx: Transaction, unit_id: int) -> Sequence[Contact]:
    """The own unit and those above it, the nearest first, as they have left their contact."""
    u = unit.c
    rows = tx.rows(
        sa.select(u.id, u.name, u.contact_person, u.contact_phone, u.email, unit_ancestor.c.distance)
        .join(unit_ancestor, unit_ancestor.c.ancestor == u.id)
        .where(unit_ancestor.c.unit == unit_id)
        .order_by(unit_ancestor.c.distance)
    )
    return [
        Contact(row.id, row.name, row.distance, row.contact_person or "", row.contact_phone or "", row.email or "")
        for row in rows
    ]


def next_contact(contacts: Sequence[Contact], *, own: bool) -> Contact | None:
    """Whom to ask first: an applicant (`own`) the own unit, staff the unit above; of those, the first that has a telephone."""
    return next((one for one in contacts if one.distance >= (0 if own else 1) and one.phone), None)
