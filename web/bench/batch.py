"""Approving thousands of declarations as one batch, done by a worker of its own while the progress is asked for."""

import time
from collections.abc import Iterator, Mapping
from typing import Any

from engine.db import Transaction
from engine.declaration.batch_review import APPROVE, start_batch_review
from engine.declaration.bulk_copies import copy_declaration
from engine.declaration.demo_people import actor_of_login
from engine.flow.batches import BatchView, batch_of
from engine.flow.bulk_tasks import refresh_statistics
from engine.flow.drafts import save_draft
from engine.organisation import Role
from engine.reference import load_book
from web.bench.measure import Measure
from web.bench.processes import cpu_seconds
from web.bench.review import OFFICER, OPINION, Reviews
from web.bench.site import Site

DOSSIERS, QUICK_DOSSIERS = 5000, 500
#: for 5,000 dossiers
TARGET_SECONDS = 60.0
NAME = "batch review"


def measure_batch_review(site: Site, count: int, quick: bool) -> Iterator[Measure]:
    """The seconds from the button to the last outcome, how often the progress moved, and what a row costs."""
    dossiers = QUICK_DOSSIERS if quick else DOSSIERS
    task = _ranked(site)
    with site.app.database.transaction() as tx:
        copy_declaration(tx, task["case_key"], dossiers - 1)
        refresh_statistics(tx)
    with site.working() as worker:
        before = cpu_seconds(worker)
        began = time.perf_counter()
        with site.app.database.transaction() as tx:
            key = _start(tx, site)
        starting = time.perf_counter() - began
        seen = list(_watch(site, key, began))
        seconds, computing = time.perf_counter() - began, cpu_seconds(worker) - before
    last = seen[-1]
    if last.row["done"] != dossiers:
        raise RuntimeError(f"only {last.row['done']} of {dossiers} were done: {last.row['message']}")
    yield Measure(NAME, site.name, "dossiers", dossiers, "")
    yield Measure(NAME, site.name, "until it is written down", starting * 1000, "ms")
    yield Measure(NAME, site.name, "until all are done", seconds, "s", TARGET_SECONDS * dossiers / DOSSIERS)
    yield Measure(NAME, site.name, "a dossier", seconds / dossiers * 1000, "ms")
    yield Measure(NAME, site.name, "a dossier, worker CPU", computing / dossiers * 1000, "ms")
    yield Measure(NAME, site.name, "times the progress moved", len({view.processed for view in seen}), "")


def _ranked(site: Site) -> Mapping[str, Any]:
    """A declaration that waits for its officer, who has written down its ranking."""
    with site.app.database.read() as tx:
        book = load_book(tx, site.app.year)
    task = Reviews(site).hand_in(book)
    ranking = {"quantified_score": 90, "score_rank": 1, "recommendation_rank": 1, "recommended_total": 3}
    with site.app.database.transaction() as tx:
        save_draft(tx, actor_of_login(tx, OFFICER, Role.CASE_OFFICER), task["key"], "", ranking)
    return task


def _start(tx: Transaction, site: Site) -> int:
    """All that the officer's list finds."""
    officer = actor_of_login(tx, OFFICER, Role.CASE_OFFICER)
    return start_batch_review(tx, officer, outcome=APPROVE, opinion=OPINION, year=site.app.year)


def _watch(site: Site, key: int, began: float) -> Iterator[BatchView]:
    """What the page of the progress sees, each second."""
    while True:
        with site.app.database.read() as tx:
            view = batch_of(tx, actor_of_login(tx, OFFICER, Role.CASE_OFFICER), key)
        yield view
        if not view.is_open or time.perf_counter() - began > TARGET_SECONDS * 5:
            return
        time.sleep(0.5)
