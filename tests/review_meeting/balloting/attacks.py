"""What somebody with a full copy of database, logs and backups would try in order to learn who voted how (engine.md §10).

Each attack gives what it believes to have found: pairs of an expert and what links them to a vote. After the count every list
has to be empty; against 记名 votes, where the link is there, the same attacks find it.
"""

import re
import tarfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from engine.db import Database

Found = list[tuple[Any, ...]]
#: a vote as it is written where somebody writes it
SAID = ("'yes'", "'no'", '"yes"', '"no"', "'abstain'", '"abstain"', "不同意")


def same_transaction(database: Database, votes: str) -> Found:
    """Rows of votes written in the transaction that wrote an expert's line on the roll (PostgreSQL keeps its number)."""
    statement = (
        f"SELECT r.expert, v.declaration FROM ballot_roll r JOIN {votes} v ON v.xmin = r.xmin AND v.round = r.round"
    )
    with database.reader.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(statement)]


def physical_blocks(database: Database, votes: str, round_key: int, dossiers: int) -> Found:
    """Votes lying together in the file as one paper would: as many as there are dossiers, each of another."""
    order = "" if database.is_sqlite else " ORDER BY ctid"
    statement = f"SELECT declaration FROM {votes} WHERE round = {round_key}{order}"
    with database.reader.connect() as connection:
        declarations = [row[0] for row in connection.exec_driver_sql(statement)]
    blocks = [declarations[at : at + dossiers] for at in range(0, len(declarations), dossiers)]
    return [(number, tuple(block)) for number, block in enumerate(blocks) if len(set(block)) == dossiers]


def instants_and_keys(table: sa.Table, allowed: set[str]) -> Found:
    """Columns of a table of votes that are neither the round, a random text, the dossier nor the vote."""
    return [(column.name, str(column.type)) for column in table.columns if column.name not in allowed]


def every_row(database: Database) -> Iterator[tuple[str, str]]:
    """All tables there are, ours and those of the queue, each row as text."""
    inspector = sa.inspect(database.writer)
    schemas = [None] if database.is_sqlite else [s for s in inspector.get_schema_names() if s != "information_schema"]
    with database.reader.connect() as connection:
        for schema in schemas:
            for table in inspector.get_table_names(schema=schema):
                place = f'"{schema}"."{table}"' if schema else f'"{table}"'
                for row in connection.exec_driver_sql(f"SELECT * FROM {place}"):
                    yield table, repr(tuple(bytes(v) if isinstance(v, memoryview) else v for v in row))


def traces_in_rows(database: Database, wanted: dict[str, str]) -> Found:
    """Rows of any table that hold a text only a ballot had: its marks or its code. `wanted` names the expert by the text."""
    return [(expert, table) for table, text in every_row(database) for trace, expert in wanted.items() if trace in text]


def spoken_together(database: Database, experts: set[str]) -> Found:
    """Rows of any table (journal, tasks, variables, notifications, audit …) that name an expert and say how somebody voted."""
    names = re.compile(r"\b(" + "|".join(map(re.escape, sorted(experts))) + r")\b")
    return [
        (found[0], table)
        for table, text in every_row(database)
        if any(word in text for word in SAID) and (found := names.search(text)) is not None
    ]


def places_of(database: Database, data: Path) -> list[Path]:
    """Where the files of an installation lie: data and backups, the database with its free pages and its log."""
    if database.is_sqlite:
        return [data, Path(str(database.writer.url.database)).parent]
    with database.reader.connect() as connection:
        cluster = Path(str(connection.exec_driver_sql("SHOW data_directory").scalar()))
        own = connection.exec_driver_sql("SELECT oid FROM pg_database WHERE datname = current_database()").scalar()
    return [data, cluster / "base" / str(own), cluster / "pg_wal"]


def traces_in_files(places: Iterable[Path], wanted: dict[bytes, str]) -> Found:
    """Files there that hold such a text, also in the archives among them."""
    return [
        (expert, path.name)
        for place in places
        for path in sorted(place.rglob("*"))
        if path.is_file()
        for content in contents(path)
        for trace, expert in wanted.items()
        if trace in content
    ]


def contents(path: Path) -> Iterator[bytes]:
    """What a file holds, or each file in an archive."""
    if not path.name.endswith(".tar.gz"):
        yield path.read_bytes()
        return
    with tarfile.open(path) as archive:
        for member in archive.getmembers():
            if (file := archive.extractfile(member)) is not None:
                yield file.read()
