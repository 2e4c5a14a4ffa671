"""One applicant's declaration, walked through the slice's commands, each in a transaction of its own."""

from collections.abc import Mapping
from copy import deepcopy
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.db import Database, Transaction
from engine.declaration.demo_dossier import dossier_values, setup_values
from engine.declaration.demo_files import DemoFiles
from engine.declaration.demo_people import actor_of_login
from engine.declaration.detail import DeclarationDetail, declaration_detail
from engine.declaration.filling import discard_declaration, save_section, submit_declaration, withdraw_declaration
from engine.declaration.reviewing import hold_declaration, review_declaration
from engine.declaration.starting import start_declaration
from engine.document import FileStore
from engine.flow.tables import task
from engine.organisation import holders_of
from engine.reference import load_book
from tests.declaration.people import enrol_applicant

#: a physician who has the title below: what the third hospital's applicants declare unless a test says otherwise
PHYSICIAN = {
    "specialty": "physician-01",
    "title_name": "physician-senior",
    "declaration_route": "regular",
    "major": "100201K",
    "education": "master",
    "current_title_name": "physician-associate_senior",
    "current_specialty": "physician-01",
    "obtained_by": "review",
}


@lru_cache(maxsize=4)
def _files_in(store: FileStore) -> DemoFiles:
    """The files of a store: of the 35 of a dossier none is drawn and put there a second time."""
    return DemoFiles(store)


class Story:
    """`officer` makes the applicant's account, so it is that unit's applicant."""

    def __init__(
        self,
        database: Database,
        officer: str = "hosp3_officer",
        *,
        born: str = "19850310",
        year: int = 2026,
        **choices: str,
    ) -> None:
        self.database = database
        self.choices: Mapping[str, str] = {**PHYSICIAN, **choices}
        self.year = year
        with database.transaction() as tx:
            login = enrol_applicant(tx, actor_of_login(tx, officer, "case_officer"), year=self.year, born=born)
        with database.read() as tx:
            self.applicant = actor_of_login(tx, login, "applicant")
            self.book = load_book(tx, self.year)
        self.born = int(born[:4])
        self.case_key = 0

    # --- the applicant ------------------------------------------------------------------------------------------------

    @property
    def setup(self) -> dict[str, Any]:
        return setup_values(self.book, self.choices)

    def start(self, **setup: Any) -> int:
        with self.database.transaction() as tx:
            self.case_key = start_declaration(tx, self.applicant, values={"setup": {**self.setup, **setup}})
        return self.case_key

    def dossier(self, tx: Transaction) -> dict[str, Any]:
        """A complete dossier, with works that are nobody else's."""
        values = deepcopy(dossier_values(self.book, self.choices, self.born, lambda name: self.upload(tx, name)))
        values["paper"][0]["title"] += self.applicant.login
        values["project"][0]["project_no"] += self.applicant.login
        return values

    def upload(self, tx: Transaction, name: str = "其他材料.pdf") -> Mapping[str, Any]:
        """The descriptor of a new file of the applicant's."""
        return self.files(tx).upload(tx, self.applicant, name)

    def files(self, tx: Transaction) -> DemoFiles:
        return _files_in(tx.service(FileStore))

    def fill(self, **changes: Any) -> None:
        """Save every section; a change is a function of the section that gives another."""
        with self.database.transaction() as tx:
            values = self.dossier(tx)
            for section, value in values.items():
                change = changes.get(section)
                save_section(tx, self.applicant, self.task_key(tx), section, change(value) if change else value)
            if "setup" in changes:
                save_section(tx, self.applicant, self.task_key(tx), "setup", changes["setup"](self.setup))

    def submit(self) -> None:
        with self.database.transaction() as tx:
            submit_declaration(tx, self.applicant, self.task_key(tx))

    def submitted(self, **changes: Any) -> "Story":
        self.start()
        self.fill(**changes)
        self.submit()
        return self

    def withdraw(self) -> None:
        with self.database.transaction() as tx:
            withdraw_declaration(tx, self.applicant, self.case_key)

    def discard(self) -> None:
        with self.database.transaction() as tx:
            discard_declaration(tx, self.applicant, self.case_key)

    # --- who reviews --------------------------------------------------------------------------------------------------

    def review(self, outcome: str = "approve", opinion: str = "", **values: Any) -> Actor:
        """Decide as whoever the task waits for; who that was."""
        with self.database.transaction() as tx:
            reviewer = self.reviewer(tx)
            review_declaration(tx, reviewer, self.task_key(tx), outcome=outcome, opinion=opinion, **values)
        return reviewer

    def climbed(self) -> "Story":
        """Approved at every level of the chain: it waits to be placed with a committee."""
        while self.status != "待预分配":
            self.review()
        return self

    def approve(self, times: int) -> "Story":
        for _ in range(times):
            self.review()
        return self

    def hold(self, reason: str) -> None:
        with self.database.transaction() as tx:
            hold_declaration(tx, self.reviewer(tx), self.task_key(tx), reason=reason)

    def reviewer(self, tx: Transaction) -> Actor:
        group = tx.value(sa.select(task.c.candidate_groups).where(task.c.case_key == self.case_key))[0]
        role, _, unit = group.partition("@")
        return actor_of_login(tx, holders_of(tx, role, int(unit))[-1][0], role)

    # --- looking ------------------------------------------------------------------------------------------------------

    def task_key(self, tx: Transaction) -> int:
        return int(tx.value(sa.select(task.c.key).where(task.c.case_key == self.case_key)))

    def detail(self, reader: Actor | None = None) -> DeclarationDetail:
        with self.database.read() as tx:
            return declaration_detail(tx, reader or self.applicant, self.case_key)

    @property
    def status(self) -> str:
        return str(self.detail().row["status"])
