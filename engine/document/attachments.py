"""Attachments: keeping what arrived, finding it for whoever may read it, tying it to the case it was submitted with."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from engine.access import Actor
from engine.db import Transaction
from engine.document.kinds import KINDS, PHOTO_BYTES, FileKind, fitting_name, sniff
from engine.document.store import AWAY, FileStore, Received
from engine.document.tables import AttachmentState, Vetting, attachment, blob
from engine.errors import InvalidInput, NotFound, Refused, Unavailable

#: says whether the actor may see a case: flow's visibility, which this room does not know
CaseSeen = Callable[[Transaction, Actor, int], bool]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file as pages know it."""

    key: int
    case_key: int | None
    task_key: int | None
    owner: int
    field: str
    name: str
    size: int
    media_type: str
    sha256: str
    thumbnail: bool
    state: AttachmentState
    at: datetime
    vetting: Vetting = Vetting.NONE
    finding: str | None = None
    crop: Mapping[str, Any] | None = None

    @property
    def is_portrait(self) -> bool:
        """Whether it is to be cropped and reduced before it is used."""
        return self.crop is not None

    def describe(self) -> dict[str, Any]:
        """What a form stores of it: id, name, size, media type. A portrait will be small once the worker has reduced it."""
        reduced = self.is_portrait and self.vetting is Vetting.WAITING
        size = min(self.size, PHOTO_BYTES) if reduced else self.size
        return {"id": str(self.key), "name": self.name, "size": size, "type": self.media_type}


@dataclass(frozen=True, slots=True)
class Stored:
    """A content that lies in the store under its hash and waits for its attachment."""

    name: str
    kind: FileKind
    sha256: str
    size: int
    thumbnail: bool


def store_received(store: FileStore, received: Received, name: str, *, photo: bool = False) -> Stored:
    """Look at what arrived, make a photo small enough and a picture's thumbnail, and put it under its hash.

    Outside any transaction. Raises `InvalidInput` for a format that is not taken in; what arrived is dropped then.
    """
    try:
        with store.open_received(received) as content:
            kind = sniff(name, received.head, content)
        if photo:
            kind, received = _as_photo(store, received, kind)
        thumbnail = _thumbnail(store, received, kind)
    except Exception:
        store.discard(received)
        raise
    if thumbnail is not None:
        store.put_thumbnail(received.sha256, thumbnail)
    store.keep(received)
    return Stored(fitting_name(name, kind), kind, received.sha256, received.size, thumbnail is not None)


def _as_photo(store: FileStore, received: Received, kind: FileKind) -> tuple[FileKind, Received]:
    if not kind.is_image:
        raise InvalidInput("照片应为图片文件（jpg、png 等），请重新选择。")
    from engine.document.images import reduce_photo  # the library for pictures comes with the first picture

    with store.open_received(received) as content:
        original = content.read()
    small = reduce_photo(original)
    if small != original:
        received = store.replace(received, small)
    with store.open_received(received) as content:
        return sniff("photo.jpg", received.head, content), received


def _thumbnail(store: FileStore, received: Received, kind: FileKind) -> bytes | None:
    if not kind.is_image:
        return None
    from engine.document.images import make_thumbnail

    with store.open_received(received) as content:
        return make_thumbnail(content.read())


def add_attachment(
    tx: Transaction,
    actor: Actor,
    store: FileStore,
    stored: Stored,
    *,
    field: str = "",
    case_key: int | None = None,
    task_key: int | None = None,
    vetted: bool = True,
    crop: Mapping[str, Any] | None = None,
) -> Attachment:
    """Note the file as the actor's; it belongs to no case until the form it was uploaded for is submitted.

    Where it is not `vetted`, the worker looks at it before it can be submitted; of a portrait (`crop`) it keeps that part alone.
    Raises `Unavailable` in the rare case that the same content was dropped as nobody's since it was found there.
    """
    note_content(tx, store, stored)
    added = Attachment(
        key=tx.next_key(),
        case_key=case_key,
        task_key=task_key,
        owner=actor.account,
        field=field[:200],
        # what forms note of a portrait is its name of now, and it becomes a JPEG in a moment
        name=stored.name if crop is None else fitting_name(stored.name, KINDS["jpg"]),
        size=stored.size,
        media_type=stored.kind.media_type,
        sha256=stored.sha256,
        thumbnail=stored.thumbnail,
        state=AttachmentState.UPLOADED,
        at=tx.now,
        vetting=Vetting.NONE if vetted and crop is None else Vetting.WAITING,
        crop=crop,
    )
    tx.insert(attachment, **{column.name: getattr(added, column.name) for column in attachment.c})
    return added


def note_content(tx: Transaction, store: FileStore, stored: Stored) -> None:
    """Note that a content lies in the store and is somebody's. Raises `Unavailable` where it was dropped meanwhile."""
    insert = sqlite.insert if tx.is_sqlite else postgresql.insert
    row = insert(blob).values(
        sha256=stored.sha256,
        size=stored.size,
        media_type=stored.kind.media_type,
        thumbnail=stored.thumbnail,
        at=tx.now,
    )
    tx.execute(row.on_conflict_do_update(index_elements=[blob.c.sha256], set_={"at": tx.now}))
    if not store.has(stored.sha256):
        raise Unavailable(AWAY)


