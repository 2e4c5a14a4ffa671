"""The code lists as an administrator reads them: which there are, the values of one for a year, filtered and paged."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from engine.access import Actor, Permission, authorize
from engine.db import Transaction
from engine.errors import NotFound
from engine.reference.book import Code, CodeBook
from engine.reference.code_tables import CODE_TABLES, GROUPS, CodeTable, code_table
from engine.reference.lists import CodeLists, in_force
from engine.reference.tables import code


@dataclass(frozen=True, slots=True)
class TableSummary:
    """A list in the list of lists. `version` is the year whose values count."""

    name: str
    table: CodeTable
    values: int
    disabled: int
    version: int


@dataclass(frozen=True, slots=True)
class CodeRow:
    """A value with where it stands: `depth` in its tree, `parent_label` in words, how many lie `below` it in its list."""

    code: Code
    depth: int
    parent_label: str
    below: int


@dataclass(frozen=True, slots=True)
class CodePage:
    """One page of a list. `years` are those that have a version of their own, the newest first."""

    name: str
    table: CodeTable
    year: int
    version: int
    years: Sequence[int]
    rows: Sequence[CodeRow]
    total: int


def list_code_tables(tx: Transaction, actor: Actor, year: int) -> dict[str, list[TableSummary]]:
    """Every list by group, in the order of the groups."""
    authorize(actor, Permission.CODES_MANAGE)
    c = code.c
    counted = sa.select(
        c.list, c.year, sa.func.count().label("all"), sa.func.sum(sa.case((c.active, 1), else_=0)).label("on")
    )
    held: dict[str, dict[int, tuple[int, int]]] = {}
    for row in tx.rows(counted.group_by(c.list, c.year)):
        held.setdefault(row.list, {})[row.year] = (row.all, int(row.on))
    groups: dict[str, list[TableSummary]] = {group: [] for group in GROUPS}
    for name in sorted(held, key=_place):
        table, version = code_table(name), in_force(list(held[name]), year)
        if version is not None:
            count, active = held[name][version]
            groups[table.group].append(TableSummary(name, table, count, count - active, version))
    return {group: found for group, found in groups.items() if found}


def _place(name: str) -> tuple[int, str]:
    order = list(CODE_TABLES)
    return (order.index(name) if name in order else len(order), name)


def code_page(
    tx: Transaction,
    actor: Actor,
    name: str,
    year: int,
    *,
    text: str = "",
    parent: str = "",
    state: str = "",
    page: int = 1,
    size: int = 20,
) -> CodePage:
    """The values of a list for that year, in the order shown, a tree from the top down.

    `text` is part of code or label, `parent` a value of the list above, `state` `active` or `disabled`. Raises `NotFound`.
    """
    authorize(actor, Permission.CODES_MANAGE)
    years = sorted(tx.execute(sa.select(code.c.year).where(code.c.list == name).distinct()).scalars(), reverse=True)
    version = in_force(years, year)
    if version is None:
        raise NotFound("没有这个代码表。")
    book = tx.service(CodeLists).book(tx, year)
    found = [row for row in _in_tree(book, name) if _fits(row.code, text.strip(), parent, state)]
    first = max(0, page - 1) * size
    return CodePage(name, code_table(name), year, version, years, found[first : first + size], len(found))


def code_row(tx: Transaction, actor: Actor, name: str, year: int, value: str) -> Code:
    """One value as it stands for that year. Raises `NotFound`."""
    authorize(actor, Permission.CODES_MANAGE)
    found = tx.service(CodeLists).book(tx, year).find(name, value)
    if found is None:
        raise NotFound("代码表中没有这个取值，可能刚被删除。")
    return found


def _fits(one: Code, text: str, parent: str, state: str) -> bool:
    if parent and one.parent != parent:
        return False
    if state and one.active != (state == "active"):
        return False
    return not text or text.lower() in one.value.lower() or text in one.label


def _in_tree(book: CodeBook, name: str) -> Iterator[CodeRow]:
    codes = book.codes(name)
    upper = code_table(name).parent
    below = Counter(one.parent for one in codes) if upper == name else Counter[str | None]()
    if upper != name:
        for one in codes:
            yield CodeRow(one, 0, book.label(upper, one.parent) if upper and one.parent else "", 0)
        return
    known = {one.value for one in codes}
    children: dict[str | None, list[Code]] = {}
    for one in codes:
        children.setdefault(one.parent if one.parent in known else None, []).append(one)
    waiting = [(one, 0) for one in reversed(children.get(None, []))]
    while waiting:
        one, depth = waiting.pop()
        yield CodeRow(one, depth, book.label(name, one.parent) if one.parent else "", below[one.value])
        waiting.extend((child, depth + 1) for child in reversed(children.get(one.value, [])))
