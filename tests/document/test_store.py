"""The store: streamed in, once per content, nothing left behind when something goes wrong; the same in a folder and in a bucket."""

import asyncio
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path

import pytest

from engine.document import FileStore
from engine.document.store import translated
from engine.errors import InvalidInput, NotFound, Unavailable
from tests.document.conftest import PDF, in_pieces, receive, stored_paths


@pytest.fixture(params=["folder", "bucket"])
def any_store(request: pytest.FixtureRequest) -> FileStore:
    if request.param == "folder":
        return request.getfixturevalue("store")  # type: ignore[no-any-return]
    return FileStore(request.getfixturevalue("s3_url"))


def test_what_is_kept_is_read_back_under_its_hash(any_store: FileStore) -> None:
    content = PDF * 500
    received = receive(any_store, content)
    assert (received.sha256, received.size) == (sha256(content).hexdigest(), len(content))
    any_store.keep(received)
    assert any_store.read(received.sha256) == content
    any_store.keep(receive(any_store, content))
    assert any_store.read(received.sha256) == content

    async def streamed() -> bytes:
        return b"".join([piece async for piece in await any_store.stream(received.sha256)])

    assert asyncio.run(streamed()) == content


def test_what_is_deleted_is_not_found_and_may_be_deleted_twice(any_store: FileStore) -> None:
    received = receive(any_store, PDF)
    any_store.keep(received)
    assert any_store.has(received.sha256)
    for _ in range(2):
        any_store.delete(received.sha256)
    assert not any_store.has(received.sha256)
    with pytest.raises(NotFound):
        any_store.read(received.sha256)


def test_the_same_content_lies_there_once(store: FileStore, folder: Path) -> None:
    for _ in range(3):
        store.keep(receive(store, PDF))
    digest = sha256(PDF).hexdigest()
    assert stored_paths(folder) == [f"sha256/{digest[:2]}/{digest}"]


@pytest.mark.parametrize(
    ("content", "limit", "sentence"),
    [
        (PDF * 100, 1024, "文件超过 1 KB，请压缩或拆分后再上传。"),
        (b"", 1024, "文件是空的，请重新选择。"),
    ],
)
def test_too_long_and_empty_files_leave_nothing(
    store: FileStore, folder: Path, content: bytes, limit: int, sentence: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        receive(store, content, limit)
    assert refused.value.message == sentence
    assert stored_paths(folder) == []


def test_a_file_that_breaks_off_leaves_nothing(store: FileStore, folder: Path) -> None:
    async def broken() -> AsyncIterator[bytes]:
        async for piece in in_pieces(PDF):
            yield piece
        raise ConnectionResetError

    with pytest.raises((Unavailable, ConnectionResetError)):
        asyncio.run(store.receive(broken(), limit=1024))
    assert stored_paths(folder) == []


def test_a_full_disk_says_so() -> None:
    with pytest.raises(Unavailable) as full, translated():
        raise OSError(28, "No space left on device")
    assert full.value.message.startswith("服务器的存储空间已满")
    with pytest.raises(Unavailable) as away, translated():
        raise OSError(5, "Input/output error")
    assert away.value.message.startswith("文件存储暂时无法使用")
