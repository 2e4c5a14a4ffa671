"""Messages and signals between cases: published now, delivered to each receiver in a transaction of its own."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.exc import IntegrityError

from engine.access import SYSTEM, Actor, Permission, authorize
from engine.db import Database, Transaction
from engine.errors import NotFound, Refused, StaleTask, Unavailable
from engine.flow import calls, items
from engine.flow.direct import add_message, add_signal
from engine.flow.firing import receive
from engine.flow.loading import lock_case
from engine.flow.run import Execution
from engine.flow.starting import start_by_subscription, subscription_row
from engine.flow.tables import (
    CaseState,
    MessageKind,
    MessageState,
    WaitKind,
    case,
    message,
    message_delivery,
    subscription,
)

log = structlog.get_logger(__name__)

#: before a message that could not be delivered is tried again
PAUSE = timedelta(minutes=1)


def publish_message(
    tx: Transaction,
    actor: Actor,
    name: str,
    correlation_key: str | None = None,
    variables: Mapping[str, Any] | None = None,
    *,
    time_to_live: timedelta | None = timedelta(0),
    message_id: str | None = None,
) -> int:
    """Leave a message for who waits for it, for `time_to_live` also for who will (None: for ever). Its key.

    It is delivered after the commit. Raises `Refused` where a message with the same name, key and `message_id` is
    still kept.
    """
    authorize(actor, Permission.API_MESSAGES)
    expires_at = None if time_to_live is None else tx.now + time_to_live
    key = add_message(tx, actor, name, correlation_key, variables or {}, expires_at=expires_at, message_id=message_id)
    try:
        tx.flush()
    except IntegrityError as error:
        raise Refused(f"编号为 {message_id} 的消息已经发布过，请更换编号。") from error
    return key


def broadcast_signal(tx: Transaction, actor: Actor, name: str, variables: Mapping[str, Any] | None = None) -> None:
    """Tell every case that waits for the signal at this moment; each hears it after the commit."""
    authorize(actor, Permission.API_MESSAGES)
    add_signal(tx, actor, name, variables or {})


def correlate_message(
    tx: Transaction,
    actor: Actor,
    name: str,
    correlation_key: str | None = None,
    variables: Mapping[str, Any] | None = None,
) -> int:
    """Deliver a message now, in this transaction. The key of the case that took it.

    Raises `NotFound` where nobody waits for it.
    """
    authorize(actor, Permission.API_MESSAGES)
    for row in _receivers(tx, name, correlation_key, message_key=None):
        taken = _hand_over(tx, actor, row, variables or {}, interactive=True)
        if taken is not None:
            return taken
    raise NotFound(f"没有流程在等待消息“{name}”。")


def deliver_messages(database: Database, limit: int = 200) -> int:
    """Deliver what waits, one receiver per transaction; drop what has expired. How many deliveries there were.

    A message that breaks its receiver's command is logged and tried again later; the others go on.
    """
    done = sum(_deliver_to_all(database, key) for key in _deliverable(database, limit))
    if _has_expired(database):
        with database.transaction() as tx:
            _expire(tx)
    return done


def _deliver_to_all(database: Database, key: int) -> int:
    done, more = 0, True
    try:
        while more:
            with database.transaction() as tx:
                delivered, more = _deliver(tx, key)
            done += delivered
    except Unavailable:
        raise
    except Exception:
        log.exception("message could not be delivered", message=key)
        with database.transaction() as tx:
            tx.execute(sa.update(message).where(message.c.key == key).values(retry_at=tx.now + PAUSE))
    return done


def _deliverable(database: Database, limit: int) -> list[int]:
    """Messages addressed to a case, and those somebody waits for; a suspended case waits."""
    m, s = message.c, subscription.c
    somebody = (
        sa.select(s.key)
        .outerjoin(case, case.c.key == s.case_key)
        .where(s.kind == WaitKind.MESSAGE, s.name == m.name, _keys_match(), _not_yet(), _moves(s.case_key))
        .correlate(message)
        .exists()
    )
    direct = sa.and_(m.kind != MessageKind.MESSAGE, _moves(m.to_case_key))
    with database.read() as tx:
        query = (
            sa.select(m.key)
            .outerjoin(case, case.c.key == m.to_case_key)
            .where(m.state == MessageState.WAITING, sa.or_(m.retry_at.is_(None), m.retry_at <= tx.now))
        )
        return [row.key for row in tx.rows(query.where(sa.or_(direct, somebody)).order_by(m.key).limit(limit))]


def _moves(case_key: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """Whether the joined case takes part: there is none (a start), or it is not suspended."""
    return sa.or_(case_key.is_(None), case.c.state.is_(None), case.c.state != CaseState.SUSPENDED)


def _keys_match() -> sa.ColumnElement[bool]:
    return sa.or_(subscription.c.correlation_key.is_(None), subscription.c.correlation_key == message.c.correlation_key)


def _not_yet() -> sa.ColumnElement[bool]:
    """A message reaches at most one case per process."""
    d = message_delivery.c
    taken = sa.select(d.message_key).where(d.message_key == message.c.key, d.process_id == subscription.c.process_id)
    return ~taken.correlate(message, subscription).exists()


def _deliver(tx: Transaction, key: int) -> tuple[int, bool]:
    """Deliver one message to one receiver: how many deliveries, and whether there are further receivers."""
    query = sa.select(message).where(message.c.key == key, message.c.state == MessageState.WAITING)
    row = tx.row(query.with_for_update(skip_locked=True))
    if row is None:
        return 0, False
    if row.kind is not MessageKind.MESSAGE:
        if not _hand_direct(tx, dict(row._mapping)):
            return 0, False
        tx.writes.update(message, {"key": key}, {"state": MessageState.DELIVERED})
        return 1, False
    receivers = _receivers(tx, row.name, row.correlation_key, key)
    for number, receiver in enumerate(receivers):
        taken = _hand_over(tx, SYSTEM, receiver, row.variables, interactive=False)
        if taken is not None:
            delivery = {"message_key": key, "process_id": receiver["process_id"], "case_key": taken, "at": tx.now}
            tx.writes.insert(message_delivery, delivery)
            if row.expires_at is None:
                tx.writes.update(message, {"key": key}, {"state": MessageState.DELIVERED})
            more = any(other["process_id"] != receiver["process_id"] for other in receivers[number + 1 :])
            return 1, more and row.expires_at is not None
    return 0, False


def _receivers(
    tx: Transaction, name: str, correlation_key: str | None, message_key: int | None
) -> list[dict[str, Any]]:
    """The subscriptions a message fits, waiting cases before starts, the oldest first."""
    s = subscription.c
    keys: list[sa.ColumnElement[bool]] = [s.correlation_key.is_(None)]
    if correlation_key is not None:
        keys.append(s.correlation_key == correlation_key)
    query = sa.select(subscription).where(s.kind == WaitKind.MESSAGE, s.name == name, sa.or_(*keys))
    if message_key is not None:
        d = message_delivery.c
        query = query.where(~sa.exists().where(d.message_key == message_key, d.process_id == s.process_id))
    query = query.order_by(s.case_key.is_(None), s.created_at, s.key)
    found = [dict(row._mapping) for row in tx.rows(query)]
    return [row for row in found if row["case_key"] is not None or not _is_taken(tx, row, name, correlation_key)]


def _is_taken(tx: Transaction, start: dict[str, Any], name: str, correlation_key: str | None) -> bool:
    """Whether a case that this message started for this key still runs: only one does at a time."""
    if not correlation_key:
        return False
    d = message_delivery.c
    query = (
        sa.select(d.message_key)
        .join(message, message.c.key == d.message_key)
        .join(case, case.c.key == d.case_key)
        .where(
            message.c.name == name,
            message.c.correlation_key == correlation_key,
            d.process_id == start["process_id"],
            case.c.state == CaseState.ACTIVE,
        )
    )
    return tx.row(query.limit(1)) is not None


def _hand_over(
    tx: Transaction, actor: Actor, wait: dict[str, Any], variables: Mapping[str, Any], *, interactive: bool
) -> int | None:
    """Let a waiting case or a start event take the message. None where it waits no longer."""
    if wait["case_key"] is None:
        return start_by_subscription(tx, actor, wait, variables)
    try:
        loaded = lock_case(tx, wait["case_key"])
    except NotFound:
        return None
    # under the lock: does it still wait?
    if loaded.case["state"] is not CaseState.ACTIVE or subscription_row(tx, wait["key"]) is None:
        return None
    execution = Execution(tx, actor, loaded, interactive=interactive)
    receive(execution, wait, variables, "message.received")
    execution.finish()
    return execution.key


def _hand_direct(tx: Transaction, row: dict[str, Any]) -> bool:
    """Give one case what is addressed to it. What comes too late is done with, what is suspended hears it later."""
    kind: MessageKind = row["kind"]
    if kind is MessageKind.SIGNAL_START:
        start = subscription_row(tx, row["to_element_key"])
        if start is not None:
            start_by_subscription(tx, SYSTEM, start, row["variables"])
        return True
    try:
        loaded = lock_case(tx, row["to_case_key"])
    except NotFound:
        return True
    if loaded.case["state"] is not CaseState.ACTIVE:
        return loaded.case["state"] is not CaseState.SUSPENDED
    execution = Execution(tx, SYSTEM, loaded)
    if kind is MessageKind.CANCEL:
        execution.run.cancel()
    elif kind is MessageKind.SIGNAL:
        _hear(execution, row)
    elif kind is MessageKind.NEXT_ITEMS:
        items.begin_more(execution, row["to_element_key"])
    else:
        calls.come_back(execution, row["to_element_key"], kind, row["variables"])
    execution.finish()
    return True


def _hear(execution: Execution, row: dict[str, Any]) -> None:
    s = subscription.c
    query = sa.select(subscription).where(s.case_key == execution.key, s.wait_key == row["to_element_key"])
    wait = execution.tx.row(query)
    if wait is not None:
        try:
            receive(execution, dict(wait._mapping), row["variables"], "signal.received")
        except StaleTask:
            return


def _has_expired(database: Database) -> bool:
    m = message.c
    with database.read() as tx:
        over = sa.select(m.key).where(m.state == MessageState.WAITING, m.expires_at <= tx.now)
        return tx.row(over.limit(1)) is not None


def _expire(tx: Transaction) -> None:
    """Messages past their time are over: delivered where somebody took them, else expired."""
    m = message.c
    over = [m.state == MessageState.WAITING, m.kind == MessageKind.MESSAGE, m.expires_at <= tx.now]
    taken = sa.exists().where(message_delivery.c.message_key == m.key)
    tx.execute(sa.update(message).where(*over, taken).values(state=MessageState.DELIVERED))
    tx.execute(sa.update(message).where(*over).values(state=MessageState.EXPIRED))
