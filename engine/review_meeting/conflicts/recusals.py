"""Which experts keep out of which dossiers."""

import sqlalchemy as sa

from engine.db import Transaction
from engine.review_meeting.conflicts.tables import RecusalState, dossier_recusal
from engine.review_meeting.tables import meeting_dossier

r = dossier_recusal.c


def recused(tx: Transaction, meeting: int, committee: int | None = None) -> set[tuple[int, int]]:
    """The pairs (declaration, expert) of a meeting that are recused, or of one of its committees.

    They lower the number of those attending for that dossier (J13). The caller has made sure that its reader may know.
    """
    query = sa.select(r.declaration, r.expert).where(r.meeting == meeting, r.state == RecusalState.ACTIVE)
    if committee is not None:
        query = query.where(r.declaration.in_(_dossiers_of(meeting, committee)))
    return {(row.declaration, row.expert) for row in tx.rows(query)}


def _dossiers_of(meeting: int, committee: int) -> sa.Select[tuple[int]]:
    d = meeting_dossier.c
    return sa.select(d.declaration).where(d.meeting == meeting, d.committee == committee)
