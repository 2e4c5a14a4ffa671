"""Rows by the hundred thousand into either database, as its driver takes them fastest."""

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from engine.db import Transaction
from engine.db.keys import take_block

#: rows of all tables together that wait to be sent
TOGETHER = 40_000


class BulkWriter:
    """Gathers rows and sends them table by table, those others point at first. The caller flushes at the end."""

    def __init__(self, tx: Transaction) -> None:
        self.tx = tx
        self.written = 0
        self._waiting: dict[sa.Table, list[tuple[Any, ...]]] = {}
        self._count = 0

    def keys(self, count: int) -> int:
        """The first of so many keys nobody else gets."""
        return take_block(self.tx.connection, count)

    def add(self, table: sa.Table, rows: Sequence[tuple[Any, ...]]) -> None:
        """Rows with a value for every column in the table's order, as the driver takes them."""
        if not rows:
            return
        self._waiting.setdefault(table, []).extend(rows)
        self._count += len(rows)
        if self._count >= TOGETHER:
            self.flush()

    def insert(self, table: sa.Table, rows: Iterable[dict[str, Any]]) -> None:
        """The same for rows as the rest of the engine writes them."""
        self.add(table, [native(self.tx, table, row) for row in rows])

    def flush(self) -> None:
        self.tx.flush()
        order = {table.name: number for number, table in enumerate(_sorted(self._waiting))}
        for table in sorted(self._waiting, key=lambda one: order[one.name]):
            _send(self.tx, table, self._waiting[table])
        self.written += self._count
        self._waiting, self._count = {}, 0


def _sorted(tables: Iterable[sa.Table]) -> list[sa.Table]:
    metadata = next(iter(tables), None)
    return metadata.metadata.sorted_tables if metadata is not None else []


def native(tx: Transaction, table: sa.Table, row: dict[str, Any]) -> tuple[Any, ...]:
    """A row with its columns' own conversions done, None where the row says nothing."""
    dialect = tx.connection.dialect
    values = []
    for column in table.columns:
        value = row.get(column.name)
        bind = column.type.dialect_impl(dialect).bind_processor(dialect)
        values.append(value if bind is None or value is None else bind(value))
    return tuple(values)


def _send(tx: Transaction, table: sa.Table, rows: Sequence[tuple[Any, ...]]) -> None:
    preparer = tx.connection.dialect.identifier_preparer
    name = preparer.format_table(table)
    columns = ", ".join(preparer.quote(column.name) for column in table.columns)
    if tx.is_sqlite:
        marks = ", ".join("?" * len(table.columns))
        tx.connection.exec_driver_sql(f"INSERT INTO {name} ({columns}) VALUES ({marks})", list(rows))  # noqa: S608
        return
    driver = tx.connection.connection.cursor()
    with driver.copy(f"COPY {name} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
