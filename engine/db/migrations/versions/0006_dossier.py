"""Dossier"""

import sqlalchemy as sa
from alembic import op

import engine.db.types
from engine.db import Key

revision = "0006"
down_revision = "0005"

_instant = engine.db.types.UtcDateTime(timezone=True)
_json = engine.db.types.Json()


def upgrade() -> None:
    op.create_table(
        "register_source",
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("imported_by", sa.String(length=64), nullable=False),
        sa.Column("imported_at", _instant, nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_register_source")),
    )
    op.create_table(
        "register_entry",
        sa.Column("identity_number", sa.String(length=30), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("value", _json, nullable=False),
        sa.PrimaryKeyConstraint("identity_number", "kind", name=op.f("pk_register_entry")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "claim",
        sa.Column("case_key", Key, autoincrement=False, nullable=False),
        sa.Column("section", sa.String(length=32), nullable=False),
        sa.Column("row", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("work", sa.String(length=40), nullable=False),
        sa.Column("person", Key, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("case_key", "section", "row", name=op.f("pk_claim")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_claim_work", "claim", ["work", "case_key"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_claim_work", table_name="claim")
    op.drop_table("claim")
    op.drop_table("register_entry")
    op.drop_table("register_source")
