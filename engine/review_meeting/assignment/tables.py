"""What a group leader proposes: who reviews which dossier first and second, before it is published."""

from enum import StrEnum

import sqlalchemy as sa

from engine.db import Key, UtcDateTime, enum_column, metadata


class AssignmentState(StrEnum):
    """`draft` is seen by the leader alone, `published` by the experts."""

    DRAFT = "draft"
    PUBLISHED = "published"


assignment_run = sa.Table(
    "assignment_run",
    metadata,
    sa.Column("meeting", Key, primary_key=True, autoincrement=False),
    sa.Column("meeting_group", Key, primary_key=True, autoincrement=False),
    sa.Column("state", enum_column(AssignmentState), nullable=False),
    sa.Column("seed", sa.String(64), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("saved_at", UtcDateTime, nullable=False),
    sa.Column("saved_by", sa.String(64), nullable=False),
    sa.Column("published_at", UtcDateTime),
    sa.Column("published_by", sa.String(64)),
    sa.Column("task_key", Key),
    sqlite_with_rowid=False,
)
"""The assignment of one group. `seed` breaks the ties of the optimisation, so that anybody can repeat it; `task_key` is the
leader's task that publishing completed."""

assignment_pair = sa.Table(
    "assignment_pair",
    metadata,
    sa.Column("meeting", Key, primary_key=True, autoincrement=False),
    sa.Column("declaration", Key, primary_key=True, autoincrement=False),
    sa.Column("meeting_group", Key, nullable=False),
    sa.Column("primary_expert", Key),
    sa.Column("secondary_expert", Key),
    sa.Column("by_hand", sa.Boolean, nullable=False),
    sa.Index("ix_assignment_pair_group", "meeting", "meeting_group"),
    sqlite_with_rowid=False,
)
"""Who reviews one dossier, as proposed. What the leader chose `by_hand` the optimisation leaves as it is."""
