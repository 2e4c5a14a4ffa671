"""The units a filter offers while one types."""

from collections.abc import Sequence

import sqlalchemy as sa

from engine.access import Actor, Permission, authorize, in_scope
from engine.db import Transaction
from engine.organisation.tables import unit

MOST = 20


def unit_choices(tx: Transaction, actor: Actor, text: str) -> Sequence[str]:
    """The names of the actor's units and those below that hold the text, those that begin with it first."""
    authorize(actor, Permission.DECLARATIONS_REVIEW)
    text = text.strip()
    if not text:
        return []
    begins = unit.c.name.startswith(text, autoescape=True)
    wanted = sa.select(unit.c.name).where(unit.c.name.contains(text, autoescape=True), in_scope(actor, unit.c.id))
    return [row.name for row in tx.rows(wanted.order_by(sa.case((begins, 0), else_=1), unit.c.name).limit(MOST))]
