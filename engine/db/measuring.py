"""For measuring: which statements are sent, and a PostgreSQL database that goes away afterwards."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from engine.db.database import Database


@contextmanager
def counted_statements(database: Database) -> Iterator[list[str]]:
    """The statements sent inside the block, by commands and queries alike, without BEGIN and COMMIT."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            sent.append(statement)

    engines = {database.writer, database.reader}
    for engine in engines:
        sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        for engine in engines:
            sa.event.remove(engine, "before_cursor_execute", note)


@contextmanager
def scratch_postgres(url: str) -> Iterator[str]:
    """The address of a new database on the server of `url`; it is dropped at the end. Needs the right to create one."""
    name = f"zhiping_scratch_{secrets.token_hex(4)}"
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    try:
        yield sa.make_url(url).set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
