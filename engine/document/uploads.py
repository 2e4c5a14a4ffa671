"""Files that arrive in parts: begun, gone on with after a broken connection or another day, put together at the end.

Follows tus 1.0 in what it keeps (length, offset, who); `web.uploads.resumable` speaks its headers.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.db import Database, Transaction
from engine.document.store import FileStore, Received, too_large
from engine.document.tables import upload
from engine.errors import InvalidInput, NotFound, Refused

#: an unfinished upload is dropped this long after its last part
KEPT = timedelta(days=7)
#: more than a dossier has files
MOST_OPEN = 100


class WrongOffset(Refused):
    """文件的这一部分已经收到，或者前一部分没有收到，请接着上次的位置继续。"""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file on its way; the columns of its row."""

    id: str
    owner: int
    name: str
    size: int
    received: int
    parts: Sequence[Mapping[str, Any]]
    field: str
    task_key: int | None
    crop: Mapping[str, Any] | None
    attachment: int | None
    at: datetime

    @property
    def is_whole(self) -> bool:
        return self.received == self.size

    @property
    def arrived(self) -> list[Received]:
        """Its parts in the store."""
        return [Received(part["path"], part["sha256"], part["size"], b"") for part in self.parts]


def begin_upload(
    tx: Transaction,
    actor: Actor,
    *,
    name: str,
    size: int,
    limit: int,
    field: str = "",
    task_key: int | None = None,
    crop: Mapping[str, Any] | None = None,
) -> Upload:
    """Expect a file of `size` bytes. Raises `InvalidInput` where it is empty or larger than `limit`, `Refused` where too many
    others of the actor's are unfinished."""
    if size <= 0:
        raise InvalidInput("文件是空的，请重新选择。")
    if size > limit:
        raise InvalidInput(too_large(limit))
    unfinished = sa.select(sa.func.count()).where(upload.c.owner == actor.account, upload.c.attachment.is_(None))
    if tx.value(unfinished) >= MOST_OPEN:
        raise Refused("没有传完的文件太多，请先把它们传完或移除。")
    begun = Upload(
        secrets.token_hex(16), actor.account, name[:300], size, 0, [], field[:200], task_key, crop, None, tx.now
    )
    tx.insert(upload, **{column.name: getattr(begun, column.name) for column in upload.c})
    return begun


def find_upload(tx: Transaction, actor: Actor, key: str) -> Upload:
    """An upload of the actor's own. Raises `NotFound` for anybody else's."""
    row = tx.row(sa.select(upload).where(upload.c.id == key, upload.c.owner == actor.account))
    if row is None:
        raise NotFound
    return Upload(**row._mapping)


def note_part(tx: Transaction, actor: Actor, key: str, offset: int, part: Received) -> Upload:
    """Add what arrived at `offset`. Raises `WrongOffset` where another request added something there first."""
    held = find_upload(tx, actor, key)
    parts = [*held.parts, {"path": part.path, "sha256": part.sha256, "size": part.size}]
    added = replace(held, received=offset + part.size, parts=parts, at=tx.now)
    if held.received != offset or added.received > held.size:
        raise WrongOffset
    changed = tx.execute(
        sa.update(upload)
        .where(upload.c.id == key, upload.c.received == offset)
        .values(received=added.received, parts=parts, at=tx.now)
    )
    if not changed.rowcount:
        raise WrongOffset
    return added


def finish_upload(tx: Transaction, key: str, attachment: int) -> None:
    """Note what the whole file became; its parts are not needed any more."""
    tx.execute(sa.update(upload).where(upload.c.id == key).values(attachment=attachment, parts=[], at=tx.now))


def drop_upload(tx: Transaction, actor: Actor, key: str) -> Upload:
    """Give up an upload; the caller discards its parts. Raises `NotFound` for anybody else's."""
    held = find_upload(tx, actor, key)
    tx.execute(sa.delete(upload).where(upload.c.id == key))
    return held


def drop_unfinished(database: Database, store: FileStore) -> None:
    """Drop uploads nobody went on with, and what is left of those that ended."""
    with database.transaction() as tx:
        old = tx.rows(sa.select(upload).where(upload.c.at < tx.now - KEPT))
        tx.execute(sa.delete(upload).where(upload.c.id.in_([row.id for row in old])))
    for row in old:
        for part in Upload(**row._mapping).arrived:
            store.discard_quietly(part)
