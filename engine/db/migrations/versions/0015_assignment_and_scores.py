"""Assignment, conflicts and scores"""

import sqlalchemy as sa
from alembic import op

import engine.db.types
from engine.db import Key

revision = "0015"
down_revision = "0014"

_instant = engine.db.types.UtcDateTime(timezone=True)
_json = engine.db.types.Json()


def upgrade() -> None:
    op.create_table(
        "dossier_recusal",
        sa.Column("meeting", Key, autoincrement=False, nullable=False),
        sa.Column("declaration", Key, autoincrement=False, nullable=False),
        sa.Column("expert", Key, autoincrement=False, nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("evidence", _json, nullable=False),
        sa.Column("at", _instant, nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("decided_at", _instant, nullable=True),
        sa.Column("decided_by", sa.String(length=64), nullable=True),
        sa.Column("decision", sa.String(length=500), nullable=False),
        sa.PrimaryKeyConstraint("meeting", "declaration", "expert", name=op.f("pk_dossier_recusal")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_dossier_recusal_expert", "dossier_recusal", ["expert", "meeting"], unique=False)
    op.create_table(
        "interest_statement",
        sa.Column("meeting", Key, autoincrement=False, nullable=False),
        sa.Column("declaration", Key, autoincrement=False, nullable=False),
        sa.Column("expert", Key, autoincrement=False, nullable=False),
        sa.Column("at", _instant, nullable=False),
        sa.PrimaryKeyConstraint("meeting", "declaration", "expert", name=op.f("pk_interest_statement")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "assignment_run",
        sa.Column("meeting", Key, autoincrement=False, nullable=False),
        sa.Column("meeting_group", Key, autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("saved_at", _instant, nullable=False),
        sa.Column("saved_by", sa.String(length=64), nullable=False),
        sa.Column("published_at", _instant, nullable=True),
        sa.Column("published_by", sa.String(length=64), nullable=True),
        sa.Column("task_key", Key, nullable=True),
        sa.PrimaryKeyConstraint("meeting", "meeting_group", name=op.f("pk_assignment_run")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "assignment_pair",
        sa.Column("meeting", Key, autoincrement=False, nullable=False),
        sa.Column("declaration", Key, autoincrement=False, nullable=False),
        sa.Column("meeting_group", Key, nullable=False),
        sa.Column("primary_expert", Key, nullable=True),
        sa.Column("secondary_expert", Key, nullable=True),
        sa.Column("by_hand", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("meeting", "declaration", name=op.f("pk_assignment_pair")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_assignment_pair_group", "assignment_pair", ["meeting", "meeting_group"], unique=False)
    op.create_table(
        "dossier_score",
        sa.Column("meeting", Key, autoincrement=False, nullable=False),
        sa.Column("declaration", Key, autoincrement=False, nullable=False),
        sa.Column("expert", sa.String(length=64), nullable=False),
        sa.Column("items", _json, nullable=False),
        sa.Column("total", sa.Numeric(precision=6, scale=2), nullable=False),
        sa.Column("opinion", sa.String(length=2000), nullable=False),
        sa.Column("scored_at", _instant, nullable=False),
        sa.PrimaryKeyConstraint("meeting", "declaration", name=op.f("pk_dossier_score")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_dossier_score_expert", "dossier_score", ["meeting", "expert"], unique=False)


def downgrade() -> None:
    for table in ("dossier_score", "assignment_pair", "assignment_run", "interest_statement", "dossier_recusal"):
        op.drop_table(table)
