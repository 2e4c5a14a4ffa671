"""Ballots"""

import sqlalchemy as sa
from alembic import op

import engine.db.types
from engine.db import Key

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_table(
        "roll_exclusion",
        sa.Column("meeting", Key, autoincrement=False, nullable=False),
        sa.Column("expert", Key, autoincrement=False, nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("at", engine.db.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("meeting", "expert", name="pk_roll_exclusion"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ballot_round",
        sa.Column("key", Key, autoincrement=False, nullable=False),
        sa.Column("ballot", Key, nullable=False),
        sa.Column("meeting", Key, nullable=False),
        sa.Column("committee", Key, nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column(
            "kind", sa.Enum("secret", "named", "paper", name="roundkind", native_enum=False, length=32), nullable=False
        ),
        sa.Column("allow_abstain", sa.Boolean(), nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.Column("rule", Key, nullable=False),
        sa.Column("rule_version", sa.String(length=100), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=True),
        sa.Column("key_name", sa.String(length=64), nullable=True),
        sa.Column("opened_at", engine.db.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.String(length=64), nullable=False),
        sa.Column("closes_at", engine.db.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("closed_at", engine.db.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.String(length=64), nullable=True),
        sa.Column("counted_at", engine.db.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("papers", sa.Integer(), nullable=True),
        sa.Column("receipts", engine.db.types.Json(), nullable=True),
        sa.Column("confirmed_at", engine.db.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.String(length=64), nullable=True),
        sa.Column("announced_by", sa.String(length=50), nullable=True),
        sa.Column("voided_at", engine.db.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("void_reason", sa.String(length=500), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_ballot_round"),
        sa.UniqueConstraint("ballot", "no", name="uq_ballot_round_no"),
    )
    op.create_index("ix_ballot_round_meeting", "ballot_round", ["meeting", "committee", "no"], unique=False)
    op.create_table(
        "ballot_roll",
        sa.Column("round", Key, autoincrement=False, nullable=False),
        sa.Column("expert", Key, autoincrement=False, nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("group", Key, nullable=True),
        sa.Column("cast_at", engine.db.types.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("round", "expert", name="pk_ballot_roll"),
        sa.UniqueConstraint("round", "login", name="uq_ballot_roll_login"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ballot_dossier",
        sa.Column("round", Key, autoincrement=False, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("declaration", Key, nullable=False),
        sa.PrimaryKeyConstraint("round", "place", name="pk_ballot_dossier"),
        sa.UniqueConstraint("round", "declaration", name="uq_ballot_dossier_declaration"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ballot_recusal",
        sa.Column("round", Key, autoincrement=False, nullable=False),
        sa.Column("expert", Key, autoincrement=False, nullable=False),
        sa.Column("declaration", Key, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("round", "expert", "declaration", name="pk_ballot_recusal"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "sealed_paper",
        sa.Column("round", Key, autoincrement=False, nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("round", "id", name="pk_sealed_paper"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "choice",
        sa.Column("round", Key, autoincrement=False, nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("declaration", Key, nullable=False),
        sa.Column(
            "choice", sa.Enum("yes", "no", "abstain", name="choice", native_enum=False, length=32), nullable=False
        ),
        sa.PrimaryKeyConstraint("round", "id", name="pk_choice"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "named_choice",
        sa.Column("round", Key, autoincrement=False, nullable=False),
        sa.Column("expert", Key, autoincrement=False, nullable=False),
        sa.Column("declaration", Key, autoincrement=False, nullable=False),
        sa.Column(
            "choice", sa.Enum("yes", "no", "abstain", name="choice", native_enum=False, length=32), nullable=False
        ),
        sa.PrimaryKeyConstraint("round", "expert", "declaration", name="pk_named_choice"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "paper_count",
        sa.Column("round", Key, autoincrement=False, nullable=False),
        sa.Column("teller", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("returned", sa.Integer(), nullable=False),
        sa.Column("yes", engine.db.types.Json(), nullable=False),
        sa.Column("entered_at", engine.db.types.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("round", "teller", name="pk_paper_count"),
        sa.UniqueConstraint("round", "login", name="uq_paper_count_login"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "tally",
        sa.Column("round", Key, autoincrement=False, nullable=False),
        sa.Column("declaration", Key, autoincrement=False, nullable=False),
        sa.Column("yes", sa.Integer(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("abstain", sa.Integer(), nullable=False),
        sa.Column("attending", sa.Integer(), nullable=False),
        sa.Column("recused", sa.Integer(), nullable=False),
        sa.Column("needed", sa.Integer(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum("passed", "failed", "undecided", name="outcome", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("sentence", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("round", "declaration", name="pk_tally"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("tally")
    op.drop_table("paper_count")
    op.drop_table("named_choice")
    op.drop_table("choice")
    op.drop_table("sealed_paper")
    op.drop_table("ballot_recusal")
    op.drop_table("ballot_dossier")
    op.drop_table("ballot_roll")
    op.drop_table("ballot_round")
    op.drop_table("roll_exclusion")
