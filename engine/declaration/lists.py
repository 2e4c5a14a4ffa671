"""The reviewer's list (U7–U9, U17, U18): what waits at one's desk, what is parked, what was decided, and everything of the
own and the lower units wherever it is."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from engine.access import Actor, Permission, authorize
from engine.clock import local
from engine.db import PLANNED_ANEW, Transaction
from engine.declaration.desks import Desk
from engine.declaration.list_filters import FILTERS, LINKED, conditions, d
from engine.declaration.list_paths import (
    PROVINCE,
    End,
    Path,
    at_desk,
    best_path,
    desk_end,
    end_of,
    held_end,
    is_seen,
    key_among,
    r,
    scope_end,
    unindexed,
)
from engine.declaration.paging import PAGE, Keyset, page
from engine.declaration.projection import places_in
from engine.declaration.tables import declaration, declaration_review
from engine.flow.tables import TaskState, task

__all__ = [
    "FILTERS",
    "LINKED",
    "MOST_COUNTED",
    "SORTS",
    "Asked",
    "Page",
    "Scope",
    "Tab",
    "count_tabs",
    "is_listed",
    "listed_cases",
    "listed_rows",
    "neighbours",
    "next_review",
    "review_list",
    "review_scope",
]

#: a tab is counted no further than this
MOST_COUNTED = 1000
#: rows of a list that is read to its end come in pieces of this size
PIECE = 1000


class Tab(StrEnum):
    """The three tabs of a reviewer's list (U7): 未审核, 审核待定, 已审核; and 全部, wherever a declaration is (U17)."""

    PENDING = "pending"
    ON_HOLD = "on_hold"
    DECIDED = "decided"
    ALL = "all"


class Scope(StrEnum):
    """Whose declarations: those of 本单位 and 下级单位 together, or of one of them (U17)."""

    BOTH = ""
    OWN = "own"
    LOWER = "lower"


