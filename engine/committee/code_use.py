"""How many committees and experts a value of a code list stands in: asked before the value goes."""

from collections.abc import Iterator

import sqlalchemy as sa

from engine.committee.tables import committee, expert, holds
from engine.db import Transaction
from engine.reference import Dependent

C = committee.c


def committees_using(tx: Transaction, name: str, year: int, value: str) -> Iterator[Dependent]:
    """Committees of any standing, and experts; they are of no year."""
    conditions: dict[str, sa.ColumnElement[bool]] = {
        "title_series": C.series == value,
        "region": C.region == value,
        "specialty": holds(C.specialties, value),
        "title_level": holds(C.levels, value),
    }
    theirs: dict[str, sa.ColumnElement[bool]] = {
        "title_series": expert.c.title_series == value,
        "specialty": sa.or_(expert.c.specialty == value, holds(expert.c.specialties, value)),
        "title_name": expert.c.title_name == value,
        "title_level": expert.c.title_level == value,
    }
    if name in theirs:
        experts = tx.value(sa.select(sa.func.count()).select_from(expert).where(theirs[name]))
        yield Dependent("评审专家", int(experts), "/pool")
    if name in conditions:
        count = tx.value(sa.select(sa.func.count()).select_from(committee).where(conditions[name]))
        yield Dependent(
            "评委会", int(count), f"/committees?series={value}" if name == "title_series" else "/committees"
        )
