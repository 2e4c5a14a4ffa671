"""The wiring: settings → database → files, code lists, queue → handlers, hooks and projectors of the slices.

The only file that knows every slice. `build` makes an `App`; `App.prepare` brings the database to this release, and imports
what only that takes.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from engine.access import SYSTEM
from engine.bulletin.code_use import templates_using
from engine.bulletin.succession import inherit_announcements
from engine.clock import Clock, SystemClock, local
from engine.committee.checking import check_experts
from engine.committee.code_use import committees_using
from engine.committee.filing import watch_filings
from engine.committee.load import Sittings
from engine.committee.wiring import register_committee
from engine.db import Database
from engine.declaration.checking import check_declarations
from engine.declaration.code_use import declarations_using
from engine.declaration.held_titles import HeldTitles
from engine.declaration.registers import ImportedRegisters, Registers
from engine.declaration.wiring import register_declaration
from engine.document import FileStore, Vetter, collect_garbage, describe_own, vet_files
from engine.document.pdf import TYPESETTER
from engine.document.scanning import make_scanner
from engine.document.seals import Seals, make_seals
from engine.flow.check import Violation
from engine.flow.code_use import decisions_naming, forms_using
from engine.flow.dbos_queue import DbosQueue, migrate_queue
from engine.flow.definitions import Deployment, deploy_resources
from engine.flow.reading import SUFFIXES
from engine.flow.registry import Limits, Registry
from engine.flow.release import deploy_files
from engine.flow.tables import Source
from engine.notification import Ports, make_ports, send_waiting
from engine.organisation import Passwords
from engine.organisation.actors import actor_in_role
from engine.organisation.calendar_reminder import remind_of_calendar
from engine.organisation.code_use import people_using, units_using
from engine.organisation.unit_wiring import register_units
from engine.organisation.wiring import register_organisation
from engine.reference import Calendar, CodeBook, CodeLists, Dependents, Option, seed_reference
from engine.result.aftercare.wiring import register_aftercare
from engine.result.holding import CertifiedTitles
from engine.result.wiring import register_result
from engine.review_meeting.balloting.checking import check_ballots, sweep_keys
from engine.review_meeting.checking import check_meetings
from engine.review_meeting.scoring.checking import check_reviews
from engine.review_meeting.sittings import sittings_of
from engine.review_meeting.wiring import register_review_meeting
from engine.settings import Settings

#: the release's own definitions
ROOT = Path(__file__).resolve().parent.parent
RELEASE = (ROOT / "processes", ROOT / "forms")


@dataclass(frozen=True, slots=True)
class App:
    """Everything a web process, a worker or a command of the command line needs."""

    settings: Settings
    database: Database
    registry: Registry
    files: FileStore
    lists: CodeLists
    passwords: Passwords
    ports: Ports
    queue: DbosQueue | None

    def migrate(self) -> None:
        """Bring the tables, ours and the queue's, to this release; of processes that start together one does it."""
        from engine.db.migrate import migrate

        migrate(self.database)
        if self.queue is not None:
            migrate_queue(self.database)

    def prepare(self) -> bool:
        """Migrate, seed the code lists, deploy the release's definitions, and in demo mode fill an empty database.

        Says whether the demo province was made.
        """
        self.migrate()
        with self.database.transaction() as tx:
            seed_reference(tx, self.year)
        self.deploy_release()
        with self.database.transaction() as tx:
            watch_filings(tx)
        return self.settings.demo and self.seed_demo()

    def deploy_release(self) -> Deployment | None:
        """Deploy the files of the release whose content is new; what staff published since is never put over."""
        with self.database.transaction() as tx:
            return deploy_files(tx, SYSTEM, RELEASE)

    def deploy(self, paths: Iterable[Path]) -> Deployment:
        """Deploy these files, and those below these folders, whatever was published before."""
        files = {
            file.name if file == path else file.relative_to(path).as_posix(): file.read_bytes()
            for path in paths
            for file in ([path] if path.is_file() else sorted(path.rglob("*.*")))
            if file.suffix in SUFFIXES
        }
        with self.database.transaction() as tx:
            return deploy_resources(tx, SYSTEM, files, Source.API)

    def seed_demo(self) -> bool:
        """The demo province with its stories, unless there are units already; says whether it was made."""
        from engine.bulletin.demo import seed_demo_announcements
        from engine.committee.demo import seed_demo_committees
        from engine.committee.demo_experts import seed_demo_experts
        from engine.declaration.demo_files import DemoFiles
        from engine.organisation.demo import seed_demo_province
        from engine.organisation.passwords import INITIAL_PASSWORD
        from engine.result.demo import play_province

        with self.database.transaction() as tx:
            made = seed_demo_province(tx, self.passwords, self.year)
            seed_demo_committees(tx)
            seed_demo_announcements(tx)
        if made:
            password_hash = self.passwords.hash(INITIAL_PASSWORD)
            with self.database.transaction() as tx:
                book = self.lists.book(tx, self.year)
                seed_demo_experts(tx, book, password_hash, DemoFiles(self.files).upload)
            play_province(self.database, self.files, password_hash)
        return made

    @property
    def year(self) -> int:
        """The review year of today."""
        return local(self.database.clock.now()).year

    def send_messages(self) -> int:
        """Send the mail and short messages that wait; what a worker does each second beside the flow's own."""
        return send_waiting(self.database, self.ports)

    def vet_files(self) -> int:
        """Look at the uploads that wait for it, which may take long; how many there were. A worker does it each second, beside."""
        with self.database.read() as tx:
            vetter = tx.service(Vetter)
        return vet_files(self.database, self.files, vetter)

    def keep_house(self) -> None:
        """What a worker does once an hour."""
        collect_garbage(self.database, self.files)
        sweep_keys(self.database, self.settings)
        with self.database.transaction() as tx:
            remind_of_calendar(tx)

    def check_read_models(self) -> list[Violation]:
        """Recompute what the lists read, and name what is not in step."""
        with self.database.read() as tx:
            return [
                *check_experts(tx),
                *check_declarations(tx),
                *check_meetings(tx),
                *check_reviews(tx),
                *check_ballots(tx),
            ]

    def close(self) -> None:
        if self.queue is not None:
            self.queue.close()
        TYPESETTER.close()
        self.database.dispose()


