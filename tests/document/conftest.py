"""A store in a folder, a database with people, files of every kind."""

import asyncio
import io
import zipfile
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from engine.access import Actor
from engine.clock import FixedClock
from engine.db import Database
from engine.document import Attachment, FileStore, Received, add_attachment, store_received
from tests.support.tables import make_tables
from tests.support.templates import Templates

APPLICANT = Actor(account=1, login="a", name="测试申报人")
OFFICER = Actor(account=2, login="b", name="测试经办人")
STRANGER = Actor(account=3, login="c", name="外单位经办人")
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


def picture(size: tuple[int, int] = (40, 30), kind: str = "PNG", mode: str = "RGB") -> bytes:
    target = io.BytesIO()
    Image.effect_noise(size, 80).convert(mode).save(target, kind)
    return target.getvalue()


def zipped(*members: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for member in members:
            archive.writestr(member, "<x/>")
    return target.getvalue()


async def in_pieces(content: bytes, size: int = 1000) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


def receive(store: FileStore, content: bytes, limit: int = 10_000_000) -> Received:
    return asyncio.run(store.receive(in_pieces(content), limit=limit))


def stored_paths(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "files"


@pytest.fixture
def store(folder: Path) -> FileStore:
    return FileStore(str(folder))


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 6, 1, tzinfo=UTC))


@pytest.fixture
def database(database_url: str, templates: Templates, clock: FixedClock) -> Iterator[Database]:
    templates.fill(database_url, make_tables)
    database = Database(database_url, clock=clock, synchronous="OFF")
    yield database
    database.dispose()


@pytest.fixture
def upload(store: FileStore, database: Database) -> Callable[..., Attachment]:
    """Uploads a file for somebody: `upload("a.pdf", PDF)`."""

    def upload(name: str, content: bytes, actor: Actor = APPLICANT, photo: bool = False) -> Attachment:
        stored = store_received(store, receive(store, content), name, photo=photo)
        with database.transaction() as tx:
            return add_attachment(tx, actor, store, stored, field="education[0].certificate", task_key=7)

    return upload
