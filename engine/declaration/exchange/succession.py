"""What becomes of a unit's maps of columns when it is merged into another."""

import sqlalchemy as sa

from engine.db import Transaction
from engine.declaration.exchange.tables import exchange_template
from engine.organisation import unit_names

T = exchange_template.c
LONGEST = 50


def inherit_exchange_templates(tx: Transaction, old: int, new: int) -> None:
    """The heir of the 报盘模板 (U21): they are the receiving unit's; where it has one of that name the old unit's name is added."""
    taken = {row.name for row in tx.rows(sa.select(T.name).where(T.unit == new))}
    origin = unit_names(tx, {old}).get(old, "")
    for row in tx.rows(sa.select(T.id, T.name).where(T.unit == old).order_by(T.id)):
        name = _free_name(row.name, origin, taken)
        taken.add(name)
        tx.execute(sa.update(exchange_template).where(T.id == row.id).values(unit=new, name=name))


def _free_name(name: str, origin: str, taken: set[str]) -> str:
    """The name itself, with its origin, or with a number after it: whichever is free first."""
    if name not in taken:
        return name
    endings = (f"（原{origin[:20]}{'' if number == 1 else number}）" for number in range(1, 1000))
    return next(made for ending in endings if (made := name[: LONGEST - len(ending)] + ending) not in taken)
