"""The rows one command writes, collected and sent together."""

from typing import Any

import sqlalchemy as sa


class WriteSet:
    """Inserts by table in the order the tables were first used; `flush` sends one statement per table and shape."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._inserts: dict[tuple[sa.Table, frozenset[str]], list[dict[str, Any]]] = {}

    def insert(self, table: sa.Table, row: dict[str, Any]) -> None:
        self._inserts.setdefault((table, frozenset(row)), []).append(row)

    def flush(self) -> None:
        if not self._inserts:
            return
        pending, self._inserts = self._inserts, {}
        for (table, _), rows in pending.items():
            self._connection.execute(sa.insert(table), rows)
