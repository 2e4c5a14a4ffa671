"""Integrity records can be lifted, with who did so and why"""

import sqlalchemy as sa
from alembic import op

from engine.db import UtcDateTime

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    with op.batch_alter_table("integrity_record", schema=None) as table:
        table.add_column(sa.Column("lifted_at", UtcDateTime(), nullable=True))
        table.add_column(sa.Column("lifted_by", sa.String(64), nullable=True))
        table.add_column(sa.Column("lift_reason", sa.String(200), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("integrity_record", schema=None) as table:
        for name in ("lift_reason", "lifted_by", "lifted_at"):
            table.drop_column(name)
