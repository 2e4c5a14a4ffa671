"""Recommendation"""

import sqlalchemy as sa
from alembic import op

import engine.db.types
from engine.db import Key

revision = "0007"
down_revision = "0006"

_instant = engine.db.types.UtcDateTime(timezone=True)
_json = engine.db.types.Json()


def upgrade() -> None:
    op.create_table(
        "recommendation_round",
        sa.Column("case_key", Key, autoincrement=False, nullable=False),
        sa.Column("round_no", sa.String(length=40), nullable=False),
        sa.Column("unit", Key, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("panel", _json, nullable=False),
        sa.Column("panel_opinion", sa.String(length=1000), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("started_at", _instant, nullable=False),
        sa.Column("started_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("case_key", name=op.f("pk_recommendation_round")),
        sa.UniqueConstraint("round_no", name=op.f("uq_recommendation_round_round_no")),
    )
    op.create_index("ix_recommendation_round_unit", "recommendation_round", ["unit", "year", "case_key"], unique=False)
    op.create_table(
        "recommendation_candidate",
        sa.Column("round", Key, autoincrement=False, nullable=False),
        sa.Column("declaration", Key, autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("score", sa.Numeric(precision=6, scale=2), nullable=True),
        sa.Column("score_rank", sa.Integer(), nullable=True),
        sa.Column("recommendation_rank", sa.Integer(), nullable=True),
        sa.Column("recommended", sa.Boolean(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.PrimaryKeyConstraint("round", "declaration", name=op.f("pk_recommendation_candidate")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "uq_recommendation_candidate_waiting",
        "recommendation_candidate",
        ["declaration"],
        unique=True,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "recommendation_objection",
        sa.Column("key", Key, autoincrement=False, nullable=False),
        sa.Column("round", Key, nullable=False),
        sa.Column("declaration", Key, nullable=True),
        sa.Column("content", sa.String(length=1000), nullable=False),
        sa.Column("objector", sa.String(length=100), nullable=False),
        sa.Column("recorded_at", _instant, nullable=False),
        sa.Column("recorded_by", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=True),
        sa.Column("finding", sa.String(length=1000), nullable=False),
        sa.Column("verified_at", _instant, nullable=True),
        sa.Column("verified_by", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_recommendation_objection")),
    )
    op.create_index("ix_recommendation_objection_round", "recommendation_objection", ["round", "key"], unique=False)
    op.create_table(
        "post_quota",
        sa.Column("unit", Key, autoincrement=False, nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("title_level", sa.String(length=64), nullable=False),
        sa.Column("specialty", sa.String(length=64), nullable=False),
        sa.Column("posts", sa.Integer(), nullable=False),
        sa.Column("filled", sa.Integer(), nullable=False),
        sa.Column("set_at", _instant, nullable=False),
        sa.Column("set_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("unit", "year", "title_level", "specialty", name=op.f("pk_post_quota")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("post_quota")
    op.drop_index("ix_recommendation_objection_round", table_name="recommendation_objection")
    op.drop_table("recommendation_objection")
    op.drop_index("uq_recommendation_candidate_waiting", table_name="recommendation_candidate")
    op.drop_table("recommendation_candidate")
    op.drop_index("ix_recommendation_round_unit", table_name="recommendation_round")
    op.drop_table("recommendation_round")
