"""What a batch keeps: one row of counters, and a row for each thing it does."""

from enum import StrEnum

import sqlalchemy as sa

from engine.db import Json, Key, UtcDateTime, enum_column, metadata


class BatchState(StrEnum):
    """`stopped` was stopped by somebody, `failed` by a fault that concerns all of its rows; both may be gone on with."""

    WAITING = "waiting"
    RUNNING = "running"
    STOPPED = "stopped"
    FAILED = "failed"
    COMPLETED = "completed"


class ItemState(StrEnum):
    """`refused` names why in a sentence; `failed` is a fault of ours that the log tells of."""

    PENDING = "pending"
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"


batch = sa.Table(
    "batch",
    metadata,
    sa.Column("key", Key, primary_key=True, autoincrement=False),
    sa.Column("kind", sa.String(64), nullable=False),
    sa.Column("title", sa.String(200), nullable=False),
    sa.Column("state", enum_column(BatchState), nullable=False),
    sa.Column("params", Json, nullable=False),
    sa.Column("account", Key, nullable=False),
    sa.Column("login", sa.String(64), nullable=False),
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("role", sa.String(64), nullable=False),
    sa.Column("unit", Key),
    sa.Column("total", sa.Integer, nullable=False),
    sa.Column("done", sa.Integer, nullable=False, default=0),
    sa.Column("refused", sa.Integer, nullable=False, default=0),
    sa.Column("failed", sa.Integer, nullable=False, default=0),
    sa.Column("attempt", sa.Integer, nullable=False, default=1),
    sa.Column("runner", sa.String(64)),
    sa.Column("message", sa.String(500)),
    sa.Column("attachment", Key),
    sa.Column("undo_of", Key),
    sa.Column("undone_by", Key),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("started_at", UtcDateTime),
    sa.Column("ended_at", UtcDateTime),
    sa.Index("ix_batch_account", "account", "created_at"),
)
"""`account`, `role` and `unit` say who acts. `runner` is the one worker that may go on with it; `attempt` counts how often it was
given to one. Rows are done in their order, so `done + refused + failed` is the place of the next."""

batch_item = sa.Table(
    "batch_item",
    metadata,
    sa.Column("batch_key", Key, primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("item", Json, nullable=False),
    sa.Column("state", enum_column(ItemState), nullable=False),
    sa.Column("message", sa.String(1000)),
    sa.Column("result", Json),
    sqlite_with_rowid=False,
)
"""`seq` counts from 0 in the order the rows were given. `item["title"]` is what pages call the row, `item["url"]` leads to it."""
