"""Files that belong to no case: an office publishes them, and the page that shows them says who may read them."""

import sqlalchemy as sa

from engine.access import Actor
from engine.db import Transaction
from engine.document.attachments import Attachment
from engine.document.tables import AttachmentState, attachment
from engine.errors import NotFound


def publish_attachment(tx: Transaction, actor: Actor, key: int) -> None:
    """Keep a file the actor has uploaded: it is no longer forgotten after a time. Raises `NotFound` for any other file."""
    mine = sa.and_(
        attachment.c.key == key,
        attachment.c.owner == actor.account,
        attachment.c.state == AttachmentState.UPLOADED,
        attachment.c.case_key.is_(None),
    )
    if not tx.execute(sa.update(attachment).where(mine).values(state=AttachmentState.ATTACHED)).rowcount:
        raise NotFound


def withdraw_attachment(tx: Transaction, key: int) -> None:
    """Take a published file out again; its content goes with the next cleaning."""
    published = sa.and_(attachment.c.key == key, _PUBLISHED)
    tx.execute(sa.update(attachment).where(published).values(state=AttachmentState.REMOVED, at=tx.now))


def published_attachment(tx: Transaction, key: int) -> Attachment:
    """A published file, for a caller that has made sure it may be read. Raises `NotFound`."""
    row = tx.row(sa.select(attachment).where(attachment.c.key == key, _PUBLISHED))
    if row is None:
        raise NotFound
    return Attachment(**row._mapping)


_PUBLISHED = sa.and_(attachment.c.state == AttachmentState.ATTACHED, attachment.c.case_key.is_(None))
