"""A lock by name, held until the end of the transaction: who asks second waits for the first."""

import hashlib

import sqlalchemy as sa

from engine.db.transaction import Transaction


def lock_name(tx: Transaction, *parts: str) -> None:
    """SQLite has one writer and needs none; PostgreSQL is asked for an advisory lock of that name."""
    if tx.is_sqlite:
        return
    digest = hashlib.sha256("\0".join(parts).encode()).digest()
    tx.execute(sa.select(sa.func.pg_advisory_xact_lock(int.from_bytes(digest[:8], "big", signed=True))))
