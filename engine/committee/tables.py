"""The committees that review, as they are registered."""

from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from engine.db import Json, Key, UtcDateTime, enum_column, metadata


class CommitteeKind(StrEnum):
    """组建方式: one committee for a whole series, or for some of its specialties."""

    SERIES = "series"
    SPECIALTY = "specialty"


class CommitteeState(StrEnum):
    ACTIVE = "active"
    DISABLED = "disabled"


committee = sa.Table(
    "committee",
    metadata,
    sa.Column("id", Key, primary_key=True, autoincrement=False),
    sa.Column("code", sa.String(20), nullable=False, unique=True),
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("forming_unit", Key, nullable=False),
    sa.Column("series", sa.String(64), nullable=False),
    sa.Column("specialties", Json, nullable=False),
    sa.Column("levels", Json, nullable=False),
    sa.Column("kind", enum_column(CommitteeKind), nullable=False),
    sa.Column("region", sa.String(12), nullable=False),
    sa.Column("filing_no", sa.String(50), nullable=False),
    sa.Column("valid_from", sa.Date, nullable=False),
    sa.Column("valid_until", sa.Date, nullable=False),
    sa.Column("members", sa.Integer, nullable=False),
    sa.Column("contact_person", sa.String(20), nullable=False),
    sa.Column("contact_phone", sa.String(20), nullable=False),
    sa.Column("state", enum_column(CommitteeState), nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("created_by", sa.String(64), nullable=False),
    sa.Index("ix_committee_forming_unit", "forming_unit"),
    sa.Index("ix_committee_series", "series", "state"),
)
"""授权单位评委会管理. `series`, `specialties` and `levels` are values of the code lists; no specialties means all of the
series. A phone is kept as typed; its limit of 12 counts neither hyphens nor spaces (Q40)."""


def holds(column: sa.Column[Any], value: str) -> sa.ColumnElement[bool]:
    """Whether a list of values (`specialties`, `levels`) has this one; values are letters, digits, dots and hyphens."""
    return sa.type_coerce(column, sa.Text).contains(f'"{value}"', autoescape=True)
