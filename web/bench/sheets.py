"""通用表 of a thousand declarations as one archive, made as the worker makes them, on one core (U16)."""

import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle, islice
from pathlib import Path

from engine.access import Actor
from engine.bootstrap import App, build
from engine.declaration.demo_people import actor_of_login
from engine.declaration.lists import Asked, Tab, listed_cases
from engine.declaration.sheets import export_general_sheets
from engine.document.pdf import TYPESETTER
from engine.flow.batch_running import run_batch
from engine.flow.batches import batch_of
from engine.settings import read_settings
from web.bench.measure import Measure

SHEETS = 1000
LONGEST = 90.0
OFFICER = "office_officer"


def measure_sheets() -> Iterator[Measure]:
    """The demo province's dossiers one after the other, until there are a thousand sheets; the archive counts in."""
    with tempfile.TemporaryDirectory() as folder, province(Path(folder)) as app:
        with app.database.read() as tx:
            officer = actor_of_login(tx, OFFICER, "case_officer")
            cases = listed_cases(tx, officer, Asked(app.year, Tab.ALL))
        _make(app, officer, cases[:3])
        with one_core():
            began, computed = time.perf_counter(), seconds_computed()
            made = _make(app, officer, list(islice(cycle(cases), SHEETS)))
            seconds = time.perf_counter() - began
            TYPESETTER.close()
            computed = seconds_computed() - computed
    yield Measure(f"{SHEETS} 通用表", "SQLite", "one core computed", computed, "s", LONGEST)
    yield Measure(f"{SHEETS} 通用表", "SQLite", "beside what else runs", seconds, "s")
    yield Measure(f"{SHEETS} 通用表", "SQLite", "made", made, "")


def seconds_computed() -> float:
    """Seconds of processor time of this process and of those it has ended."""
    return sum(os.times()[:4])


def _make(app: App, officer: Actor, cases: Sequence[int]) -> int:
    with app.database.transaction() as tx:
        key = export_general_sheets(tx, officer, cases)
    run_batch(app.database, key)
    with app.database.read() as tx:
        return int(batch_of(tx, officer, key).row["done"])


@contextmanager
def province(folder: Path) -> Iterator[App]:
    """The demo province in a folder of its own."""
    app = build(read_settings({"ZHIPING_DATA": str(folder), "ZHIPING_DEMO": "1"}), queue=False)
    try:
        app.prepare()
        yield app
    finally:
        app.close()


@contextmanager
def one_core() -> Iterator[None]:
    """This process on one core, and with it the one that sets, which it starts anew."""
    TYPESETTER.close()
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(allowed)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)
