"""Keeps the read models in step with a declaration's case: the row with its filters, and a row per unit and role for the tabs.

Everything is derived from the case, its variables and its tasks, so the rows can be made again at any time.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from engine.db import Transaction
from engine.declaration.dossier import SECTIONS, filter_columns, section
from engine.declaration.roles import UNIT_ROLES
from engine.declaration.tables import declaration, declaration_review
from engine.flow.contexts import OpenTask, ProjectionContext
from engine.flow.instants import read_instant
from engine.flow.tables import CaseState, TaskState, task_done

Place = tuple[int, str]

#: a declaration that ended with this status keeps the person's place in the year; any other end frees it
APPROVED = "待评委会"
RUNNING = frozenset({CaseState.ACTIVE, CaseState.SUSPENDED})
SECTION_NAMES = frozenset(SECTIONS)


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
    """The open reviews by unit and role."""
    return {place: task for task in tasks for place in places_in(task.candidate_groups)}


def places_in(groups: Iterable[str]) -> list[Place]:
    """The units and roles among candidate groups: `case_officer@4711`."""
    parts = (group.partition("@") for group in groups)
    return [(int(unit), role) for role, at, unit in parts if at and role in UNIT_ROLES and unit.isdecimal()]


def project_reviews(tx: Transaction, case: Mapping[str, Any], tasks: Iterable[OpenTask], *, is_new: bool) -> None:
    """Bring the reviews in step: a new task is open, a completed one decided, a cancelled one gone."""
    known = {} if is_new else _known(tx, case["key"])
    now = places(tasks)
    for place, task in now.items():
        if place not in known or known[place].task_key != task.key:
            _put(tx, case, place, decided=False, task_key=task.key, at=task.created_at)
    for place, before in known.items():
        if place in now or before.decided:
            continue
        if before.state is TaskState.COMPLETED:
            outcome = {"outcome": before.outcome, "decided_by": before.ended_by}
            _put(tx, case, place, decided=True, task_key=before.task_key, at=before.ended_at, **outcome)
        else:
            unit, role = place
            tx.writes.delete(declaration_review, {"case_key": case["key"], "unit": unit, "role": role})


MOVING = ("decided", "task_key", "at", "outcome", "decided_by")


def _known(tx: Transaction, case_key: int) -> dict[Place, sa.Row[Any]]:
    review, done = declaration_review.c, task_done.c
    query = (
        sa.select(
            review.unit,
            review.role,
            review.decided,
            review.task_key,
            done.state,
            done.outcome,
            done.ended_at,
            done.ended_by,
        )
        .outerjoin(task_done, done.key == review.task_key)
        .where(review.case_key == case_key)
    )
    return {(row.unit, row.role): row for row in tx.rows(query)}


def _put(tx: Transaction, case: Mapping[str, Any], place: Place, **values: Any) -> None:
    unit, role = place
    row = {
        "case_key": case["key"],
        "unit": unit,
        "role": role,
        "year": case["year"],
        "outcome": None,
        "decided_by": None,
    }
    tx.writes.upsert(declaration_review, row | values, MOVING)
