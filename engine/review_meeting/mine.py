"""The meetings somebody takes part in, as an expert or as staff."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.db import Transaction
from engine.organisation.tables import unit
from engine.review_meeting.tables import Invitation, meeting_expert, meeting_group, meeting_staff, review_meeting

m, x, g, s = review_meeting.c, meeting_expert.c, meeting_group.c, meeting_staff.c
MOST = 200


def meetings_of_expert(tx: Transaction, actor: Actor) -> list[Mapping[str, Any]]:
    """The actor's meetings: open ones first, then the latest; with what the actor is there, the own group and the answer."""
    helps = sa.exists().where(s.meeting == m.case_key, s.account == actor.account)
    query = (
        sa.select(
            review_meeting,
            unit.c.name.label("unit_name"),
            x.expert,
            x.post,
            x.invited,
            x.signed_in_at,
            x.signed_out_at,
            g.name.label("group_name"),
            sa.func.coalesce(g.leader == x.expert, sa.false()).label("leads"),
        )
        .join(unit, unit.c.id == m.unit)
        .join(meeting_expert, sa.and_(x.meeting == m.case_key, x.login == actor.login), isouter=True)
        .join(meeting_group, g.id == x.group, isouter=True)
        .where(sa.or_(sa.and_(x.expert.is_not(None), x.invited != Invitation.DECLINED), helps))
        .order_by(m.finished_at.is_not(None), m.starts_at.desc(), m.case_key)
        .limit(MOST)
    )
    return [dict(row._mapping) for row in tx.rows(query)]
