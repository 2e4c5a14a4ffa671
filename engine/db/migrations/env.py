"""Alembic's environment: the connection comes from `engine.db.migrate`, there is no ini file."""

from typing import Any

from alembic import context

from engine.db.metadata import metadata
from engine.db.migrate import is_ours


def include_name(name: str | None, kind: str, parents: Any) -> bool:
    return kind != "table" or is_ours(name or "")


with_connection = context.config.attributes["connection"]
context.configure(
    connection=with_connection,
    target_metadata=metadata,
    render_as_batch=True,
    include_name=include_name,
    compare_type=False,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
