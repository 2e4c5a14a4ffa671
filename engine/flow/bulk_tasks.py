"""Tasks by the hundred thousand, written past the interpreter: only to measure lists on. No case stands behind them."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from engine.db import Transaction
from engine.flow.tables import TaskState, task, task_done

#: so many rows are sent; the database copies them as often as needed
SENT = 1000
#: far above every key that is handed out meanwhile
FIRST_KEY = 1 << 50


def insert_open_tasks(tx: Transaction, common: Mapping[str, Any], candidates: Mapping[str, int]) -> None:
    """Open, unclaimed tasks: so many (in whole thousands) for each candidate group. `common` are columns all rows share."""
    for number, (candidate, count) in enumerate(candidates.items()):
        rows = [
            _row(tx, common, number, at) | {"candidate": candidate, "candidate_groups": [candidate]}
            for at in range(SENT)
        ]
        _insert(tx, task, rows, count // SENT)


def insert_done_tasks(tx: Transaction, common: Mapping[str, Any], doers: Sequence[str], count: int) -> None:
    """Completed tasks, in whole thousands, shared out evenly among those who completed them."""
    rows = [
        _row(tx, common, 1000, at)
        | {
            "candidate_groups": [],
            "state": TaskState.COMPLETED,
            "ended_at": tx.now - timedelta(minutes=at),
            "ended_by": doers[at % len(doers)],
        }
        for at in range(SENT)
    ]
    _insert(tx, task_done, rows, count // SENT)


def refresh_statistics(tx: Transaction) -> None:
    """What PostgreSQL does by itself some minutes after so many rows have come."""
    if not tx.is_sqlite:
        tx.execute(sa.text("ANALYZE"))


def _row(tx: Transaction, common: Mapping[str, Any], series: int, at: int) -> dict[str, Any]:
    key = FIRST_KEY + (series << 32) + at
    row = {
        "key": key,
        "case_key": key,
        "element_key": key,
        "candidate_users": [],
        "title": f"测试申报人{at:03d} · 主治医师",
        "state": TaskState.OPEN,
        "created_at": tx.now - timedelta(days=30, minutes=at),
    }
    return row | dict(common)


def _insert(tx: Transaction, table: sa.Table, rows: Sequence[Mapping[str, Any]], times: int) -> None:
    """The rows, and copies of them with keys of their own, `times` in all."""
    tx.execute(sa.insert(table), list(rows))
    number = sa.select(sa.literal(1).label("n")).cte("number", recursive=True)
    number = number.union_all(sa.select(number.c.n + 1).where(number.c.n < times - 1))
    apart = ("key", "case_key", "element_key")
    names = list(rows[0])
    copied = [table.c[name] + number.c.n * SENT if name in apart else table.c[name] for name in names]
    first = rows[0]["key"]
    copies = sa.select(*copied).select_from(table.join(number, sa.true()))
    copies = copies.where(table.c.key >= first, table.c.key < first + SENT)
    if times > 1:
        tx.execute(sa.insert(table).from_select(names, copies))
