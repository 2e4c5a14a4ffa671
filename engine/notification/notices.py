"""Telling somebody something: the row of the bell and the messages that go out, in the transaction of what happened."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine.access import Actor
from engine.db import Transaction
from engine.notification.tables import Channel, DeliveryState, delivery, notification
from engine.notification.templates import TEMPLATES, fill


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who is told, and where besides the bell."""

    account: int
    email: str = ""
    mobile: str = ""

    def address(self, channel: Channel) -> str:
        return self.email if channel == Channel.MAIL else self.mobile


@dataclass(frozen=True, slots=True)
class Notice:
    """One line of the bell."""

    key: int
    subject: str
    text: str
    url: str | None
    case_key: int | None
    at: datetime
    read: bool


def notify(
    tx: Transaction,
    recipient: Recipient,
    template: str,
    data: Mapping[str, object],
    *,
    case_key: int | None = None,
    url: str | None = None,
) -> int:
    """Tell one person; returns the key of the bell's row.

    Nothing is sent here: the rows become visible with the commit, and a worker sends them at least once, each with an id that
    stays. Raises KeyError for a template that does not exist.
    """
    subject, text = fill(template, data)
    key = tx.next_key()
    tx.insert(
        notification,
        key=key,
        account=recipient.account,
        template=template,
        subject=subject,
        text=text,
        url=url,
        case_key=case_key,
        at=tx.now,
        read_at=None,
    )
    for channel in sorted(TEMPLATES[template].channels):
        if address := recipient.address(channel):
            _send(tx, key, template, channel, address)
    return key


def send_secretly(tx: Transaction, notification_key: int, channel: Channel, address: str, text: str) -> None:
    """Send to an address what the bell must not keep (a code): `text` is wiped once it went out or was given up."""
    _send(tx, notification_key, "secret", channel, address, secret=text)


def _send(tx: Transaction, key: int, template: str, channel: Channel, address: str, secret: str | None = None) -> None:
    message = tx.next_key()
    tx.insert(
        delivery,
        key=message,
        notification_key=key,
        channel=channel,
        recipient=address,
        template=template,
        message_id=f"{message}@zhiping",
        secret=secret,
        state=DeliveryState.WAITING,
        attempts=0,
        next_at=tx.now,
    )


def notices_of(tx: Transaction, actor: Actor, *, before: int | None = None, limit: int = 20) -> Sequence[Notice]:
    """The actor's bell, the newest first; `before` is the key of the last one seen."""
    wanted = sa.select(notification).where(notification.c.account == actor.account)
    if before is not None:
        wanted = wanted.where(notification.c.key < before)
    rows = tx.rows(wanted.order_by(notification.c.key.desc()).limit(limit))
    return [
        Notice(row.key, row.subject, row.text, row.url, row.case_key, row.at, row.read_at is not None) for row in rows
    ]


def unread_of(tx: Transaction, actor: Actor) -> int:
    """How many the actor has not read, up to 100."""
    unread = (
        sa.select(notification.c.key)
        .where(notification.c.account == actor.account, notification.c.read_at.is_(None))
        .limit(100)
        .subquery()
    )
    return int(tx.value(sa.select(sa.func.count()).select_from(unread)))


def mark_read(tx: Transaction, actor: Actor, key: int | None = None) -> None:
    """Note that the actor has read one, or all."""
    mine = sa.and_(notification.c.account == actor.account, notification.c.read_at.is_(None))
    if key is not None:
        mine = sa.and_(mine, notification.c.key == key)
    tx.execute(sa.update(notification).where(mine).values(read_at=tx.now))
