"""Which worker is which: a slot is a name that survives restarts, held by one live process at a time."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from engine.db import Database, Transaction
from engine.flow.tables import executor_slot as slots

#: a heartbeat older than this means the worker is gone, unless the settings say otherwise
LEASE = timedelta(seconds=15)


def executor_name(slot: int) -> str:
    return f"slot-{slot}"


def claim_slot(tx: Transaction, owner: str, lease: timedelta = LEASE) -> int:
    """The lowest slot nobody living holds, now held by `owner`. Slots count from 1."""
    if not tx.is_sqlite:
        tx.execute(sa.text("LOCK TABLE executor_slot IN EXCLUSIVE MODE"))
    held = {row.slot: row.heartbeat for row in tx.rows(sa.select(slots))}
    slot = next(n for n in range(1, len(held) + 2) if n not in held or held[n] < tx.now - lease)
    if slot in held:
        tx.execute(sa.update(slots).where(slots.c.slot == slot).values(owner=owner, heartbeat=tx.now))
    else:
        tx.execute(sa.insert(slots).values(slot=slot, owner=owner, heartbeat=tx.now))
    return slot


def keep_slot(tx: Transaction, slot: int, owner: str) -> bool:
    """Renew the heartbeat; False where another has taken the slot over, and the caller must stop."""
    held = tx.execute(sa.update(slots).where(slots.c.slot == slot, slots.c.owner == owner).values(heartbeat=tx.now))
    return held.rowcount == 1


def bury_dead(tx: Transaction, lease: timedelta = LEASE) -> list[int]:
    """Remove the slots of dead workers; exactly one caller gets each, and takes their work over."""
    dead = tx.rows(sa.select(slots.c.slot, slots.c.heartbeat).where(slots.c.heartbeat < tx.now - lease))
    return [
        row.slot
        for row in dead
        if tx.execute(sa.delete(slots).where(slots.c.slot == row.slot, slots.c.heartbeat == row.heartbeat)).rowcount
        == 1
    ]


def release_slot(tx: Transaction, slot: int, owner: str) -> None:
    tx.execute(sa.delete(slots).where(slots.c.slot == slot, slots.c.owner == owner))


def living_workers(tx: Transaction, now: datetime, lease: timedelta = LEASE) -> int:
    """How many workers have been heard of lately."""
    return int(tx.value(sa.select(sa.func.count()).select_from(slots).where(slots.c.heartbeat >= now - lease)) or 0)


def has_living_worker(database: Database) -> bool:
    with database.read() as tx:
        return living_workers(tx, tx.now) > 0
