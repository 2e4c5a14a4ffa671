"""Code tables and plans"""

from datetime import date

import sqlalchemy as sa
from alembic import op

import engine.db.types

revision = "0005"
down_revision = "0004"

LEVELS = ("unit", "subordinate", "department", "province")


def upgrade() -> None:
    _add_plan_columns()


def downgrade() -> None:
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
