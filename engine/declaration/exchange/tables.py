"""The maps of columns, as units keep them."""

from enum import StrEnum

import sqlalchemy as sa

from engine.db import Json, Key, UtcDateTime, enum_column, metadata


class Direction(StrEnum):
    """导出: declarations for another system; 导入: applicants that another system lists; 报送: certificates of a meeting."""

    EXPORT = "export"
    IMPORT = "import"
    CERTIFICATES = "certificates"


exchange_template = sa.Table(
    "exchange_template",
    metadata,
    sa.Column("id", Key, primary_key=True, autoincrement=False),
    sa.Column("unit", Key, nullable=False),
    sa.Column("name", sa.String(50), nullable=False),
    sa.Column("receiver", sa.String(100), nullable=False),
    sa.Column("direction", enum_column(Direction), nullable=False),
    sa.Column("remark", sa.String(200), nullable=False),
    sa.Column("columns", Json, nullable=False),
    sa.Column("changed_at", UtcDateTime, nullable=False),
    sa.Column("changed_by", sa.String(64), nullable=False),
    sa.UniqueConstraint("unit", "name", name="uq_exchange_template_name"),
)
"""`columns` are objects with `title`, `source` (a name of `sources`, or nothing), `format` and `text`, in their order."""
