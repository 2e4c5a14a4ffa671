"""A flow of its own for tests: a database of either kind with the tables, a registry, a clock that stands still."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from engine.access import SYSTEM, Actor, Permission
from engine.clock import FixedClock
from engine.db import Database, Transaction, metadata
from engine.flow.cases import start_case
from engine.flow.completion import Completion, complete_task
from engine.flow.definitions import Deployment, deploy_resources
from engine.flow.registry import Registry
from engine.flow.sweep import deliver_messages, due_internal_jobs, run_due_timers, run_internal_job
from engine.flow.tables import task

NINE = datetime(2026, 1, 5, 1, tzinfo=UTC)
#: databases whose tables are made: looking for each of a hundred takes longer than most tests
_HAVE_TABLES: set[str] = set()


def person(login: str, *groups: str, unit: int | None = None, **more: Any) -> Actor:
    """Somebody who works on tasks: a plainly made-up account whose name is the login with a bracket."""
    rights = frozenset(more.pop("permissions", {Permission.TASKS_WORK, Permission.CASES_START}))
    return Actor(
        account=abs(hash(login)) % 1000,
        login=login,
        name=f"测试{login}",
        groups=frozenset(groups),
        unit=unit,
        permissions=rights,
        **more,
    )


@dataclass
class Flow:
    """The flow over one database. `count()` tells how many statements its block sent."""

    url: str
    registry: Registry = field(default_factory=Registry)
    clock: FixedClock = field(default_factory=lambda: FixedClock(NINE))
    database: Database = field(init=False)

    def __post_init__(self) -> None:
        self.database = Database(self.url, clock=self.clock, services={Registry: self.registry}, synchronous="OFF")
        if self.url not in _HAVE_TABLES:
            metadata.create_all(self.database.writer)
            _HAVE_TABLES.add(self.url)

    def close(self) -> None:
        self.database.dispose()

    def empty(self) -> None:
        """Leave nothing in any table."""
        statements = [f'DELETE FROM "{table.name}"' for table in reversed(metadata.sorted_tables)]
        whole = self.database.writer.dialect.name == "postgresql"  # which takes them all in one message
        with self.database.writer.begin() as connection:
            for statement in ["; ".join(statements)] if whole else statements:
                connection.exec_driver_sql(statement)

    @contextmanager
    def tx(self) -> Iterator[Transaction]:
        with self.database.transaction() as tx:
            yield tx

    def deploy(self, *files: bytes, **named: bytes) -> Deployment:
        """Publish diagrams (given by position), and `name__form=` or `name__dmn=` files."""
        given = {f"file{number}.bpmn": content for number, content in enumerate(files)}
        given |= {name.replace("__", "."): content for name, content in named.items()}
        with self.tx() as tx:
            return deploy_resources(tx, SYSTEM, given)

    def start(self, variables: Mapping[str, Any] | None = None, process_id: str = "p", **options: Any) -> int:
        with self.tx() as tx:
            return start_case(tx, SYSTEM, process_id, variables, **options)

    def task(self, element_id: str | None = None) -> sa.Row[Any]:
        """The oldest open task, or the one of an element."""
        query = sa.select(task).order_by(task.c.created_at, task.c.key)
        if element_id is not None:
            query = query.where(task.c.element_id == element_id)
        rows = self.rows(query)
        assert rows, "no such task is open"
        return rows[0]

    def open_tasks(self) -> list[str]:
        return [row.element_id for row in self.rows(sa.select(task).order_by(task.c.element_id, task.c.key))]

    def complete(
        self, element_id: str, variables: Mapping[str, Any] | None = None, actor: Actor = SYSTEM
    ) -> Completion:
        key = self.task(element_id).key
        with self.tx() as tx:
            return complete_task(tx, actor, key, variables)

    def rows(self, query: sa.Select[Any]) -> list[sa.Row[Any]]:
        with self.database.read() as tx:
            return list(tx.rows(query))

    def advance(self, **span: float) -> None:
        """Let time pass and sweep."""
        self.clock.advance(timedelta(**span))
        self.sweep()

    def sweep(self) -> None:
        """Fire, deliver and run until nothing is due."""
        while run_due_timers(self.database) + deliver_messages(self.database) + self._run_jobs():
            pass

    def _run_jobs(self) -> int:
        return sum(run_internal_job(self.database, key) for key in due_internal_jobs(self.database))

    @contextmanager
    def count(self) -> Iterator[list[str]]:
        """The statements sent inside the block, without BEGIN and COMMIT."""
        sent: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if not statement.startswith("BEGIN"):
                sent.append(statement)

        sa.event.listen(self.database.writer, "before_cursor_execute", note)
        try:
            yield sent
        finally:
            sa.event.remove(self.database.writer, "before_cursor_execute", note)


MakeFlow = Callable[..., Flow]
