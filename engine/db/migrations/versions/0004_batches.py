"""Batches"""

import sqlalchemy as sa
from alembic import op

import engine.db.types
from engine.db import Key

revision = "0004"
down_revision = "0003"

_instant = engine.db.types.UtcDateTime(timezone=True)
_json = engine.db.types.Json()


def upgrade() -> None:
    op.create_table(
        "batch",
        sa.Column("key", Key, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("params", _json, nullable=False),
        sa.Column("account", Key, nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("role", sa.String(length=64), nullable=False),
        sa.Column("unit", Key, nullable=True),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("runner", sa.String(length=64), nullable=True),
        sa.Column("message", sa.String(length=500), nullable=True),
        sa.Column("attachment", Key, nullable=True),
        sa.Column("undo_of", Key, nullable=True),
        sa.Column("undone_by", Key, nullable=True),
        sa.Column("created_at", _instant, nullable=False),
        sa.Column("started_at", _instant, nullable=True),
        sa.Column("ended_at", _instant, nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_batch")),
    )
    op.create_index("ix_batch_account", "batch", ["account", "created_at"], unique=False)
    op.create_table(
        "batch_item",
        sa.Column("batch_key", Key, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("item", _json, nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("message", sa.String(length=1000), nullable=True),
        sa.Column("result", _json, nullable=True),
        sa.PrimaryKeyConstraint("batch_key", "seq", name=op.f("pk_batch_item")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("batch_item")
    op.drop_index("ix_batch_account", table_name="batch")
    op.drop_table("batch")
