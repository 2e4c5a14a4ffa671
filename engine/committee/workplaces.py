"""Which unit of the system a workplace is, by its full name: what outside experts and recusals are told from."""

from collections.abc import Collection, Mapping

import sqlalchemy as sa

from engine.db import Transaction
from engine.organisation.tables import State, unit


def units_by_name(tx: Transaction, names: Collection[str]) -> Mapping[str, int]:
    """The active units of exactly these names; a name that several have stands for none of them."""
    found: dict[str, list[int]] = {}
    for row in tx.rows(
        sa.select(unit.c.id, unit.c.name).where(unit.c.name.in_(sorted(names)), unit.c.state == State.ACTIVE)
    ):
        found.setdefault(row.name, []).append(row.id)
    return {name: ids[0] for name, ids in found.items() if len(ids) == 1}