def find_attachment(tx: Transaction, actor: Actor, key: int, seen: CaseSeen) -> Attachment:
    """The attachment, for its owner and for whoever may see its case. Raises `NotFound` for everybody else, as for none, and
    `Refused` for a file that was refused."""
    found = _load(tx, attachment.c.key == key)
    if not found or found[0].state == AttachmentState.REMOVED:
        raise NotFound
    held = found[0]
    if held.owner == actor.account:
        if held.vetting is Vetting.REFUSED:
            raise Refused(held.finding)
        return held
    if held.state != AttachmentState.ATTACHED or held.case_key is None or not seen(tx, actor, held.case_key):
        raise NotFound
    return held


def describe_own(tx: Transaction, actor: Actor, key: str) -> Mapping[str, Any] | None:
    """What a form may store of a file the actor has uploaded; nothing for a file of somebody else's.

    A form holds dozens of files: the first one asked for brings the actor's newest along.
    """
    if not key.isdecimal() or len(key) >= 19:
        return None
    held = tx.memo.get((OWN_FILES, actor.account))
    if held is None:
        newest = _load(tx, _own(actor), limit=AT_ONCE)
        held = tx.memo[OWN_FILES, actor.account] = {found.key: found.describe() for found in newest}
    if int(key) not in held and len(held) >= AT_ONCE:
        found = _load(tx, sa.and_(_own(actor), attachment.c.key == int(key)))
        return found[0].describe() if found else None
    return held.get(int(key))


OWN_FILES = "own files"
#: more than a dossier has
AT_ONCE = 200


def _own(actor: Actor) -> sa.ColumnElement[bool]:
    return sa.and_(
        attachment.c.owner == actor.account,
        attachment.c.state != AttachmentState.REMOVED,
        attachment.c.vetting != Vetting.REFUSED,
    )


def attach_to_case(tx: Transaction, actor: Actor, keys: Collection[int], case_key: int) -> None:
    """Tie the actor's files to the case they were submitted with: from now on whoever sees the case may read them.

    Raises `Refused` where one of them is still being looked at or was refused.
    """
    if keys:
        _refuse_unvetted(tx, actor, keys)
        tx.execute(
            sa.update(attachment)
            .where(
                attachment.c.key.in_(sorted(keys)),
                attachment.c.owner == actor.account,
                attachment.c.state == AttachmentState.UPLOADED,
            )
            .values(state=AttachmentState.ATTACHED, case_key=case_key)
        )


def share_with_case(
    tx: Transaction, files: Sequence[Mapping[str, Any]], case_key: int, field: str
) -> list[dict[str, Any]]:
    """The same files once more, as files of another case: what a form there stores of them.

    For proofs that hold for many cases. The bytes are not copied; owner and name stay.
    """
    keys = [int(one["id"]) for one in files]
    shared = []
    for held in _load(tx, attachment.c.key.in_(keys)) if keys else []:
        copy = replace(
            held, key=tx.next_key(), case_key=case_key, field=field, state=AttachmentState.ATTACHED, at=tx.now
        )
        tx.insert(attachment, **{column.name: getattr(copy, column.name) for column in attachment.c})
        shared.append(copy.describe())
    return shared


def _refuse_unvetted(tx: Transaction, actor: Actor, keys: Collection[int]) -> None:
    unfit = (Vetting.WAITING, Vetting.REFUSED)
    own = sa.and_(attachment.c.owner == actor.account, attachment.c.key.in_(sorted(keys)))
    found = _load(tx, sa.and_(own, attachment.c.vetting.in_(unfit)))
    refused = [held for held in found if held.vetting is Vetting.REFUSED]
    if refused:
        raise Refused(f"“{refused[0].name}”没有通过检查：{refused[0].finding}请更换后再提交。")
    if found:
        raise Refused(f"“{found[0].name}”还在检查中，一般几秒钟即可完成，请稍候再提交。已填写的内容不受影响。")


def file_of_owner(tx: Transaction, actor: Actor, key: int) -> Attachment:
    """A file of the actor's own, whatever became of it. Raises `NotFound`."""
    found = _load(tx, sa.and_(attachment.c.key == key, attachment.c.owner == actor.account))
    if not found or found[0].state is AttachmentState.REMOVED:
        raise NotFound
    return found[0]


def remove_attachment(tx: Transaction, actor: Actor, key: int) -> None:
    """Take back a file that was not submitted yet. Raises `NotFound` for any other."""
    removed = tx.execute(
        sa.update(attachment)
        .where(
            attachment.c.key == key,
            attachment.c.owner == actor.account,
            attachment.c.state == AttachmentState.UPLOADED,
        )
        .values(state=AttachmentState.REMOVED, at=tx.now)
    )
    if not removed.rowcount:
        raise NotFound


def attachments_of_case(tx: Transaction, case_key: int) -> list[Attachment]:
    """Every file submitted with a case. The caller has made sure that its reader may see the case."""
    return _load(tx, sa.and_(attachment.c.case_key == case_key, attachment.c.state == AttachmentState.ATTACHED))


def _load(tx: Transaction, where: sa.ColumnElement[bool], limit: int | None = None) -> list[Attachment]:
    """In the order of uploading; with a `limit` the newest, the last first."""
    query = sa.select(attachment).where(where)
    query = query.order_by(attachment.c.key) if limit is None else query.order_by(attachment.c.key.desc()).limit(limit)
    return [Attachment(**dict(row._mapping)) for row in tx.rows(query)]
