"""Who of a committee's pool can be called to a meeting, and why others cannot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from engine.clock import local
from engine.committee.pool import PoolExpert, pool_of
from engine.db import Transaction
from engine.declaration.tables import declaration
from engine.review_meeting.meetings import Meeting
from engine.review_meeting.tables import Invitation, meeting_expert, review_meeting

x, m, d = meeting_expert.c, review_meeting.c, declaration.c


@dataclass(frozen=True, slots=True)
class Choice:
    """An expert of a pool as a meeting sees them; `reason` says why they cannot be called, empty where they can."""

    expert: PoolExpert
    reason: str
    in_meeting: bool

    @property
    def may_come(self) -> bool:
        return not self.reason and not self.in_meeting


def pool_for(tx: Transaction, meeting: Meeting, committee: int, *, specialty: str | None = None) -> list[Choice]:
    """The pool of one of the meeting's committees on its days, with why somebody cannot come: barred, away, declares in the
    series this year (Q35), sits elsewhere at that time. The caller has made sure that its reader may know the pool."""
    first, last = local(meeting.row["starts_at"]).date(), local(meeting.row["ends_at"]).date()
    pool = pool_of(tx, [committee], on=last, specialty=specialty)
    persons = [one.person for one in pool]
    declaring = _declaring(tx, meeting, persons)
    busy = _busy(tx, meeting, [one.expert for one in pool])
    here = {row.expert for row in tx.rows(sa.select(x.expert).where(x.meeting == meeting.key))}
    found = []
    for one in pool:
        reason = ""
        if one.blocked:
            reason = f"诚信记录有效：{one.blocked}"
        elif one.person in declaring:
            reason = "本年度申报本系列职称，不能参加（须回避）"
        elif one.is_away(first, last):
            reason = "会议期间不能参加"
        elif one.expert in busy:
            reason = f"同期参加“{busy[one.expert]}”"
        found.append(Choice(one, reason, one.expert in here))
    return found


def _declaring(tx: Transaction, meeting: Meeting, persons: Sequence[int]) -> set[int]:
    """Those who declare in the meeting's series and year (Q35)."""
    if not persons:
        return set()
    query = sa.select(d.person).where(
        d.year == meeting.year, d.title_series == meeting.series, d.live.is_(True), d.person.in_(sorted(set(persons)))
    )
    return {row.person for row in tx.rows(query)}


def _busy(tx: Transaction, meeting: Meeting, experts: Sequence[int]) -> Mapping[int, str]:
    """Those who sit in another open meeting on a common day, with its name."""
    query = (
        sa.select(x.expert, m.name)
        .join(review_meeting, m.case_key == x.meeting)
        .where(
            x.expert.in_(sorted(set(experts))),
            x.meeting != meeting.key,
            x.invited != Invitation.DECLINED,
            m.finished_at.is_(None),
            m.starts_at <= meeting.row["ends_at"],
            m.ends_at >= meeting.row["starts_at"],
        )
    )
    return {row.expert: row.name for row in tx.rows(query)} if experts else {}
