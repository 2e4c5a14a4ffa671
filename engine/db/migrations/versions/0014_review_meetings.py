"""Review meetings"""

import sqlalchemy as sa
from alembic import op

import engine.db.types
from engine.db import Key

revision = "0014"
down_revision = "0013"

_instant = engine.db.types.UtcDateTime(timezone=True)
_json = engine.db.types.Json()


def upgrade() -> None:
    op.create_table(
        "expert_draw",
        sa.Column("meeting", Key, autoincrement=False, nullable=False),
        sa.Column("committee", Key, autoincrement=False, nullable=False),
        sa.Column("drawn_on", sa.Date(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("outside_seats", sa.Integer(), nullable=False),
        sa.Column("candidates", _json, nullable=False),
        sa.Column("order", _json, nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("drawn_at", _instant, nullable=False),
        sa.Column("drawn_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("meeting", "committee", name=op.f("pk_expert_draw")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "meeting_committee",
        sa.Column("meeting", Key, autoincrement=False, nullable=False),
        sa.Column("committee", Key, autoincrement=False, nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("meeting", "committee", name=op.f("pk_meeting_committee")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_meeting_committee_committee", "meeting_committee", ["committee"], unique=False)
    op.create_table(
        "meeting_dossier",
        sa.Column("meeting", Key, autoincrement=False, nullable=False),
        sa.Column("declaration", Key, autoincrement=False, nullable=False),
        sa.Column("declaration_no", sa.String(length=20), nullable=False),
        sa.Column("committee", Key, nullable=False),
        sa.Column("group", Key, nullable=True),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("review_case", Key, nullable=True),
        sa.Column("stage", sa.String(length=32), nullable=False),
        sa.Column("primary_expert", Key, nullable=True),
        sa.Column("secondary_expert", Key, nullable=True),
        sa.Column("score", sa.Numeric(precision=6, scale=2), nullable=True),
        sa.PrimaryKeyConstraint("meeting", "declaration", name=op.f("pk_meeting_dossier")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_meeting_dossier_group", "meeting_dossier", ["meeting", "group", "declaration_no"], unique=False)
    op.create_index(
        "uq_meeting_dossier_live",
        "meeting_dossier",
        ["declaration"],
        unique=True,
        sqlite_where=sa.text("live"),
        postgresql_where=sa.text("live"),
    )
    op.create_table(
        "meeting_expert",
        sa.Column("meeting", Key, autoincrement=False, nullable=False),
        sa.Column("expert", Key, autoincrement=False, nullable=False),
        sa.Column("committee", Key, nullable=False),
        sa.Column("group", Key, nullable=True),
        sa.Column("post", sa.String(length=32), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("invited", sa.String(length=32), nullable=False),
        sa.Column("decline_reason", sa.String(length=200), nullable=False),
        sa.Column("signed_in_at", _instant, nullable=True),
        sa.Column("signed_out_at", _instant, nullable=True),
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("workplace", sa.String(length=100), nullable=False),
        sa.Column("specialty", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("meeting", "expert", name=op.f("pk_meeting_expert")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_meeting_expert_login", "meeting_expert", ["login", "meeting"], unique=False)
    op.create_table(
        "meeting_group",
        sa.Column("id", Key, autoincrement=False, nullable=False),
        sa.Column("meeting", Key, nullable=False),
        sa.Column("committee", Key, nullable=False),
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("leader", Key, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_group")),
        sa.UniqueConstraint("meeting", "name", name="uq_meeting_group_name"),
    )
    op.create_table(
        "meeting_staff",
        sa.Column("meeting", Key, autoincrement=False, nullable=False),
        sa.Column("account", Key, autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("post", sa.String(length=50), nullable=False),
        sa.PrimaryKeyConstraint("meeting", "account", name=op.f("pk_meeting_staff")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "review_meeting",
        sa.Column("case_key", Key, autoincrement=False, nullable=False),
        sa.Column("meeting_no", sa.String(length=20), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("unit", Key, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("starts_at", _instant, nullable=False),
        sa.Column("ends_at", _instant, nullable=False),
        sa.Column("venue", sa.String(length=200), nullable=False),
        sa.Column("brief", sa.String(length=1000), nullable=False),
        sa.Column("series", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=64), nullable=False),
        sa.Column("masked", sa.Boolean(), nullable=False),
        sa.Column("ballot_mode", sa.String(length=32), nullable=False),
        sa.Column("chair", Key, nullable=True),
        sa.Column("presiding", Key, nullable=True),
        sa.Column("seed_commitment", sa.String(length=64), nullable=False),
        sa.Column("draw_seed", sa.String(length=64), nullable=False),
        sa.Column("sign_in_code", sa.String(length=8), nullable=False),
        sa.Column("finished_at", _instant, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", _instant, nullable=False),
        sa.Column("created_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("case_key", name=op.f("pk_review_meeting")),
        sa.UniqueConstraint("meeting_no", name=op.f("uq_review_meeting_meeting_no")),
    )
    op.create_index("ix_review_meeting_unit", "review_meeting", ["unit", "case_key"], unique=False)
    op.create_table(
        "scoring_standard",
        sa.Column("id", Key, autoincrement=False, nullable=False),
        sa.Column("meeting", Key, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("groups", _json, nullable=False),
        sa.Column("items", _json, nullable=False),
        sa.Column("lowest", sa.Numeric(precision=6, scale=2), nullable=False),
        sa.Column("anonymous", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("confirmed_by", sa.String(length=64), nullable=True),
        sa.Column("confirmed_at", _instant, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scoring_standard")),
    )
    op.create_index("ix_scoring_standard_meeting", "scoring_standard", ["meeting", "id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_scoring_standard_meeting", table_name="scoring_standard")
    op.drop_table("scoring_standard")
    op.drop_index("ix_review_meeting_unit", table_name="review_meeting")
    op.drop_table("review_meeting")
    op.drop_table("meeting_staff")
    op.drop_table("meeting_group")
    op.drop_index("ix_meeting_expert_login", table_name="meeting_expert")
    op.drop_table("meeting_expert")
    op.drop_index(
        "uq_meeting_dossier_live",
        table_name="meeting_dossier",
        sqlite_where=sa.text("live"),
        postgresql_where=sa.text("live"),
    )
    op.drop_index("ix_meeting_dossier_group", table_name="meeting_dossier")
    op.drop_table("meeting_dossier")
    op.drop_index("ix_meeting_committee_committee", table_name="meeting_committee")
    op.drop_table("meeting_committee")
    op.drop_table("expert_draw")
