"""Archives (.zip) of many files, built on disk and put into the store; and the parts a batch leaves there for one."""

import hashlib
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import PurePath
from typing import IO

from engine.document.attachments import Stored
from engine.document.kinds import FileKind
from engine.document.store import FileStore, Received

ZIP = FileKind("application/zip", "zip", "压缩包")
#: the field of attachments that were made for somebody to fetch and are dropped soon after
FETCHED = "batch"
#: so long they can be fetched
KEPT = timedelta(days=7)
#: formats that do not become smaller
_PACKED = {".pdf", ".png", ".jpg", ".jpeg", ".webp", ".zip", ".xlsx", ".docx", ".ofd"}
CHUNK = 1024 * 1024

Producer = Callable[[], bytes]


def build_archive(store: FileStore, name: str, files: Iterable[tuple[str, Producer]]) -> Stored:
    """A zip of what the producers make, each called when its turn comes, so that only one content is in memory at a time.

    A name that comes twice gets a number; folders in it are kept. Outside any transaction; `add_attachment` gives it an owner.
    Raises `NotFound` where a producer does, `Unavailable` where the store has no room.
    """
    taken: dict[str, int] = {}
    with tempfile.TemporaryFile() as target:
        with zipfile.ZipFile(target, "w") as archive:
            for wanted, produce in files:
                member = _member(wanted, taken)
                packed = PurePath(member).suffix.lower() in _PACKED
                archive.writestr(
                    member, produce(), zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED, None if packed else 6
                )
        received = receive_file(store, target)
    store.keep(received)
    return Stored(f"{safe_name(name)}.zip", ZIP, received.sha256, received.size, thumbnail=False)


def receive_file(store: FileStore, content: IO[bytes]) -> Received:
    """A file that was made here, as if it had arrived."""
    content.seek(0)
    digest, size, head = hashlib.sha256(), 0, b""
    while piece := content.read(CHUNK):
        head = head or piece[:512]
        digest.update(piece)
        size += len(piece)
    content.seek(0)
    return store.take_in(content, sha256=digest.hexdigest(), size=size, head=head)


def safe_name(name: str) -> str:
    """A name that every system takes for a file: no folders, no control characters, at most 80 characters."""
    kept = "".join("_" if c in '\\/:*?"<>|' or not c.isprintable() else c for c in name)
    return kept.strip(" .")[:80] or "文件"


def _member(wanted: str, taken: dict[str, int]) -> str:
    path = PurePath(*[safe_name(part) for part in wanted.split("/") if part.strip(" .")] or ["文件"])
    name = path.as_posix()
    taken[name] = taken.get(name, 0) + 1
    return name if taken[name] == 1 else path.with_stem(f"{path.stem} ({taken[name]})").as_posix()
