"""What earlier meetings say of the reviewers of a group: whom they have scored before, and with whom."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum

import sqlalchemy as sa

from engine.db import Transaction
from engine.declaration.tables import declaration
from engine.review_meeting.tables import meeting_dossier, review_meeting

d, n, m = meeting_dossier.c, declaration.c, review_meeting.c


class Earlier(StrEnum):
    """What it means that an expert scored the same applicant in an earlier year: taken last, kept out, or nothing."""

    LAST = "last"
    NEVER = "never"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class History:
    """`scored` are pairs (declaration, expert): the expert reviewed the same applicant in an earlier year. `met` is how many
    dossiers two experts have reviewed together in other meetings."""

    scored: frozenset[tuple[int, int]] = frozenset()
    met: Counter[frozenset[int]] = field(default_factory=Counter)


def history_of(tx: Transaction, meeting: int, group: int, experts: Collection[int]) -> History:
    """What these experts have done before, for the dossiers of a group. The caller has authorised."""
    return History(_scored(tx, meeting, group, experts), _met(tx, meeting, experts))


def _scored(tx: Transaction, meeting: int, group: int, experts: Collection[int]) -> frozenset[tuple[int, int]]:
    known = sorted(experts)
    year = sa.select(m.year).where(m.case_key == meeting).scalar_subquery()
    reviewed = sa.or_(d.primary_expert.in_(known), d.secondary_expert.in_(known))
    earlier = (
        sa.select(n.person, d.primary_expert, d.secondary_expert)
        .join(review_meeting, m.case_key == d.meeting)
        .join(declaration, n.case_key == d.declaration)
        .where(reviewed, m.year < year)
    )
    by_person: dict[int, set[int]] = {}
    for row in tx.rows(earlier):
        by_person.setdefault(row.person, set()).update((row.primary_expert, row.secondary_expert))
    here = sa.select(d.declaration, n.person).join(declaration, n.case_key == d.declaration)
    return frozenset(
        (row.declaration, one)
        for row in tx.rows(here.where(d.meeting == meeting, d.group == group))
        for one in by_person.get(row.person, set()) & set(known)
    )


def _met(tx: Transaction, meeting: int, experts: Collection[int]) -> Counter[frozenset[int]]:
    known = sorted(experts)
    both = sa.and_(d.primary_expert.in_(known), d.secondary_expert.in_(known), d.meeting != meeting)
    query = sa.select(d.primary_expert, d.secondary_expert, sa.func.count().label("dossiers")).where(both)
    found: Counter[frozenset[int]] = Counter()
    for row in tx.rows(query.group_by(d.primary_expert, d.secondary_expert)):
        found[frozenset((row.primary_expert, row.secondary_expert))] += row.dossiers
    return found
