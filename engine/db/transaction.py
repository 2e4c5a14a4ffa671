"""A transaction: the connection, the instant it began, the rows it will write, what runs after its commit."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa

from engine.clock import Clock
from engine.db.writeset import WriteSet

T = TypeVar("T")


class Transaction:
    """What a command or query gets. A command is committed by whoever opened it, before the answer goes out.

    `services` are the parts `engine.bootstrap` wired together, found by their type.
    """

    def __init__(
        self,
        connection: sa.Connection,
        clock: Clock,
        next_key: Callable[[], int],
        services: Mapping[type, object],
    ) -> None:
        self.connection = connection
        self.clock = clock
        self.now: datetime = clock.now()
        self.next_key = next_key
        self.writes = WriteSet(connection)
        self._services = services
        self._after_commit: list[Callable[[], None]] = []
        #: memo of this transaction only, e.g. an actor's visible units
        self.memo: dict[Any, Any] = {}

    @property
    def is_sqlite(self) -> bool:
        return self.connection.dialect.name == "sqlite"

    def service(self, kind: type[T]) -> T:
        """The wired part of that type; KeyError if `bootstrap` did not provide it."""
        part = self._services[kind]
        assert isinstance(part, kind)
        return part

    def execute(self, statement: sa.Executable, parameters: Any = None) -> sa.CursorResult[Any]:
        """Run a statement now. Rows added before are flushed first, so that it sees them."""
        self.writes.flush()
        return self.connection.execute(statement, parameters)

    def rows(self, statement: sa.Executable, parameters: Any = None) -> Sequence[sa.Row[Any]]:
        return self.execute(statement, parameters).all()

    def row(self, statement: sa.Executable, parameters: Any = None) -> sa.Row[Any] | None:
        return self.execute(statement, parameters).first()

    def value(self, statement: sa.Executable, parameters: Any = None) -> Any:
        return self.execute(statement, parameters).scalar()

    def insert(self, table: sa.Table, **row: Any) -> None:
        """Add a row to the write set; it reaches the database with the others at the next flush."""
        self.writes.insert(table, row)

    def flush(self) -> None:
        self.writes.flush()

    def savepoint(self) -> sa.NestedTransaction:
        """A context manager: an exception inside takes back only what happened inside."""
        self.writes.flush()
        return self.connection.begin_nested()

    def after_commit(self, action: Callable[[], None]) -> None:
        """Run `action` once the commit has succeeded (wake a worker, tell listeners). It must not fail the request."""
        self._after_commit.append(action)

    def run_after_commit(self) -> None:
        actions, self._after_commit = self._after_commit, []
        for action in actions:
            action()
