"""What depends on a value of a list before it goes. Only the rooms above know; each hangs its question in here."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import sqlalchemy as sa

from engine.db import Transaction
from engine.reference.code_tables import CODE_TABLES
from engine.reference.lists import version_of
from engine.reference.tables import code


@dataclass(frozen=True, slots=True)
class Dependent:
    """One kind of thing that uses a value. `count` is how many; `url` a page that lists them, empty where there is none.
    `holds` forbids deleting the value: what was filled in could not be read any more."""

    words: str
    count: int
    url: str = ""
    holds: bool = True


#: asked with the transaction, the list, the year and the value
Question = Callable[[Transaction, str, int, str], Iterator[Dependent]]


@dataclass(slots=True)
class Dependents:
    """The questions of all rooms; found by `tx.service(Dependents)`."""

    questions: list[Question] = field(default_factory=list)

    def add(self, question: Question) -> None:
        self.questions.append(question)


def dependents_of(tx: Transaction, name: str, year: int, value: str) -> list[Dependent]:
    """Everything that uses the value of a list in that year or later, the values below it first."""
    found = list(values_below(tx, name, year, value))
    for question in tx.service(Dependents).questions:
        found.extend(question(tx, name, year, value))
    return [one for one in found if one.count]


def values_below(tx: Transaction, name: str, year: int, value: str) -> Iterator[Dependent]:
    """Values whose parent it is, and values that name it in an attribute."""
    for other, table in CODE_TABLES.items():
        version = version_of(tx, other, year) if name in {table.parent, *table.sources.values()} else None
        if version is None:
            continue
        rows = tx.rows(sa.select(code.c.parent, code.c.extra).where(code.c.list == other, code.c.year == version))
        named = [attribute for attribute, source in table.sources.items() if source == name]
        below = sum(table.parent == name and row.parent == value for row in rows)
        using = sum(any((row.extra or {}).get(one) == value for one in named) for row in rows)
        url = f"/codes/{other}?year={year}&parent={value}"
        yield Dependent(f"代码表“{table.label}”中以它为上级的取值", below, url)
        yield Dependent(f"代码表“{table.label}”中用到它的取值", using, f"/codes/{other}?year={year}")
