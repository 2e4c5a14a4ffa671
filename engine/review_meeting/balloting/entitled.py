"""Who of those on a roll gets a ballot: whoever may vote on at least one dossier (J13)."""

from collections import Counter
from collections.abc import Collection, Set

import sqlalchemy as sa

from engine.db import Transaction
from engine.review_meeting.balloting.tables import ballot_dossier, ballot_recusal

#: why somebody who is there gets no ballot
REASON = "对全部材料回避，没有选票"

d, x = ballot_dossier.c, ballot_recusal.c


def without_ballot(tx: Transaction, round_key: int) -> frozenset[int]:
    """The experts on a round's roll who keep out of every dossier of it. They attend and have nothing to vote on."""
    dossiers = sa.select(sa.func.count()).select_from(ballot_dossier).where(d.round == round_key).scalar_subquery()
    query = sa.select(x.expert).where(x.round == round_key).group_by(x.expert).having(sa.func.count() == dossiers)
    return frozenset(tx.execute(query).scalars())


def keeping_out(recusals: Set[tuple[int, int]], dossiers: Collection[int]) -> frozenset[int]:
    """The experts who keep out of every one of these dossiers. `recusals` are pairs (declaration, expert)."""
    of = set(dossiers)
    counts = Counter(expert for declaration, expert in recusals if declaration in of)
    return frozenset(expert for expert, number in counts.items() if number == len(of))
