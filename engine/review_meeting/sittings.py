"""The meetings experts sat in and what they read there, for the pools below that know no meetings."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

import sqlalchemy as sa

from engine.clock import local
from engine.committee.load import Sitting
from engine.db import Transaction
from engine.review_meeting.tables import Invitation, meeting_dossier, meeting_expert, review_meeting

m, x, d = review_meeting.c, meeting_expert.c, meeting_dossier.c


def sittings_of(tx: Transaction, experts: Collection[int], year: int | None = None) -> Mapping[int, Sequence[Sitting]]:
    """The meetings of these experts, the latest first, of one review year or of all; those they declined are left out."""
    wanted = (
        sa.select(x.expert, x.meeting, x.post, m.meeting_no, m.name, m.starts_at)
        .join(review_meeting, m.case_key == x.meeting)
        .where(x.expert.in_(sorted(experts)), x.invited != Invitation.DECLINED)
        .order_by(m.starts_at.desc(), x.meeting)
    )
    rows = tx.rows(wanted if year is None else wanted.where(m.year == year))
    read = _read(tx, experts, {row.meeting for row in rows})
    found: dict[int, list[Sitting]] = {}
    for row in rows:
        day = local(row.starts_at).date()
        sitting = Sitting(row.meeting_no, row.name, day, row.post, read[row.meeting, row.expert])
        found.setdefault(row.expert, []).append(sitting)
    return found


def _read(tx: Transaction, experts: Collection[int], meetings: Collection[int]) -> Counter[tuple[int, int]]:
    """How many dossiers each of the experts reads in each of the meetings, as first or second reviewer."""
    counted: Counter[tuple[int, int]] = Counter()
    if not meetings:
        return counted
    for reviewer in (d.primary_expert, d.secondary_expert):
        wanted = (
            sa.select(d.meeting, reviewer.label("expert"), sa.func.count().label("dossiers"))
            .where(d.meeting.in_(sorted(meetings)), reviewer.in_(sorted(experts)))
            .group_by(d.meeting, reviewer)
        )
        for row in tx.rows(wanted):
            counted[row.meeting, row.expert] += row.dossiers
    return counted
