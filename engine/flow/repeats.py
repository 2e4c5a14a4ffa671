"""A command that is sent twice is done once: the second sending is led to the first result."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.db import Transaction
from engine.flow.tables import command_result


def first_result(tx: Transaction, actor: Actor, command_key: str | None) -> Any:
    """What the command answered the first time; None where it is the first time, or carries no key."""
    if not command_key:
        return None
    c = command_result.c
    return tx.value(sa.select(c.result).where(c.actor == actor.login, c.command_key == command_key))


def keep_result(tx: Transaction, actor: Actor, command_key: str | None, result: Mapping[str, Any]) -> None:
    """Keep the answer. Two at the same time: the second one's commit fails on the key, and its retry finds this one."""
    if command_key:
        tx.insert(command_result, actor=actor.login, command_key=command_key, result=dict(result), at=tx.now)
