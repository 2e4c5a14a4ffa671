"""A thousand certificates as one archive, made as the worker makes them, on one core (F4)."""

import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import cycle, islice
from pathlib import Path

import sqlalchemy as sa

from engine.access import Actor
from engine.bootstrap import App
from engine.clock import local
from engine.db import Transaction
from engine.declaration.demo_people import actor_of_login
from engine.declaration.tables import declaration
from engine.document.pdf import TYPESETTER
from engine.flow.batch_running import run_batch
from engine.flow.batches import batch_of, start_batch
from engine.result.delivery import KIND
from engine.result.tables import CertificateKind, CertificateState, title_certificate
from web.bench.measure import Measure
from web.bench.sheets import one_core, province, seconds_computed

CERTIFICATES = 1000
LONGEST = 30.0
OFFICER = "office_officer"
#: columns a certificate has from the declaration
COPIED = (
    *("person", "name", "identity_number", "unit_name"),
    *("title_category", "title_series", "specialty", "title_name", "title_level"),
)


def measure_certificates() -> Iterator[Measure]:
    """Certificates of the demo province's declarants one after the other, with their portraits; the archive counts in."""
    with tempfile.TemporaryDirectory() as folder, province(Path(folder)) as app:
        with app.database.transaction() as tx:
            officer = actor_of_login(tx, OFFICER, "case_officer")
            keys = _issue(tx, app.year)
        _make(app, officer, keys[:3])
        with one_core():
            began, computed = time.perf_counter(), seconds_computed()
            made = _make(app, officer, keys)
            seconds = time.perf_counter() - began
            TYPESETTER.close()
            computed = seconds_computed() - computed
    yield Measure(f"{CERTIFICATES} 证书", "SQLite", "one core computed", computed, "s", LONGEST)
    yield Measure(f"{CERTIFICATES} 证书", "SQLite", "beside what else runs", seconds, "s")
    yield Measure(f"{CERTIFICATES} 证书", "SQLite", "made", made, "")


def _issue(tx: Transaction, year: int) -> list[int]:
    """So many certificates, each of the next declarant."""
    d = declaration.c
    rows = tx.rows(sa.select(declaration).where(d.submitted_at.is_not(None)).order_by(d.case_key))
    keys = []
    for number, row in enumerate(islice(cycle(rows), CERTIFICATES), 1):
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


def _make(app: App, officer: Actor, keys: Sequence[int]) -> int:
    items = [{"certificate": key, "number": number, "title": str(key)} for number, key in enumerate(keys)]
    params = {"parts": uuid.uuid4().hex, "name": "职称证书"}
    with app.database.transaction() as tx:
        key = start_batch(tx, officer, kind=KIND, items=items, params=params, title="职称证书")
    run_batch(app.database, key)
    with app.database.read() as tx:
        return int(batch_of(tx, officer, key).row["done"])
