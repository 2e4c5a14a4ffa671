"""How many papers to download a value of a code list stands in: asked before the value goes."""

from collections.abc import Iterator

import sqlalchemy as sa

from engine.bulletin.tables import template_file
from engine.db import Transaction
from engine.reference import Dependent

COLUMNS = {"title_series": template_file.c.series, "base_material": template_file.c.material}


def templates_using(tx: Transaction, name: str, year: int, value: str) -> Iterator[Dependent]:
    """Papers of that year and later."""
    column = COLUMNS.get(name)
    if column is not None:
        used = sa.and_(column == value, template_file.c.year >= year)
        count = tx.value(sa.select(sa.func.count()).select_from(template_file).where(used))
        yield Dependent(f"{year} 年度起的下载模板", int(count), f"/templates?year={year}", holds=False)
