"""Accounts and transfers"""

import sqlalchemy as sa
from alembic import op

import engine.db.types

revision = "0003"
down_revision = "0002"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = engine.db.types.UtcDateTime(timezone=True)


def upgrade() -> None:
    op.add_column("account", sa.Column("department", sa.String(length=50), nullable=True))
    op.add_column("account", sa.Column("mobile_verified_at", INSTANT, nullable=True))
    op.add_column("account", sa.Column("email_verified_at", INSTANT, nullable=True))
    op.add_column("enrolment", sa.Column("department", sa.String(length=100), nullable=True))
    op.add_column("delivery", sa.Column("secret", sa.String(length=500), nullable=True))
    op.create_table(
        "verification_code",
        sa.Column("account", KEY, nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("address", sa.String(length=100), nullable=False),
        sa.Column("code_hash", sa.String(length=200), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name=op.f("fk_verification_code_account")),
        sa.PrimaryKeyConstraint("account", "purpose", name=op.f("pk_verification_code")),
    )
    op.create_table(
        "delegation",
        sa.Column("id", KEY, autoincrement=False, nullable=False),
        sa.Column("account", KEY, nullable=False),
        sa.Column("delegate", KEY, nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("unit", KEY, nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name=op.f("fk_delegation_account")),
        sa.ForeignKeyConstraint(["delegate"], ["account.id"], name=op.f("fk_delegation_delegate")),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name=op.f("fk_delegation_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegation")),
    )
    op.create_index("ix_delegation_delegate", "delegation", ["delegate", "ends_on"])
    op.create_index("ix_delegation_account", "delegation", ["account", "ends_on"])


def downgrade() -> None:
    op.drop_table("delegation")
    op.drop_table("verification_code")
    op.drop_column("delivery", "secret")
    op.drop_column("enrolment", "department")
    op.drop_column("account", "email_verified_at")
    op.drop_column("account", "mobile_verified_at")
    op.drop_column("account", "department")
