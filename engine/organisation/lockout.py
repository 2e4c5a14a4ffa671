"""Counting failed sign-ins, per account typed and per address, on the database so that all processes count together.

What is counted is what was typed, whether such an account exists or not: a lock gives nothing away.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from engine.db import Transaction
from engine.organisation.tables import sign_in_failure
from engine.organisation.tokens import hash_token

#: how long a lock holds, and how long a failure is remembered
LOCK = timedelta(minutes=15)
#: rows nobody needs any more go after a day
KEEP = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Subject:
    """Something that fails: an account as typed, or an address. `limit` failures within a quarter of an hour lock it."""

    hash: str
    limit: int


def account_subject(login: str) -> Subject:
    return Subject(hash_token(f"account:{login}"), 5)


def address_subject(address: str) -> Subject:
    """A whole school may sit behind one address, so it may fail more often."""
    return Subject(hash_token(f"address:{address}"), 50)


def locked_until(tx: Transaction, subjects: list[Subject]) -> datetime | None:
    """When the last of their locks ends, or nothing where none holds now."""
    ends = tx.rows(
        sa.select(sign_in_failure.c.locked_until).where(
            sign_in_failure.c.subject.in_([subject.hash for subject in subjects]),
            sign_in_failure.c.locked_until > tx.now,
        )
    )
    return max((row.locked_until for row in ends), default=None)


def count_failure(tx: Transaction, subject: Subject) -> int:
    """Count one more, lock at the limit, and return how many tries are left."""
    insert = sqlite.insert if tx.is_sqlite else postgresql.insert
    statement = insert(sign_in_failure).values(subject=subject.hash, failures=1, at=tx.now)
    recent = sign_in_failure.c.at > tx.now - LOCK
    counted = tx.value(
        statement.on_conflict_do_update(
            index_elements=[sign_in_failure.c.subject],
            set_={
                "failures": sa.case((recent, sign_in_failure.c.failures + 1), else_=1),
                "at": tx.now,
                "locked_until": None,
            },
        ).returning(sign_in_failure.c.failures)
    )
    if counted >= subject.limit:
        this = sign_in_failure.c.subject == subject.hash
        tx.execute(sa.update(sign_in_failure).where(this).values(locked_until=tx.now + LOCK))
    return max(subject.limit - int(counted), 0)


def forgive(tx: Transaction, subject: Subject) -> None:
    """Forget its failures, and those of everybody that are a day old."""
    tx.execute(
        sa.delete(sign_in_failure).where(
            sa.or_(sign_in_failure.c.subject == subject.hash, sign_in_failure.c.at < tx.now - KEEP)
        )
    )
