"""Dropping contents nobody refers to any more, some time after the last one who did."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from engine.db import Database
from engine.document.archives import FETCHED, KEPT
from engine.document.store import FileStore
from engine.document.tables import AttachmentState, Vetting, attachment, blob
from engine.document.uploads import drop_unfinished

#: so long what was removed can still be brought back by hand
GRACE = timedelta(days=1)
#: a file that was never submitted: drafts of the year are long over by then
FORGOTTEN = timedelta(days=400)


def collect_garbage(database: Database, store: FileStore) -> int:
    """Drop what was removed or never submitted, then the contents without an owner; returns how many contents went.

    A content is deleted while its row is locked: who brings the same one again waits for that and then finds it gone.
    """
    with database.transaction() as tx:
        never = sa.and_(attachment.c.state == AttachmentState.UPLOADED, attachment.c.at < tx.now - FORGOTTEN)
        unwanted = sa.or_(attachment.c.state == AttachmentState.REMOVED, attachment.c.vetting == Vetting.REFUSED)
        gone = sa.and_(unwanted, attachment.c.at < tx.now - GRACE)
        fetched = sa.and_(attachment.c.field == FETCHED, attachment.c.at < tx.now - KEPT)
        tx.execute(sa.delete(attachment).where(sa.or_(never, gone, fetched)))
        before = tx.now - KEPT
        old = list(tx.execute(sa.select(blob.c.sha256).where(_unowned(tx.now))).scalars())
    store.drop_parts(before=before)
    drop_unfinished(database, store)
    store.drop_arrivals(before)
    return sum(_drop(database, store, sha256) for sha256 in old)


def _unowned(now: datetime) -> sa.ColumnElement[bool]:
    owned = sa.select(attachment.c.key).where(attachment.c.sha256 == blob.c.sha256).exists()
    return sa.and_(~owned, blob.c.at < now - GRACE)


def _drop(database: Database, store: FileStore, sha256: str) -> bool:
    with database.transaction() as tx:
        dropped = tx.execute(sa.delete(blob).where(blob.c.sha256 == sha256, _unowned(tx.now))).rowcount == 1
        if dropped:
            store.delete(sha256)
    return dropped
