"""The PostgreSQL server of the test run."""

import os
import pwd
from pathlib import Path

import psycopg

from tests.support.postgres import PostgresServer


def _connect(url: str) -> "psycopg.Connection[tuple[object, ...]]":
    return psycopg.connect(url.replace("+psycopg", ""), autocommit=True)


def test_it_gives_a_fresh_database_each_time(postgres_server: PostgresServer) -> None:
    with _connect(postgres_server.create_database()) as first:
        first.execute("CREATE TABLE cases (id int)")
    with _connect(postgres_server.create_database()) as second:
        assert second.execute("SELECT to_regclass('cases')").fetchone() == (None,)


def test_it_copies_a_template(postgres_server: PostgresServer) -> None:
    template = postgres_server.create_database()
    with _connect(template) as connection:
        connection.execute("CREATE TABLE cases AS SELECT 7 AS id")
    with _connect(postgres_server.create_database(template.rsplit("/", 1)[1])) as copy:
        assert copy.execute("SELECT id FROM cases").fetchall() == [(7,)]


def test_it_does_not_run_as_root(postgres_server: PostgresServer) -> None:
    with _connect(postgres_server.create_database()) as connection:
        row = connection.execute("SELECT pg_backend_pid()").fetchone()
    assert row is not None
    with _connect(postgres_server.create_database()) as connection:
        row = connection.execute("SELECT pg_backend_pid()").fetchone()
        assert row is not None
        owner = pwd.getpwuid(Path(f"/proc/{row[0]}").stat().st_uid)
    assert owner.pw_name == ("postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name)


def test_both_kinds_of_database_answer(database_url: str) -> None:
    from sqlalchemy import create_engine, text

    engine = create_engine(database_url)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT '职称'")).scalar_one() == "职称"
    engine.dispose()
