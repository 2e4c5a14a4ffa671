"""评委材料审核 (K6): the experts whose profile waits for the unit's officers, and those they have decided on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.access import Actor, Permission, authorize
from engine.committee.tables import committee, expert, expert_vetting, holds, pool_member
from engine.db import Transaction

MOST_COUNTED = 1000
e, v = expert.c, expert_vetting.c


@dataclass(frozen=True, slots=True)
class VettingFilter:
    """待审核 or 已审核, and what the list is narrowed to; `committee` is an id."""

    decided: bool = False
    name: str = ""
    workplace: str = ""
    specialty: str = ""
    title_level: str = ""
    outcome: str = ""
    committee: int | None = None


@dataclass(frozen=True, slots=True)
class Vetting:
    """One line: the expert with the columns of `expert` and `expert_vetting`, and the names of the committees."""

    row: Mapping[str, Any]
    committees: Sequence[str]

    @property
    def at(self) -> datetime:
        """Since when it waits, or when it was decided."""
        return self.row["open_since"] or self.row["decided_at"]  # type: ignore[no-any-return]


def list_vettings(
    tx: Transaction, actor: Actor, wanted: VettingFilter, *, page: int = 1, size: int = 20
) -> tuple[Sequence[Vetting], int]:
    """The vettings of the actor's own unit: what waits the longest first, or what was decided last; and how many there are, counted
    up to 1,000. Three statements however many rows. Raises `NotAllowed`."""
    authorize(actor, Permission.EXPERTS_VET)
    query = _query(actor, wanted)
    total = int(tx.value(sa.select(sa.func.count()).select_from(query.limit(MOST_COUNTED).subquery())))
    order = (v.decided_at.desc(), v.case_key.desc()) if wanted.decided else (v.open_since, v.case_key)
    rows = tx.rows(query.order_by(*order).limit(size).offset((max(1, page) - 1) * size))
    names = committees_of(tx, [row.expert for row in rows])
    return [Vetting(dict(row._mapping), names.get(row.expert, ())) for row in rows], total


def waiting_vettings(tx: Transaction, actor: Actor, wanted: VettingFilter, limit: int) -> list[int]:
    """The keys of the tasks that wait and fit the filter, in the order of their cases. Raises `NotAllowed`."""
    authorize(actor, Permission.EXPERTS_VET)
    return [row.open_task for row in tx.rows(_query(actor, wanted).order_by(v.case_key).limit(limit))]


def count_waiting(tx: Transaction, actor: Actor) -> int:
    """How many wait, counted up to 1,000."""
    query = _query(actor, VettingFilter()).limit(MOST_COUNTED)
    return int(tx.value(sa.select(sa.func.count()).select_from(query.subquery())))


def committees_of(tx: Transaction, experts: Sequence[int]) -> Mapping[int, Sequence[str]]:
    """The names of the committees in whose pools these experts are."""
    found: dict[int, list[str]] = {}
    if not experts:
        return found
    m = pool_member.c
    rows = sa.select(m.expert, committee.c.name).join(committee, committee.c.id == m.committee)
    for row in tx.rows(rows.where(m.expert.in_(sorted(set(experts)))).order_by(committee.c.code)):
        found.setdefault(row.expert, []).append(row.name)
    return found


def _query(actor: Actor, wanted: VettingFilter) -> sa.Select[Any]:
    lines = [column for column in v if column.name != "expert"]
    columns = (e.name, e.workplace, e.specialty, e.title_level, e.title_name, e.phone, e.state)
    query = sa.select(e.id.label("expert"), *lines, *columns).join(expert, e.id == v.expert)
    query = query.where(v.unit == actor.unit, (v.decided_at if wanted.decided else v.open_task).is_not(None))
    if wanted.name:
        query = query.where(e.name.contains(wanted.name, autoescape=True))
    if wanted.workplace:
        query = query.where(e.workplace.contains(wanted.workplace, autoescape=True))
    if wanted.specialty:
        query = query.where(sa.or_(e.specialty == wanted.specialty, holds(e.specialties, wanted.specialty)))
    if wanted.title_level:
        query = query.where(e.title_level == wanted.title_level)
    if wanted.outcome and wanted.decided:
        query = query.where(v.outcome == wanted.outcome)
    if wanted.committee is not None:
        query = query.where(
            e.id.in_(sa.select(pool_member.c.expert).where(pool_member.c.committee == wanted.committee))
        )
    return query
