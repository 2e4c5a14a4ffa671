"""Complaints: who complains stands here and nowhere else, not in the variables or the journal of the case."""

from enum import StrEnum

import sqlalchemy as sa

from engine.db import Json, Key, UtcDateTime, enum_column, metadata


class ComplaintSource(StrEnum):
    """Raised by the person, or taken down by the title office."""

    OWN = "own"
    OFFICE = "office"


complaint = sa.Table(
    "complaint",
    metadata,
    sa.Column("case_key", Key, primary_key=True, autoincrement=False),
    sa.Column("complaint_no", sa.String(40), nullable=False, unique=True),
    sa.Column("account", Key),
    sa.Column("name", sa.String(50), nullable=False),
    sa.Column("contact", sa.String(100), nullable=False),
    sa.Column("unit", Key, nullable=False),
    sa.Column("unit_name", sa.String(100), nullable=False),
    sa.Column("content", sa.String(2000), nullable=False),
    sa.Column("files", Json, nullable=False),
    sa.Column("source", enum_column(ComplaintSource), nullable=False),
    sa.Column("status", sa.String(64), nullable=False),
    sa.Column("answer", sa.String(1000), nullable=False),
    sa.Column("raised_at", UtcDateTime, nullable=False),
    sa.Column("answered_at", UtcDateTime),
    sa.Index("ix_complaint_account", "account", "case_key"),
)
"""A named complaint (J20, W10). `unit` is complained about; `account` is whose it is, none where the office took it down; `status`
follows the case."""
