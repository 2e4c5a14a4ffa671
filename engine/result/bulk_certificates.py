"""Certificates in one go, for measuring: each of a declaration that was submitted."""

import uuid
from datetime import timedelta
from itertools import cycle, islice

import sqlalchemy as sa

from engine.clock import local
from engine.db import Transaction
from engine.declaration.tables import declaration
from engine.result.tables import CertificateKind, CertificateState, title_certificate

#: columns a certificate has from the declaration
COPIED = (
    *("person", "name", "identity_number", "unit_name"),
    *("title_category", "title_series", "specialty", "title_name", "title_level"),
)


def insert_certificates(tx: Transaction, year: int, count: int) -> list[int]:
    """So many valid certificates of a year, each of the next declarant and from the first again; their keys."""
    d = declaration.c
    rows = tx.rows(sa.select(declaration).where(d.submitted_at.is_not(None)).order_by(d.case_key))
    keys = []
    for number, row in enumerate(islice(cycle(rows), count), 1):
        keys.append(tx.next_key())
        tx.insert(
            title_certificate,
            **{name: row._mapping[name] for name in COPIED},
            key=keys[-1],
            certificate_no=f"职称{year}{number:05d}",
            code=uuid.uuid4().hex[:16],
            kind=CertificateKind.REVIEW,
            state=CertificateState.VALID,
            year=year,
            declaration=row.case_key,
            handling=None,
            committee_name="示范评审委员会（示例）",
            document_no=f"示范职改〔{year}〕1号",
            obtained_on=local(tx.now).date() - timedelta(days=1),
            issued_at=tx.now,
            replaces=None,
            revoked_at=None,
            reason="",
        )
    return keys
