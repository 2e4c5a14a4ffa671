"""The two engines of a database, one that writes and one that only reads, and how a transaction is opened on each."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import StaticPool

from engine.clock import Clock, SystemClock
from engine.db.keys import KeySource, take_block
from engine.db.transaction import Transaction
from engine.errors import Unavailable, ZhipingError

#: connections beyond the pool, for keys and code lists asked for inside a transaction: without them as many
#: transactions as the pool is wide would wait for each other for ever
SPARE = 4
#: one worker a query: with many people at once the cores are taken, and starting others costs more than a page may take; and no
#: compiling: it takes up to 2 s for a statement that answers in 0.1
ALONE = "-c max_parallel_workers_per_gather=0 -c jit=off"
#: execution option of a statement whose best way depends on its values: PostgreSQL plans it for them each time, where it would
#: otherwise keep one plan for all values after some executions. Planning costs 0.3 to 1 ms, a plan for all values up to 0.7 s.
PLANNED_ANEW: Mapping[str, bool] = {"planned_anew": True}


class Database:
    """Opens transactions.

    `transaction()` takes the write lock first on SQLite (BEGIN IMMEDIATE: a reader that turns writer fails at once
    otherwise) and commits when its block ends without an exception. `read()` never writes and opens no transaction.
    """

    def __init__(
        self,
        url: str,
        *,
        clock: Clock | None = None,
        pool_size: int = 8,
        synchronous: str = "FULL",
        services: Mapping[type, object] | None = None,
    ) -> None:
        self.url = url
        self.clock = clock or SystemClock()
        self.services: dict[type, object] = dict(services or {})
        self._keys = KeySource()
        self._memory = url in {"sqlite://", "sqlite:///:memory:"}
        self.writer = self._engine(pool_size, synchronous, begin="BEGIN IMMEDIATE")
        self.reader = self.writer if self._memory else self._engine(pool_size, synchronous, begin=None)

    @property
    def is_sqlite(self) -> bool:
        return self.writer.dialect.name == "sqlite"

    def _engine(self, pool_size: int, synchronous: str, begin: str | None) -> sa.Engine:
        if not self.url.startswith("sqlite"):
            engine = sa.create_engine(
                self.url,
                pool_size=pool_size,
                max_overflow=SPARE,
                pool_use_lifo=True,
                pool_timeout=10,
                connect_args={} if "options=" in self.url else {"options": ALONE},
            )
            sa.event.listen(engine, "do_execute", _plan_anew)
            return engine if begin else engine.execution_options(isolation_level="AUTOCOMMIT")
        pool: dict[str, Any] = (
            {"poolclass": StaticPool}
            if self._memory
            else {"pool_size": pool_size, "max_overflow": 0, "pool_use_lifo": True, "pool_timeout": 10}
        )
        engine = sa.create_engine(
            self.url, connect_args={"check_same_thread": False, "timeout": 30, "isolation_level": None}, **pool
        )

        @sa.event.listens_for(engine, "connect")
        def on_connect(connection: Any, _: Any) -> None:
            cursor = connection.cursor()
            for pragma in (
                "journal_mode=WAL",
                f"synchronous={synchronous}",
                "foreign_keys=ON",
                "busy_timeout=30000",
                "wal_autocheckpoint=4000",
                "cache_size=-4000",  # per connection; the system keeps the file in memory anyway
                "mmap_size=1073741824",  # a page read from there costs no call: lists of 300,000 rows take half the time
            ):
                cursor.execute(f"PRAGMA {pragma}")
            if begin is None:
                cursor.execute("PRAGMA query_only=ON")
            cursor.close()

        if begin is not None:
            statement = begin

            @sa.event.listens_for(engine, "begin")
            def on_begin(connection: sa.Connection) -> None:
                connection.exec_driver_sql(statement)

        return engine

    def _next_key(self, connection: sa.Connection, taken: list[bool]) -> Callable[[], int]:
        def in_transaction() -> int:
            # SQLite has one writer, and it is us: a second connection would wait for ourselves
            taken.append(True)
            return take_block(connection)

        def apart() -> int:
            # on PostgreSQL the row must not stay locked until our commit
            with self.writer.begin() as own:
                return take_block(own)

        refill = in_transaction if self.is_sqlite else apart
        return lambda: self._keys.next(refill)

    @contextmanager
    def transaction(self, clock: Clock | None = None) -> Iterator[Transaction]:
        """A transaction that commits at the end of its block; any exception rolls it back.

        Raises `Unavailable` where the database cannot be reached or is too busy.
        """
        taken: list[bool] = []
        try:
            with self.writer.connect() as connection, connection.begin() as outer:
                tx = Transaction(connection, clock or self.clock, self._next_key(connection, taken), self.services)
                try:
                    yield tx
                except ZhipingError as error:
                    if error.is_kept:
                        tx.flush()
                        outer.commit()
                        taken.clear()
                    raise
                tx.flush()
        except BaseException as error:
            if taken:
                self._keys.discard()
            if is_outage(error):
                raise Unavailable from error
            raise
        tx.run_after_commit()

    @contextmanager
    def read(self, clock: Clock | None = None) -> Iterator[Transaction]:
        """A view for queries: no BEGIN, no lock, no write."""

        def no_key() -> int:
            raise RuntimeError("a query makes no keys")

        try:
            with self.reader.connect() as connection:
                yield Transaction(connection, clock or self.clock, no_key, self.services)
        except Exception as error:
            if is_outage(error):
                raise Unavailable from error
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.dispose()

    def dispose(self) -> None:
        self.writer.dispose()
        self.reader.dispose()


#: what SQLite says where the database is away, full or held by somebody else
_SQLITE_OUTAGES = ("locked", "busy", "full", "unable to open", "disk I/O", "readonly")


def is_outage(error: BaseException) -> bool:
    """True where the database is away, full or locked rather than the statement wrong."""
    if isinstance(error, sa.exc.TimeoutError | sa.exc.InterfaceError):
        return True
    if isinstance(error, OperationalError):
        from_sqlite = isinstance(error.orig, sqlite3.Error)
        return not from_sqlite or any(words in str(error.orig) for words in _SQLITE_OUTAGES)
    return isinstance(error, sa.exc.DBAPIError) and error.connection_invalidated


def _plan_anew(cursor: Any, statement: str, parameters: Any, context: Any) -> bool:
    """Execute without preparing what asks for `PLANNED_ANEW`; says whether it did."""
    if context is None or not context.execution_options.get("planned_anew"):
        return False
    cursor.execute(statement, parameters, prepare=False)
    return True
