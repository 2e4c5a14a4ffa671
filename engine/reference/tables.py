"""The code lists by review year, and the days that differ from the rule of the weekend."""

import sqlalchemy as sa

from engine.db import Json, metadata

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
