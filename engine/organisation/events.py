"""The record of what was done to units, persons and accounts."""

from typing import Any

from engine.access import Actor
from engine.db import Transaction
from engine.organisation.tables import organisation_event


def record(
    tx: Transaction,
    actor: Actor,
    event: str,
    *,
    unit: int | None = None,
    account: int | None = None,
    person: int | None = None,
    detail: dict[str, Any] | None = None,
) -> None:
    """Add an entry. It never holds a password; of a person no more than the key, but for both values of a corrected identity (Q41)."""
    tx.insert(
        organisation_event,
        key=tx.next_key(),
        at=tx.now,
        actor=actor.login,
        event=event,
        unit=unit,
        account=account,
        person=person,
        detail=detail,
    )
