"""Who may be called to a meeting: the experts in the pools of committees on a day."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from engine.access import unit_ancestor
from engine.committee.load import loads
from engine.committee.tables import ExpertState, MemberState, committee, expert, holds, pool_member
from engine.db import Transaction
from engine.organisation.integrity import RecordKind, blocked_among
from engine.organisation.tables import account

e, m = expert.c, pool_member.c


@dataclass(frozen=True, slots=True)
class PoolExpert:
    """An expert as a member of one pool.

    `login` is the account's, to which tasks are assigned; `outside` says that the workplace is not in the subtree of the unit
    that forms the committee (J23); `load` counts the dossiers of that year; `unavailable` are days `{from, to}`, ISO; `blocked`
    is the reason of an integrity record that holds.
    """

    expert: int
    login: str
    name: str
    person: int
    committee: int
    workplace: str
    workplace_unit: int | None
    specialty: str | None
    specialties: Sequence[str]
    title_level: str | None
    outside: bool
    term_until: date
    load: int
    unavailable: Sequence[Mapping[str, str]]
    blocked: str | None
    identity_type: str
    identity_number: str
    phone: str

    def is_away(self, first: date, last: date) -> bool:
        """Whether a day the expert cannot come lies between these days, both of them included."""
        return any(
            span["from"] <= last.isoformat() and span["to"] >= first.isoformat()
            for span in self.unavailable
            if span.get("from") and span.get("to")
        )


def is_outside() -> sa.ColumnElement[bool]:
    """Whether the expert's workplace is no unit below the one that forms the committee; for statements over both tables."""
    inside = sa.exists().where(
        unit_ancestor.c.ancestor == committee.c.forming_unit, unit_ancestor.c.unit == e.workplace_unit
    )
    return ~inside


def pool_of(
    tx: Transaction, committees: Collection[int], *, on: date, specialty: str | None = None
) -> list[PoolExpert]:
    """The experts in these pools whose term covers that day, by committee and expert: three statements in all.

    Barred ones are among them and say so: who calls experts leaves them out and shows why. `specialty` asks for those who can
    review it. The caller has authorised.
    """
    if not committees:
        return []
    wanted = (
        sa.select(expert, account.c.login, m.committee, m.term_until, is_outside().label("outside"))
        .select_from(
            pool_member.join(expert, e.id == m.expert)
            .join(committee, committee.c.id == m.committee)
            .join(account, account.c.id == e.account)
        )
        .where(
            m.committee.in_(sorted(committees)),
            m.state == MemberState.ACTIVE,
            m.term_from <= on,
            m.term_until >= on,
            e.state == ExpertState.IN_POOL,
        )
    )
    if specialty:
        wanted = wanted.where(sa.or_(e.specialty == specialty, holds(e.specialties, specialty)))
    rows = tx.rows(wanted.order_by(m.committee, e.id))
    barred = blocked_among(tx, {row.person for row in rows}, on, RecordKind.EXPERT)
    loaded = loads(tx, {row.id for row in rows}, on.year)
    return [_pool_expert(row, barred.get(row.person), loaded.get(row.id, 0)) for row in rows]


def _pool_expert(row: sa.Row[Any], barred: Any, load: int) -> PoolExpert:
    return PoolExpert(
        expert=row.id,
        login=row.login,
        name=row.name,
        person=row.person,
        committee=row.committee,
        workplace=row.workplace,
        workplace_unit=row.workplace_unit,
        specialty=row.specialty,
        specialties=tuple(row.specialties),
        title_level=row.title_level,
        outside=bool(row.outside),
        term_until=row.term_until,
        load=load,
        unavailable=tuple(row.unavailable),
        blocked=barred.reason if barred else None,
        identity_type=row.identity_type,
        identity_number=row.identity_number,
        phone=row.phone,
    )


def is_expert(tx: Transaction, person: int) -> bool:
    """Whether the person is known as an expert, in whatever pool: then tasks and papers bear the login."""
    return tx.value(sa.select(e.id).where(e.person == person)) is not None
