"""Searching what the flow keeps, by any column, within what the actor may see. `/v2` and the administrator's lists use it.

Filters and order name columns of a `Searchable`; operators are those of Camunda 8's search requests.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

import orjson
import sqlalchemy as sa

from engine.access import Actor
from engine.db import Transaction
from engine.db.types import UtcDateTime
from engine.errors import InvalidInput
from engine.flow import tables as t
from engine.flow.visibility import visible_to

#: totals above this are given as this with `more`; nobody needs the exact number and counting it costs
COUNT_CAP = 1000
MAX_PAGE = 1000


class Operator(StrEnum):
    EQ = "$eq"
    NEQ = "$neq"
    EXISTS = "$exists"
    GT = "$gt"
    GTE = "$gte"
    LT = "$lt"
    LTE = "$lte"
    LIKE = "$like"
    IN = "$in"
    NOT_IN = "$notIn"


@dataclass(frozen=True, slots=True)
class Condition:
    column: str
    operator: Operator
    value: Any


@dataclass(frozen=True, slots=True)
class Order:
    column: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """By offset (`start`), or by a cursor of an earlier answer: `after` it or `before` it."""

    limit: int = 100
    start: int = 0
    after: str | None = None
    before: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    rows: Sequence[sa.Row[Any]]
    total: int
    more: bool
    first: str | None
    last: str | None


@dataclass(frozen=True, slots=True)
class Searchable:
    """A selection with named columns; `case_key` is the column its visibility hangs on, None where all may see it."""

    columns: Mapping[str, sa.ColumnElement[Any]]
    source: sa.FromClause
    key: str
    case_key: sa.ColumnElement[Any] | None
    #: where-clauses made from names that are no columns, e.g. a candidate group
    special: Mapping[str, Any] = field(default_factory=dict)


def search(
    tx: Transaction,
    actor: Actor,
    what: Searchable,
    conditions: Sequence[Condition] = (),
    order: Sequence[Order] = (),
    page: Page | None = None,
) -> Found:
    """One page of what the actor may see and the conditions leave, with a total counted up to `COUNT_CAP`.

    Raises `InvalidInput` for a column, operator, value or cursor that does not fit.
    """
    page = page or Page()
    where = [_clause(what, condition) for condition in conditions]
    if what.case_key is not None and not actor.everywhere:
        where.append(what.case_key.in_(visible_to(actor)))
    order = [*(entry for entry in order if entry.column != what.key), _tie_break(what, order)]
    backwards = page.before is not None
    cursor = page.before or page.after
    shown = list(where)
    if cursor is not None:
        shown.append(_beyond(what, order, _read_cursor(cursor, len(order)), backwards))
    statement = (
        sa.select(*(column.label(name) for name, column in what.columns.items()))
        .select_from(what.source)
        .where(*shown)
        .order_by(*(_sorted(what, entry, backwards) for entry in order))
        .limit(max(0, min(page.limit, MAX_PAGE)))
    )
    if cursor is None and page.start:
        statement = statement.offset(page.start)
    rows = list(tx.rows(statement))
    if backwards:
        rows.reverse()
    total = _count(tx, what, where)
    return Found(
        rows=rows,
        total=min(total, COUNT_CAP),
        more=total > COUNT_CAP,
        first=_write_cursor(rows[0], order) if rows else None,
        last=_write_cursor(rows[-1], order) if rows else None,
    )


def _tie_break(what: Searchable, order: Sequence[Order]) -> Order:
    chosen = [entry for entry in order if entry.column == what.key]
    return chosen[0] if chosen else Order(what.key, order[-1].descending if order else False)


def _count(tx: Transaction, what: Searchable, where: Sequence[sa.ColumnElement[bool]]) -> int:
    capped = sa.select(sa.literal(1)).select_from(what.source).where(*where).limit(COUNT_CAP + 1).subquery()
    return int(tx.value(sa.select(sa.func.count()).select_from(capped)) or 0)


def _column(what: Searchable, name: str) -> sa.ColumnElement[Any]:
    try:
        return what.columns[name]
    except KeyError:
        raise InvalidInput(f"不能按“{name}”查询。") from None


def _clause(what: Searchable, condition: Condition) -> sa.ColumnElement[bool]:
    if condition.column in what.special:
        made: sa.ColumnElement[bool] = what.special[condition.column](condition)
        return made
    return _compare(_column(what, condition.column), condition.operator, condition.value)


def _compare(column: sa.ColumnElement[Any], operator: Operator, value: Any) -> sa.ColumnElement[bool]:
    made: sa.ColumnElement[bool]
    match operator:
        case Operator.EQ:
            made = column.is_(None) if value is None else column == value
        case Operator.NEQ:
            made = column.is_not(None) if value is None else sa.or_(column != value, column.is_(None))
        case Operator.EXISTS:
            made = column.is_not(None) if value else column.is_(None)
        case Operator.GT:
            made = column > value
        case Operator.GTE:
            made = column >= value
        case Operator.LT:
            made = column < value
        case Operator.LTE:
            made = column <= value
        case Operator.LIKE:
            made = column.like(_pattern(str(value)), escape="\\")
        case Operator.IN:
            made = column.in_(list(value))
        case Operator.NOT_IN:
            made = sa.or_(column.not_in(list(value)), column.is_(None))
    return made


def _pattern(wildcards: str) -> str:
    """`*` and `?` of the API as SQL's `%` and `_`; SQL's own are taken literally."""
    made = []
    escaped = False
    for character in wildcards:
        if escaped:
            made.append(f"\\{character}" if character in "%_\\" else character)
            escaped = False
        elif character == "\\":
            escaped = True
        else:
            made.append({"*": "%", "?": "_", "%": "\\%", "_": "\\_"}.get(character, character))
    return "".join(made)


def _known(what: Searchable, entry: Order) -> sa.ColumnElement[Any]:
    """The column with its gaps filled, so that rows without a value have a place in the order too."""
    column = _column(what, entry.column)
    if isinstance(column.type, sa.Integer | sa.Boolean) or entry.column == what.key:
        return column if entry.column == what.key else sa.func.coalesce(column, -1)
    if isinstance(column.type, UtcDateTime):
        return column
    return sa.func.coalesce(column, "")


def _sorted(what: Searchable, entry: Order, backwards: bool) -> sa.ColumnElement[Any]:
    column = _known(what, entry)
    if entry.descending != backwards:
        return column.desc().nulls_last() if not backwards else column.desc().nulls_first()
    return column.asc().nulls_last() if not backwards else column.asc().nulls_first()


def _beyond(what: Searchable, order: Sequence[Order], values: Sequence[Any], backwards: bool) -> sa.ColumnElement[bool]:
    """The rows after (or before) the cursor in the order: on equal first columns the next one decides."""
    alternatives = []
    equal: list[sa.ColumnElement[bool]] = []
    for entry, raw in zip(order, values, strict=True):
        column = _known(what, entry)
        value = _from_cursor(column, raw)
        if value is None:
            # without a value stands last: beyond it lie only those that tie
            equal.append(column.is_(None))
            if backwards:
                alternatives.append(sa.and_(*equal[:-1], column.is_not(None)))
            continue
        smaller = entry.descending != backwards
        step = column < value if smaller else column > value
        if not backwards and isinstance(column.type, UtcDateTime):
            step = sa.or_(step, column.is_(None))
        alternatives.append(sa.and_(*equal, step))
        equal.append(column == value)
    return sa.or_(*alternatives)


def _write_cursor(row: sa.Row[Any], order: Sequence[Order]) -> str:
    values = [getattr(row, entry.column) for entry in order]
    return base64.b64encode(orjson.dumps(values, default=str)).decode()


def _read_cursor(cursor: str, length: int) -> list[Any]:
    try:
        values = orjson.loads(base64.b64decode(cursor, validate=True))
    except ValueError:
        values = None
    if not isinstance(values, list) or len(values) != length:
        raise InvalidInput("翻页位置无效，请从第一页重新查询。")
    return values


def _from_cursor(column: sa.ColumnElement[Any], raw: Any) -> Any:
    if isinstance(column.type, UtcDateTime) and isinstance(raw, str):
        try:
            return datetime.fromisoformat(raw)
        except ValueError:
            raise InvalidInput("翻页位置无效，请从第一页重新查询。") from None
    if raw is None and not isinstance(column.type, UtcDateTime):
        return -1 if isinstance(column.type, sa.Integer | sa.Boolean) else ""
    return raw


_case = t.case.alias("c")
_definition = t.definition.alias("d")


def _of_definition(source: sa.FromClause, column: sa.ColumnElement[Any]) -> sa.Join:
    return source.join(_definition, _definition.c.key == column)


def _cases() -> Searchable:
    c = t.case.c
    return Searchable(
        columns={
            "key": c.key,
            "process_id": c.process_id,
            "process_name": _definition.c.name,
            "version": _definition.c.version,
            "version_tag": _definition.c.version_tag,
            "definition_key": c.definition_key,
            "started_at": c.started_at,
            "started_by": c.started_by,
            "ended_at": c.ended_at,
            "state": c.state,
            "has_incident": c.has_incident,
            "parent_case_key": c.parent_case_key,
            "parent_element_key": c.parent_element_key,
            "root_case_key": c.root_case_key,
            "business_key": c.business_key,
            "tags": c.tags,
            "title": c.title,
            "status": c.status,
            "unit_id": c.unit_id,
            "year": c.year,
        },
        source=_of_definition(t.case, c.definition_key),
        key="key",
        case_key=c.key,
        special={
            "variables": lambda condition: _has_variable(c.key, condition.value),
            "text": lambda condition: _names_case(str(condition.value)),
        },
    )


def _names_case(text: str) -> sa.ColumnElement[bool]:
    """Cases whose title holds the text or whose business key begins with it."""
    return sa.or_(
        t.case.c.title.contains(text, autoescape=True), t.case.c.business_key.startswith(text, autoescape=True)
    )


def _has_variable(case_key: sa.ColumnElement[Any], wanted: tuple[str, Operator, Any]) -> sa.ColumnElement[bool]:
    """A variable of the case's own scope with that name whose JSON text compares so."""
    name, operator, value = wanted
    v = t.variable.alias()
    text = sa.type_coerce(v.c.value, sa.Text)
    held = (v.c.case_key == case_key, v.c.scope_key == v.c.case_key, v.c.name == name)
    return sa.exists().where(*held, _compare(text, operator, value))