#: what a list can be put in order by; every column is indexed with the year before it and is never null (U23)
SORTS: Mapping[str, sa.Column[Any]] = {
    name: declaration.c[name]
    for name in (
        "name",
        "identity_number",
        "unit_name",
        "title_category",
        "title_series",
        "specialty",
        "title_name",
        "title_level",
        "declaration_route",
        "review_mode",
        "highest_education",
        "school",
        "first_education",
        "region",
        "current_title_name",
        "current_title_level",
        "current_title_obtained_on",
        "major",
    )
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list is asked for. `filters` are names and values of U8; `sort` is a name of `SORTS`, with a minus before it from
    the end, or nothing for the tab's own order: what waits oldest first, what was decided newest first, all by number."""

    year: int
    tab: Tab = Tab.PENDING
    scope: Scope = Scope.BOTH
    filters: Mapping[str, str] = field(default_factory=dict)
    sort: str = ""

    @property
    def desk(self) -> Desk:
        """Which of an officer's lists is meant; it travels among the filters as well."""
        named = self.filters.get("desk", "")
        return Desk(named) if named in set(Desk) else Desk.REVIEW

    @property
    def whose(self) -> Scope:
        """The scope; among the filters it stands where a query travels as its address."""
        named = self.filters.get("scope", "")
        return self.scope or (Scope(named) if named in set(Scope) else Scope.BOTH)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a tab. `counts` holds every tab's number, at most 1,000, and is None where counting takes its time
    (`count_tabs`); `next` and `previous` are cursors or None."""

    rows: Sequence[Mapping[str, Any]]
    counts: Mapping[Tab, int] | None
    next: str | None = None
    previous: str | None = None


def review_list(
    tx: Transaction,
    actor: Actor,
    *,
    tab: Tab = Tab.PENDING,
    filters: Mapping[str, str] | None = None,
    year: int | None = None,
    cursor: str | None = None,
    size: int = PAGE,
    scope: Scope = Scope.BOTH,
    sort: str = "",
) -> Page:
    """One page of a tab. The rows of the first three tabs are those of the actor's own role and unit; those of 全部 are
    every declaration of its units and of those below, to be read. A row has the columns of `declaration`, and of the actor's
    review of it `task_key`, `at`, `outcome` and whether it is `open` (each None where there is none).
    """
    authorize(actor, Permission.DECLARATIONS_REVIEW)
    asked = Asked(year or local(tx.now).year, tab, scope, filters or {}, sort)
    query, order = _listed(tx, actor, asked, size)
    rows, before, after = page(tx, query, order, cursor, size)
    found = _with_reviews(tx, actor, asked, [dict(row._mapping) for row in rows])
    return Page(found, _quick_counts(tx, actor, asked), previous=before, next=after)


def count_tabs(tx: Transaction, actor: Actor, asked: Asked) -> dict[Tab, int]:
    """How many stand in each tab, none counted beyond 1,000."""
    authorize(actor, Permission.DECLARATIONS_REVIEW)
    counted = []
    for tab in Tab:
        one = replace(asked, tab=tab, sort="")
        query, _ = _listed(tx, actor, one, MOST_COUNTED)
        limited = query.with_only_columns(d.case_key).limit(MOST_COUNTED).subquery()
        counted.append(sa.select(sa.literal(tab.value).label("tab"), sa.func.count().label("n")).select_from(limited))
    return {Tab(row.tab): row.n for row in tx.rows(sa.union_all(*counted).execution_options(**PLANNED_ANEW))}


def next_review(
    tx: Transaction, actor: Actor, *, filters: Mapping[str, str] | None = None, year: int | None = None
) -> tuple[int, int] | None:
    """The declaration that has waited longest among those of 未审核 that fit the filters, and how many wait there (at most
    1,000 are counted)."""
    authorize(actor, Permission.DECLARATIONS_REVIEW)
    asked = Asked(year or local(tx.now).year, filters=filters or {})
    waiting, order = _listed(tx, actor, asked, MOST_COUNTED)
    keys = waiting.with_only_columns(r.case_key).order_by(order.by, order.key).limit(MOST_COUNTED)
    found = [row.case_key for row in tx.rows(keys)]
    return (found[0], len(found)) if found else None


def neighbours(tx: Transaction, actor: Actor, case_key: int, asked: Asked) -> tuple[int | None, int | None]:
    """The declarations before and after this one in the list; None at an end, both where it does not stand in it."""
    authorize(actor, Permission.DECLARATIONS_REVIEW)
    query, order = _listed(tx, actor, asked, 1)
    by = query.with_only_columns(order.by.label("by")).where(d.case_key == case_key)
    here = tx.row(by.limit(1))
    if here is None:
        return None, None
    place = sa.tuple_(sa.bindparam(None, here.by, order.by.type), sa.literal(case_key))
    at = sa.tuple_(order.by, order.key)

    def nearest(*, up: bool) -> int | None:
        sort = [column.desc() if up else column.asc() for column in (order.by, order.key)]
        beyond = query.with_only_columns(d.case_key).where(at < place if up else at > place)
        row = tx.row(beyond.order_by(*sort).limit(1))
        return int(row.case_key) if row else None

    return nearest(up=not order.descending), nearest(up=order.descending)


def is_listed(tx: Transaction, actor: Actor, case_key: int, asked: Asked) -> bool:
    """Whether a declaration stands in a list."""
    authorize(actor, Permission.DECLARATIONS_REVIEW)
    query, _ = _select(tx, actor, asked, Path(End(tx, sa.select(d.case_key), [case_key])))
    return tx.row(query.with_only_columns(d.case_key)) is not None


def review_scope(tx: Transaction, actor: Actor, *, year: int, filters: Mapping[str, str]) -> list[int]:
    """The open tasks of 未审核 that fit the filters, oldest first: what a batch over the whole query works on."""
    authorize(actor, Permission.DECLARATIONS_REVIEW)
    asked = Asked(year, filters=filters)
    waiting, order = _listed(tx, actor, asked, PROVINCE)
    return [row.task_key for row in tx.rows(waiting.with_only_columns(r.task_key).order_by(order.by, order.key))]


def listed_cases(tx: Transaction, actor: Actor, asked: Asked) -> list[int]:
    """The cases of a whole list in its order: what an export or a batch over the query works on."""
    authorize(actor, Permission.DECLARATIONS_REVIEW)
    query, order = _listed(tx, actor, asked, PROVINCE)
    sort = [column.desc() if order.descending else column.asc() for column in (order.by, order.key)]
    return [row.case_key for row in tx.rows(query.with_only_columns(d.case_key).order_by(*sort))]


def listed_rows(tx: Transaction, actor: Actor, asked: Asked, case_keys: Sequence[int]) -> Iterator[Mapping[str, Any]]:
    """The rows of these cases as the list shows them, in this order; without those that left it meanwhile."""
    authorize(actor, Permission.DECLARATIONS_REVIEW)
    for start in range(0, len(case_keys), PIECE):
        piece = case_keys[start : start + PIECE]
        query = _select(tx, actor, asked, Path(End(tx, sa.select(d.case_key), piece)))[0]
        rows = _with_reviews(tx, actor, asked, [dict(row._mapping) for row in tx.rows(query)])
        found = {row["case_key"]: row for row in rows}
        yield from (found[key] for key in piece if key in found)


def _places(actor: Actor, asked: Asked) -> list[tuple[int, str]]:
    return places_in(sorted(actor.groups), asked.desk)


def _listed(tx: Transaction, actor: Actor, asked: Asked, rows: int) -> tuple[sa.Select[Any], Keyset]:
    """The rows of a list and its order; `rows` is how many of them will be read."""
    by_desk = asked.tab is not Tab.ALL and _order(asked).by is r.at
    filters = _filter_ends(tx, actor, asked)
    few = [end for end in filters if end.keys is not None]
    if few:
        # so few that nothing else need be asked
        return _select(tx, actor, asked, Path(min(few, key=lambda end: end.size)))
    end = _tab_end(tx, actor, asked)
    path = best_path(filters, end, rows=rows, by_desk=by_desk, at_desk=asked.tab is not Tab.ALL)
    if path.along_desk and asked.tab is Tab.ON_HOLD:
        path = Path(end)
    return _select(tx, actor, asked, path)


def _select(tx: Transaction, actor: Actor, asked: Asked, path: Path) -> tuple[sa.Select[Any], Keyset]:
    """The statement that goes this way: every other index is kept out of SQLite's choice."""

    def apart(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
        return unindexed(tx, column)

    order = _order(asked)
    along_order = path.end is None and not path.along_desk
    year: sa.ColumnElement[Any] = d.year if along_order else apart(d.year)
    query = sa.select(declaration).where(year == asked.year, is_seen(actor), *conditions(tx, asked.filters, apart))
    query = query.where(*_in_scope(tx, actor, asked.whose)).execution_options(**PLANNED_ANEW)
    if path.end is not None:
        query = query.where(key_among(tx, d.case_key, path.end))
    if not along_order and not (path.along_desk and order.by is r.at):
        order = replace(order, by=apart(order.by))
    if asked.tab is Tab.ALL:
        return query, order
    here = (apart(r.case_key) if path.along_desk else r.case_key) == (apart(d.case_key) if along_order else d.case_key)
    decided, of_year = (r.decided, r.year) if path.along_desk else (apart(r.decided), apart(r.year))
    query = query.join(declaration_review, here).add_columns(r.task_key, r.at, r.outcome)
    query = query.where(at_desk(_places(actor, asked)), decided.is_(asked.tab is Tab.DECIDED), of_year == asked.year)
    if asked.tab is not Tab.DECIDED:
        state = TaskState.OPEN if asked.tab is Tab.PENDING else TaskState.ON_HOLD
        query = query.where(sa.exists().where(task.c.key == r.task_key, apart(task.c.state) == state))
    return query, order


def _order(asked: Asked) -> Keyset:
    name = asked.sort.removeprefix("-")
    if name in SORTS:
        return Keyset(SORTS[name], d.case_key, descending=asked.sort.startswith("-"))
    if asked.tab is Tab.ALL:
        return Keyset(d.declaration_no, d.case_key, descending=True)
    return Keyset(r.at, r.case_key, descending=(asked.tab is Tab.DECIDED) != (asked.sort == "-at"))


def _in_scope(tx: Transaction, actor: Actor, scope: Scope) -> list[sa.ColumnElement[bool]]:
    if scope is Scope.BOTH:
        return []
    unit = unindexed(tx, d.unit)
    return [unit == actor.unit if scope is Scope.OWN else unit != actor.unit]


def _filter_ends(tx: Transaction, actor: Actor, asked: Asked) -> list[End]:
    """What each filter that has an index leaves of the year, asked once for all the tabs of a page."""
    wanted = {name: text for name, text in asked.filters.items() if name in FILTERS and text.strip()}
    ends = [_filter_end(tx, asked.year, name, text) for name, text in wanted.items()]
    if asked.whose is Scope.OWN:
        of_unit = sa.select(d.case_key).where(d.year == asked.year, d.unit == actor.unit)
        ends.append(_once(tx, (asked.year, Scope.OWN), lambda: end_of(tx, of_unit)))
    return ends


def _filter_end(tx: Transaction, year: int, name: str, text: str) -> End:
    def find() -> End:
        return end_of(tx, sa.select(d.case_key).where(d.year == year, *conditions(tx, {name: text})))

    return _once(tx, (year, name, text), find)


def _once(tx: Transaction, name: object, find: Callable[[], End]) -> End:
    found: dict[object, End] = tx.memo.setdefault("declaration lists", {})
    if name not in found:
        found[name] = find()
    return found[name]


def _tab_end(tx: Transaction, actor: Actor, asked: Asked) -> End:
    """What waits at the desk, was decided there, or lies in the units."""
    places = _places(actor, asked)
    if asked.tab is Tab.ALL:
        return _once(tx, (asked.year, Tab.ALL), lambda: scope_end(tx, actor, asked.year))
    decided = asked.tab is Tab.DECIDED
    end = _once(tx, (asked.year, asked.desk, decided), lambda: desk_end(tx, places, asked.year, decided=decided))
    if asked.tab is Tab.ON_HOLD and end.keys is None:
        return _once(tx, (asked.year, asked.desk, Tab.ON_HOLD), lambda: held_end(tx, places))
    return end


def _quick_counts(tx: Transaction, actor: Actor, asked: Asked) -> dict[Tab, int] | None:
    """The counts where every tab has an end of few."""
    narrow = any(end.keys is not None for end in _filter_ends(tx, actor, asked))
    if not narrow and any(_tab_end(tx, actor, replace(asked, tab=tab)).keys is None for tab in Tab):
        return None
    return count_tabs(tx, actor, asked)


def _with_reviews(tx: Transaction, actor: Actor, asked: Asked, rows: list[dict[str, Any]]) -> list[Mapping[str, Any]]:
    """The rows, those of 全部 with the actor's own reviews."""
    if asked.tab is not Tab.ALL:
        return [{**row, "open": asked.tab is not Tab.DECIDED} for row in rows]
    wanted = sa.select(r.case_key, r.task_key, r.at, r.outcome, r.decided)
    keys = [row["case_key"] for row in rows]
    mine = tx.rows(wanted.where(at_desk(_places(actor, asked)), r.case_key.in_(keys))) if keys else []
    own = {row.case_key: row for row in mine}
    return [_with_review(row, own.get(row["case_key"])) for row in rows]


def _with_review(row: dict[str, Any], review: sa.Row[Any] | None) -> Mapping[str, Any]:
    if review is None:
        return {**row, "task_key": None, "at": None, "outcome": None, "open": None}
    return {**row, "task_key": review.task_key, "at": review.at, "outcome": review.outcome, "open": not review.decided}
