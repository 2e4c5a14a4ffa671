"""Rounds of recommendation, who is in them, objections to them, and the posts a unit may fill."""

from enum import StrEnum

import sqlalchemy as sa

from engine.db import Json, Key, UtcDateTime, enum_column, metadata


class CandidateState(StrEnum):
    """`waiting` is in a round, `told` has heard its result, `left` is out of a round that was cancelled or was taken back."""

    WAITING = "waiting"
    TOLD = "told"
    LEFT = "left"


class Finding(StrEnum):
    UPHELD = "upheld"
    DISMISSED = "dismissed"


recommendation_round = sa.Table(
    "recommendation_round",
    metadata,
    sa.Column("case_key", Key, primary_key=True, autoincrement=False),
    sa.Column("round_no", sa.String(40), nullable=False, unique=True),
    sa.Column("unit", Key, nullable=False),
    sa.Column("year", sa.Integer, nullable=False),
    sa.Column("title", sa.String(100), nullable=False),
    sa.Column("method", sa.String(20), nullable=False),
    sa.Column("panel", Json, nullable=False),
    sa.Column("panel_opinion", sa.String(1000), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("started_at", UtcDateTime, nullable=False),
    sa.Column("started_by", sa.String(64), nullable=False),
    sa.Index("ix_recommendation_round_unit", "unit", "year", "case_key"),
)
"""One round of one unit. `panel` are the members: name, post, and whose case they stay out of (回避)."""

recommendation_candidate = sa.Table(
    "recommendation_candidate",
    metadata,
    sa.Column("round", Key, primary_key=True, autoincrement=False),
    sa.Column("declaration", Key, primary_key=True, autoincrement=False),
    sa.Column("state", enum_column(CandidateState), nullable=False),
    sa.Column("score", sa.Numeric(6, 2)),
    sa.Column("score_rank", sa.Integer),
    sa.Column("recommendation_rank", sa.Integer),
    sa.Column("recommended", sa.Boolean),
    sa.Column("reason", sa.String(500), nullable=False),
    sa.Index(
        "uq_recommendation_candidate_waiting",
        "declaration",
        unique=True,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    ),
    sqlite_with_rowid=False,
)
"""A declaration in a round; in one round at a time. `reason` says why it is not recommended."""

recommendation_objection = sa.Table(
    "recommendation_objection",
    metadata,
    sa.Column("key", Key, primary_key=True, autoincrement=False),
    sa.Column("round", Key, nullable=False),
    sa.Column("declaration", Key),
    sa.Column("content", sa.String(1000), nullable=False),
    sa.Column("objector", sa.String(100), nullable=False),
    sa.Column("recorded_at", UtcDateTime, nullable=False),
    sa.Column("recorded_by", sa.String(64), nullable=False),
    sa.Column("outcome", enum_column(Finding)),
    sa.Column("finding", sa.String(1000), nullable=False),
    sa.Column("verified_at", UtcDateTime),
    sa.Column("verified_by", sa.String(64)),
    sa.Index("ix_recommendation_objection_round", "round", "key"),
)
"""An objection to a round, or to one declaration in it, and what verifying it has shown."""

post_quota = sa.Table(
    "post_quota",
    metadata,
    sa.Column("unit", Key, primary_key=True, autoincrement=False),
    sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("title_level", sa.String(64), primary_key=True),
    sa.Column("specialty", sa.String(64), primary_key=True),
    sa.Column("posts", sa.Integer, nullable=False),
    sa.Column("filled", sa.Integer, nullable=False),
    sa.Column("set_at", UtcDateTime, nullable=False),
    sa.Column("set_by", sa.String(64), nullable=False),
    sqlite_with_rowid=False,
)
"""核准岗位职数: approved posts of a unit and how many of them are filled; an empty `specialty` stands for all of the level."""
