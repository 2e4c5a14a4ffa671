"""How many units and people a value of a code list stands in: asked before the value goes."""

from collections.abc import Iterator

import sqlalchemy as sa

from engine.db import Transaction
from engine.organisation.tables import person, unit
from engine.reference import Dependent

UNIT_COLUMNS = {
    "region": unit.c.region,
    "organisation_category": unit.c.category,
    "organisation_nature": unit.c.nature,
    "economic_type": unit.c.economic_type,
    "industry": unit.c.industry,
}
PERSON_COLUMNS = {"identity_type": person.c.identity_type, "sex": person.c.sex}


def units_using(tx: Transaction, name: str, year: int, value: str) -> Iterator[Dependent]:
    """Units, of any state; they are of no year."""
    column = UNIT_COLUMNS.get(name)
    if column is not None:
        count = tx.value(sa.select(sa.func.count()).select_from(unit).where(column == value))
        yield Dependent("申报单位和主管单位", int(count))


def people_using(tx: Transaction, name: str, year: int, value: str) -> Iterator[Dependent]:
    """People with an account."""
    column = PERSON_COLUMNS.get(name)
    if column is not None:
        count = tx.value(sa.select(sa.func.count()).select_from(person).where(column == value))
        yield Dependent("人员账号", int(count))
