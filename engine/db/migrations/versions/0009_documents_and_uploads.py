"""Documents and uploads: files that are looked at before they are taken, files that arrive in parts, templates of staff"""

import sqlalchemy as sa
from alembic import op

import engine.db.types
from engine.db import Key

revision = "0009"
down_revision = "0008"

_instant = engine.db.types.UtcDateTime(timezone=True)
_json = engine.db.types.Json()
_waiting = sa.text("vetting = 'waiting'")


def upgrade() -> None:
    op.add_column("attachment", sa.Column("vetting", sa.String(length=32), nullable=False, server_default="none"))
    op.add_column("attachment", sa.Column("finding", sa.String(length=200), nullable=True))
    op.add_column("attachment", sa.Column("crop", _json, nullable=True))
    op.create_index(
        "ix_attachment_waiting", "attachment", ["key"], sqlite_where=_waiting, postgresql_where=_waiting, unique=False
    )
    op.create_table(
        "upload",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("owner", Key, nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("parts", _json, nullable=False),
        sa.Column("field", sa.String(length=200), nullable=False),
        sa.Column("task_key", Key, nullable=True),
        sa.Column("crop", _json, nullable=True),
        sa.Column("attachment", Key, nullable=True),
        sa.Column("at", _instant, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
    )
    op.create_index("ix_upload_owner", "upload", ["owner"], unique=False)
    op.create_index("ix_upload_at", "upload", ["at"], unique=False)
    op.create_table(
        "document_template",
        sa.Column("key", Key, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("in_force", sa.Boolean(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("at", _instant, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_document_template")),
        sa.UniqueConstraint("kind", "year", "version", name="uq_document_template_version"),
    )


def downgrade() -> None:
    op.drop_table("document_template")
    op.drop_index("ix_upload_at", table_name="upload")
    op.drop_index("ix_upload_owner", table_name="upload")
    op.drop_table("upload")
    op.drop_index("ix_attachment_waiting", table_name="attachment")
    op.drop_column("attachment", "crop")
    op.drop_column("attachment", "finding")
    op.drop_column("attachment", "vetting")
