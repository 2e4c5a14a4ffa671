"""Results and certificates"""

import sqlalchemy as sa
from alembic import op

import engine.db.types
from engine.db import Key

revision = "0017"
down_revision = "0016"

_instant = engine.db.types.UtcDateTime(timezone=True)
_json = engine.db.types.Json()


def upgrade() -> None:
    op.create_table(
        "publicity_notice",
        sa.Column("key", Key, autoincrement=False, nullable=False),
        sa.Column("handling", Key, nullable=False),
        sa.Column("meeting", Key, nullable=False),
        sa.Column("unit", Key, nullable=False),
        sa.Column("unit_name", sa.String(length=100), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("remark", sa.String(length=1000), nullable=False),
        sa.Column("published_at", _instant, nullable=False),
        sa.Column("withdrawn_at", _instant, nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_publicity_notice")),
    )
    op.create_index("ix_publicity_notice_ends_on", "publicity_notice", ["ends_on", "key"], unique=False)
    op.create_index("ix_publicity_notice_handling", "publicity_notice", ["handling", "key"], unique=False)
    op.create_table(
        "result_document",
        sa.Column("handling", Key, autoincrement=False, nullable=False),
        sa.Column("document_no", sa.String(length=50), nullable=False),
        sa.Column("document_date", sa.Date(), nullable=False),
        sa.Column("obtained_on", sa.Date(), nullable=False),
        sa.Column("files", _json, nullable=False),
        sa.Column("issued_at", _instant, nullable=False),
        sa.Column("issued_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("handling", name=op.f("pk_result_document")),
    )
    op.create_table(
        "result_objection",
        sa.Column("case_key", Key, autoincrement=False, nullable=False),
        sa.Column("objection_no", sa.String(length=40), nullable=False),
        sa.Column("notice", Key, nullable=False),
        sa.Column("handling", Key, nullable=False),
        sa.Column("meeting", Key, nullable=False),
        sa.Column("declaration", Key, nullable=True),
        sa.Column("about", sa.String(length=50), nullable=False),
        sa.Column("content", sa.String(length=2000), nullable=False),
        sa.Column("objector", sa.String(length=50), nullable=False),
        sa.Column("contact", sa.String(length=100), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=64), nullable=False),
        sa.Column("raised_at", _instant, nullable=False),
        sa.Column("settled_at", _instant, nullable=True),
        sa.PrimaryKeyConstraint("case_key", name=op.f("pk_result_objection")),
        sa.UniqueConstraint("objection_no", name=op.f("uq_result_objection_objection_no")),
    )
    op.create_index("ix_result_objection_declaration", "result_objection", ["declaration"], unique=False)
    op.create_index("ix_result_objection_handling", "result_objection", ["handling", "case_key"], unique=False)
    op.create_table(
        "review_result",
        sa.Column("meeting", Key, autoincrement=False, nullable=False),
        sa.Column("declaration", Key, autoincrement=False, nullable=False),
        sa.Column("handling", Key, nullable=False),
        sa.Column("declaration_no", sa.String(length=20), nullable=False),
        sa.Column("committee", Key, nullable=False),
        sa.Column("person", Key, nullable=False),
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("unit", Key, nullable=False),
        sa.Column("unit_name", sa.String(length=100), nullable=False),
        sa.Column("title_series", sa.String(length=64), nullable=True),
        sa.Column("specialty", sa.String(length=64), nullable=True),
        sa.Column("title_name", sa.String(length=64), nullable=True),
        sa.Column("title_level", sa.String(length=64), nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("yes", sa.Integer(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("abstain", sa.Integer(), nullable=False),
        sa.Column("attending", sa.Integer(), nullable=False),
        sa.Column("recused", sa.Integer(), nullable=False),
        sa.Column("needed", sa.Integer(), nullable=False),
        sa.Column("sentence", sa.String(length=200), nullable=False),
        sa.Column("rule_version", sa.String(length=100), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("remark", sa.String(length=1000), nullable=False),
        sa.Column("certificate", Key, nullable=True),
        sa.PrimaryKeyConstraint("meeting", "declaration", name=op.f("pk_review_result")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_review_result_declaration", "review_result", ["declaration"], unique=False)
    op.create_index(
        "ix_review_result_handling", "review_result", ["handling", "passed", "declaration_no"], unique=False
    )
    op.create_table(
        "title_certificate",
        sa.Column("key", Key, autoincrement=False, nullable=False),
        sa.Column("certificate_no", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("person", Key, nullable=False),
        sa.Column("declaration", Key, nullable=True),
        sa.Column("handling", Key, nullable=True),
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("identity_number", sa.String(length=30), nullable=False),
        sa.Column("unit_name", sa.String(length=100), nullable=False),
        sa.Column("title_category", sa.String(length=64), nullable=True),
        sa.Column("title_series", sa.String(length=64), nullable=True),
        sa.Column("specialty", sa.String(length=64), nullable=True),
        sa.Column("title_name", sa.String(length=64), nullable=True),
        sa.Column("title_level", sa.String(length=64), nullable=True),
        sa.Column("committee_name", sa.String(length=100), nullable=False),
        sa.Column("document_no", sa.String(length=50), nullable=False),
        sa.Column("obtained_on", sa.Date(), nullable=False),
        sa.Column("issued_at", _instant, nullable=False),
        sa.Column("replaces", Key, nullable=True),
        sa.Column("revoked_at", _instant, nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_title_certificate")),
        sa.UniqueConstraint("certificate_no", name=op.f("uq_title_certificate_certificate_no")),
        sa.UniqueConstraint("code", name=op.f("uq_title_certificate_code")),
    )
    op.create_index("ix_title_certificate_declaration", "title_certificate", ["declaration"], unique=False)
    op.create_index("ix_title_certificate_handling", "title_certificate", ["handling", "certificate_no"], unique=False)
    op.create_index("ix_title_certificate_person", "title_certificate", ["person", "obtained_on"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_title_certificate_person", table_name="title_certificate")
    op.drop_index("ix_title_certificate_handling", table_name="title_certificate")
    op.drop_index("ix_title_certificate_declaration", table_name="title_certificate")
    op.drop_table("title_certificate")
    op.drop_index("ix_review_result_handling", table_name="review_result")
    op.drop_index("ix_review_result_declaration", table_name="review_result")
    op.drop_table("review_result")
    op.drop_index("ix_result_objection_handling", table_name="result_objection")
    op.drop_index("ix_result_objection_declaration", table_name="result_objection")
    op.drop_table("result_objection")
    op.drop_table("result_document")
    op.drop_index("ix_publicity_notice_handling", table_name="publicity_notice")
    op.drop_index("ix_publicity_notice_ends_on", table_name="publicity_notice")
    op.drop_table("publicity_notice")
