"""The migrations lead to the tables of the code, and back, on both databases."""

from engine import bootstrap  # every table is known once the wiring is imported
from engine.db import Database
from engine.db.migrate import downgrade, drift, is_current, migrate


def test_migrations_lead_to_the_tables_of_the_code_and_back(database_url: str) -> None:
    assert bootstrap.RELEASE
    database = Database(database_url, synchronous="OFF")
    for revision in ("head", "base", "head"):
        (downgrade if revision == "base" else migrate)(database, revision)
    with database.reader.connect() as connection:
        assert is_current(connection)
        assert drift(connection) == []
    database.dispose()
