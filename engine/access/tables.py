"""The closure of the unit tree: all that moving a unit rewrites, and all that scoping joins."""

import sqlalchemy as sa

from engine.db import Key, metadata

unit_ancestor = sa.Table(
    "unit_ancestor",
    metadata,
    sa.Column("ancestor", Key, primary_key=True),
    sa.Column("unit", Key, primary_key=True),
    sa.Column("distance", sa.Integer, nullable=False),
    sa.Index("ix_unit_ancestor_unit", "unit", "ancestor", "distance"),
)
"""Every unit is its own ancestor at distance 0."""