def _tasks() -> Searchable:
    shared = [column.name for column in t.task.c]
    union = sa.union_all(
        sa.select(
            *(t.task.c[name] for name in shared),
            sa.null().cast(UtcDateTime()).label("ended_at"),
            sa.null().cast(sa.String).label("ended_by"),
        ),
        sa.select(*(t.task_done.c[name] for name in shared), t.task_done.c.ended_at, t.task_done.c.ended_by),
    ).subquery("any_task")
    columns: dict[str, sa.ColumnElement[Any]] = {name: union.c[name] for name in (*shared, "ended_at", "ended_by")}
    columns |= {
        "process_name": _definition.c.name,
        "version_of_process": _definition.c.version,
        "root_case_key": _case.c.root_case_key,
        "tags": _case.c.tags,
    }

    def names_candidate(column: str) -> Any:
        # lists are kept as JSON text: an exact member is its quoted form
        def clause(condition: Condition) -> sa.ColumnElement[bool]:
            text = sa.type_coerce(union.c[column], sa.Text)
            wanted = condition.value if condition.operator is Operator.IN else [condition.value]
            found = sa.or_(*(text.contains(orjson.dumps(str(one)).decode(), autoescape=True) for one in wanted))
            return sa.not_(found) if condition.operator in (Operator.NEQ, Operator.NOT_IN) else found

        return clause

    source = _of_definition(union, union.c.definition_key).join(_case, _case.c.key == union.c.case_key)
    return Searchable(
        columns=columns,
        source=source,
        key="key",
        case_key=union.c.case_key,
        special={
            "candidate_group": names_candidate("candidate_groups"),
            "candidate_user": names_candidate("candidate_users"),
            "variables": lambda condition: _has_variable(union.c.case_key, condition.value),
        },
    )


