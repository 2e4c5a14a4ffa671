"""Where units lie: codes and names from the title office down, for many units in one statement."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from engine.access import unit_ancestor
from engine.db import Transaction
from engine.organisation.tables import unit


@dataclass(frozen=True, slots=True)
class UnitPath:
    """The line of a unit, the title office first, the unit itself last."""

    ids: tuple[int, ...]
    names: tuple[str, ...]
    codes: tuple[str, ...]

    @property
    def code(self) -> str:
        """The full code (Q4)."""
        return "-".join(self.codes)

    @property
    def above(self) -> str:
        """The names of the superiors below the title office, nothing for those right below it."""
        return " / ".join(self.names[1:-1])


def unit_paths(tx: Transaction, units: Collection[int]) -> Mapping[int, UnitPath]:
    """The paths by unit. The caller names units it may see; what lies above a unit is no secret to it."""
    if not units:
        return {}
    rows = tx.rows(
        sa.select(unit_ancestor.c.unit.label("of"), unit.c.id, unit.c.code, unit.c.name)
        .join(unit, unit.c.id == unit_ancestor.c.ancestor)
        .where(unit_ancestor.c.unit.in_(sorted(units)))
        .order_by(unit_ancestor.c.unit, unit_ancestor.c.distance.desc())
    )
    lines: dict[int, list[sa.Row[tuple[int, int, str, str]]]] = {}
    for row in rows:
        lines.setdefault(row.of, []).append(row)
    return {
        of: UnitPath(tuple(row.id for row in line), tuple(row.name for row in line), tuple(row.code for row in line))
        for of, line in lines.items()
    }
