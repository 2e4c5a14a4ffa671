"""Code tables and plans"""

from datetime import date

import sqlalchemy as sa
from alembic import op

import engine.db.types

revision = "0005"
down_revision = "0004"

LEVELS = ("unit", "subordinate", "department", "province")
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = engine.db.types.UtcDateTime(timezone=True)


def upgrade() -> None:
    _add_plan_columns()
    _add_changes()
    _add_bulletin()
    _add_committees()


def downgrade() -> None:
    for table in ("committee", "template_file", "announcement_read", "announcement", "code_change"):
        op.drop_table(table)
    with op.batch_alter_table("declaration_year", schema=None) as batch_op:
        for name in ("quota_check", "correction_resume", "publicity_days", "level_reminder_days"):
            batch_op.drop_column(name)
        for level in reversed(LEVELS):
            batch_op.drop_column(f"{level}_closes_at")
        batch_op.drop_column("cutoff_on")


def _add_plan_columns() -> None:
    """Columns that must be filled get their default for the years that are there, then lose the permission to be empty."""
    with op.batch_alter_table("declaration_year", schema=None) as batch_op:
        batch_op.add_column(sa.Column("cutoff_on", sa.Date(), nullable=True))
        for level in LEVELS:
            batch_op.add_column(
                sa.Column(f"{level}_closes_at", engine.db.types.UtcDateTime(timezone=True), nullable=True)
            )
        batch_op.add_column(sa.Column("level_reminder_days", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("publicity_days", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("correction_resume", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("quota_check", sa.String(length=32), nullable=True))
    plan = sa.table(
        "declaration_year",
        sa.column("year", sa.Integer),
        sa.column("cutoff_on", sa.Date),
        sa.column("level_reminder_days", sa.Integer),
        sa.column("publicity_days", sa.Integer),
        sa.column("correction_resume", sa.String),
        sa.column("quota_check", sa.String),
    )
    connection = op.get_bind()
    for year in connection.execute(sa.select(plan.c.year)).scalars().all():
        connection.execute(
            sa.update(plan)
            .where(plan.c.year == year)
            .values(
                cutoff_on=date(year, 12, 31),
                level_reminder_days=3,
                publicity_days=5,
                correction_resume="full",
                quota_check="warn",
            )
        )
    with op.batch_alter_table("declaration_year", schema=None) as batch_op:
        batch_op.alter_column("cutoff_on", existing_type=sa.Date(), nullable=False)
        for name in ("level_reminder_days", "publicity_days"):
            batch_op.alter_column(name, existing_type=sa.Integer(), nullable=False)
        for name in ("correction_resume", "quota_check"):
            batch_op.alter_column(name, existing_type=sa.String(length=32), nullable=False)


def _add_changes() -> None:
    op.create_table(
        "code_change",
        sa.Column("key", KEY, autoincrement=False, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("by_name", sa.String(length=100), nullable=False),
        sa.Column("list", sa.String(length=64), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(length=64), nullable=False),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("before", engine.db.types.Json(), nullable=True),
        sa.Column("after", engine.db.types.Json(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_code_change")),
    )
    op.create_index("ix_code_change_list", "code_change", ["list", "key"])


def _add_bulletin() -> None:
    op.create_table(
        "announcement",
        sa.Column("id", KEY, autoincrement=False, nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("audience", sa.String(length=32), nullable=False),
        sa.Column("unit", KEY, nullable=True),
        sa.Column("role", sa.String(length=32), nullable=True),
        sa.Column("shown_from", INSTANT, nullable=False),
        sa.Column("shown_until", INSTANT, nullable=True),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.Column("files", engine.db.types.Json(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("by_unit", KEY, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement")),
    )
    op.create_index("ix_announcement_shown", "announcement", ["shown_from"])
    op.create_index("ix_announcement_unit", "announcement", ["by_unit"])
    op.create_table(
        "announcement_read",
        sa.Column("account", KEY, autoincrement=False, nullable=False),
        sa.Column("announcement", KEY, autoincrement=False, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("account", "announcement", name=op.f("pk_announcement_read")),
    )
    op.create_table(
        "template_file",
        sa.Column("id", KEY, autoincrement=False, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("series", sa.String(length=64), nullable=True),
        sa.Column("material", sa.String(length=64), nullable=True),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("file", engine.db.types.Json(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_template_file")),
    )
    op.create_index("ix_template_file_year", "template_file", ["year", "series"])


def _add_committees() -> None:
    op.create_table(
        "committee",
        sa.Column("id", KEY, autoincrement=False, nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("forming_unit", KEY, nullable=False),
        sa.Column("series", sa.String(length=64), nullable=False),
        sa.Column("specialties", engine.db.types.Json(), nullable=False),
        sa.Column("levels", engine.db.types.Json(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("region", sa.String(length=12), nullable=False),
        sa.Column("filing_no", sa.String(length=50), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.Column("contact_person", sa.String(length=20), nullable=False),
        sa.Column("contact_phone", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("created_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_committee")),
        sa.UniqueConstraint("code", name=op.f("uq_committee_code")),
    )
    op.create_index("ix_committee_forming_unit", "committee", ["forming_unit"])
    op.create_index("ix_committee_series", "committee", ["series", "state"])
