"""Files: the bytes once per content, and who put them where."""

from enum import StrEnum

import sqlalchemy as sa

from engine.db import Key, UtcDateTime, enum_column, metadata


class AttachmentState(StrEnum):
    """`uploaded` waits for the form it belongs to, `attached` was submitted with it, `removed` is on its way out."""

    UPLOADED = "uploaded"
    ATTACHED = "attached"
    REMOVED = "removed"


blob = sa.Table(
    "blob",
    metadata,
    sa.Column("sha256", sa.String(64), primary_key=True),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("media_type", sa.String(100), nullable=False),
    sa.Column("thumbnail", sa.Boolean, nullable=False, default=False),
    sa.Column("at", UtcDateTime, nullable=False),
)
"""`at` is when it was last put there: what is older and nobody's may be deleted."""

attachment = sa.Table(
    "attachment",
    metadata,
    sa.Column("key", Key, primary_key=True, autoincrement=False),
    sa.Column("case_key", Key),
    sa.Column("task_key", Key),
    sa.Column("owner", Key, nullable=False),
    sa.Column("field", sa.String(200), nullable=False, default=""),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("media_type", sa.String(100), nullable=False),
    sa.Column("sha256", sa.String(64), sa.ForeignKey("blob.sha256"), nullable=False),
    sa.Column("thumbnail", sa.Boolean, nullable=False, default=False),
    sa.Column("state", enum_column(AttachmentState), nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Index("ix_attachment_case_key", "case_key"),
    sa.Index("ix_attachment_owner", "owner", "state"),
    sa.Index("ix_attachment_sha256", "sha256"),
)
"""`owner` is the account that uploaded it. Pages name a file by `key`, never by its hash."""
