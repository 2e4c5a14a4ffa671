"""Sending what waits: at least once, later again where it failed, never while holding a transaction."""

from datetime import timedelta

import sqlalchemy as sa
import structlog

from engine.db import Database
from engine.notification.ports import Letter, Ports
from engine.notification.tables import DeliveryState, delivery, notification

log = structlog.get_logger(__name__)

#: while it is being sent nobody else takes it; a sender that died loses it after that
LEASE = timedelta(minutes=2)
#: waits between the tries: half an hour in all the first five, then it is a person's turn
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 10, 15, 60, 240))
BATCH = 50


def send_waiting(database: Database, ports: Ports, limit: int = BATCH) -> int:
    """Send up to `limit` messages that are due; returns how many went out. Several senders at once share the work."""
    return sum(send_one(database, ports, key) for key in _due(database, limit))


def _due(database: Database, limit: int) -> list[int]:
    with database.read() as tx:
        waiting = sa.select(delivery.c.key).where(
            delivery.c.state == DeliveryState.WAITING, delivery.c.next_at <= tx.now
        )
        return list(tx.execute(waiting.order_by(delivery.c.next_at, delivery.c.key).limit(limit)).scalars())


def send_one(database: Database, ports: Ports, key: int) -> bool:
    """Send one message if it still waits and nobody else is at it; says whether it went out."""
    with database.transaction() as tx:
        mine = sa.and_(delivery.c.key == key, delivery.c.state == DeliveryState.WAITING, delivery.c.next_at <= tx.now)
        taken = tx.execute(
            sa.update(delivery).where(mine).values(next_at=tx.now + LEASE, attempts=delivery.c.attempts + 1)
        )
        if not taken.rowcount:
            return False
        row = tx.row(
            sa.select(delivery, notification.c.subject, notification.c.text)
            .join(notification, notification.c.key == delivery.c.notification_key)
            .where(delivery.c.key == key)
        )
    assert row is not None
    try:
        ports[row.channel].send(Letter(row.message_id, row.recipient, row.subject, row.secret or row.text))
    except Exception as error:
        log.warning(
            "message not sent", delivery=key, channel=row.channel, attempt=row.attempts, error=type(error).__name__
        )
        _postpone(database, key, row.attempts, f"{type(error).__name__}: {error}")
        return False
    with database.transaction() as tx:
        this = delivery.c.key == key
        tx.execute(
            sa.update(delivery).where(this).values(state=DeliveryState.SENT, sent_at=tx.now, error=None, secret=None)
        )
    return True


def _postpone(database: Database, key: int, attempts: int, error: str) -> None:
    again = attempts <= len(WAITS)
    with database.transaction() as tx:
        tx.execute(
            sa.update(delivery)
            .where(delivery.c.key == key)
            .values(
                state=DeliveryState.WAITING if again else DeliveryState.FAILED,
                next_at=tx.now + (WAITS[attempts - 1] if again else timedelta()),
                error=error[:500],
                **({} if again else {"secret": None}),
            )
        )


def retry_failed(database: Database, key: int) -> None:
    """Let a message that was given up be tried again from the beginning."""
    with database.transaction() as tx:
        failed = sa.and_(delivery.c.key == key, delivery.c.state == DeliveryState.FAILED)
        tx.execute(sa.update(delivery).where(failed).values(state=DeliveryState.WAITING, attempts=0, next_at=tx.now))
