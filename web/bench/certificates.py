"""A thousand certificates as one archive, made as the worker makes them, on one core (F4)."""

import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path

from engine.access import Actor
from engine.bootstrap import App
from engine.declaration.demo_people import actor_of_login
from engine.document.pdf import TYPESETTER
from engine.flow.batch_running import run_batch
from engine.flow.batches import batch_of, start_batch
from engine.result.bulk_certificates import insert_certificates
from engine.result.delivery import KIND
from web.bench.measure import Measure
from web.bench.sheets import one_core, province, seconds_computed

CERTIFICATES = 1000
LONGEST = 30.0
OFFICER = "office_officer"


def measure_certificates() -> Iterator[Measure]:
    """Certificates of the demo province's declarants one after the other, with their portraits; the archive counts in."""
    with tempfile.TemporaryDirectory() as folder, province(Path(folder)) as app:
        with app.database.transaction() as tx:
            officer = actor_of_login(tx, OFFICER, "case_officer")
            keys = insert_certificates(tx, app.year, CERTIFICATES)
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


def _make(app: App, officer: Actor, keys: Sequence[int]) -> int:
    items = [{"certificate": key, "number": number, "title": str(key)} for number, key in enumerate(keys)]
    params = {"parts": uuid.uuid4().hex, "name": "职称证书"}
    with app.database.transaction() as tx:
        key = start_batch(tx, officer, kind=KIND, items=items, params=params, title="职称证书")
    run_batch(app.database, key)
    with app.database.read() as tx:
        return int(batch_of(tx, officer, key).row["done"])
