"""Are the meetings in step with their cases, and are their own rules kept? For `zhiping check`."""

from collections.abc import Iterator

import sqlalchemy as sa

from engine.db import Transaction
from engine.flow.check import Violation
from engine.flow.tables import case
from engine.review_meeting.tables import Invitation, meeting_dossier, meeting_expert, meeting_group, review_meeting

m, x, g, d = review_meeting.c, meeting_expert.c, meeting_group.c, meeting_dossier.c


def check_meetings(tx: Transaction) -> Iterator[Violation]:
    """A violation for each meeting whose row differs from its case, and for experts and dossiers in a group of another
    committee (Q27)."""
    query = sa.select(m.case_key, m.meeting_no, m.status, case.c.status.label("true")).join(
        case, case.c.key == m.case_key
    )
    for row in tx.rows(query.where(m.status != case.c.status)):
        yield Violation("meeting_row", row.case_key, f"评审会议 {row.meeting_no} 的状态与流程中的不符。")
    for table, what in ((meeting_expert, "评委"), (meeting_dossier, "材料")):
        mixed = sa.and_(table.c.group == g.id, table.c.committee != g.committee)
        for row in tx.rows(sa.select(table.c.meeting).join(meeting_group, mixed).distinct()):
            yield Violation("meeting_groups", row.meeting, f"评审会议有{what}分在另一个评委会的组里。")
    gone = sa.and_(x.meeting == m.case_key, x.expert == m.presiding, x.invited == Invitation.DECLINED)
    for row in tx.rows(sa.select(m.case_key, m.meeting_no).join(meeting_expert, gone)):
        yield Violation("meeting_presiding", row.case_key, f"主持评审会议 {row.meeting_no} 的评委已不参加会议。")
