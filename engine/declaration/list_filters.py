"""The 22 filters of a reviewer's list (U8), and those a statistic leads to: what each asks of a declaration."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa

from engine.access import unit_ancestor
from engine.db import Transaction
from engine.declaration.tables import declaration
from engine.declaration.years import current_year, year_plan
from engine.organisation.tables import unit

Column = sa.ColumnElement[Any]
#: a column as a condition may use it: as it is, or kept from choosing the index
Read = Callable[[sa.Column[Any]], Column]
Condition = Callable[[Read, str, Transaction], sa.ColumnElement[bool]]

d = declaration.c


def _is(column: sa.Column[Any]) -> Condition:
    return lambda read, text, tx: read(column) == text


def _key(column: sa.Column[Any]) -> Condition:
    return lambda read, text, tx: read(column) == int(text) if _is_key(text) else sa.false()


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19


def _begins(column: sa.Column[Any]) -> Condition:
    return lambda read, text, tx: begins_with(read(column), text)


def _has(column: sa.Column[Any]) -> Condition:
    return lambda read, text, tx: read(column).contains(text, autoescape=True)


def _flag(column: sa.Column[Any]) -> Condition:
    return lambda read, text, tx: read(column).is_(text == "yes")


def _name(read: Read, text: str, tx: Transaction) -> sa.ColumnElement[bool]:
    """The beginning of a name; behind a star, what stands anywhere in it."""
    if text[0] in "*＊" and text[1:].strip():
        return read(d.name).contains(text[1:].strip(), autoescape=True)
    return begins_with(read(d.name), text)


def _unit(column: sa.Column[Any]) -> Condition:
    """A unit by its key, or those whose name holds the text: what is typed need not be chosen from a list."""

    def of_units(read: Read, text: str, tx: Transaction) -> sa.ColumnElement[bool]:
        if _is_key(text):
            return read(column) == int(text)
        exact = sa.select(unit.c.id).where(unit.c.name == text)
        if tx.row(exact.limit(1)) is not None:
            return read(column).in_(exact)
        return read(column).in_(sa.select(unit.c.id).where(unit.c.name.contains(text, autoescape=True)))

    return of_units


def _below(read: Read, text: str, tx: Transaction) -> sa.ColumnElement[bool]:
    """A unit with everything below it."""
    if not _is_key(text):
        return sa.false()
    return read(d.unit).in_(sa.select(unit_ancestor.c.unit).where(unit_ancestor.c.ancestor == int(text)))


def _years_held(read: Read, text: str, tx: Transaction) -> sa.ColumnElement[bool]:
    """现职称取得年限: held for at least so many years on the cut-off date of this year's plan (J27)."""
    if not text.isdecimal() or int(text) > 80:
        return sa.false()
    until = years_before(year_plan(tx, current_year(tx)).cutoff_on, int(text)).isoformat()
    # without a present title the column is empty
    return sa.and_(read(d.current_title_obtained_on) > "", read(d.current_title_obtained_on) <= until)


def _region(read: Read, text: str, tx: Transaction) -> sa.ColumnElement[bool]:
    """A province or a city means everything in it: 130000, 130100."""
    significant = text[:2] if text.endswith("0000") else text[:4] if text.endswith("00") else text
    return begins_with(read(d.region), significant)


def begins_with(column: Column, text: str) -> sa.ColumnElement[bool]:
    """A range of the index rather than LIKE, which neither database looks up for a text it does not know beforehand."""
    return sa.and_(column >= text, column < text[:-1] + chr(_next(ord(text[-1]))))


def _next(code: int) -> int:
    """The code point after; the surrogates are none."""
    return 0xE000 if code == 0xD7FF else min(code + 1, 0x10FFFF)


def years_before(day: date, years: int) -> date:
    """The same day so many years earlier; 29 February becomes 28 February where there is none."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


#: the 22 filters of U8 in the manual's order
FILTERS: Mapping[str, Condition] = {
    "title_category": _is(d.title_category),
    "title_series": _is(d.title_series),
    "specialty": _is(d.specialty),
    "title_name": _is(d.title_name),
    "title_level": _is(d.title_level),
    "declaration_route": _is(d.declaration_route),
    "review_mode": _is(d.review_mode),
    "identity_number": lambda read, text, tx: begins_with(read(d.identity_number), text.upper()),
    "name": _name,
    "unit": _unit(d.unit),
    "highest_education": _is(d.highest_education),
    "school": _has(d.school),
    "first_education": _is(d.first_education),
    "committee": _key(d.committee),
    "region": _region,
    "current_title_name": _is(d.current_title_name),
    "current_title_level": _is(d.current_title_level),
    "current_title_years": _years_held,
    "special_experience": _flag(d.special_experience),
    "entrusted_review": _flag(d.entrusted_review),
    "major": _is(d.major),
    "governing_unit": _unit(d.governing_unit),
}
#: asked for by the links of the statistics
LINKED: Mapping[str, Condition] = {"status": _is(d.status), "review_unit": _key(d.review_unit), "below": _below}


def conditions(
    tx: Transaction, filters: Mapping[str, str], read: Read = lambda column: column
) -> list[sa.ColumnElement[bool]]:
    """What was asked for; empty texts and names that are no filter ask nothing."""
    known = {**FILTERS, **LINKED}
    asked = ((known[name], text.strip()) for name, text in filters.items() if name in known)
    return [condition(read, text, tx) for condition, text in asked if text]
