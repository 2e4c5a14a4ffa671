"""Declarations by the thousand that can be reviewed, copied from one that was handed in: only to measure batches on."""

import sqlalchemy as sa

from engine.db import Transaction
from engine.declaration.tables import declaration, declaration_review
from engine.flow.bulk_cases import CaseCopier

#: sent to the database together
TOGETHER = 50


def copy_declaration(tx: Transaction, case_key: int, count: int) -> list[int]:
    """So many copies of a declaration that waits for a review, each of somebody else; the keys of their open tasks."""
    copier = CaseCopier(tx, case_key)
    original = dict(tx.rows(sa.select(declaration).where(declaration.c.case_key == case_key))[0]._mapping)
    reviews = tx.rows(sa.select(declaration_review).where(declaration_review.c.case_key == case_key))
    tasks: list[int] = []
    for number in range(count):
        business_key = f"{original['declaration_no']}-{number:06d}"
        # what the copy waits for later goes by its own number
        own = {
            "declaration_no": business_key,
            "person": copier.key(case_key, number),
            "applicant": f"copy{number}",
        }
        copied = copier.copy(number, business_key, own)
        tx.insert(declaration, **{**original, **own, "case_key": copied})
        for row in reviews:
            moved = {"case_key": copied, "task_key": copier.key(row.task_key, number)}
            tx.insert(declaration_review, **{**row._mapping, **moved})
            tasks.append(copier.key(row.task_key, number))
        if number % TOGETHER == TOGETHER - 1:
            tx.flush()
    tx.flush()
    return tasks
