"""Keeps the read models in step with a declaration's case: the row with its filters, and a row per unit and role for the tabs.

Everything is derived from the case, its variables and its tasks, so the rows can be made again at any time.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from engine.db import Transaction
from engine.declaration.dossier import SECTIONS, filter_columns, section
from engine.declaration.tables import Tab, declaration, declaration_review
from engine.flow.contexts import OpenTask, ProjectionContext
from engine.flow.instants import read_instant
from engine.flow.tables import CaseState, TaskState, task_done

Place = tuple[int, str]

#: a declaration that ended with this status keeps the person's place in the year; any other end frees it
APPROVED = "待评委会"
RUNNING = frozenset({CaseState.ACTIVE, CaseState.SUSPENDED})
SECTION_NAMES = frozenset(SECTIONS)
#: roles that have tabs; groups of other roles are no review of a unit
REVIEWERS = frozenset({"case_officer", "unit_leader"})


def project_declaration(tx: Transaction, context: ProjectionContext) -> None:
    """The projector of the process `declaration`."""
    is_new = context.case["row_version"] == 1
    tasks = context.tasks()
    standing = moving_columns(context, tasks)
    if is_new:
        tx.writes.insert(declaration, {**first_columns(context), **filter_columns(context.variables), **standing})
    else:
        if SECTION_NAMES & context.changed:
            standing |= filter_columns(context.variables)
        tx.writes.update(declaration, {"case_key": context.case["key"]}, standing)
    project_reviews(tx, context.case, tasks, is_new=is_new)


def first_columns(context: ProjectionContext) -> dict[str, Any]:
    """What is fixed when the declaration starts."""
    case, variables = context.case, context.variables
    basic_info = section(variables, "basic_info")
    chain = variables.get("chain") or []
    return {
        "case_key": case["key"],
        "declaration_no": case["business_key"],
        "person": variables.get("person"),
        "applicant": variables.get("applicant"),
        "year": case["year"],
        "unit": case["unit_id"],
        "unit_name": section(variables, "setup").get("unit_name") or "",
        "name": basic_info.get("name") or "",
        "identity_number": basic_info.get("identity_number") or "",
        "region": variables.get("region"),
        "governing_unit": chain[1]["unit"] if len(chain) > 1 else None,
        "started_at": case["started_at"],
    }


def moving_columns(context: ProjectionContext, tasks: Iterable[OpenTask]) -> dict[str, Any]:
    """What any step may change."""
    case, variables = context.case, context.variables
    submitted = variables.get("submitted_at")
    return {
        "status": case["status"],
        "live": case["state"] in RUNNING or case["status"] == APPROVED,
        "review_unit": next((unit for unit, _ in places(tasks)), None),
        "review_position": variables.get("review_position"),
        "submitted_at": read_instant(submitted) if submitted else None,
        "finished_at": case["ended_at"],
    }


def places(tasks: Iterable[OpenTask]) -> dict[Place, OpenTask]:
    """The open reviews by unit and role, read from the candidate group `case_officer@4711`."""
    found: dict[Place, OpenTask] = {}
    for task in tasks:
        for group in task.candidate_groups:
            role, at, unit = group.partition("@")
            if at and role in REVIEWERS and unit.isdecimal():
                found[int(unit), role] = task
    return found


def project_reviews(tx: Transaction, case: Mapping[str, Any], tasks: Iterable[OpenTask], *, is_new: bool) -> None:
    """Bring the tabs in step: a new task is pending, a held one on hold, a completed one decided, a cancelled one gone."""
    known = {} if is_new else _known(tx, case["key"])
    now = places(tasks)
    for place, task in now.items():
        row = _row(case, place, Tab.ON_HOLD if task.on_hold else Tab.PENDING, task.key, task.created_at)
        before = known.get(place)
        if before is None or (before.task_key, before.tab) != (task.key, row["tab"]):
            tx.writes.upsert(declaration_review, row, MOVING)
    for place, before in known.items():
        if place in now or before.tab is Tab.DECIDED:
            continue
        if before.state is TaskState.COMPLETED:
            row = _row(case, place, Tab.DECIDED, before.task_key, before.ended_at, before.outcome, before.ended_by)
            tx.writes.upsert(declaration_review, row, MOVING)
        else:
            unit, role = place
            tx.writes.delete(declaration_review, {"case_key": case["key"], "unit": unit, "role": role})


MOVING = ("tab", "task_key", "at", "outcome", "decided_by")


def _known(tx: Transaction, case_key: int) -> dict[Place, sa.Row[Any]]:
    review, done = declaration_review.c, task_done.c
    query = (
        sa.select(review.unit, review.role, review.tab, review.task_key, done.state, done.outcome, done.ended_at, done.ended_by)
        .outerjoin(task_done, done.key == review.task_key)
        .where(review.case_key == case_key)
    )
    return {(row.unit, row.role): row for row in tx.rows(query)}


def _row(
    case: Mapping[str, Any],
    place: Place,
    tab: Tab,
    task_key: int,
    at: Any,
    outcome: str | None = None,
    decided_by: str | None = None,
) -> dict[str, Any]:
    unit, role = place
    return {
        "case_key": case["key"],
        "unit": unit,
        "role": role,
        "year": case["year"],
        "tab": tab,
        "task_key": task_key,
        "at": at,
        "outcome": outcome,
        "decided_by": decided_by,
    }
