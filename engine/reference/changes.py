"""The record of who changed what of lists and calendar."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.access import Actor, Permission, authorize
from engine.db import Transaction
from engine.reference.tables import ChangeKind, code_change

#: the `list` of changes to days
CALENDAR = "calendar_day"


@dataclass(frozen=True, slots=True)
class Change:
    """One entry. `before` and `after` hold only what differs; None where there was nothing or nothing is left."""

    key: int
    at: datetime
    by: str
    by_name: str
    list: str
    year: int
    value: str
    action: ChangeKind
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


def record_change(
    tx: Transaction,
    actor: Actor,
    action: ChangeKind,
    *,
    name: str,
    year: int,
    value: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Add an entry; of two mappings only what differs is kept."""
    if before is not None and after is not None:
        keys = [key for key in after if before.get(key) != after[key]]
        before, after = {key: before.get(key) for key in keys}, {key: after[key] for key in keys}
    tx.insert(
        code_change,
        key=tx.next_key(),
        at=tx.now,
        by=actor.login,
        by_name=actor.name,
        list=name,
        year=year,
        value=value,
        action=action,
        before=before,
        after=after,
    )


def list_changes(
    tx: Transaction, actor: Actor, name: str, *, value: str = "", before: int | None = None, limit: int = 20
) -> list[Change]:
    """What was changed of a list, the newest first; `before` is the key of the last one seen."""
    authorize(actor, Permission.CODES_MANAGE)
    c = code_change.c
    wanted = sa.select(code_change).where(c.list == name)
    if value:
        wanted = wanted.where(c.value == value)
    if before is not None:
        wanted = wanted.where(sa.tuple_(c.at, c.key) < sa.tuple_(*_place(tx, before)))
    rows = tx.rows(wanted.order_by(c.at.desc(), c.key.desc()).limit(limit))
    return [Change(**row._mapping) for row in rows]


def _place(tx: Transaction, key: int) -> tuple[Any, int]:
    at = tx.value(sa.select(code_change.c.at).where(code_change.c.key == key))
    return sa.literal(at or tx.now, code_change.c.at.type), key
