"""The cases of this chapter as lists: what waits and what is done, of the units one sees."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from engine.access import Actor, Permission
from engine.db import Transaction
from engine.errors import NotAllowed
from engine.flow.tables import CaseState, case, case_party, task
from engine.flow.visibility import is_visible
from engine.result.aftercare import asking, complaint, reexamination, revocation

c = case.c
_OFFICE = frozenset({Permission.RESULTS_APPROVE})
#: who keeps the list of a process: any of these permissions
KEEPERS: Mapping[str, frozenset[Permission]] = {
    reexamination.PROCESS: _OFFICE | {Permission.MEETINGS_MANAGE},
    complaint.PROCESS: _OFFICE,
    revocation.PROCESS: _OFFICE,
    **dict.fromkeys(asking.WORDS, _OFFICE | {Permission.DECLARATIONS_REVIEW}),
}
#: more than these are not counted
COUNTED = 10_000


def may_keep(actor: Actor, process: str) -> bool:
    """Whether the actor has the list of this process."""
    return any(actor.may(one) for one in KEEPERS[process])


def list_requests(
    tx: Transaction, actor: Actor, processes: Collection[str], *, ended: bool, page: int, size: int
) -> tuple[Sequence[Mapping[str, Any]], int]:
    """A page of the cases of these processes and how many there are, up to `COUNTED`: what is open by its due time, then by age;
    what has ended, the newest first.

    Raises `NotAllowed` for who keeps none of them.
    """
    if not all(may_keep(actor, one) for one in processes):
        raise NotAllowed
    state = c.state == CaseState.ACTIVE if not ended else c.state != CaseState.ACTIVE
    where = sa.and_(c.process_id.in_(sorted(processes)), state, is_visible(c.key, actor))
    due = sa.select(sa.func.min(task.c.due_at)).where(task.c.case_key == c.key).scalar_subquery().label("due_at")
    columns = (c.key, c.process_id, c.business_key, c.title, c.status, c.started_at, c.ended_at, due)
    order = (c.ended_at.desc(), c.key.desc()) if ended else (sa.nulls_last(due.asc()), c.key)
    rows = tx.rows(sa.select(*columns).where(where).order_by(*order).limit(size).offset((page - 1) * size))
    counted = sa.select(c.key).where(where).limit(COUNTED).subquery()
    return [dict(row._mapping) for row in rows], int(tx.value(sa.select(sa.func.count()).select_from(counted)))


def my_requests(tx: Transaction, actor: Actor, *, limit: int = 20) -> Sequence[Mapping[str, Any]]:
    """What the actor asked about certificates and results, and what concerns the actor's own title, the newest first."""
    if actor.person is None:
        return []
    mine = sa.select(case_party.c.case_key).where(case_party.c.principal == f"person:{actor.person}")
    kinds = sorted({reexamination.PROCESS, revocation.PROCESS, *asking.WORDS})
    query = sa.select(c.key, c.process_id, c.business_key, c.title, c.status, c.started_at, c.ended_at)
    rows = tx.rows(query.where(c.process_id.in_(kinds), c.key.in_(mine)).order_by(c.key.desc()).limit(limit))
    return [dict(row._mapping) for row in rows]
