"""What the declaration still lacked: what was declared before is taken over by choice, no second copy is kept"""

import sqlalchemy as sa
from alembic import op

import engine.db.types

revision = "0012"
down_revision = "0011"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.drop_table("person_record")


def downgrade() -> None:
    op.create_table(
        "person_record",
        sa.Column("person", KEY, autoincrement=False, nullable=False),
        sa.Column("section", sa.String(length=64), nullable=False),
        sa.Column("value", engine.db.types.Json(), nullable=False),
        sa.Column("case_key", KEY, nullable=False),
        sa.Column("at", engine.db.types.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person", "section", name=op.f("pk_person_record")),
    )
