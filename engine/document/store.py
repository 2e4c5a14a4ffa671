"""Where the bytes lie: a folder or a bucket, each content once under its hash.

A file streams to a name of its own while it is hashed and is then renamed, or dropped where its content is there already.
"""

import hashlib
import io
import uuid
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import LocalStore, ObjectStore, from_url

from engine.document.kinds import HEAD
from engine.errors import InvalidInput, NotFound, Unavailable

if TYPE_CHECKING:
    from obstore import ReadableFile
    from typing_extensions import Buffer

FULL = "服务器的存储空间已满，文件没有保存。请联系系统管理员，已填写的其他内容不受影响。"
AWAY = "文件存储暂时无法使用，文件没有保存，请稍后再上传一次。"
CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Received:
    """A file that has arrived under a name of its own. Either `FileStore.keep` or `FileStore.discard` ends it."""

    path: str
    sha256: str
    size: int
    head: bytes


class FileStore:
    """One folder (`/var/files`) or bucket (`s3://…`, its access from the AWS environment variables)."""

    def __init__(self, url: str) -> None:
        self._store: ObjectStore
        if "://" in url:
            self._store = from_url(url)
        else:
            folder = Path(url).absolute()
            folder.mkdir(parents=True, exist_ok=True)
            self._store = LocalStore(folder)

    async def receive(self, chunks: AsyncIterator[bytes], *, limit: int) -> Received:
        """Take in a stream of at most `limit` bytes. Raises `InvalidInput` where it is longer or empty, `Unavailable` where there is
        no room or no store; nothing is left behind then."""
        path = f"tmp/{uuid.uuid4().hex}"
        digest, head, size = hashlib.sha256(), bytearray(), 0
        too_long = False

        async def counted() -> AsyncIterator[bytes]:
            nonlocal size, too_long
            async for chunk in chunks:
                size += len(chunk)
                if size > limit:
                    too_long = True
                    return
                digest.update(chunk)
                head.extend(chunk[: HEAD - len(head)])
                if chunk:
                    yield chunk

        with translated():
            await obstore.put_async(self._store, path, counted())
        received = Received(path, digest.hexdigest(), size, bytes(head))
        if too_long or not size:
            await self.discard_async(received)
            raise InvalidInput(too_large(limit) if too_long else "文件是空的，请重新选择。")
        return received

    async def join(self, parts: Sequence[Received], *, limit: int) -> Received:
        """The file that arrived in these parts, one after the other. The parts stay until they are discarded."""

        async def pieces() -> AsyncIterator[bytes]:
            for part in parts:
                with translated():
                    found = await obstore.get_async(self._store, part.path)
                async for piece in found.stream(min_chunk_size=CHUNK):
                    yield bytes(piece)

        return await self.receive(pieces(), limit=limit)

    async def discard_async(self, received: Received) -> None:
        with translated():
            await obstore.delete_async(self._store, received.path)

    def take_in(self, content: IO[bytes], *, sha256: str, size: int, head: bytes) -> Received:
        """A file made here, which lies under a name of its own like one that arrived."""
        path = f"tmp/{uuid.uuid4().hex}"
        with translated():
            obstore.put(self._store, path, content)
        return Received(path, sha256, size, head)

    def put_part(self, owner: str, number: int, content: bytes) -> None:
        """Keep something for whoever puts the parts together; putting it again replaces it."""
        with translated():
            obstore.put(self._store, _part_path(owner, number), content)

    def read_part(self, owner: str, number: int) -> bytes:
        """Raises `NotFound` where that part was never put."""
        with translated():
            return bytes(obstore.get(self._store, _part_path(owner, number)).bytes())

    def drop_parts(self, owner: str = "", before: datetime | None = None) -> None:
        """Drop the parts of an owner, or of all: those put there before an instant."""
        with translated():
            for found in obstore.list(self._store, f"part/{owner}/" if owner else "part/"):
                old = [entry["path"] for entry in found if before is None or entry["last_modified"] < before]
                for path in old:
                    obstore.delete(self._store, path)

    def drop_arrivals(self, before: datetime) -> None:
        """Drop what arrived before an instant and was never kept."""
        with translated():
            for found in obstore.list(self._store, "tmp/"):
                for path in [entry["path"] for entry in found if entry["last_modified"] < before]:
                    obstore.delete(self._store, path)

    def discard(self, received: Received) -> None:
        """Drop what arrived."""
        with translated():
            obstore.delete(self._store, received.path)

    def discard_quietly(self, received: Received) -> None:
        """Drop what arrived, which may be gone already."""
        with suppress(NotFound):
            self.discard(received)

    def has(self, sha256: str) -> bool:
        """Whether the content lies there now."""
        with translated():
            return self._has(_path(sha256))

    def keep(self, received: Received) -> None:
        """Put what arrived under its hash, unless the same content lies there already."""
        with translated():
            if self._has(_path(received.sha256)):
                obstore.delete(self._store, received.path)
            else:
                obstore.rename(self._store, received.path, _path(received.sha256))

    def replace(self, received: Received, content: bytes) -> Received:
        """The same file with another content, e.g. a smaller picture."""
        with translated():
            obstore.put(self._store, received.path, content)
        return Received(received.path, hashlib.sha256(content).hexdigest(), len(content), content[:HEAD])

    def open_received(self, received: Received) -> IO[bytes]:
        """What arrived, to be looked into: only what is read is fetched."""
        with translated():
            return io.BufferedReader(_Reader(obstore.open_reader(self._store, received.path)))

    def open(self, sha256: str) -> IO[bytes]:
        """A content, to be looked through: only what is read is fetched. Raises `NotFound` where the store does not have it."""
        with translated():
            return io.BufferedReader(_Reader(obstore.open_reader(self._store, _path(sha256))))

    def put_thumbnail(self, sha256: str, content: bytes) -> None:
        with translated():
            obstore.put(self._store, _thumbnail_path(sha256), content)

    def read(self, sha256: str) -> bytes:
        """The whole content. Raises `NotFound` where the store does not have it."""
        with translated():
            return bytes(obstore.get(self._store, _path(sha256)).bytes())

    def read_thumbnail(self, sha256: str) -> bytes:
        with translated():
            return bytes(obstore.get(self._store, _thumbnail_path(sha256)).bytes())

    async def stream(self, sha256: str) -> AsyncIterator[bytes]:
        """The content in pieces of about a megabyte, without a thread. The store is asked before the first piece is."""
        with translated():
            found = await obstore.get_async(self._store, _path(sha256))

        async def pieces() -> AsyncIterator[bytes]:
            async for piece in found.stream(min_chunk_size=CHUNK):
                yield bytes(piece)

        return pieces()

    def delete(self, sha256: str) -> None:
        """Drop a content and its thumbnail for good; it may be gone already."""
        for path in (_path(sha256), _thumbnail_path(sha256)):
            with translated():
                if self._has(path):
                    obstore.delete(self._store, path)

    def _has(self, path: str) -> bool:
        try:
            obstore.head(self._store, path)
        except (NotFoundError, FileNotFoundError):
            return False
        return True


