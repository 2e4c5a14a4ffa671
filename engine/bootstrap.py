"""Wiring: settings → database → library → what the slices hang into the flow. The only file that knows every slice."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.clock import Clock
from engine.db import Database, metadata
from engine.flow.registry import Limits, Registry
from engine.settings import Settings

#: any 64-bit number that nothing else in the database locks by
MIGRATION_LOCK = 0x7A6869


@dataclass(frozen=True, slots=True)
class App:
    """The parts of a running product. One per process."""

    settings: Settings
    database: Database
    registry: Registry

    def migrate(self) -> None:
        """Create what is missing in the database; of several processes that start together one does it."""
        with self.database.writer.begin() as connection:
            if not self.database.is_sqlite:
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(MIGRATION_LOCK)))
            metadata.create_all(connection)

    def close(self) -> None:
        self.database.dispose()


def build(
    settings: Settings, clock: Clock | None = None, extra: Callable[[Registry], Any] | None = None
) -> App:
    """Wire the product. `extra` adds to the registry before it is frozen (tests, tools)."""
    registry = Registry(
        limits=Limits(settings.step_limit, settings.step_seconds, settings.deadline_grace),
    )
    if extra is not None:
        extra(registry)
    database = Database(
        settings.database_url,
        clock=clock,
        pool_size=settings.threads,
        synchronous=settings.sqlite_synchronous,
        services={Registry: registry.freeze()},
    )
    return App(settings, database, registry)
