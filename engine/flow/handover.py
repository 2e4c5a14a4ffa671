"""Handing the open cases of a unit over to another, or letting them follow a unit that got another superior.

Groups name units by their key (`case_officer@4711`), which never changes. So nothing has to move with a unit; only where a unit
ends do open tasks have to be offered to whoever goes on, and variables that name it follow. What the variables mean is known to
the slices: each registers a follower for its process.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.access import Actor, Permission, authorize
from engine.db import Transaction
from engine.flow.cases import open_case
from engine.flow.contexts import Succession
from engine.flow.opening import candidates, unit_in
from engine.flow.registry import registry_of
from engine.flow.steering import follow_steering, moved_group
from engine.flow.tables import CaseState, case, case_party, definition, task, task_candidate

HANDED_OVER = "case.handed_over"
OPEN = (CaseState.ACTIVE, CaseState.SUSPENDED)


@dataclass(frozen=True, slots=True)
class OpenCase:
    """An open case as lists of what will move show it."""

    key: int
    title: str
    business_key: str | None
    process: str
    status: str


def hand_over_case(tx: Transaction, actor: Actor, case_key: int, old: int, new: int) -> int:
    """Let a running case follow: what was the unit `old`'s is `new`'s. How many open tasks are offered to other people now.

    The unit of the case, its parties, the candidate groups of its open tasks and the variables its process's follower names
    (without one, those that say who does its tasks: `engine.flow.steering`) change together, under the case's lock, with one entry
    in the journal; drafts and who claimed a task stay. With `old` and `new` the same only the follower is asked: the unit got
    another superior. Where nothing changes nothing is written. Raises `NotFound`, and `Refused` where the case is over or suspended.
    """
    authorize(actor, Permission.UNITS_MANAGE)
    execution = open_case(tx, actor, case_key)
    own = execution.case["unit_id"]
    unit_id = new if own == old else own
    follower = registry_of(tx).followers.get(execution.case["process_id"])
    told = Succession(case_key, unit_id, old, new, execution.scopes.view(case_key))
    changed = follower(tx, told) if follower is not None else follow_steering(execution.process, told)
    regrouped = 0 if old == new else _regroup_tasks(tx, case_key, old, new)
    moved = old != new and _replace_party(tx, case_key, old, new)
    if not (changed or regrouped or moved or unit_id != own):
        tx.memo.pop(("case", case_key), None)
        return 0
    execution.case["unit_id"] = unit_id
    execution.reason = "机构调整"
    for name, value in changed.items():
        execution.scopes.assign(case_key, name, value)
    detail = {"from": old, "to": new, "tasks": regrouped, "names": sorted(changed)}
    execution.journal.append(tx.now, actor, HANDED_OVER, detail=detail)
    execution.finish()
    return regrouped


def _regroup_tasks(tx: Transaction, case_key: int, old: int, new: int) -> int:
    """Offer the open tasks of `old`'s groups to the same roles in `new`."""
    regrouped = 0
    for found in tx.rows(sa.select(task).where(task.c.case_key == case_key)):
        row = dict(found._mapping)
        groups = [moved_group(group, old, new) for group in row["candidate_groups"]]
        if groups == row["candidate_groups"]:
            continue
        regrouped += 1
        row["candidate_groups"] = list(dict.fromkeys(groups))
        principals = candidates(row)
        values = {
            "candidate_groups": row["candidate_groups"],
            "candidate": principals[0] if len(principals) == 1 else None,
            "unit_id": unit_in(row["candidate_groups"]) or row["unit_id"],
            "version": row["version"] + 1,
        }
        tx.execute(sa.update(task).where(task.c.key == row["key"]).values(values))
        tx.execute(sa.delete(task_candidate).where(task_candidate.c.task_key == row["key"]))
        for principal in principals if len(principals) > 1 else ():
            tx.insert(task_candidate, principal=principal, created_at=row["created_at"], task_key=row["key"])
    return regrouped


def _replace_party(tx: Transaction, case_key: int, old: int, new: int) -> bool:
    here = case_party.c.case_key == case_key
    left = tx.execute(sa.delete(case_party).where(here, case_party.c.principal == f"unit:{old}")).rowcount
    if left:
        tx.writes.upsert(case_party, {"principal": f"unit:{new}", "case_key": case_key}, ())
    return bool(left)


def open_cases_of(
    tx: Transaction,
    units: sa.Select[Any],
    *,
    groups: Sequence[str] = (),
    holders: sa.Select[Any] | None = None,
    limit: int | None = None,
) -> list[OpenCase]:
    """The cases not yet over that belong to one of `units`, wait for one of `groups`, or whose task somebody of `holders`
    (logins) has claimed; in the order of their keys. The caller has made sure that its reader may know of them."""
    wanted = _keys_of(units, groups, holders).subquery()
    query = (
        sa.select(case.c.key, case.c.title, case.c.business_key, definition.c.name, case.c.status)
        .join(definition, definition.c.key == case.c.definition_key)
        .where(case.c.key.in_(sa.select(wanted.c.key)))
        .order_by(case.c.key)
    )
    return [OpenCase(row.key, row.title, row.business_key, row.name, row.status) for row in tx.rows(query.limit(limit))]


def count_open_cases(
    tx: Transaction, units: sa.Select[Any], *, groups: Sequence[str] = (), holders: sa.Select[Any] | None = None
) -> int:
    """How many cases `open_cases_of` would give."""
    wanted = _keys_of(units, groups, holders).subquery()
    return int(tx.value(sa.select(sa.func.count(sa.distinct(wanted.c.key)))))


def _keys_of(
    units: sa.Select[Any], groups: Iterable[str], holders: sa.Select[Any] | None
) -> sa.Select[Any] | sa.CompoundSelect[Any]:
    running = case.c.state.in_(OPEN)
    branches = [sa.select(case.c.key.label("key")).where(case.c.unit_id.in_(units), running)]
    names = sorted(groups)
    if names:
        several = sa.select(task_candidate.c.task_key).where(task_candidate.c.principal.in_(names))
        waiting = sa.or_(task.c.candidate.in_(names), task.c.key.in_(several))
        branches.append(sa.select(task.c.case_key.label("key")).where(waiting))
    if holders is not None:
        branches.append(sa.select(task.c.case_key.label("key")).where(task.c.assignee.in_(holders)))
    return sa.union(*branches) if len(branches) > 1 else branches[0]
