"""Announcements with who has read them, and templates to download by year and series."""

from enum import StrEnum

import sqlalchemy as sa

from engine.db import Json, Key, UtcDateTime, enum_column, metadata


class Audience(StrEnum):
    """Who reads an announcement: also before signing in, everybody signed in, a unit with those below it, one role."""

    PUBLIC = "public"
    EVERYBODY = "everybody"
    UNIT = "unit"
    ROLE = "role"


announcement = sa.Table(
    "announcement",
    metadata,
    sa.Column("id", Key, primary_key=True, autoincrement=False),
    sa.Column("title", sa.String(100), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("audience", enum_column(Audience), nullable=False),
    sa.Column("unit", Key),
    sa.Column("role", sa.String(32)),
    sa.Column("shown_from", UtcDateTime, nullable=False),
    sa.Column("shown_until", UtcDateTime),
    sa.Column("pinned", sa.Boolean, nullable=False, default=False),
    sa.Column("files", Json, nullable=False),
    sa.Column("by", sa.String(64), nullable=False),
    sa.Column("by_unit", Key, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Index("ix_announcement_shown", "shown_from"),
    sa.Index("ix_announcement_unit", "by_unit"),
)
"""`files` are descriptors of attachments (id, name, size, type), as forms keep them. `unit` and `role` are filled for their
audiences; `by_unit` is the unit of who wrote it, which edits it."""

announcement_read = sa.Table(
    "announcement_read",
    metadata,
    sa.Column("account", Key, primary_key=True, autoincrement=False),
    sa.Column("announcement", Key, primary_key=True, autoincrement=False),
    sa.Column("at", UtcDateTime, nullable=False),
)

template_file = sa.Table(
    "template_file",
    metadata,
    sa.Column("id", Key, primary_key=True, autoincrement=False),
    sa.Column("year", sa.Integer, nullable=False),
    sa.Column("series", sa.String(64)),
    sa.Column("material", sa.String(64)),
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("file", Json, nullable=False),
    sa.Column("by", sa.String(64), nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Index("ix_template_file_year", "year", "series"),
)
"""A paper to fill in by hand. `series` is a value of `title_series`, none for all; `material` the base material it is for."""
