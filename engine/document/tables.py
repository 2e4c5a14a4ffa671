"""Files: the bytes once per content, and who put them where."""

from enum import StrEnum

import sqlalchemy as sa

from engine.db import Json, Key, UtcDateTime, enum_column, metadata


class AttachmentState(StrEnum):
    """`uploaded` waits for the form it belongs to, `attached` was submitted with it, `removed` is on its way out."""

    UPLOADED = "uploaded"
    ATTACHED = "attached"
    REMOVED = "removed"


class Vetting(StrEnum):
    """Whether a file was looked at: `none` needed no look, `waiting` is still to be looked at by the worker, `passed` was,
    `refused` is kept from everybody."""

    NONE = "none"
    WAITING = "waiting"
    PASSED = "passed"
    REFUSED = "refused"


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
    sa.Column("vetting", enum_column(Vetting), nullable=False, default=Vetting.NONE),
    sa.Column("finding", sa.String(200)),
    sa.Column("crop", Json),
    sa.Index("ix_attachment_case_key", "case_key"),
    sa.Index("ix_attachment_owner", "owner", "state"),
    sa.Index("ix_attachment_sha256", "sha256"),
    sa.Index(
        "ix_attachment_waiting",
        "key",
        sqlite_where=sa.text("vetting = 'waiting'"),
        postgresql_where=sa.text("vetting = 'waiting'"),
    ),
)
"""`owner` is the account that uploaded it. Pages name a file by `key`, never by its hash. `finding` says why it was refused;
`crop` is there for a portrait: the part of the picture to keep, `{"box": [left, top, width, height]}` in shares of its sides, or
`{}` for its middle."""

upload = sa.Table(
    "upload",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("owner", Key, nullable=False),
    sa.Column("name", sa.String(300), nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("received", sa.BigInteger, nullable=False),
    sa.Column("parts", Json, nullable=False),
    sa.Column("field", sa.String(200), nullable=False),
    sa.Column("task_key", Key),
    sa.Column("crop", Json),
    sa.Column("attachment", Key),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Index("ix_upload_owner", "owner"),
    sa.Index("ix_upload_at", "at"),
)
"""A file that arrives in parts: `received` bytes so far, `parts` where they lie with their hashes, `attachment` once it is whole."""

document_template = sa.Table(
    "document_template",
    metadata,
    sa.Column("key", Key, primary_key=True, autoincrement=False),
    sa.Column("kind", sa.String(64), nullable=False),
    sa.Column("year", sa.Integer, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("note", sa.String(200), nullable=False),
    sa.Column("in_force", sa.Boolean, nullable=False),
    sa.Column("by", sa.String(64), nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.UniqueConstraint("kind", "year", "version", name="uq_document_template_version"),
)
"""Templates staff put in the place of the release's, version after version; of a kind and year at most one is in force."""
