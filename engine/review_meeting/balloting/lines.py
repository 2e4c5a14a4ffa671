"""The dossiers of a round as pages list them, in the order of the paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.db import Transaction
from engine.declaration.tables import declaration
from engine.review_meeting.balloting.tables import ballot_dossier, ballot_round
from engine.review_meeting.tables import meeting_dossier, meeting_group, review_meeting

b, p, d, g, a, m = (
    ballot_round.c,
    ballot_dossier.c,
    meeting_dossier.c,
    meeting_group.c,
    declaration.c,
    review_meeting.c,
)


@dataclass(frozen=True, slots=True)
class Line:
    """One dossier. In a masked meeting there is no name and no unit. The score is advice, only the ballot decides (Q26)."""

    place: int
    declaration: int
    declaration_no: str
    name: str
    unit_name: str
    title_name: str
    specialty: str
    group: str
    score: Any


def dossier_lines(tx: Transaction, round_key: int) -> Sequence[Line]:
    """What a round votes on. The caller has authorised."""
    query = (
        sa.select(
            p.place,
            p.declaration,
            d.declaration_no,
            a.name,
            a.unit_name,
            a.title_name,
            a.specialty,
            g.name.label("group_name"),
            d.score,
            m.masked,
        )
        .join(ballot_round, b.key == p.round)
        .join(review_meeting, m.case_key == b.meeting)
        .join(meeting_dossier, sa.and_(d.meeting == b.meeting, d.declaration == p.declaration))
        .join(declaration, a.case_key == p.declaration)
        .join(meeting_group, g.id == d.group, isouter=True)
        .where(p.round == round_key)
        .order_by(p.place)
    )
    return [
        Line(
            place=row.place,
            declaration=row.declaration,
            declaration_no=row.declaration_no,
            name="" if row.masked else row.name,
            unit_name="" if row.masked else row.unit_name,
            title_name=row.title_name or "",
            specialty=row.specialty or "",
            group=row.group_name or "",
            score=row.score,
        )
        for row in tx.rows(query)
    ]
