"""统计 of a unit: how many declarations are where, what waits longest, who decided how many. Counted from the read models, each table
by one statement; numbers, no persons, so nothing in it has to be masked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.access import Actor, Permission, authorize, unit_ancestor
from engine.db import Transaction
from engine.declaration.tables import declaration, declaration_review
from engine.document.workbooks import Column, write_workbook
from engine.organisation import account_names, unit_names
from engine.organisation.tables import unit
from engine.reference import CodeLists

#: lines of a table that would be longer
MOST = 200

d, r = declaration.c, declaration_review.c


@dataclass(frozen=True, slots=True)
class Line:
    """A number with its name. `key` is the value a list is filtered by to see what was counted."""

    key: str
    label: str
    count: int
    done: int = 0
    oldest: datetime | None = None


@dataclass(frozen=True, slots=True)
class Statistics:
    """`statuses` by state, `units` the own one and the direct lower ones with all below them, `titles` by series and level (the key
    is both with a blank between), `desks` what waits at which unit, `officers` who decided how many of the own unit's."""

    year: int
    total: int
    statuses: Sequence[Line]
    units: Sequence[Line]
    titles: Sequence[Line]
    desks: Sequence[Line]
    officers: Sequence[Line]


def unit_statistics(tx: Transaction, actor: Actor, year: int) -> Statistics:
    """The numbers of the actor's unit and of those below it."""
    authorize(actor, Permission.DECLARATIONS_REVIEW)
    statuses = _statuses(tx, actor, year)
    return Statistics(
        year=year,
        total=sum(line.count for line in statuses),
        statuses=statuses,
        units=_units(tx, actor, year),
        titles=_titles(tx, actor, year),
        desks=_desks(tx, actor, year),
        officers=_officers(tx, actor, year),
    )


def statistics_workbook(found: Statistics) -> bytes:
    """All tables below each other."""
    columns = [
        Column("table", "统计项目"),
        Column("label", "名称", width=40),
        Column("count", "数量"),
        Column("done", "其中已办结"),
    ]
    tables = (
        ("按状态", found.statuses),
        ("按单位", found.units),
        ("按系列和等级", found.titles),
        ("各单位待办", found.desks),
        ("本单位已审核", found.officers),
    )
    rows = (
        {"table": name, "label": line.label, "count": line.count, "done": line.done or None}
        for name, lines in tables
        for line in lines
    )
    return write_workbook(columns, rows, title=f"{found.year}年统计")


def _seen(actor: Actor, year: int) -> list[sa.ColumnElement[bool]]:
    """The declarations of the year in the actor's units and below."""
    if actor.everywhere:
        return [d.year == year]
    below = sa.select(unit_ancestor.c.unit).where(unit_ancestor.c.ancestor.in_(sorted(actor.units)))
    return [d.year == year, d.unit.in_(below)]


def _statuses(tx: Transaction, actor: Actor, year: int) -> list[Line]:
    number = sa.func.count().label("n")
    rows = tx.rows(sa.select(d.status, number).where(*_seen(actor, year)).group_by(d.status).order_by(number.desc()))
    return [Line(row.status, row.status, row.n) for row in rows]


def _units(tx: Transaction, actor: Actor, year: int) -> list[Line]:
    """The own unit alone, then each direct lower unit with everything below it."""
    if actor.unit is None or actor.unit not in actor.units:
        return []
    done = sa.func.count(d.finished_at).label("done")
    counted = sa.func.count().label("n")
    own = tx.row(sa.select(counted, done).where(d.year == year, d.unit == actor.unit))
    line = unit_ancestor.c
    lower = (
        sa.select(unit.c.id, unit.c.name, counted, done)
        .join(unit_ancestor, line.ancestor == unit.c.id)
        .join(declaration, sa.and_(d.unit == line.unit, d.year == year))
        .where(unit.c.parent == actor.unit)
        .group_by(unit.c.id, unit.c.name)
        .order_by(counted.desc(), unit.c.id)
        .limit(MOST)
    )
    found = [Line(str(row.id), row.name, row.n, row.done) for row in tx.rows(lower)]
    if own is not None and own.n:
        found.insert(0, Line(str(actor.unit), "本单位", own.n, own.done))
    return found


def _titles(tx: Transaction, actor: Actor, year: int) -> list[Line]:
    number, done = sa.func.count().label("n"), sa.func.count(d.finished_at).label("done")
    rows = tx.rows(
        sa.select(d.title_series, d.title_level, number, done)
        .where(*_seen(actor, year), d.title_series != "")
        .group_by(d.title_series, d.title_level)
        .order_by(number.desc(), d.title_series, d.title_level)
        .limit(MOST)
    )
    book = tx.service(CodeLists).book(tx, year)
    return [
        Line(
            f"{row.title_series} {row.title_level}",
            f"{book.label('title_series', row.title_series)} {book.label('title_level', row.title_level)}",
            row.n,
            row.done,
        )
        for row in rows
    ]


def _desks(tx: Transaction, actor: Actor, year: int) -> list[Line]:
    """What waits at each unit that the actor sees, officers and leaders together, the longest waiting first."""
    at, number = sa.func.min(r.at).label("at"), sa.func.count().label("n")
    scoped: list[Any] = []
    if not actor.everywhere:
        below = sa.select(unit_ancestor.c.unit).where(unit_ancestor.c.ancestor.in_(sorted(actor.units)))
        scoped = [r.unit.in_(below)]
    wanted = sa.select(r.unit, number, at).where(r.year == year, r.decided.is_(False), *scoped)
    rows = tx.rows(wanted.group_by(r.unit).order_by(at, r.unit).limit(MOST))
    names: Mapping[int, str] = unit_names(tx, {row.unit for row in rows})
    return [Line(str(row.unit), names.get(row.unit, ""), row.n, oldest=row.at) for row in rows]


def _officers(tx: Transaction, actor: Actor, year: int) -> list[Line]:
    number, last = sa.func.count().label("n"), sa.func.max(r.at).label("last")
    rows = tx.rows(
        sa.select(r.decided_by, number, last)
        .where(r.unit == actor.unit, r.year == year, r.decided.is_(True), r.decided_by.is_not(None))
        .group_by(r.decided_by)
        .order_by(number.desc())
        .limit(MOST)
    )
    names = account_names(tx, {row.decided_by for row in rows})
    return [Line(row.decided_by, names.get(row.decided_by, row.decided_by), row.n, oldest=row.last) for row in rows]
