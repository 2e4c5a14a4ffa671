"""A backup is one archive: the database as a SQLite file, the uploaded files as they lie. Keys of ballots are not in it."""

import tarfile
import tempfile
from pathlib import Path

from engine.db.database import Database
from engine.db.migrate import migrate
from engine.db.transfer import transfer
from engine.errors import Refused

DATABASE_MEMBER = "zhiping.db"
FILES_MEMBER = "files"


def back_up(database: Database, files: Path | None, archive: Path) -> int:
    """Write `archive` (.tar.gz); `files` is the local folder of uploads, None where a store keeps its own copies.

    The rows are read in one snapshot where the database has them; returns how many were taken.
    """
    with tempfile.TemporaryDirectory(dir=archive.parent) as folder:
        copy = Path(folder) / DATABASE_MEMBER
        target = Database(f"sqlite:///{copy}", synchronous="NORMAL")
        try:
            migrate(target)
            rows = transfer(database, target)
            with target.writer.connect() as connection:
                connection.connection.dbapi_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr]
        finally:
            target.dispose()
        with tarfile.open(archive, "w:gz", compresslevel=3) as tar:
            tar.add(copy, DATABASE_MEMBER)
            if files is not None and files.is_dir():
                tar.add(files, FILES_MEMBER)
    return rows


def restore(database: Database, files: Path | None, archive: Path) -> int:
    """Fill an empty database and folder from `archive`; returns the rows restored.

    Raises `Refused` where either already holds something.
    """
    if files is not None and files.is_dir() and any(files.iterdir()):
        raise Refused(f"文件目录 {files} 不是空的，请换一个空目录再恢复。")
    with tempfile.TemporaryDirectory(dir=archive.parent) as folder:
        with tarfile.open(archive, "r:gz") as tar:
            tar.extractall(folder, filter="data")
        source = Database(f"sqlite:///{Path(folder) / DATABASE_MEMBER}")
        try:
            migrate(database)
            rows = transfer(source, database)
        finally:
            source.dispose()
        kept = Path(folder) / FILES_MEMBER
        if files is not None and kept.is_dir():
            files.parent.mkdir(parents=True, exist_ok=True)
            if files.is_dir():
                files.rmdir()
            kept.replace(files)
    return rows
