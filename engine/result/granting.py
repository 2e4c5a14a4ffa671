"""授予职称: a certificate with a number for each confirmed result, the document kept, the declaration told (F4, W15)."""

from collections.abc import Mapping, Sequence
from datetime import date
from secrets import token_hex
from typing import Any

import sqlalchemy as sa

from engine.access import SYSTEM
from engine.committee.tables import committee
from engine.db import Transaction
from engine.db.locks import lock_name
from engine.declaration.tables import declaration
from engine.flow.contexts import JobContext
from engine.result.tables import (
    CertificateKind,
    CertificateState,
    ResultState,
    result_document,
    review_result,
    title_certificate,
)
from engine.result.telling import GRANTED, tell

r, d, t, c = review_result.c, declaration.c, title_certificate.c, committee.c
COPIED = ("name", "unit_name", "title_series", "specialty", "title_name", "title_level")


def grant_titles(tx: Transaction, context: JobContext) -> Mapping[str, object]:
    """The inline job `grant_titles`: keep the document, and give everybody approved their certificate."""
    given = context.variables["document"]
    document = {
        "document_no": given["no"],
        "document_date": date.fromisoformat(given["date"]),
        "obtained_on": date.fromisoformat(given["obtained_on"]),
    }
    by = (context.actor or SYSTEM).login
    kept = {"handling": context.case_key, "files": given["files"] or [], "issued_at": tx.now, "issued_by": by}
    tx.insert(result_document, **kept, **document)
    approved = sa.and_(r.handling == context.case_key, r.state == ResultState.APPROVED)
    return {"granted_total": grant(tx, context, context.case_key, document, approved)}


def grant(
    tx: Transaction, context: JobContext, handling: int, document: Mapping[str, Any], which: sa.ColumnElement[bool]
) -> int:
    """Certificates for the results that `which` names, with numbers in the order of the declarations; how many.

    The number is 职称 + year + five digits, counted over the province and never given twice.
    """
    query = (
        sa.select(review_result, d.identity_number, d.title_category, d.year, c.name.label("committee_name"))
        .join(declaration, d.case_key == r.declaration)
        .join(committee, c.id == r.committee)
        .where(which)
        .order_by(r.declaration_no)
    )
    rows = tx.rows(query)
    numbers = next_numbers(tx, document["obtained_on"].year, len(rows))
    for row, number in zip(rows, numbers, strict=True):
        key = tx.next_key()
        tx.insert(
            title_certificate,
            **{name: row._mapping[name] for name in COPIED},
            key=key,
            certificate_no=number,
            code=token_hex(8),
            kind=CertificateKind.REVIEW,
            state=CertificateState.VALID,
            year=row.year,
            person=row.person,
            declaration=row.declaration,
            handling=handling,
            identity_number=row.identity_number,
            title_category=row.title_category,
            committee_name=row.committee_name,
            document_no=document["document_no"],
            obtained_on=document["obtained_on"],
            issued_at=tx.now,
            replaces=None,
            revoked_at=None,
            reason="",
        )
    tx.flush()
    mine = sa.and_(t.handling == handling, t.declaration == r.declaration, t.state == CertificateState.VALID)
    certificate = sa.select(t.key).where(mine).correlate(review_result).scalar_subquery()
    tx.execute(sa.update(review_result).where(which).values(state=ResultState.GRANTED, certificate=certificate))
    tell(tx, context, GRANTED, _granted(rows, numbers, document))
    return len(rows)


def next_numbers(tx: Transaction, year: int, count: int) -> Sequence[str]:
    """The next numbers of certificates of that year: one transaction at a time counts."""
    lock_name(tx, f"certificates:{year}")
    prefix = f"职称{year}"
    last = tx.value(sa.select(sa.func.max(t.certificate_no)).where(t.certificate_no.startswith(prefix)))
    first = 1 + (int(last.removeprefix(prefix)) if last else 0)
    return [f"{prefix}{number:05d}" for number in range(first, first + count)]


def _granted(
    rows: Sequence[sa.Row[Any]], numbers: Sequence[str], document: Mapping[str, Any]
) -> list[tuple[str, dict[str, Any]]]:
    common = {"document_no": document["document_no"], "obtained_on": document["obtained_on"].isoformat()}
    return [(row.declaration_no, {**common, "certificate_no": no}) for row, no in zip(rows, numbers, strict=True)]
