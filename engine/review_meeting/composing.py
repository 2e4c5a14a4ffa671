"""组建校验 of the experts who are called: as many as the rules want of a committee, an odd number, some from outside."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from engine.committee.composition import RuleResult, check_composition, rank_of
from engine.committee.pool import is_outside
from engine.committee.tables import CommitteeKind, committee, expert
from engine.db import Transaction
from engine.review_meeting.tables import Invitation, meeting_committee, meeting_expert

x, c, mc = meeting_expert.c, committee.c, meeting_committee.c


def composition_of(tx: Transaction, meeting: int) -> Mapping[int, Sequence[RuleResult]]:
    """Every rule of the table `composition` judged for the experts each committee sends (J01–J03, J23), by committee.

    The caller has made sure that its reader may see the meeting.
    """
    coming = sa.func.count(x.expert)
    outside = sa.func.count(sa.case((sa.and_(x.expert.is_not(None), is_outside()), 1)))
    query = (
        sa.select(c.id, c.kind, c.levels, c.region, coming.label("members"), outside.label("outside"))
        .select_from(
            meeting_committee.join(committee, c.id == mc.committee)
            .outerjoin(
                meeting_expert,
                sa.and_(x.meeting == mc.meeting, x.committee == c.id, x.invited != Invitation.DECLINED),
            )
            .outerjoin(expert, expert.c.id == x.expert)
        )
        .where(mc.meeting == meeting)
        .group_by(c.id, c.kind, c.levels, c.region)
    )
    return {
        row.id: check_composition(
            tx,
            {
                "kind": CommitteeKind(row.kind).value,
                "rank": rank_of(row.levels),
                "region": row.region,
                "members": row.members,
                "experts": row.members,
                "outside": row.outside,
                "terms_over": 0,
            },
        )
        for row in tx.rows(query)
    }
