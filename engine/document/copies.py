"""A file used a second time: another attachment with the same content, so that each case keeps its own."""

from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.db import Transaction
from engine.document.attachments import OWN_FILES, Attachment
from engine.document.tables import AttachmentState, attachment


def copy_attachments(tx: Transaction, actor: Actor, keys: Collection[int]) -> dict[str, Mapping[str, Any]]:
    """New attachments of the actor's own files, described by the key of the old one; files of anybody else are left out."""
    if not keys:
        return {}
    own = sa.select(attachment).where(
        attachment.c.key.in_(sorted(keys)),
        attachment.c.owner == actor.account,
        attachment.c.state != AttachmentState.REMOVED,
    )
    made: dict[str, Mapping[str, Any]] = {}
    for row in tx.rows(own.order_by(attachment.c.key)):
        fresh = {"key": tx.next_key(), "case_key": None, "task_key": None, "at": tx.now}
        values = {**row._mapping, **fresh, "state": AttachmentState.UPLOADED}
        tx.insert(attachment, **values)
        made[str(row.key)] = Attachment(**values).describe()
    tx.memo.pop((OWN_FILES, actor.account), None)
    return made
