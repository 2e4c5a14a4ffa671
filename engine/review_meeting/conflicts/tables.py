"""Recusals, and what experts said before they opened a dossier."""

from enum import StrEnum

import sqlalchemy as sa

from engine.db import Json, Key, UtcDateTime, enum_column, metadata


class RecusalSource(StrEnum):
    """Who brought it up: the expert, the facts, the office."""

    DECLARED = "declared"
    FOUND = "found"
    ORDERED = "ordered"


class RecusalState(StrEnum):
    """`asked` waits for an answer and does not count; `active` keeps the expert out; `lifted` was found to be no reason."""

    ASKED = "asked"
    ACTIVE = "active"
    LIFTED = "lifted"


dossier_recusal = sa.Table(
    "dossier_recusal",
    metadata,
    sa.Column("meeting", Key, primary_key=True, autoincrement=False),
    sa.Column("declaration", Key, primary_key=True, autoincrement=False),
    sa.Column("expert", Key, primary_key=True, autoincrement=False),
    sa.Column("source", enum_column(RecusalSource), nullable=False),
    sa.Column("state", enum_column(RecusalState), nullable=False),
    sa.Column("reason", sa.String(500), nullable=False),
    sa.Column("evidence", Json, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("by", sa.String(64), nullable=False),
    sa.Column("decided_at", UtcDateTime),
    sa.Column("decided_by", sa.String(64)),
    sa.Column("decision", sa.String(500), nullable=False),
    sa.Index("ix_dossier_recusal_expert", "expert", "meeting"),
    sqlite_with_rowid=False,
)
"""An expert kept out of one dossier (回避). `evidence` are the facts, `decision` is what the office answered."""

interest_statement = sa.Table(
    "interest_statement",
    metadata,
    sa.Column("meeting", Key, primary_key=True, autoincrement=False),
    sa.Column("declaration", Key, primary_key=True, autoincrement=False),
    sa.Column("expert", Key, primary_key=True, autoincrement=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sqlite_with_rowid=False,
)
"""An expert stated to have no interest in a dossier; without it the dossier does not open."""
