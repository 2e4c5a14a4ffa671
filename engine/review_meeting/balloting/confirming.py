"""Confirming the count (M20, J29): announced by whoever presides, then final; undecided dossiers may be voted on again."""

from collections.abc import Mapping

import sqlalchemy as sa

from engine.access import Actor
from engine.db import Transaction
from engine.errors import InvalidInput, Refused
from engine.flow.contexts import TaskContext
from engine.review_meeting.balloting.ballots import current_round
from engine.review_meeting.balloting.tables import Outcome, ballot_round, tally

b, t = ballot_round.c, tally.c
AGAIN = "hold_again"


def check_confirmation(
    tx: Transaction, actor: Actor, task: TaskContext, values: dict[str, object]
) -> Mapping[str, object]:
    """The hook of 投票结果确认: the count is confirmed once it was announced, with how many passed.

    A vote is held again only for what the rule left undecided: a result nobody likes is no reason. Raises `Refused`.
    """
    held = current_round(tx, task.case_key)
    if held is None or held.counted_at is None:
        raise Refused("本轮还没有计票结果。")
    query = sa.select(t.outcome, sa.func.count().label("dossiers")).where(t.round == held.key).group_by(t.outcome)
    outcomes = {row.outcome: int(row.dossiers) for row in tx.rows(query)}
    if task.outcome == AGAIN and not outcomes.get(Outcome.UNDECIDED):
        raise Refused("本轮没有未决的材料，投票结果不能重新表决，请宣布并确认。")
    if task.outcome != AGAIN and values.get("announced") is not True:
        raise InvalidInput(fields={"announced": ["请当场宣布投票结果后再确认"]})
    passed, failed = (outcomes.get(one, 0) for one in (Outcome.PASSED, Outcome.FAILED))
    if task.outcome != AGAIN:
        counted = sa.and_(b.ballot == task.case_key, b.counted_at.is_not(None), b.confirmed_at.is_(None))
        signed = {"confirmed_at": tx.now, "confirmed_by": actor.login, "announced_by": actor.name}
        tx.execute(sa.update(ballot_round).where(counted).values(signed))
        passed, failed = _totals(tx, task.case_key)
    return {**values, "passed": passed, "failed": failed}


def _totals(tx: Transaction, ballot: int) -> tuple[int, int]:
    """How many dossiers of the ballot passed, and how many did not, by the last round that voted on each."""
    query = (
        sa.select(t.declaration, t.outcome)
        .join(ballot_round, b.key == t.round)
        .where(b.ballot == ballot, b.voided_at.is_(None))
        .order_by(b.no)
    )
    last = {row.declaration: row.outcome for row in tx.rows(query)}
    passed = sum(outcome is Outcome.PASSED for outcome in last.values())
    return passed, len(last) - passed
