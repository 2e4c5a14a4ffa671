"""What an applicant reads of the reviewers' opinions (Q42): where the committee lets them, once a ballot has decided, without names."""

from collections.abc import Sequence

import sqlalchemy as sa

from engine.access import Actor
from engine.committee.tables import committee
from engine.db import Transaction
from engine.result.tables import review_result
from engine.review_meeting.scoring.tables import dossier_score
from engine.review_meeting.tables import meeting_expert

r, s, c, x = review_result.c, dossier_score.c, committee.c, meeting_expert.c
#: what stands where a reviewer wrote the name of one
SOMEBODY = "评委"


def opinions_for(tx: Transaction, actor: Actor, case_key: int) -> Sequence[str]:
    """The opinions on the actor's own declaration, one for each meeting that decided on it; nothing for anybody else, and nothing
    while its committee does not show them (`show_opinions`).

    Neither who wrote it nor score nor votes come along; the name of an expert of that meeting is taken out of the text too.
    """
    if actor.person is None:
        return []
    written = sa.and_(s.meeting == r.meeting, s.declaration == r.declaration)
    query = (
        sa.select(r.meeting, s.opinion)
        .join(committee, sa.and_(c.id == r.committee, c.show_opinions.is_(True)))
        .join(dossier_score, written)
        .where(r.declaration == case_key, r.person == actor.person, s.opinion != "")
        .order_by(r.meeting)
    )
    return [_without_names(tx, row.meeting, row.opinion) for row in tx.rows(query)]


def _without_names(tx: Transaction, meeting: int, opinion: str) -> str:
    names = {row.name for row in tx.rows(sa.select(x.name).where(x.meeting == meeting)) if row.name}
    for name in sorted(names, key=len, reverse=True):
        opinion = opinion.replace(name, SOMEBODY)
    return opinion
