"""Taking all data from one database to another of either kind: growing from SQLite to PostgreSQL, backup and restore."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from engine.db.database import Database
from engine.db.metadata import metadata
from engine.errors import Refused

CHUNK = 1000


@contextmanager
def snapshot(database: Database) -> Iterator[sa.Connection]:
    """A connection that sees all tables as they were at one instant, while others go on writing."""
    if database.is_sqlite:
        with database.reader.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            yield connection
        return
    with database.writer.connect() as connection:
        yield connection.execution_options(isolation_level="REPEATABLE READ")


def transfer(source: Database, target: Database, report: Callable[[str, int], None] = lambda table, rows: None) -> int:
    """Copy every row of ours from `source` into the empty, migrated `target`, in one transaction; returns the rows copied.

    Raises `Refused` where the target already holds data. Jobs under way are not DBOS's to carry along: the next worker
    of the target asks for them anew from the `job` rows.
    """
    total = 0
    with snapshot(source) as read, target.writer.begin() as write:
        for table in metadata.sorted_tables:
            if write.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first() is not None:
                raise Refused(f"目标数据库不是空的：表 {table.name} 已有数据。请换一个新建的数据库。")
        for table in metadata.sorted_tables:
            copied = 0
            result = read.execution_options(yield_per=CHUNK).execute(
                sa.select(table).order_by(*table.primary_key.columns)
            )
            for partition in result.mappings().partitions(CHUNK):
                write.execute(sa.insert(table), [dict(row) for row in partition])
                copied += len(partition)
            report(table.name, copied)
            total += copied
    return total