def _open_tasks() -> Searchable:
    """Only open tasks: the table that stays small, so that the commonest search never touches finished ones."""
    shared = {column.name: column for column in t.task.c}
    whole = _tasks()
    columns: dict[str, sa.ColumnElement[Any]] = {
        **shared,
        "ended_at": sa.null().cast(UtcDateTime()),
        "ended_by": sa.null().cast(sa.String),
        **{name: whole.columns[name] for name in ("process_name", "version_of_process", "root_case_key", "tags")},
    }

    def is_candidate(prefix: str) -> Any:
        candidate = t.task_candidate

        def clause(condition: Condition) -> sa.ColumnElement[bool]:
            wanted = condition.value if condition.operator is Operator.IN else [condition.value]
            principals = [f"{prefix}{one}" for one in wanted]
            several = sa.select(candidate.c.task_key).where(candidate.c.principal.in_(principals))
            found = sa.or_(t.task.c.candidate.in_(principals), t.task.c.key.in_(several))
            return sa.not_(found) if condition.operator in (Operator.NEQ, Operator.NOT_IN) else found

        return clause

    return Searchable(
        columns=columns,
        source=_of_definition(t.task, t.task.c.definition_key).join(_case, _case.c.key == t.task.c.case_key),
        key="key",
        case_key=t.task.c.case_key,
        special={
            "candidate_group": is_candidate(""),
            "candidate_user": is_candidate("user:"),
            "variables": lambda condition: _has_variable(t.task.c.case_key, condition.value),
        },
    )


