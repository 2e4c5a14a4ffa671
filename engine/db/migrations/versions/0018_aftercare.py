"""Complaints, and the schedules and notes of defences"""

import sqlalchemy as sa
from alembic import op

import engine.db.types
from engine.db import Key

revision = "0018"
down_revision = "0017"

_instant = engine.db.types.UtcDateTime(timezone=True)
_json = engine.db.types.Json()


def upgrade() -> None:
    op.create_table(
        "complaint",
        sa.Column("case_key", Key, autoincrement=False, nullable=False),
        sa.Column("complaint_no", sa.String(length=40), nullable=False),
        sa.Column("account", Key, nullable=True),
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("contact", sa.String(length=100), nullable=False),
        sa.Column("unit", Key, nullable=False),
        sa.Column("unit_name", sa.String(length=100), nullable=False),
        sa.Column("content", sa.String(length=2000), nullable=False),
        sa.Column("files", _json, nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.String(length=1000), nullable=False),
        sa.Column("raised_at", _instant, nullable=False),
        sa.Column("answered_at", _instant, nullable=True),
        sa.PrimaryKeyConstraint("case_key", name=op.f("pk_complaint")),
        sa.UniqueConstraint("complaint_no", name=op.f("uq_complaint_complaint_no")),
    )
    op.create_index("ix_complaint_account", "complaint", ["account", "case_key"], unique=False)
    op.create_table(
        "defence_note",
        sa.Column("meeting", Key, autoincrement=False, nullable=False),
        sa.Column("declaration", Key, autoincrement=False, nullable=False),
        sa.Column("came", sa.Boolean(), nullable=False),
        sa.Column("noted_by", sa.String(length=64), nullable=False),
        sa.Column("noted_at", _instant, nullable=False),
        sa.PrimaryKeyConstraint("meeting", "declaration", name=op.f("pk_defence_note")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "defence_schedule",
        sa.Column("meeting", Key, autoincrement=False, nullable=False),
        sa.Column("group", Key, autoincrement=False, nullable=False),
        sa.Column("starts_at", _instant, nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("venue", sa.String(length=200), nullable=False),
        sa.Column("set_by", sa.String(length=64), nullable=False),
        sa.Column("set_at", _instant, nullable=False),
        sa.PrimaryKeyConstraint("meeting", "group", name=op.f("pk_defence_schedule")),
    )


def downgrade() -> None:
    op.drop_table("defence_schedule")
    op.drop_table("defence_note")
    op.drop_index("ix_complaint_account", table_name="complaint")
    op.drop_table("complaint")
