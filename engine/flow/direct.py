"""Rows of `message`: what one case has for others, written in its own transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.db import Transaction
from engine.flow.scopes import check_value
from engine.flow.tables import MessageKind, MessageState, WaitKind, message, subscription


def add_message(
    tx: Transaction,
    actor: Actor,
    name: str,
    correlation_key: str | None,
    variables: Mapping[str, Any],
    *,
    expires_at: datetime | None = None,
    message_id: str | None = None,
    from_case: int | None = None,
) -> int:
    """Leave a message for whoever waits for this name and key, now or until it expires. Its key."""
    row = _row(tx, actor, MessageKind.MESSAGE, name, variables, from_case)
    row |= {"correlation_key": correlation_key, "expires_at": expires_at, "message_id": message_id}
    tx.insert(message, **row)
    return int(row["key"])


def add_signal(
    tx: Transaction, actor: Actor, name: str, variables: Mapping[str, Any], from_case: int | None = None
) -> None:
    """Leave a signal for each case that waits for it at this moment, and for each process that starts by it."""
    s = subscription.c
    query = sa.select(s.key, s.case_key, s.wait_key).where(s.kind == WaitKind.SIGNAL, s.name == name).order_by(s.key)
    waiting = [(row.key, row.case_key, row.wait_key) for row in tx.rows(query)]
    current = tx.memo.get(("case", from_case)) if from_case is not None else None
    if current is not None:
        # its own rows may be armed or disarmed by this very command
        waiting = [(k, c, w) for k, c, w in waiting if c != from_case or w not in current.waiting.disarmed]
        own = current.waiting.subscriptions.values()
        waiting += [
            (r["key"], from_case, r["wait_key"]) for r in own if (r["kind"], r["name"]) == (WaitKind.SIGNAL, name)
        ]
    for key, case_key, wait_key in waiting:
        kind = MessageKind.SIGNAL_START if case_key is None else MessageKind.SIGNAL
        row = _row(tx, actor, kind, name, variables, from_case)
        row |= {"to_case_key": case_key, "to_element_key": key if case_key is None else wait_key}
        tx.insert(message, **row)


def send_direct(
    tx: Transaction,
    actor: Actor,
    from_case: int,
    kind: MessageKind,
    *,
    to_case: int,
    to_element: int | None = None,
    body: Mapping[str, Any] | None = None,
) -> None:
    """Leave something for one case, by its key."""
    row = _row(tx, actor, kind, kind.value, body or {}, from_case)
    tx.insert(message, **row | {"to_case_key": to_case, "to_element_key": to_element})


def _row(
    tx: Transaction, actor: Actor, kind: MessageKind, name: str, variables: Mapping[str, Any], from_case: int | None
) -> dict[str, Any]:
    for variable, value in variables.items():
        check_value(variable, value)
    return {
        "key": tx.next_key(),
        "kind": kind,
        "name": name,
        "correlation_key": None,
        "message_id": None,
        "variables": dict(variables),
        "expires_at": None,
        "state": MessageState.WAITING,
        "from_case_key": from_case,
        "to_case_key": None,
        "to_element_key": None,
        "at": tx.now,
        "by": actor.login,
    }
