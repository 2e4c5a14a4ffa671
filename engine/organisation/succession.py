"""What becomes of a unit's delegations and of whom to ask when it is merged into another."""

import sqlalchemy as sa

from engine.clock import local
from engine.db import Transaction
from engine.organisation.roles import Role
from engine.organisation.tables import delegation, unit

d = delegation.c


def inherit_delegations(tx: Transaction, old: int, new: int) -> None:
    """The heir of the delegations: those that are not over go on in the receiving unit, where both have their roles now.

    An administrator's end: its role ended with the unit. Past ones stay as they were.
    """
    going_on = sa.and_(d.unit == old, d.revoked_at.is_(None), d.ends_on >= local(tx.now).date())
    ended = sa.and_(going_on, d.role == Role.UNIT_ADMIN.value)
    tx.execute(sa.update(delegation).where(ended).values(revoked_at=tx.now))
    tx.execute(sa.update(delegation).where(going_on).values(unit=new))


def inherit_contact(tx: Transaction, old: int, new: int) -> None:
    """The heir of whom to ask (W17): where the receiving unit names nobody it is whom the old one named."""
    u = unit.c
    names = ("contact_person", "contact_phone", "email")
    wanted = sa.select(u.contact_person, u.contact_phone, u.email)
    theirs, mine = tx.row(wanted.where(u.id == old)), tx.row(wanted.where(u.id == new))
    if theirs is None or mine is None or any(mine):
        return
    values = {name: theirs._mapping[name] for name in names if theirs._mapping[name]}
    if values:
        tx.execute(sa.update(unit).where(u.id == new).values(values))
