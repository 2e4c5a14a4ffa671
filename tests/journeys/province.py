"""A province whose clock the story moves, served by this process: its pages are real, its worker works when it is told to."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
import uvicorn

from engine.access import Actor
from engine.bootstrap import App
from engine.clock import FixedClock
from engine.committee.demo import seed_demo_committees
from engine.db import Transaction
from engine.declaration.demo_dossier import dossier_values
from engine.declaration.demo_files import DemoFiles
from engine.declaration.demo_people import actor_of_login
from engine.declaration.filling import save_section
from engine.document import FileStore
from engine.flow.batch_running import due_batches, run_batch
from engine.flow.sweep import run_internal_job, sweep
from engine.flow.tables import task
from engine.reference import load_book
from tests.declaration.story import PHYSICIAN, Story
from tests.support.ports import free_port
from tests.support.templates import Templates
from tests.web.declaration.conftest import make_app, settings_for
from web.app import create_app

Result = TypeVar("Result")
YEAR = 2026


class Province:
    """The demo province at ten in the morning of 1 June 2026, with committees and without declarations."""

    def __init__(self, database_url: str, folder: Path, templates: Templates) -> None:
        self._thread = ThreadPoolExecutor(1)  # the browser's loop holds the thread of the tests
        self.app: App = self.run(lambda: make_app(settings_for(database_url, str(folder)), templates))
        self.write(seed_demo_committees)
        self.url = ""

    @contextmanager
    def open(self) -> Iterator["Province"]:
        """Serve it for the block."""
        port = free_port()
        server = uvicorn.Server(uvicorn.Config(create_app(self.app), port=port, log_level="error"))
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        self.url = f"http://127.0.0.1:{port}"
        yield self
        server.should_exit = True
        thread.join(10)
        self.run(self.app.close)
        self._thread.shutdown()

    def run(self, do: Callable[[], Result]) -> Result:
        return self._thread.submit(do).result()

    def read(self, ask: Callable[[Transaction], Result]) -> Result:
        def read() -> Result:
            with self.app.database.read() as tx:
                return ask(tx)

        return self.run(read)

    def write(self, change: Callable[[Transaction], Result]) -> Result:
        def write() -> Result:
            with self.app.database.transaction() as tx:
                return change(tx)

        return self.run(write)

    def move_to(self, at: datetime) -> None:
        """It is that instant now, and the worker has seen to what was due."""
        self.app.database.clock = FixedClock(at)
        self.work()

    def work(self) -> None:
        """What the worker does until nothing waits: files, timers, messages, jobs, batches."""
        self.run(self._work)

    def _work(self) -> None:
        database = self.app.database
        self.app.vet_files()
        while True:
            swept = sweep(database)
            for job in swept.jobs:
                run_internal_job(database, job)
            batches = due_batches(database)
            for key in batches:
                run_batch(database, key)
            if not (swept.timers or swept.messages or swept.jobs or batches):
                return

    # --- what would take too long by hand -----------------------------------------------------------------------------

    def dossier(self, born: int) -> dict[str, Any]:
        """A physician's complete dossier, its files by their names, without what the unit's recommendation brings (Q34)."""
        values = self.read(lambda tx: dossier_values(load_book(tx, YEAR), PHYSICIAN, born, lambda name: name))
        for paper in ("ranking_sheet", "publicity_proof"):
            del values["base_material"][paper]
        for rank in ("quantified_score", "score_rank", "recommendation_rank", "recommended_total"):
            del values["overview_supplement"][rank]
        return values

    def save(self, login: str, case_key: int, sections: Mapping[str, Any]) -> None:
        """Save these sections as the applicant's own page does, with a file for each name."""
        self.write(lambda tx: save_sections(tx, login, case_key, sections))

    def declared(self, officer: str) -> Story:
        """Another applicant of that officer's unit, who has declared and whom the officer has checked."""

        def declared() -> Story:
            story = Story(self.app.database, officer, born="19760310", year=YEAR)
            story.submitted(**dict.fromkeys(("base_material", "overview_supplement"), _without_units_part))
            story.review()
            return story

        return self.run(declared)


def save_sections(tx: Transaction, login: str, case_key: int, sections: Mapping[str, Any]) -> None:
    """Save sections of a dossier for its applicant, with a file for each name."""
    applicant = actor_of_login(tx, login, "applicant")
    open_task = int(tx.value(sa.select(task.c.key).where(task.c.case_key == case_key)))
    files = DemoFiles(tx.service(FileStore))
    ready = {name: _with_files(value, tx, applicant, files) for name, value in sections.items()}
    for name, value in ready.items():
        save_section(tx, applicant, open_task, name, value)


def _without_units_part(section: Mapping[str, Any]) -> dict[str, Any]:
    left = {
        "ranking_sheet",
        "publicity_proof",
        "quantified_score",
        "score_rank",
        "recommendation_rank",
        "recommended_total",
    }
    return {name: value for name, value in section.items() if name not in left}


def _with_files(value: Any, tx: Transaction, owner: Actor, files: DemoFiles) -> Any:
    if isinstance(value, dict):
        return {name: _with_files(held, tx, owner, files) for name, held in value.items()}
    if isinstance(value, list):
        return [
            files.upload(tx, owner, held) if isinstance(held, str) else _with_files(held, tx, owner, files)
            for held in value
        ]
    return value
