"""Scores as the first reviewers handed them in."""

import sqlalchemy as sa

from engine.db import Json, Key, UtcDateTime, metadata

dossier_score = sa.Table(
    "dossier_score",
    metadata,
    sa.Column("meeting", Key, primary_key=True, autoincrement=False),
    sa.Column("declaration", Key, primary_key=True, autoincrement=False),
    sa.Column("expert", sa.String(64), nullable=False),
    sa.Column("items", Json, nullable=False),
    sa.Column("total", sa.Numeric(6, 2), nullable=False),
    sa.Column("opinion", sa.String(2000), nullable=False),
    sa.Column("scored_at", UtcDateTime, nullable=False),
    sa.Index("ix_dossier_score_expert", "meeting", "expert"),
    sqlite_with_rowid=False,
)
"""The score sheet of a dossier as it stands: points by item, their total, the written opinion (J09). `expert` is the login of
who scored. Written by the projector of `dossier_review` and by nobody else."""
