"""Units in bulk: agencies, the way of recommending, units that were merged"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("unit", sa.Column("is_agency", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column(
        "unit", sa.Column("recommendation_mode", sa.String(length=32), nullable=False, server_default="direct")
    )
    op.add_column("unit", sa.Column("merged_into", KEY, nullable=True))


def downgrade() -> None:
    op.drop_column("unit", "merged_into")
    op.drop_column("unit", "recommendation_mode")
    op.drop_column("unit", "is_agency")
