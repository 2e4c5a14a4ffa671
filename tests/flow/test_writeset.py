"""Rows collected and sent together mean the same on both databases."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError

from engine.db import Database, Json, Key, UtcDateTime, enum_column
from engine.flow.tables import TaskState

SCRATCH = sa.MetaData()
thing = sa.Table(
    "order",
    SCRATCH,
    sa.Column("key", Key, primary_key=True, autoincrement=False),
    sa.Column("name", sa.String(10), nullable=False, default="none"),
    sa.Column("at", UtcDateTime),
    sa.Column("data", Json),
    sa.Column("raw", sa.LargeBinary),
    sa.Column("state", enum_column(TaskState)),
    sa.Column("flag", sa.Boolean),
)
AT = datetime(2026, 6, 30, 18, 0, 0, 5, tzinfo=timezone(timedelta(hours=8)))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    made = Database(database_url)
    SCRATCH.drop_all(made.writer)
    SCRATCH.create_all(made.writer)
    yield made
    made.dispose()


def rows(database: Database) -> list[tuple[object, ...]]:
    with database.read() as tx:
        return [tuple(row) for row in tx.rows(sa.select(thing).order_by(thing.c.key))]


def test_every_type_comes_back_as_it_went(database: Database) -> None:
    with database.transaction() as tx:
        tx.insert(
            thing,
            key=2**62,
            at=AT,
            data={"a": [1, None, "“引号”\\"]},
            raw=b"\x00\xff\\",
            state=TaskState.OPEN,
            flag=True,
        )
        tx.insert(thing, key=1, name="x", at=None, data=None, raw=None, state=None, flag=None)
    whole = (2**62, "none", AT.astimezone(UTC), {"a": [1, None, "“引号”\\"]}, b"\x00\xff\\", TaskState.OPEN, True)
    assert rows(database) == [(1, "x", None, None, None, None, None), whole]


def test_all_verbs_in_one_flush(database: Database) -> None:
    with database.transaction() as tx:
        for key in (1, 2, 3):
            tx.insert(thing, key=key, name=f"n{key}")
    with database.transaction() as tx:
        tx.writes.delete(thing, {"key": 1})
        tx.writes.update(thing, {"key": 2}, {"name": "changed", "flag": False})
        tx.writes.upsert(thing, {"key": 3, "name": "upserted", "at": None}, ("name",))
        tx.writes.upsert(thing, {"key": 4, "name": "new", "at": None}, ("name",))
        tx.writes.upsert(thing, {"key": 4 + 1, "name": "kept", "at": None}, ())
        tx.insert(thing, key=6)
    assert [(row[0], row[1]) for row in rows(database)] == [
        (2, "changed"),
        (3, "upserted"),
        (4, "new"),
        (5, "kept"),
        (6, "none"),
    ]
    with database.transaction() as tx:
        tx.writes.upsert(thing, {"key": 5, "name": "other", "at": None}, ())
    assert rows(database)[3][1] == "kept"


def test_what_does_not_fit_is_refused_and_leaves_nothing(database: Database) -> None:
    def insert(*names: str) -> None:
        with database.transaction() as tx:
            for name in names:
                tx.insert(thing, key=1, name=name)

    with pytest.raises(IntegrityError):
        insert("once", "twice")
    if not database.is_sqlite:
        with pytest.raises(DBAPIError):
            insert("much longer than ten")
    assert rows(database) == []


def test_what_was_cleared_is_not_sent(database: Database) -> None:
    with database.transaction() as tx:
        tx.insert(thing, key=1)
        tx.writes.clear()
    assert rows(database) == []
