"""The reviewer's list (U7–U9, U17): three tabs over the declarations of the actor's unit and of those below it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from engine.access import Actor, Permission, authorize
from engine.clock import local
from engine.db import Transaction
from engine.declaration.paging import PAGE, Keyset, page
from engine.declaration.projection import places_in
from engine.declaration.tables import declaration, declaration_review
from engine.flow.tables import TaskState, task
from engine.flow.visibility import is_visible
from engine.organisation import unit_names

#: a tab is counted no further than this
MOST_COUNTED = 1000

Condition = Callable[[str, Transaction], sa.ColumnElement[bool]]

d, r = declaration.c, declaration_review.c


class Tab(StrEnum):
    """The three tabs of a reviewer's list (U7): 未审核, 审核待定, 已审核."""

    PENDING = "pending"
    ON_HOLD = "on_hold"
    DECIDED = "decided"


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a tab. `counts` holds every tab's number, at most 1,000; `next` and `previous` are cursors or None."""

    rows: Sequence[Mapping[str, Any]]
    counts: Mapping[Tab, int]
    next: str | None = None
    previous: str | None = None


def _is(column: sa.Column[Any]) -> Condition:
    return lambda text, tx: column == text


def _key(column: sa.Column[Any]) -> Condition:
    return lambda text, tx: column == int(text) if text.isdecimal() and len(text) < 19 else sa.false()


def _begins(column: sa.Column[Any]) -> Condition:
    return lambda text, tx: column.startswith(text, autoescape=True)


def _has(column: sa.Column[Any]) -> Condition:
    return lambda text, tx: column.contains(text, autoescape=True)


def _flag(column: sa.Column[Any]) -> Condition:
    return lambda text, tx: column.is_(text == "yes")


def _years_held(text: str, tx: Transaction) -> sa.ColumnElement[bool]:
    """现职称取得年限: held for at least so many years today."""
    if not text.isdecimal() or int(text) > 80:
        return sa.false()
    today = local(tx.now).date()
    return d.current_title_obtained_on <= years_before(today, int(text)).isoformat()


def _region(text: str, tx: Transaction) -> sa.ColumnElement[bool]:
    """A province or a city means everything in it: 130000, 130100."""
    significant = text[:2] if text.endswith("0000") else text[:4] if text.endswith("00") else text
    return d.region.startswith(significant, autoescape=True)


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
    "identity_number": lambda text, tx: d.identity_number.startswith(text.upper(), autoescape=True),
    "name": _begins(d.name),
    "unit": _key(d.unit),
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
    "governing_unit": _key(d.governing_unit),
}

#: U9, with what a row needs to be opened and to say how old it is
COLUMNS = (
    d.case_key,
    d.declaration_no,
    d.name,
    d.identity_number,
    d.unit,
    d.unit_name,
    d.title_category,
    d.title_series,
    d.specialty,
    d.title_name,
    d.title_level,
    d.declaration_route,
    d.review_mode,
    d.committee,
    d.status,
    d.submitted_at,
    r.unit.label("review_unit"),
    r.role,
    r.task_key,
    r.at,
    r.outcome,
)


def review_list(
    tx: Transaction,
    actor: Actor,
    *,
    tab: Tab = Tab.PENDING,
    filters: Mapping[str, str] | None = None,
    year: int | None = None,
    cursor: str | None = None,
    size: int = PAGE,
) -> Page:
    """One page of a tab: what waits, oldest first; what was decided, newest first.

    `filters` are the names and values of U8, `year` the review year (the present one where it is not given). The rows are
    those of the actor's own role and unit, seen through the flow's visibility.
    """
    authorize(actor, Permission.DECLARATIONS_REVIEW)
    base = _reviews(tx, actor, year or local(tx.now).year, filters or {})
    rows, before, after = page(
        tx, in_tab(base, tab), Keyset(r.at, r.case_key, newest_first=tab is Tab.DECIDED), cursor, size
    )
    return Page([dict(row._mapping) for row in rows], _counts(tx, base), previous=before, next=after)


