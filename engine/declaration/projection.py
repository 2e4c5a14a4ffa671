"""Keeps the read models in step with a declaration's case: the row with its filters, and a row per unit and role for the tabs.

Everything is derived from the case, its variables and its tasks, so the rows can be made again at any time.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.db import Json, Transaction
from engine.declaration.claims import project_claims
from engine.declaration.desks import Desk, desk_of, role_at
from engine.declaration.dossier import SECTIONS, filter_columns, section
from engine.declaration.roles import UNIT_ROLES
from engine.declaration.tables import declaration, declaration_review
from engine.flow.contexts import ProjectionContext
from engine.flow.instants import read_instant
from engine.flow.tables import CaseState, TaskState, task, task_done

Place = tuple[int, str]

#: a declaration that ended with one of these keeps the person's place in the year; any other end frees it. The last is
#: where the diagram ended before there were committees
REVIEWED = frozenset({"已发证", "评审结果取消", "评审未通过", "待评委会"})
RUNNING = frozenset({CaseState.ACTIVE, CaseState.SUSPENDED})
SECTION_NAMES = frozenset(SECTIONS)


def project_declaration(tx: Transaction, context: ProjectionContext) -> None:
    """The projector of the process `declaration`."""
    case = context.case
    if case["row_version"] == 1:
        now = {
            place: (task.key, task.created_at)
            for task in context.tasks()
            for place in places_in(task.candidate_groups, desk_of(task.form_id))
        }
        first = first_columns(context) | filter_columns(context.variables) | moving_columns(context, now)
        tx.writes.insert(declaration, first)
        project_reviews(tx, case, {}, now)
        return
    project_claims(tx, context)
    known, now = _reviews(tx, case["key"])
    columns = moving_columns(context, now)
    if SECTION_NAMES & context.changed:
        columns |= filter_columns(context.variables)
    tx.writes.update(declaration, {"case_key": case["key"]}, columns)
    project_reviews(tx, case, known, now)


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
        "region": variables.get("region") or "",
        "governing_unit": chain[1]["unit"] if len(chain) > 1 else None,
        "started_at": case["started_at"],
    }


def moving_columns(context: ProjectionContext, open_reviews: Iterable[Place]) -> dict[str, Any]:
    """What any step may change."""
    case, variables = context.case, context.variables
    submitted = variables.get("submitted_at")
    placement = section(variables, "placement")
    return {
        "status": case["status"],
        "live": case["state"] in RUNNING or case["status"] in REVIEWED,
        "review_unit": next((unit for unit, _ in open_reviews), None),
        "review_position": variables.get("review_position"),
        "committee": placement.get("committee"),
        "entrusted_review": placement.get("entrusted") is True,
        "submitted_at": read_instant(submitted) if submitted else None,
        "finished_at": case["ended_at"],
    }


def places_in(groups: Iterable[str], desk: Desk = Desk.REVIEW) -> list[Place]:
    """The units and roles among candidate groups (`case_officer@4711`), the roles at that desk."""
    parts = (group.partition("@") for group in groups)
    return [
        (int(unit), role_at(role, desk)) for role, at, unit in parts if at and role in UNIT_ROLES and unit.isdecimal()
    ]


def project_reviews(
    tx: Transaction,
    case: Mapping[str, Any],
    known: Mapping[Place, sa.Row[Any]],
    now: Mapping[Place, tuple[int, datetime]],
) -> None:
    """Bring the reviews in step: a new task is open, a completed one decided, a cancelled one gone.

    `known` are the rows there are, with what became of their tasks; `now` the open tasks with when they came in.
    """
    for place, (task_key, at) in now.items():
        if place not in known or known[place].task_key != task_key:
            _put(tx, case, place, decided=False, task_key=task_key, at=at)
    for place, before in known.items():
        if place in now or before.decided:
            continue
        if before.state is TaskState.COMPLETED:
            outcome = {"outcome": before.outcome, "decided_by": before.by}
            _put(tx, case, place, decided=True, task_key=before.task_key, at=before.at, **outcome)
        else:
            unit, role = place
            tx.writes.delete(declaration_review, {"case_key": case["key"], "unit": unit, "role": role})


MOVING = ("decided", "task_key", "at", "outcome", "decided_by")

_r, _d, _t = declaration_review.c, task_done.c, task.c
#: the review rows of a case with what became of their tasks, and its open tasks: asked together, since every step asks
_REVIEWS = (
    sa.select(
        _r.unit,
        _r.role,
        _r.decided,
        _r.task_key,
        _d.state,
        _d.outcome,
        _d.ended_at.label("at"),
        _d.ended_by.label("by"),
        sa.type_coerce(sa.null(), Json()).label("groups"),
        sa.null().label("form_id"),
    )
    .outerjoin(task_done, _d.key == _r.task_key)
    .where(_r.case_key == sa.bindparam("wanted"))
    .union_all(
        sa.select(
            sa.null(),
            sa.null(),
            sa.null(),
            _t.key,
            _t.state,
            sa.null(),
            _t.created_at,
            sa.null(),
            _t.candidate_groups,
            _t.form_id,
        ).where(_t.case_key == sa.bindparam("wanted"))
    )
)


def _reviews(tx: Transaction, case_key: int) -> tuple[dict[Place, sa.Row[Any]], dict[Place, tuple[int, datetime]]]:
    known: dict[Place, sa.Row[Any]] = {}
    now: dict[Place, tuple[int, datetime]] = {}
    for row in tx.rows(_REVIEWS, {"wanted": case_key}):
        if row.groups is None:
            known[row.unit, row.role] = row
        else:
            now |= dict.fromkeys(places_in(row.groups, desk_of(row.form_id)), (row.task_key, row.at))
    return known, now


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
