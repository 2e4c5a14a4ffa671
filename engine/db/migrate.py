"""Bringing a database to the tables this release expects, once, whoever starts first."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from engine.db.database import Database
from engine.db.metadata import metadata

#: any number, the same in every process: who holds it migrates
ADVISORY_LOCK = 7_410_001


def is_ours(table: str) -> bool:
    """DBOS keeps its own tables in the same database; they are not ours to compare."""
    return table in metadata.tables


def _config(connection: sa.Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    if connection is not None:
        config.attributes["connection"] = connection
    return config


def migrate(database: Database, revision: str = "head") -> None:
    """Upgrade to `revision`. Processes that start together wait for the first, then find nothing left to do."""
    with database.writer.begin() as connection:
        if not database.is_sqlite:
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(:id)"), {"id": ADVISORY_LOCK})
        command.upgrade(_config(connection), revision)


def downgrade(database: Database, revision: str) -> None:
    with database.writer.begin() as connection:
        command.downgrade(_config(connection), revision)


def make_revision(database: Database, message: str) -> None:
    """Write the script that leads from the newest revision to the tables as the code has them. Revisions count: 0001, 0002 …"""
    number = int(head() or 0) + 1
    with database.writer.begin() as connection:
        command.revision(_config(connection), message=message, autogenerate=True, rev_id=f"{number:04d}")


def head() -> str | None:
    """The newest revision of this release."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def is_current(connection: sa.Connection) -> bool:
    return MigrationContext.configure(connection).get_current_revision() == head()


def drift(connection: sa.Connection) -> list[object]:
    """Differences between the migrated tables and the code; none in a sound release."""
    context = MigrationContext.configure(
        connection, opts={"include_name": lambda name, kind, _: kind != "table" or is_ours(name), "compare_type": False}
    )
    return list(compare_metadata(context, metadata))
