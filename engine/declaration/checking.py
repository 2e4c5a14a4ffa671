"""Are the lists in step with the cases? Every read-model row recomputed from variables and tasks, and compared."""

from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from engine.access import SYSTEM
from engine.db import Transaction
from engine.declaration.claims import claims_of, stored_claims
from engine.declaration.desks import desk_of
from engine.declaration.dossier import PROCESS, filter_columns
from engine.declaration.projection import first_columns, moving_columns, places_in
from engine.declaration.tables import declaration, declaration_review
from engine.flow.check import Violation
from engine.flow.contexts import OpenTask, ProjectionContext
from engine.flow.tables import TaskState, case, task, task_done
from engine.flow.variables import read_variables

REVIEW_COLUMNS = ("decided", "task_key", "outcome", "decided_by")


def check_declarations(tx: Transaction) -> Iterator[Violation]:
    """A violation for each declaration whose rows are not what its case says."""
    for row in tx.rows(sa.select(case).where(case.c.process_id == PROCESS).order_by(case.c.key)):
        key = row.key
        context = _context(tx, dict(row._mapping))
        stored = tx.row(sa.select(declaration).where(declaration.c.case_key == key))
        waiting = [place for one in context.tasks() for place in places_in(one.candidate_groups, desk_of(one.form_id))]
        expected = first_columns(context) | filter_columns(context.variables) | moving_columns(context, waiting)
        for name, value in expected.items():
            held = None if stored is None else getattr(stored, name)
            if held != value:
                yield Violation(
                    "declaration_row", key, f"申报 {row.business_key} 的列表字段 {name} 与流程中的内容不符。"
                )
        if _stored_reviews(tx, key) != _expected_reviews(tx, key):
            yield Violation("declaration_reviews", key, f"申报 {row.business_key} 在各单位的审核状态与流程中的不符。")
        if stored_claims(tx, key) != claims_of(context):
            yield Violation("declaration_claims", key, f"申报 {row.business_key} 所用成果的登记与材料不符。")


def _context(tx: Transaction, held: Mapping[str, Any]) -> ProjectionContext:
    tasks = [
        OpenTask(
            key=row.key,
            element_id=row.element_id,
            form_id=row.form_id,
            name=row.name,
            assignee=row.assignee,
            candidate_groups=row.candidate_groups,
            unit_id=row.unit_id,
            due_at=row.due_at,
            created_at=row.created_at,
            on_hold=row.state is TaskState.ON_HOLD,
        )
        for row in tx.rows(
            sa.select(task).where(task.c.case_key == held["key"]).order_by(task.c.created_at, task.c.key)
        )
    ]
    variables = read_variables(tx, held["key"])
    return ProjectionContext(held, variables, frozenset(variables), lambda: tasks, SYSTEM, tx.now)


def _stored_reviews(tx: Transaction, key: int) -> dict[tuple[int, str], tuple[Any, ...]]:
    rows = tx.rows(sa.select(declaration_review).where(declaration_review.c.case_key == key))
    return {(row.unit, row.role): tuple(getattr(row, name) for name in REVIEW_COLUMNS) for row in rows}


def _expected_reviews(tx: Transaction, key: int) -> dict[tuple[int, str], tuple[Any, ...]]:
    """The last task of each unit and role: open, decided, or cancelled and therefore not there."""
    found: dict[tuple[int, str], tuple[Any, ...]] = {}
    done = sa.select(task_done).where(task_done.c.case_key == key).order_by(task_done.c.key)
    for row in tx.rows(done):
        for place in places_in(row.candidate_groups, desk_of(row.form_id)):
            if row.state is TaskState.COMPLETED:
                found[place] = (True, row.key, row.outcome, row.ended_by)
            else:
                found.pop(place, None)
    for row in tx.rows(sa.select(task).where(task.c.case_key == key)):
        for place in places_in(row.candidate_groups, desk_of(row.form_id)):
            found[place] = (False, row.key, None, None)
    return found
