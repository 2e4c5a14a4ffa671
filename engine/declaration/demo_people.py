"""The people of the demo province, as if signed in."""

import sqlalchemy as sa

from engine.access import Actor
from engine.db import Transaction
from engine.organisation.actors import make_actor
from engine.organisation.tables import account, membership, unit


def actor_of_login(tx: Transaction, login: str, role: str) -> Actor:
    """The actor of an account in that role, as if signed in."""
    row = tx.row(
        sa.select(
            account.c.id.label("account"),
            account.c.login,
            account.c.name,
            account.c.person,
            membership.c.role,
            membership.c.unit,
            unit.c.parent,
            unit.c.state.label("unit_state"),
            unit.c.may_form_committee,
        )
        .join(membership, membership.c.account == account.c.id)
        .join(unit, unit.c.id == membership.c.unit)
        .where(account.c.login == login, membership.c.role == role)
    )
    assert row is not None
    return make_actor(row)
