"""What the worker does with a file before it can be submitted: looks for viruses, makes a portrait of a photo."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
import structlog

from engine.db import Database
from engine.document.archives import receive_file
from engine.document.attachments import Attachment, Stored, note_content
from engine.document.kinds import KINDS, fitting_name, kind_of
from engine.document.scanning import Scanner
from engine.document.store import FileStore
from engine.document.tables import Vetting, attachment
from engine.errors import InvalidInput, NotFound, Unavailable

log = structlog.get_logger(__name__)

#: files looked at in one go, so that the worker's other duties get their turn
AT_ONCE = 20
INFECTED = "文件含有病毒（{finding}），已拒收，请杀毒或更换文件后重新上传。"


@dataclass(frozen=True, slots=True)
class Vetter:
    """Whether files have to be looked at, and by what."""

    scanner: Scanner | None = None

    @property
    def scans(self) -> bool:
        return self.scanner is not None


@dataclass(frozen=True, slots=True)
class _Outcome:
    vetting: Vetting
    finding: str | None = None
    stored: Stored | None = None
    changes: Mapping[str, Any] = field(default_factory=dict)


def vet_files(database: Database, store: FileStore, vetter: Vetter) -> int:
    """Look at the files that wait, the oldest first; how many were looked at. Where scanner or store are away, they wait on."""
    a = attachment.c
    with database.read() as tx:
        waiting = sa.select(attachment).where(a.vetting == Vetting.WAITING).order_by(a.key).limit(AT_ONCE)
        found = [Attachment(**row._mapping) for row in tx.rows(waiting)]
    done = 0
    for held in found:
        try:
            outcome = _look_at(store, vetter, held)
        except Unavailable as away:
            log.warning("files cannot be looked at", reason=away.message)
            return done
        with database.transaction() as tx:
            if outcome.stored is not None:
                note_content(tx, store, outcome.stored)
            values = {"vetting": outcome.vetting, "finding": outcome.finding, **outcome.changes}
            tx.execute(sa.update(attachment).where(a.key == held.key, a.vetting == Vetting.WAITING).values(values))
        done += 1
    return done


def _look_at(store: FileStore, vetter: Vetter, held: Attachment) -> _Outcome:
    try:
        if vetter.scanner is not None:
            with store.open(held.sha256) as content:
                finding = vetter.scanner.scan(content)
            if finding:
                log.warning("a file was refused", attachment=held.key, finding=finding)
                return _Outcome(Vetting.REFUSED, INFECTED.format(finding=finding[:100]))
        return _make_portrait(store, held) if held.is_portrait else _Outcome(Vetting.PASSED)
    except NotFound:
        return _Outcome(Vetting.REFUSED, "文件没有保存好，请重新上传。")
    except InvalidInput as error:
        return _Outcome(Vetting.REFUSED, error.message)


def _make_portrait(store: FileStore, held: Attachment) -> _Outcome:
    kind = kind_of(held.media_type)
    if kind is None or not kind.is_image:
        raise InvalidInput("照片应为图片文件（jpg、png 等），请重新选择。")
    from engine.document.images import crop_portrait, make_thumbnail  # pictures come with the first picture

    box = (held.crop or {}).get("box")
    small = crop_portrait(store.read(held.sha256), box)
    thumbnail = make_thumbnail(small)
    received = receive_file(store, io.BytesIO(small))
    store.keep(received)
    if thumbnail is not None:
        store.put_thumbnail(received.sha256, thumbnail)
    stored = Stored(
        fitting_name(held.name, KINDS["jpg"]), KINDS["jpg"], received.sha256, received.size, thumbnail is not None
    )
    changes = {
        "name": stored.name,
        "size": stored.size,
        "media_type": stored.kind.media_type,
        "sha256": stored.sha256,
        "thumbnail": stored.thumbnail,
    }
    return _Outcome(Vetting.PASSED, stored=stored, changes=changes)
