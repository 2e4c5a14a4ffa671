"""The personal record: the sections of the last declaration that was approved to the top, for the years after (Q28)."""

from typing import Any

import sqlalchemy as sa

from engine.db import Transaction
from engine.declaration.tables import person_record
from engine.flow.contexts import JobContext

#: what stays true of a person; settings, materials and uploads belong to their year
KEPT = ("basic_info", "present_position", "education", "employment")
#: fields of the kept sections that belong to their year
YEARLY = frozenset({"work_summary", "work_summary_attachment", "social_insurance_proof"})


def register_approved_declaration(tx: Transaction, context: JobContext) -> None:
    """The inline job `register_approved_declaration`: keep what was approved."""
    person = context.variables["person"]
    for name in KEPT:
        value = context.variables.get(name)
        if value is not None:
            row = {
                "person": person,
                "section": name,
                "value": lasting(value),
                "case_key": context.case_key,
                "at": tx.now,
            }
            tx.writes.upsert(person_record, row, ("value", "case_key", "at"))


def lasting(value: Any) -> Any:
    """A section without what belongs to its year."""
    if isinstance(value, dict):
        return {name: held for name, held in value.items() if name not in YEARLY}
    return value


def record_of(tx: Transaction, person: int) -> dict[str, Any]:
    """The kept sections by name; empty for somebody who was never approved."""
    rows = tx.rows(sa.select(person_record.c.section, person_record.c.value).where(person_record.c.person == person))
    return {row.section: row.value for row in rows}
