"""Whether a committee lets applicants read what its experts wrote"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0018"


def upgrade() -> None:
    with op.batch_alter_table("committee", schema=None) as table:
        table.add_column(sa.Column("show_opinions", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("committee", schema=None) as table:
        table.drop_column("show_opinions")
