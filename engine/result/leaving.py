"""What becomes of a review whose declaration was stopped (J16): a result that is not granted yet falls, a meeting that is still put
together goes without it.

A meeting that has begun keeps the dossier, so that nobody's ballot changes under way; its result falls as it is registered.
"""

import sqlalchemy as sa

from engine.db import Transaction
from engine.flow.contexts import JobContext
from engine.result.tables import ResultState, review_result
from engine.review_meeting.grouping import leave_unconfirmed

r = review_result.c
#: a title that is granted falls by a revocation of its own
NOT_GRANTED = (
    *(ResultState.DECIDED, ResultState.PUBLICISED, ResultState.WITHHELD),
    *(ResultState.FORWARDED, ResultState.REFUSED, ResultState.APPROVED),
)
REMARK = "申报已终止"


def leave_review(tx: Transaction, context: JobContext) -> None:
    """The inline job of that name in the declaration's diagram."""
    barred = context.variables.get("barred") or {}
    mine = sa.and_(r.declaration == context.case_key, r.passed.is_(True), r.state.in_(NOT_GRANTED))
    remark = f"{REMARK}：{barred.get('reason') or ''}"[:1000]
    tx.execute(sa.update(review_result).where(mine).values(state=ResultState.OVERTURNED, remark=remark))
    leave_unconfirmed(tx, context.case_key)