def build(
    settings: Settings,
    clock: Clock | None = None,
    extra: Callable[[Registry], object] | None = None,
    *,
    queue: bool = True,
) -> App:
    """Wire everything for these settings; opens no connection yet.

    `extra` adds to the registry before it is frozen; `queue=False` leaves jobs to whoever sweeps.
    """
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
    TYPESETTER.fonts = settings.fonts
    carried = DbosQueue(database) if queue else None
    registry = Registry(
        options=PresentOptions(database, lists),
        options_by_year=lists.book,
        calendar=PresentCalendar(database, lists),
        files=describe_own,
        limits=Limits(settings.step_limit, settings.step_seconds, settings.deadline_grace),
        enqueue=carried.enqueue if carried else None,
        enqueue_batch=carried.enqueue_batch if carried else None,
        actors=actor_in_role,
    )
    register_units(registry)
    register_committee(registry)
    registry.add_heir("bulletin", inherit_announcements)
    register_organisation(registry)
    register_declaration(registry)
    register_review_meeting(registry)
    register_result(registry)
    register_aftercare(registry)
    if extra is not None:
        extra(registry)
    registry.freeze()
    dependents = Dependents(
        [
            units_using,
            people_using,
            committees_using,
            templates_using,
            declarations_using,
            forms_using,
            decisions_naming,
        ]
    )
    database.services.update(
        {
            Dependents: dependents,
            Settings: settings,
            Registry: registry,
            Vetter: Vetter(make_scanner(settings.scanner)),
            Seals: make_seals(settings.seal),
            CodeLists: lists,
            FileStore: files,
            Passwords: passwords,
            Registers: ImportedRegisters(),
            HeldTitles: CertifiedTitles(),
            Sittings: Sittings(sittings_of),
        }
    )
    ports = make_ports(settings.data, settings.smtp_url)
    return App(settings, database, registry, files, lists, passwords, ports, carried)


@dataclass(frozen=True, slots=True)
class PresentOptions:
    """The choices of this year's code lists, for forms. The database is asked once a minute, not once a form."""

    database: Database
    lists: CodeLists

    def _book(self) -> CodeBook:
        now = self.database.clock.now()
        year = local(now).year
        book = self.lists.kept_book(now, year)
        if book is None:
            with self.database.read() as tx:
                book = self.lists.book(tx, year)
        return book

    def options(self, ref_list: str, filters: Mapping[str, object]) -> list[Option]:
        return self._book().options(ref_list, filters)

    def label(self, ref_list: str, value: str) -> str:
        return self._book().label(ref_list, value)


@dataclass(frozen=True, slots=True)
class PresentCalendar:
    """The working-day calendar as it stands now, for FEEL."""

    database: Database
    lists: CodeLists

    def _calendar(self) -> Calendar:
        kept = self.lists.kept_calendar(self.database.clock.now())
        if kept is None:
            with self.database.read() as tx:
                kept = self.lists.calendar(tx)
        return kept

    def add_working_days(self, day: date, days: int) -> date:
        return self._calendar().add_working_days(day, days)

    def working_days_between(self, start: date, end: date) -> int:
        return self._calendar().working_days_between(start, end)
