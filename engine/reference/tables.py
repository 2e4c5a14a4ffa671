"""The code lists by review year, and the days that differ from the rule of the weekend."""

from enum import StrEnum

import sqlalchemy as sa

from engine.db import Json, Key, UtcDateTime, enum_column, metadata


class ChangeKind(StrEnum):
    """What was done to a value of a list, to a whole list (`copied`, `imported`), or to a day of the calendar."""

    ADDED = "added"
    EDITED = "edited"
    MOVED = "moved"
    DISABLED = "disabled"
    ENABLED = "enabled"
    DELETED = "deleted"
    COPIED = "copied"
    IMPORTED = "imported"


code = sa.Table(
    "code",
    metadata,
    sa.Column("list", sa.String(64), primary_key=True),
    sa.Column("year", sa.Integer, primary_key=True),
    sa.Column("value", sa.String(64), primary_key=True),
    sa.Column("label", sa.String(200), nullable=False),
    sa.Column("parent", sa.String(64)),
    sa.Column("rank", sa.Integer),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False, default=True),
    sa.Column("extra", Json),
)
"""A year without rows of its own uses those of the nearest earlier year. `rank` is 1 for the highest of its list."""

calendar_day = sa.Table(
    "calendar_day",
    metadata,
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("working", sa.Boolean, nullable=False),
    sa.Column("note", sa.String(100), nullable=False, default=""),
)
"""Only days that are not what their weekday says: holidays from Monday to Friday, make-up working weekends."""

code_change = sa.Table(
    "code_change",
    metadata,
    sa.Column("key", Key, primary_key=True, autoincrement=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("by", sa.String(64), nullable=False),
    sa.Column("by_name", sa.String(100), nullable=False),
    sa.Column("list", sa.String(64), nullable=False),
    sa.Column("year", sa.Integer, nullable=False),
    sa.Column("value", sa.String(64), nullable=False),
    sa.Column("action", enum_column(ChangeKind), nullable=False),
    sa.Column("before", Json),
    sa.Column("after", Json),
    sa.Index("ix_code_change_list", "list", "key"),
)
"""Append-only: who changed what of a list (`list` is `calendar_day` and `value` the day for the calendar)."""
