"""Conflicts of a whole meeting, and writing down what the facts say: what bars is in force at once, what is only asked waits."""

from collections.abc import Collection

import sqlalchemy as sa

from engine.access import Actor
from engine.db import Transaction
from engine.errors import NotFound
from engine.review_meeting.conflicts.finding import Conflict, Strength, conflicts_between
from engine.review_meeting.conflicts.offices import need_office
from engine.review_meeting.conflicts.tables import RecusalSource, RecusalState, dossier_recusal
from engine.review_meeting.conflicts.writing import write_recusal
from engine.review_meeting.seats import keeps_meeting, meeting_row, seat_of, seated_experts
from engine.review_meeting.tables import meeting_dossier

r, d = dossier_recusal.c, meeting_dossier.c


def find_conflicts(tx: Transaction, actor: Actor, meeting: int) -> list[Conflict]:
    """The conflicts between the experts of a meeting and its dossiers, each expert compared with the committee's dossiers.

    For the office and whoever presides; a leader reads those of the own groups. Raises `NotFound`.
    """
    seat = seat_of(tx, actor, meeting)
    whole = keeps_meeting(tx, actor, meeting) or (seat is not None and seat.is_chair)
    if not whole and not (seat is not None and seat.leads):
        raise NotFound
    found = conflicts_in(tx, meeting)
    if whole or seat is None:
        return found
    mine = {row.declaration for row in tx.rows(sa.select(d.declaration).where(d.group.in_(sorted(seat.leads))))}
    return [one for one in found if one.declaration in mine]


def conflicts_in(tx: Transaction, meeting: int, groups: Collection[int] | None = None) -> list[Conflict]:
    """The same for all dossiers of the meeting or of these groups. The caller has authorised."""
    held = meeting_row(tx, meeting)
    query = sa.select(d.declaration, d.committee).where(d.meeting == meeting)
    if groups is not None:
        query = query.where(d.group.in_(sorted(groups)))
    by_committee: dict[int, list[int]] = {}
    for row in tx.rows(query):
        by_committee.setdefault(row.committee, []).append(row.declaration)
    seated = seated_experts(tx, meeting)
    found: list[Conflict] = []
    for committee, declarations in by_committee.items():
        experts = [key for key, row in seated.items() if row["committee"] == committee]
        found += conflicts_between(tx, held["year"], held["unit"], experts, declarations)
    return found


def record_conflicts(tx: Transaction, actor: Actor, meeting: int, groups: Collection[int] | None = None) -> int:
    """Write down what the facts say: what bars is in force at once, what is only asked waits for the expert. How many are new.

    What was decided before stays as it is. The caller has authorised.
    """
    known = {
        (row.declaration, row.expert) for row in tx.rows(sa.select(r.declaration, r.expert).where(r.meeting == meeting))
    }
    told: dict[tuple[int, int], list[Conflict]] = {}
    for one in conflicts_in(tx, meeting, groups):
        told.setdefault((one.declaration, one.expert), []).append(one)
    fresh = {pair: found for pair, found in told.items() if pair not in known}
    for (declaration, who), found in fresh.items():
        hard = any(one.strength is Strength.HARD for one in found)
        write_recusal(
            tx,
            actor,
            (meeting, declaration, who),
            RecusalSource.FOUND,
            RecusalState.ACTIVE if hard else RecusalState.ASKED,
            "、".join(dict.fromkeys(one.words for one in found)),
            [one.evidence for one in found],
        )
    tx.flush()
    return len(fresh)


def find_and_record(tx: Transaction, actor: Actor, meeting: int) -> int:
    """查找回避关系: the office, or whoever presides, has the facts looked through and written down; how many are new."""
    need_office(tx, actor, meeting)
    return record_conflicts(tx, actor, meeting)
