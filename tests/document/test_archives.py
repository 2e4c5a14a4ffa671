"""Archives: many files in one, built without holding them all, kept for some days."""

import io
import zipfile
from datetime import timedelta

import pytest

from engine.clock import FixedClock
from engine.db import Database
from engine.document import FileStore, add_attachment, collect_garbage
from engine.document.archives import FETCHED, KEPT, build_archive
from engine.errors import NotFound
from tests.document.conftest import APPLICANT


def test_an_archive_holds_every_file_under_a_name_of_its_own(store: FileStore) -> None:
    made: list[str] = []

    def produce(text: str) -> bytes:
        made.append(text)
        return text.encode()

    names = ["甲/通用表.pdf", "甲/通用表.pdf", "../../etc/passwd", "a:b?.txt", "  "]
    files = ((name, lambda name=name: produce(name)) for name in names)
    stored = build_archive(store, "通用表/全部", files)
    with zipfile.ZipFile(io.BytesIO(store.read(stored.sha256))) as archive:
        assert archive.namelist() == ["甲/通用表.pdf", "甲/通用表 (2).pdf", "etc/passwd", "a_b_.txt", "文件"]
        assert archive.read("a_b_.txt") == b"a:b?.txt"
    assert (stored.name, stored.kind.media_type, made) == ("通用表_全部.zip", "application/zip", names)


def test_an_archive_can_be_fetched_for_some_days(store: FileStore, database: Database, clock: FixedClock) -> None:
    stored = build_archive(store, "一", [("a.txt", lambda: b"a")])
    with database.transaction() as tx:
        add_attachment(tx, APPLICANT, store, stored, field=FETCHED)
    clock.advance(KEPT - timedelta(hours=1))
    assert (collect_garbage(database, store), store.has(stored.sha256)) == (0, True)
    clock.advance(timedelta(hours=2))
    assert (collect_garbage(database, store), store.has(stored.sha256)) == (1, False)


def test_parts_are_kept_until_they_are_put_together(store: FileStore) -> None:
    store.put_part("7", 0, b"a")
    store.put_part("7", 0, b"b")
    store.put_part("8", 0, b"c")
    assert store.read_part("7", 0) == b"b"
    store.drop_parts("7")
    with pytest.raises(NotFound):
        store.read_part("7", 0)
    assert store.read_part("8", 0) == b"c"
