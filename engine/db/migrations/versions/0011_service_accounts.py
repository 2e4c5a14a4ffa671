"""Service accounts and roles"""

import sqlalchemy as sa
from alembic import op

import engine.db.types

revision = "0011"
down_revision = "0010"

INSTANT = engine.db.types.UtcDateTime(timezone=True)


def upgrade() -> None:
    op.add_column("api_token", sa.Column("name", sa.String(length=50), nullable=True))
    op.add_column("api_token", sa.Column("used_at", INSTANT, nullable=True))


def downgrade() -> None:
    op.drop_column("api_token", "used_at")
    op.drop_column("api_token", "name")
