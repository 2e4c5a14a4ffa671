"""Results that go on together: which rows change their state, and their declarations are told."""

from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa

from engine.db import Transaction
from engine.flow.contexts import JobContext
from engine.result.tables import ResultState, review_result
from engine.result.telling import tell

r = review_result.c


def move_results(
    tx: Transaction,
    context: JobContext,
    before: Collection[ResultState],
    after: ResultState,
    message: str | None = None,
    variables: Mapping[str, Any] | None = None,
) -> int:
    """Bring every passed result of the handling that stands at one of `before` to `after`; how many there were.

    With `message` the declaration of each is told, all with the same `variables`.
    """
    mine = sa.and_(r.handling == context.case_key, r.passed.is_(True), r.state.in_(before))
    numbers = [row.declaration_no for row in tx.rows(sa.select(r.declaration_no).where(mine).order_by(r.declaration))]
    tx.execute(sa.update(review_result).where(mine).values(state=after))
    if message is not None:
        tell(tx, context, message, ((number, variables or {}) for number in numbers))
    return len(numbers)
