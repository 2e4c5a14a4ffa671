"""Cases by the thousand, copied row by row from one that came about properly: only to measure batches on."""

from collections.abc import Mapping
from typing import Any

import orjson
import sqlalchemy as sa

from engine.db import Transaction
from engine.flow.tables import (
    case,
    case_party,
    element_instance,
    journal,
    subscription,
    task,
    task_done,
    task_draft,
    timer,
    variable,
    variable_change,
)

#: far above every key that is handed out meanwhile
FIRST_KEY = 1 << 52
#: what a case consists of, with the columns that hold keys of its own
PARTS: Mapping[sa.Table, tuple[str, ...]] = {
    case: ("key", "root_case_key"),
    case_party: ("case_key",),
    element_instance: ("case_key", "key", "scope_key"),
    variable: ("case_key", "scope_key", "key"),
    variable_change: ("case_key", "scope_key", "seq", "task_key"),
    task: ("key", "case_key", "element_key"),
    task_done: ("key", "case_key", "element_key"),
    timer: ("key", "case_key", "wait_key", "owner_key"),
    subscription: ("key", "case_key", "wait_key", "owner_key"),
    journal: ("case_key",),
    task_draft: ("task_key",),
}
#: where values of variables stand
VALUES = (variable, variable_change)


class CaseCopier:
    """Copies of one case that runs and has called no other, each with a business key of its own."""

    def __init__(self, tx: Transaction, case_key: int) -> None:
        self._tx = tx
        self._case_key = case_key
        self._rows = {table: self._read(table) for table in PARTS}
        self._own: set[int] = {
            row[name]
            for table, names in PARTS.items()
            for row in self._rows[table]
            for name in names
            if row[name] is not None
        }
        self._first = min(self._own)
        self._width = max(self._own) - self._first + 1

    def _read(self, table: sa.Table) -> list[dict[str, Any]]:
        if table is task_draft:
            tasks = sa.select(task.c.key).where(task.c.case_key == self._case_key)
            wanted: sa.ColumnElement[bool] = table.c.task_key.in_(tasks)
        else:
            wanted = (table.c.key if table is case else table.c.case_key) == self._case_key
        return [dict(row._mapping) for row in self._tx.rows(sa.select(table).where(wanted))]

    def key(self, old: int, number: int) -> int:
        """What a key of the case is in its n-th copy."""
        return FIRST_KEY + number * self._width + old - self._first

    def copy(self, number: int, business_key: str, variables: Mapping[str, Any]) -> int:
        """The n-th copy; its key. The rows go out with the next flush. `variables` are those that are its own: they have had these
        values from the beginning, wherever the original has its own."""
        for table, names in PARTS.items():
            for row in self._rows[table]:
                own = {"value": variables[row["name"]]} if table in VALUES and row["name"] in variables else {}
                self._tx.insert(table, **self._moved(row, names, number, business_key) | own)
        return self.key(self._case_key, number)

    def _moved(self, row: Mapping[str, Any], names: tuple[str, ...], number: int, business_key: str) -> dict[str, Any]:
        moved: dict[str, Any] = {name: self.key(row[name], number) if row[name] is not None else None for name in names}
        if row.get("snapshot") is not None:
            moved["snapshot"] = self._snapshot(row["snapshot"], number)
        for name in ("business_key", "correlation_key"):
            if row.get(name) is not None:
                moved[name] = business_key
        return {**row, **moved}

    def _snapshot(self, snapshot: bytes, number: int) -> bytes:
        def moved(value: Any) -> Any:
            if isinstance(value, dict):
                return {name: moved(held) for name, held in value.items()}
            if isinstance(value, list):
                return [moved(held) for held in value]
            return self.key(value, number) if isinstance(value, int) and value in self._own else value

        return orjson.dumps(moved(orjson.loads(snapshot)))
