"""The rows one command writes, collected and sent together: a few statements on SQLite, one on PostgreSQL."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from functools import cache, lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import psycopg
from sqlalchemy.engine import Dialect

Row = Mapping[str, Any]
#: one of each kind for all connections, so that what is kept per dialect is kept once
DIALECTS: Mapping[str, Dialect] = {"sqlite": sqlite.dialect(), "postgresql": psycopg.dialect()}  # type: ignore[no-untyped-call]
Process = Callable[[Any], Any] | None


class Verb(StrEnum):
    """In the order in which SQLite runs them: room is made before it is taken."""

    DELETE = "delete"
    INSERT = "insert"
    UPSERT = "upsert"
    UPDATE = "update"


class Shape(NamedTuple):
    """What rows must have in common to go out in one statement. `keys` say which row, `columns` what it becomes."""

    verb: Verb
    table: sa.Table
    keys: tuple[str, ...]
    columns: tuple[str, ...]


class WriteSet:
    """Collects; `flush` sends.

    On PostgreSQL the parts of one flush do not see each other's rows, so a flush holds a row of a table at most once:
    a command keeps what it changes in memory and adds each row when it knows its end.
    """

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._pending: dict[Shape, list[Row]] = {}

    def insert(self, table: sa.Table, row: Row) -> None:
        """Add a row. Defaults of columns that are missing are filled in."""
        for name, default in defaults(table):
            if name not in row:
                row = {**row, name: default}
        self._add(Verb.INSERT, table, (), tuple(sorted(row)), row)

    def upsert(self, table: sa.Table, row: Row, change: Sequence[str]) -> None:
        """Add a row, or give the columns `change` of the one with the same primary key the new values."""
        self._add(Verb.UPSERT, table, tuple(change), tuple(sorted(row)), row)

    def update(self, table: sa.Table, key: Row, values: Row) -> None:
        """Give the rows with that key new values."""
        self._add(Verb.UPDATE, table, tuple(key), tuple(sorted(values)), {**values, **key})

    def delete(self, table: sa.Table, key: Row) -> None:
        """Remove the rows with that key."""
        self._add(Verb.DELETE, table, tuple(key), (), key)

    def _add(self, verb: Verb, table: sa.Table, keys: tuple[str, ...], columns: tuple[str, ...], row: Row) -> None:
        self._pending.setdefault(Shape(verb, table, keys, columns), []).append(row)

    def clear(self) -> None:
        """Drop what was collected and not sent."""
        self._pending.clear()

    def flush(self) -> None:
        """Send what was collected; does nothing where nothing was."""
        if not self._pending:
            return
        pending, self._pending = self._pending, {}
        if self._connection.dialect.name == "sqlite":
            self._send_each(pending)
        else:
            self._send_together(pending)

    def _send_each(self, pending: dict[Shape, list[Row]]) -> None:
        dialect = DIALECTS[self._connection.dialect.name]
        for verb in Verb:
            for shape, rows in pending.items():
                if shape.verb is verb:
                    bind = binder(shape, dialect)
                    statement = sqlite_statement(shape, dialect)
                    values = [bind(row) for row in rows]
                    self._connection.exec_driver_sql(statement, values if len(values) > 1 else values[0])

    def _send_together(self, pending: dict[Shape, list[Row]]) -> None:
        dialect = DIALECTS["postgresql"]
        parameters: dict[str, str] = {}
        for number, (shape, rows) in enumerate(pending.items()):
            names, bind = bound(shape), binder(shape, dialect)
            objects = [dict(zip(names, bind(row), strict=True)) for row in rows]
            given = objects if len(objects) > 1 else objects[0]
            parameters[f"p{number}"] = orjson.dumps(given, default=in_json).decode()
        parts = tuple((shape, len(rows) > 1) for shape, rows in pending.items())
        self._connection.exec_driver_sql(postgres_statement(parts), parameters)


@cache
def defaults(table: sa.Table) -> tuple[tuple[str, Any], ...]:
    """The columns that have a constant default, with it."""
    return tuple(
        (column.name, column.default.arg)
        for column in table.columns
        if isinstance(column.default, sa.ColumnDefault) and column.default.is_scalar
    )


@cache
def bound(shape: Shape) -> tuple[str, ...]:
    """The names whose values a statement takes, in its order."""
    names = shape.columns if shape.verb is Verb.UPSERT else shape.columns + shape.keys
    return tuple(map(str.__str__, names))


@cache
def processors(shape: Shape, dialect: Dialect) -> tuple[Process, ...]:
    """What turns each value into what the driver takes; None where it is that already."""
    return tuple(processor(shape.table.c[name].type, dialect) for name in bound(shape))


def processor(kind: sa.types.TypeEngine[Any], dialect: Dialect) -> Process:
    if isinstance(kind, sa.Enum):
        # what a StrEnum is stored by is its own text
        return lambda value: None if value is None else str(value)
    return kind.dialect_impl(dialect).bind_processor(dialect)


@cache
def binder(shape: Shape, dialect: Dialect) -> Callable[[Row], tuple[Any, ...]]:
    """Makes the values of a statement from a row."""
    names = bound(shape)
    processed = [(place, process) for place, process in enumerate(processors(shape, dialect)) if process is not None]
    take = itemgetter(*names) if len(names) > 1 else lambda row: (row[names[0]],)

    def bind(row: Row) -> tuple[Any, ...]:
        values = list(take(row))
        for place, process in processed:
            if values[place] is not None:
                values[place] = process(values[place])
        return tuple(values)

    return bind


def conflict(shape: Shape, dialect: Dialect) -> str:
    quote = dialect.identifier_preparer.quote
    target = ", ".join(quote(column.name) for column in shape.table.primary_key.columns)
    if not shape.keys:
        return f" ON CONFLICT ({target}) DO NOTHING"
    changes = ", ".join(f"{quote(name)} = excluded.{quote(name)}" for name in shape.keys)
    return f" ON CONFLICT ({target}) DO UPDATE SET {changes}"


@lru_cache(maxsize=1000)
def sqlite_statement(shape: Shape, dialect: Dialect) -> str:
    quote = dialect.identifier_preparer.quote
    table = quote(shape.table.name)
    if shape.verb in {Verb.INSERT, Verb.UPSERT}:
        columns = ", ".join(map(quote, shape.columns))
        marks = ", ".join("?" * len(shape.columns))
        end = conflict(shape, dialect) if shape.verb is Verb.UPSERT else ""
        return f"INSERT INTO {table} ({columns}) VALUES ({marks}){end}"  # noqa: S608 - names from our own metadata
    where = " AND ".join(f"{quote(name)} = ?" for name in shape.keys)
    if shape.verb is Verb.DELETE:
        return f"DELETE FROM {table} WHERE {where}"  # noqa: S608 - names from our own metadata
    changes = ", ".join(f"{quote(name)} = ?" for name in shape.columns)
    return f"UPDATE {table} SET {changes} WHERE {where}"  # noqa: S608 - names from our own metadata


@lru_cache(maxsize=1000)
def postgres_statement(parts: tuple[tuple[Shape, bool], ...]) -> str:
    """One statement of all parts: of each its shape, and whether it holds several rows."""
    *first, last = (postgres_part(shape, several, number) for number, (shape, several) in enumerate(parts))
    if not first:
        return last
    return "WITH " + ",".join(f"w{number} AS({part})" for number, part in enumerate(first)) + last


def postgres_part(shape: Shape, several: bool, number: int) -> str:
    """One statement over a JSON array of rows, so that its text does not depend on how many there are; over a JSON object
    where there is one row: the planner expects a hundred of an array, and would rather read a small table than its index.

    One text is one parameter: arrays, a parameter per column, cost the driver more than all the rest of a command.
    The table's own row type reads the values, so that what does not fit is refused as in any INSERT.
    """
    quote = DIALECTS["postgresql"].identifier_preparer.quote
    table = quote(shape.table.name)
    rows = f"json_populate_record{'set' if several else ''}(null::{table},%(p{number})s)"
    if shape.verb in {Verb.INSERT, Verb.UPSERT}:
        columns = ",".join(map(quote, shape.columns))
        end = conflict(shape, DIALECTS["postgresql"]) if shape.verb is Verb.UPSERT else ""
        return f"INSERT INTO {table}({columns})SELECT {columns} FROM {rows}{end}"  # noqa: S608 - own names
    where = " AND ".join(f"{table}.{quote(name)}=v.{quote(name)}" for name in shape.keys)
    if shape.verb is Verb.DELETE:
        return f"DELETE FROM {table} USING {rows} v WHERE {where}"  # noqa: S608 - names from our own metadata
    changes = ",".join(f"{quote(name)}=v.{quote(name)}" for name in shape.columns)
    return f"UPDATE {table} SET {changes} FROM {rows} v WHERE {where}"  # noqa: S608 - names from our own metadata


def in_json(value: Any) -> str:
    """Bytes and decimals as PostgreSQL reads them."""
    if isinstance(value, bytes):
        return "\\x" + value.hex()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} in a row")
