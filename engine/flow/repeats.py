"""A command that is sent twice is done once: the second sending is led to the first result."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.db import Transaction
from engine.db.locks import lock_name
from engine.flow.tables import command_result


def first_result(tx: Transaction, actor: Actor, command_key: str | None) -> Any:
    """What the command answered the first time; None where it is the first time, or carries no key.

    Two sent at the same time wait for each other here.
    """
    if not command_key:
        return None
    lock_name(tx, "command", actor.login, command_key)
    c = command_result.c
    return tx.value(sa.select(c.result).where(c.actor == actor.login, c.command_key == command_key))


def keep_result(tx: Transaction, actor: Actor, command_key: str | None, result: Mapping[str, Any]) -> None:
    """Keep the answer for whoever sends the command again."""
    if command_key:
        tx.insert(command_result, actor=actor.login, command_key=command_key, result=dict(result), at=tx.now)