class _Reader(io.RawIOBase):
    """The store's reader as Python's own kind of file."""

    def __init__(self, source: "ReadableFile") -> None:
        self._source = source

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        return self._source.seek(offset, whence)

    def readinto(self, buffer: "Buffer", /) -> int:
        target = memoryview(buffer)
        with translated():
            piece = bytes(self._source.read(len(target)))
        target[: len(piece)] = piece
        return len(piece)


def too_large(limit: int) -> str:
    size = f"{limit // (1024 * 1024)} MB" if limit >= 1024 * 1024 else f"{limit // 1024} KB"
    return f"文件超过 {size}，请压缩或拆分后再上传。"


def _path(sha256: str) -> str:
    return f"sha256/{sha256[:2]}/{sha256}"


def _part_path(owner: str, number: int) -> str:
    return f"part/{owner}/{number}"


def _thumbnail_path(sha256: str) -> str:
    return f"thumbnail/{sha256[:2]}/{sha256}.webp"


@contextmanager
def translated() -> Iterator[None]:
    """Errors of the store as ours: not there, no room, away."""
    try:
        yield
    except (NotFoundError, FileNotFoundError) as error:
        raise NotFound from error
    except (BaseError, OSError) as error:
        full = "os error 28" in str(error) or "No space left" in str(error) or "Disk quota" in str(error)
        raise Unavailable(FULL if full else AWAY) from error
