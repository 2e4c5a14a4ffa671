"""Do the counts still hold? What `zhiping check` looks at, and the keys nobody needs any more."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from engine.db import Database, Transaction
from engine.flow.check import Violation
from engine.review_meeting.balloting.keys import destroy_unneeded
from engine.review_meeting.balloting.tables import (
    Choice,
    RoundKind,
    ballot_recusal,
    ballot_roll,
    ballot_round,
    choice,
    named_choice,
    sealed_paper,
    tally,
)
from engine.settings import Settings

b, t, r, x = ballot_round.c, tally.c, ballot_roll.c, ballot_recusal.c


def check_ballots(tx: Transaction) -> Iterator[Violation]:
    """A violation for each counted round that still holds papers, and each dossier whose votes are not those counted."""
    counted = sa.select(ballot_round).where(b.counted_at.is_not(None), b.voided_at.is_(None)).order_by(b.key)
    for held in tx.rows(counted):
        left = tx.value(sa.select(sa.func.count()).where(sealed_paper.c.round == held.key))
        if left:
            yield Violation("ballot_papers", held.key, f"第 {held.no} 轮投票已计票，仍有 {left} 张封票没有销毁。")
        yield from _check_counts(tx, held)


def _check_counts(tx: Transaction, held: sa.Row[Any]) -> Iterator[Violation]:
    table = named_choice if held.kind is RoundKind.NAMED else choice
    grouped = sa.select(table.c.declaration, table.c.choice, sa.func.count().label("votes"))
    votes = {
        (row.declaration, row.choice): row.votes
        for row in tx.rows(grouped.where(table.c.round == held.key).group_by(table.c.declaration, table.c.choice))
    }
    expected = _papers_by_dossier(tx, held)
    for row in tx.rows(sa.select(tally).where(t.round == held.key).order_by(t.declaration)):
        found = tuple(votes.get((row.declaration, one), 0) for one in Choice)
        papers = sum(found) if held.kind is RoundKind.PAPER else held.papers - expected[row.declaration]
        if found != (row.yes, row.no, row.abstain) or sum(found) != papers:
            yield Violation("ballot_counts", row.declaration, f"第 {held.no} 轮投票的选票与计票结果不符。")


def _papers_by_dossier(tx: Transaction, held: sa.Row[Any]) -> Counter[int]:
    """How many of those who cast keep out of each dossier."""
    voted = sa.select(r.expert).where(r.round == held.key, r.cast_at.is_not(None))
    kept_out = tx.rows(sa.select(x.declaration).where(x.round == held.key, x.expert.in_(voted)))
    return Counter(row.declaration for row in kept_out)


def sweep_keys(database: Database, settings: Settings) -> int:
    """Destroy the keys of rounds that are counted or void, and those of openings that never were; how many."""
    with database.read() as tx:
        rows = tx.rows(sa.select(b.key_name, b.counted_at, b.voided_at).where(b.key_name.is_not(None)))
    open_still = {row.key_name for row in rows if row.counted_at is None and row.voided_at is None}
    return destroy_unneeded(settings, open_still, {row.key_name for row in rows})
