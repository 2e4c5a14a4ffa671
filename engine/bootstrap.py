"""The wiring: settings → database → files, code lists, queue → handlers, hooks and projectors of the slices.

The only file that knows every slice. `build` makes an `Engine`; `Engine.prepare` brings the database to this release.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from engine import declaration, notification
from engine.access import SYSTEM
from engine.clock import Clock, SystemClock, local
from engine.db import Database
from engine.db.migrate import migrate
from engine.declaration.demo import seed_demo_declarations
from engine.document import FileStore, collect_garbage
from engine.flow.dbos_queue import DbosQueue, migrate_queue
from engine.flow.definitions import deploy_files
from engine.flow.registry import Limits, Registry
from engine.organisation import Passwords
from engine.organisation.demo import seed_demo_province
from engine.reference import CodeLists, Option, seed_reference
from engine.settings import Settings

#: the release's own definitions
ROOT = Path(__file__).resolve().parent.parent
RELEASE = (ROOT / "processes", ROOT / "forms")


@dataclass(frozen=True, slots=True)
class Engine:
    """Everything a web process, a worker or a command of the command line needs."""

    settings: Settings
    database: Database
    registry: Registry
    files: FileStore
    lists: CodeLists
    passwords: Passwords
    queue: DbosQueue | None

    def prepare(self) -> None:
        """Migrate, seed the code lists, deploy the release's definitions, and in demo mode fill an empty database."""
        self.settings.data.mkdir(parents=True, exist_ok=True)
        migrate(self.database)
        if self.queue is not None:
            migrate_queue(self.database)
        with self.database.transaction() as tx:
            seed_reference(tx, self.year)
        self.deploy_release()
        if self.settings.demo:
            self.seed_demo()

    def deploy_release(self) -> None:
        """Deploy the files of the release whose content is new; what staff published since is never put over."""
        with self.database.transaction() as tx:
            deploy_files(tx, SYSTEM, RELEASE)

    def seed_demo(self) -> bool:
        """The demo province with its stories, unless there are units already; says whether it was made."""
        with self.database.transaction() as tx:
            made = seed_demo_province(tx, self.passwords, self.year)
        if made:
            seed_demo_declarations(self.database, self.files, self.year)
        return made

    @property
    def year(self) -> int:
        """The review year of today."""
        return local(self.database.clock.now()).year

    def keep_house(self) -> None:
        """What a worker does now and then beside its jobs."""
        collect_garbage(self.database, self.files)

    def close(self) -> None:
        if self.queue is not None:
            self.queue.close()
        self.database.dispose()


def build(settings: Settings, clock: Clock | None = None, *, queue: bool = True) -> Engine:
    """Wire everything for these settings; opens no connection yet. `queue=False` leaves jobs to whoever sweeps."""
    clock = clock or SystemClock()
    settings.data.mkdir(parents=True, exist_ok=True)
    database = Database(
        settings.database_url,
        clock=clock,
        pool_size=settings.threads,
        synchronous=settings.sqlite_synchronous,
    )
    lists = CodeLists()
    files = FileStore(settings.files_url)
    passwords = Passwords()
    carried = DbosQueue(database) if queue else None
    registry = Registry(
        options=PresentOptions(database, lists),
        calendar=PresentCalendar(database, lists),
        limits=Limits(settings.step_limit, settings.step_seconds, settings.deadline_grace),
        enqueue=carried.enqueue if carried else None,
    )
    declaration.register(registry)
    notification.register(registry, settings)
    registry.freeze()
    database.services.update(
        {Settings: settings, Registry: registry, CodeLists: lists, FileStore: files, Passwords: passwords}
    )
    return Engine(settings, database, registry, files, lists, passwords, carried)


@dataclass(frozen=True, slots=True)
class PresentOptions:
    """The choices of this year's code lists, for forms."""

    database: Database
    lists: CodeLists

    def options(self, ref_list: str, filters: Mapping[str, object]) -> list[Option]:
        with self.database.read() as tx:
            return self.lists.book(tx, local(tx.now).year).options(ref_list, filters)


@dataclass(frozen=True, slots=True)
class PresentCalendar:
    """The working-day calendar as it stands now, for FEEL."""

    database: Database
    lists: CodeLists

    def add_working_days(self, day: date, days: int) -> date:
        with self.database.read() as tx:
            return self.lists.calendar(tx).add_working_days(day, days)

    def working_days_between(self, start: date, end: date) -> int:
        with self.database.read() as tx:
            return self.lists.calendar(tx).working_days_between(start, end)
