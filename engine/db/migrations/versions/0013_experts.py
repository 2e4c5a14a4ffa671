"""Experts and pools"""

import sqlalchemy as sa
from alembic import op

import engine.db.types
from engine.db import Key

revision = "0013"
down_revision = "0012"

_instant = engine.db.types.UtcDateTime(timezone=True)
_json = engine.db.types.Json()


def _word(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, length=32)


def upgrade() -> None:
    with op.batch_alter_table("committee", schema=None) as table:
        table.add_column(sa.Column("account", Key))
        table.add_column(sa.Column("term_case", Key))
        table.create_unique_constraint("uq_committee_account", ["account"])
    op.create_table(
        "committee_filing",
        sa.Column("id", Key, autoincrement=False, nullable=False),
        sa.Column("committee", Key, nullable=False),
        sa.Column("filing_no", sa.String(50), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.Column("recorded_at", _instant, nullable=False),
        sa.Column("recorded_by", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_committee_filing")),
    )
    op.create_index("ix_committee_filing_committee", "committee_filing", ["committee", "id"], unique=False)
    op.create_table(
        "expert",
        sa.Column("id", Key, autoincrement=False, nullable=False),
        sa.Column("person", Key, nullable=False),
        sa.Column("account", Key, nullable=False),
        sa.Column("identity_type", sa.String(4), nullable=False),
        sa.Column("identity_number", sa.String(30), nullable=False),
        sa.Column("name", sa.String(50), nullable=False),
        sa.Column("sex", sa.String(1)),
        sa.Column("phone", sa.String(20), nullable=False),
        sa.Column("workplace", sa.String(100), nullable=False),
        sa.Column("workplace_unit", Key),
        sa.Column("title_series", sa.String(64)),
        sa.Column("title_name", sa.String(64)),
        sa.Column("title_level", sa.String(64)),
        sa.Column("specialty", sa.String(64)),
        sa.Column("specialties", _json, nullable=False),
        sa.Column("employed", sa.Boolean(), nullable=False),
        sa.Column("schools", _json, nullable=False),
        sa.Column("research", sa.String(200), nullable=False),
        sa.Column("unavailable", _json, nullable=False),
        sa.Column("declared_relations", sa.String(500), nullable=False),
        sa.Column(
            "state",
            _word(
                "expertstate",
                "created",
                "completing",
                "pending",
                "returned",
                "in_pool",
                "refused",
                "disabled",
            ),
            nullable=False,
        ),
        sa.Column("vetting_case", Key),
        sa.Column("photo", Key),
        sa.Column("profile", _json),
        sa.Column("bank_card", sa.LargeBinary()),
        sa.Column("created_at", _instant, nullable=False),
        sa.Column("created_by", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expert")),
        sa.UniqueConstraint("person", name=op.f("uq_expert_person")),
        sa.UniqueConstraint("account", name=op.f("uq_expert_account")),
        sa.UniqueConstraint("identity_type", "identity_number", name="uq_expert_identity"),
    )
    op.create_index("ix_expert_state", "expert", ["state"], unique=False)
    op.create_index("ix_expert_vetting_case", "expert", ["vetting_case"], unique=False)
    op.create_index("ix_expert_workplace_unit", "expert", ["workplace_unit"], unique=False)
    op.create_table(
        "pool_member",
        sa.Column("committee", Key, autoincrement=False, nullable=False),
        sa.Column("expert", Key, autoincrement=False, nullable=False),
        sa.Column("term_from", sa.Date(), nullable=False),
        sa.Column("term_until", sa.Date(), nullable=False),
        sa.Column("state", _word("memberstate", "active", "left"), nullable=False),
        sa.Column("added_at", _instant, nullable=False),
        sa.Column("added_by", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("committee", "expert", name=op.f("pk_pool_member")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_pool_member_expert", "pool_member", ["expert"], unique=False)
    op.create_table(
        "expert_vetting",
        sa.Column("case_key", Key, autoincrement=False, nullable=False),
        sa.Column("expert", Key, nullable=False),
        sa.Column("unit", Key, nullable=False),
        sa.Column("is_update", sa.Boolean(), nullable=False),
        sa.Column("open_task", Key),
        sa.Column("open_since", _instant),
        sa.Column("outcome", sa.String(64)),
        sa.Column("opinion", sa.String(1000)),
        sa.Column("decided_by", sa.String(64)),
        sa.Column("decided_at", _instant),
        sa.PrimaryKeyConstraint("case_key", name=op.f("pk_expert_vetting")),
    )
    op.create_index("ix_expert_vetting_open", "expert_vetting", ["unit", "open_since", "case_key"], unique=False)
    op.create_index("ix_expert_vetting_decided", "expert_vetting", ["unit", "decided_at", "case_key"], unique=False)
    op.create_index("ix_expert_vetting_expert", "expert_vetting", ["expert", "case_key"], unique=False)
    with op.batch_alter_table("integrity_record", schema=None) as table:
        table.add_column(sa.Column("since", sa.Date()))
        table.add_column(sa.Column("source", sa.String(100), nullable=False, server_default=""))
    # the day it was written is the day it began, and SQLite keeps an instant as text
    day = "substr(recorded_at, 1, 10)" if op.get_bind().dialect.name == "sqlite" else "recorded_at::date"
    op.execute(sa.text(f"UPDATE integrity_record SET since = {day}"))  # noqa: S608 - one of two words above
    with op.batch_alter_table("integrity_record", schema=None) as table:
        table.alter_column("since", existing_type=sa.Date(), nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("integrity_record", schema=None) as table:
        table.drop_column("source")
        table.drop_column("since")
    for name in ("expert_vetting", "pool_member", "expert", "committee_filing"):
        op.drop_table(name)
    with op.batch_alter_table("committee", schema=None) as table:
        table.drop_constraint("uq_committee_account", type_="unique")
        table.drop_column("term_case")
        table.drop_column("account")
