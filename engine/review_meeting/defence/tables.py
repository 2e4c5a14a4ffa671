"""When the groups of a meeting hear defences, and who came to theirs."""

import sqlalchemy as sa

from engine.db import Key, UtcDateTime, metadata

defence_schedule = sa.Table(
    "defence_schedule",
    metadata,
    sa.Column("meeting", Key, primary_key=True, autoincrement=False),
    sa.Column("group", Key, primary_key=True, autoincrement=False),
    sa.Column("starts_at", UtcDateTime, nullable=False),
    sa.Column("minutes", sa.Integer, nullable=False),
    sa.Column("venue", sa.String(200), nullable=False),
    sa.Column("set_by", sa.String(64), nullable=False),
    sa.Column("set_at", UtcDateTime, nullable=False),
)
"""A group's schedule: the first of the lot defends at `starts_at`, each next one `minutes` later."""

defence_note = sa.Table(
    "defence_note",
    metadata,
    sa.Column("meeting", Key, primary_key=True, autoincrement=False),
    sa.Column("declaration", Key, primary_key=True, autoincrement=False),
    sa.Column("came", sa.Boolean, nullable=False),
    sa.Column("noted_by", sa.String(64), nullable=False),
    sa.Column("noted_at", UtcDateTime, nullable=False),
    sqlite_with_rowid=False,
)
"""Who defended (`came`), and who was called and did not come."""