def next_review(
    tx: Transaction, actor: Actor, *, filters: Mapping[str, str] | None = None, year: int | None = None
) -> tuple[int, int] | None:
    """The declaration that has waited longest among those of 未审核 that fit the filters, and how many wait there."""
    authorize(actor, Permission.DECLARATIONS_REVIEW)
    waiting = in_tab(_reviews(tx, actor, year or local(tx.now).year, filters or {}), Tab.PENDING)
    first = waiting.with_only_columns(r.case_key, sa.func.count().over().label("left")).order_by(r.at, r.case_key)
    row = tx.row(first.limit(1))
    return (row.case_key, row.left) if row else None


def review_scope(tx: Transaction, actor: Actor, *, year: int, filters: Mapping[str, str]) -> list[int]:
    """The open tasks of 未审核 that fit the filters, oldest first: what a batch over the whole query works on."""
    authorize(actor, Permission.DECLARATIONS_REVIEW)
    wanted = in_tab(_reviews(tx, actor, year, filters), Tab.PENDING).order_by(r.at, r.case_key)
    return [row.task_key for row in tx.rows(wanted)]


def _reviews(tx: Transaction, actor: Actor, year: int, filters: Mapping[str, str]) -> sa.Select[Any]:
    """The rows of the actor's own places."""
    own = sa.or_(
        sa.false(), *(sa.and_(r.unit == unit, r.role == role) for unit, role in places_in(sorted(actor.groups)))
    )
    return (
        sa.select(*COLUMNS)
        .join(declaration_review, r.case_key == d.case_key)
        .where(own, r.year == year, is_visible(d.case_key, actor), *conditions(tx, filters))
    )


def in_tab(query: sa.Select[Any], tab: Tab) -> sa.Select[Any]:
    """The reviews of one tab: decided ones, else those whose task is open or on hold."""
    if tab is Tab.DECIDED:
        return query.where(r.decided.is_(True))
    state = TaskState.OPEN if tab is Tab.PENDING else TaskState.ON_HOLD
    return query.join(task, task.c.key == r.task_key).where(r.decided.is_(False), task.c.state == state)


def conditions(tx: Transaction, filters: Mapping[str, str]) -> list[sa.ColumnElement[bool]]:
    """What was asked for; empty texts and names that are no filter ask nothing."""
    asked = ((FILTERS[name], text.strip()) for name, text in filters.items() if name in FILTERS)
    return [condition(text, tx) for condition, text in asked if text]


def _counts(tx: Transaction, base: sa.Select[Any]) -> dict[Tab, int]:
    """How many stand in each tab, none counted beyond 1,000."""
    counted = [
        sa.select(sa.literal(tab.value).label("tab"), sa.func.count().label("n")).select_from(
            in_tab(base, tab).with_only_columns(r.case_key).limit(MOST_COUNTED).subquery()
        )
        for tab in Tab
    ]
    return {Tab(row.tab): row.n for row in tx.rows(sa.union_all(*counted))}


def declaring_units(tx: Transaction, actor: Actor, year: int) -> Mapping[str, list[tuple[int, str]]]:
    """What there is to choose among for the filters 申报单位, 主管部门 and 评委会: those of declarations the actor sees."""
    seen = (d.year == year, is_visible(d.case_key, actor))
    rows = tx.rows(sa.select(d.unit, d.unit_name, d.governing_unit).where(*seen).distinct().limit(MOST_COUNTED))
    above = unit_names(tx, {row.governing_unit for row in rows if row.governing_unit})
    return {
        "unit": sorted({(row.unit, row.unit_name) for row in rows}, key=lambda pair: pair[1]),
        "governing_unit": sorted(above.items(), key=lambda pair: pair[1]),
        "committee": [],
    }
