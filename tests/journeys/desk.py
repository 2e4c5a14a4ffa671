"""The desk behind the pages: what stands ready before a story begins is put there through the engine."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa

from engine.bootstrap import build
from engine.clock import SystemClock, local
from engine.db import Transaction
from engine.declaration.demo_people import actor_of_login
from engine.declaration.tables import declaration
from engine.flow.tables import journal, task
from engine.organisation import Passwords
from engine.organisation.tables import account, membership, session
from engine.settings import read_settings
from tests.declaration.people import enrol_applicant
from tests.declaration.story import Story
from tests.journeys.acting import PASSWORD

Result = TypeVar("Result")


def settings_of(url: str, folder: Path) -> dict[str, str]:
    """The settings that name a database and a data folder."""
    return {"ZHIPING_DATABASE_URL": url, "ZHIPING_DATA": str(folder), "ZHIPING_SQLITE_SYNCHRONOUS": "OFF"}


class Desk:
    """Works on the server's own database, in a thread of its own: the browser's loop holds this one."""

    def __init__(self, url: str, folder: Path, passwords: Passwords) -> None:
        self._thread = ThreadPoolExecutor(1)
        self._app = build(read_settings(settings_of(url, folder)), queue=False)
        self._hashed = passwords.hash(PASSWORD)

    @property
    def year(self) -> int:
        return local(SystemClock().now()).year

    def enrol(self, officer: str = "hosp3_officer") -> str:
        """A new applicant of the officer's unit who has never signed in; the login."""

        def enrol() -> str:
            with self._app.database.transaction() as tx:
                actor = actor_of_login(tx, officer, "case_officer")
                login = enrol_applicant(tx, actor, year=self.year, born="19760310")
                self._let_in(tx, login, must_change=True)
                return login

        return self.run(enrol)

    def drafted(self, officer: str = "hosp3_officer", **choices: Any) -> Story:
        """The story of a new applicant whose dossier is complete and not handed in."""
        return self.run(lambda: self._drafted(officer, choices))

    def submitted(self, officer: str = "hosp3_officer", *, approvals: int = 0, **choices: Any) -> Story:
        """The story of a new applicant whose dossier is handed in, and approved so many times."""

        def submitted() -> Story:
            story = self._drafted(officer, choices)
            story.submit()
            return story.approve(approvals)

        return self.run(submitted)

    def _drafted(self, officer: str, choices: dict[str, Any]) -> Story:
        story = Story(self._app.database, officer, born="19760310", year=self.year, **choices)
        with self._app.database.transaction() as tx:
            self._let_in(tx, story.applicant.login, must_change=False)
        story.start()
        story.fill()
        return story

    def _let_in(self, tx: Transaction, login: str, *, must_change: bool) -> None:
        known = {"password_hash": self._hashed, "must_change": must_change}
        tx.execute(sa.update(account).where(account.c.login == login).values(**known))

    def end_sessions(self, login: str) -> None:
        """What the hours do: the person's sessions are over."""
        whose = sa.select(account.c.id).where(account.c.login == login).scalar_subquery()
        over = sa.update(session).where(session.c.account == whose).values(expires_at=SystemClock().now())
        self.write(lambda tx: tx.execute(over))

    # --- looking ------------------------------------------------------------------------------------------------------

    def run(self, do: Callable[[], Result]) -> Result:
        return self._thread.submit(do).result()

    def read(self, ask: Callable[[Transaction], Result]) -> Result:
        """What is in the database now."""

        def read() -> Result:
            with self._app.database.read() as tx:
                return ask(tx)

        return self.run(read)

    def write(self, change: Callable[[Transaction], Result]) -> Result:
        """Change something no page changes yet."""

        def write() -> Result:
            with self._app.database.transaction() as tx:
                return change(tx)

        return self.run(write)

    def open_task(self, case_key: int) -> int:
        """The key of the one open task of a case."""
        return int(self.read(lambda tx: tx.value(sa.select(task.c.key).where(task.c.case_key == case_key))))

    def element(self, case_key: int) -> str:
        """The element of the one open task of a case."""
        return str(self.read(lambda tx: tx.value(sa.select(task.c.element_id).where(task.c.case_key == case_key))))

    def unit(self, slug: str) -> int:
        """The id of a unit by the name its accounts begin with."""
        asked = (
            sa.select(membership.c.unit)
            .join(account, account.c.id == membership.c.account)
            .where(account.c.login == f"{slug}_officer")
        )
        return int(self.read(lambda tx: tx.value(asked)))

    def status(self, case_key: int) -> str:
        asked = sa.select(declaration.c.status).where(declaration.c.case_key == case_key)
        return str(self.read(lambda tx: tx.value(asked)))

    def number(self, case_key: int) -> str:
        asked = sa.select(declaration.c.declaration_no).where(declaration.c.case_key == case_key)
        return str(self.read(lambda tx: tx.value(asked)))

    def events(self, case_key: int, event: str) -> int:
        """How often the journal of a case has that event."""
        asked = sa.select(sa.func.count()).where(journal.c.case_key == case_key, journal.c.event == event)
        return int(self.read(lambda tx: tx.value(asked)))

    def cases_of(self, login: str) -> list[int]:
        """The declarations of an applicant, the first one first."""
        mine = sa.select(declaration.c.case_key).where(declaration.c.applicant == login)
        asked = mine.order_by(declaration.c.declaration_no)
        return self.read(lambda tx: [int(row.case_key) for row in tx.rows(asked)])

    def close(self) -> None:
        self._app.close()
        self._thread.shutdown()
