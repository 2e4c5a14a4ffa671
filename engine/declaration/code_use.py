"""How many declarations a value of a code list stands in: asked before the value goes."""

from collections.abc import Iterator, Mapping

import sqlalchemy as sa

from engine.db import Transaction
from engine.declaration.tables import declaration
from engine.reference import Dependent

D = declaration.c
COLUMNS: Mapping[str, tuple[sa.Column[str], ...]] = {
    "title_category": (D.title_category,),
    "title_series": (D.title_series,),
    "specialty": (D.specialty,),
    "title_name": (D.title_name, D.current_title_name),
    "title_level": (D.title_level, D.current_title_level),
    "declaration_route": (D.declaration_route,),
    "review_mode": (D.review_mode,),
    "education_level": (D.highest_education, D.first_education),
    "region": (D.region,),
    "major": (D.major,),
}


def declarations_using(tx: Transaction, name: str, year: int, value: str) -> Iterator[Dependent]:
    """The declarations of that year and later: open ones, finished ones, and for a list that only dossiers hold all of
    them, since what lies inside a dossier is not counted."""
    columns = COLUMNS.get(name)
    if columns is None:
        count = tx.value(sa.select(sa.func.count()).select_from(declaration).where(D.year >= year))
        yield Dependent(f"{year} 年度起的申报（材料内容不逐份统计，可能用到）", int(count))
        return
    used = sa.and_(D.year >= year, sa.or_(*(column == value for column in columns)))
    count = sa.select(sa.func.count()).select_from(declaration).where(used)
    yield Dependent(f"{year} 年度起在办的申报", int(tx.value(count.where(D.finished_at.is_(None)))))
    yield Dependent(f"{year} 年度起已办结的申报", int(tx.value(count.where(D.finished_at.is_not(None)))))
