"""What long polls wait for: a job of a type that can be taken, a case that has ended."""

from collections.abc import Hashable

import sqlalchemy as sa

from engine.db import Transaction
from engine.flow.tables import JobState, case, job


def what_happened(tx: Transaction, wanted: frozenset[Hashable]) -> frozenset[Hashable]:
    """Of `("job", type)` and `("case", key)` those that have come about: one question for each kind."""
    types = [what[1] for what in wanted if isinstance(what, tuple) and what[0] == "job"]
    keys = [what[1] for what in wanted if isinstance(what, tuple) and what[0] == "case"]
    found: set[Hashable] = set()
    if types:
        free = sa.or_(
            sa.and_(job.c.state == JobState.CREATED, job.c.run_at <= tx.now),
            sa.and_(job.c.state == JobState.RUNNING, job.c.lease_until <= tx.now),
        )
        query = sa.select(job.c.type).where(job.c.type.in_(types), job.c.internal.is_(False), free).distinct()
        found |= {("job", row.type) for row in tx.rows(query)}
    if keys:
        ended = sa.select(case.c.key).where(case.c.key.in_(keys), case.c.ended_at.is_not(None))
        found |= {("case", row.key) for row in tx.rows(ended)}
    return frozenset(found)