def _plain(table: sa.Table, *, case_column: str = "case_key", key: str = "key") -> Searchable:
    """A table whose rows hang on a case, with the case's root and definition beside them."""
    columns: dict[str, sa.ColumnElement[Any]] = {column.name: column for column in table.c}
    columns.setdefault("root_case_key", _case.c.root_case_key)
    columns.setdefault("process_id", _case.c.process_id)
    columns.setdefault("definition_key", _case.c.definition_key)
    columns["business_key"] = _case.c.business_key
    columns["tags"] = _case.c.tags
    columns["version_of_process"] = _definition.c.version
    source = table.join(_case, _case.c.key == table.c[case_column])
    return Searchable(
        columns=columns,
        source=_of_definition(source, _case.c.definition_key),
        key=key,
        case_key=table.c[case_column],
    )


def _variables() -> Searchable:
    plain = _plain(t.variable)
    return Searchable(
        columns={**plain.columns, "value": sa.type_coerce(t.variable.c.value, sa.Text)},
        source=plain.source,
        key="key",
        case_key=t.variable.c.case_key,
    )


def _definitions() -> Searchable:
    d, other = t.definition, t.definition.alias("newer")
    superseded = sa.exists().where(other.c.kind == d.c.kind, other.c.id == d.c.id, other.c.version > d.c.version)
    return Searchable(
        columns={column.name: column for column in d.c},
        source=d,
        key="key",
        case_key=None,
        special={"latest": lambda condition: sa.not_(superseded) if condition.value else superseded},
    )


CASES = _cases()
TASKS = _tasks()
OPEN_TASKS = _open_tasks()
VARIABLES = _variables()
INCIDENTS = _plain(t.incident)
JOBS = _plain(t.job)
TIMERS = _plain(t.timer)
SUBSCRIPTIONS = _plain(t.subscription)
ELEMENT_INSTANCES = _plain(t.element_instance)
DEFINITIONS = _definitions()
