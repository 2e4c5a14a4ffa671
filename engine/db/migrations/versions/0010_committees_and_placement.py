"""Committees and placement"""

import sqlalchemy as sa
from alembic import op

import engine.db.types
from engine.db import Key

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "exchange_template",
        sa.Column("id", Key, autoincrement=False, nullable=False),
        sa.Column("unit", Key, nullable=False),
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("receiver", sa.String(length=100), nullable=False),
        sa.Column("direction", sa.String(length=32), nullable=False),
        sa.Column("remark", sa.String(length=200), nullable=False),
        sa.Column("columns", engine.db.types.Json(), nullable=False),
        sa.Column("changed_at", engine.db.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_exchange_template"),
        sa.UniqueConstraint("unit", "name", name="uq_exchange_template_name"),
    )


def downgrade() -> None:
    op.drop_table("exchange_template")
