"""A hall to vote in: the app on a database, a sitting, and the steps of a ballot as its people take them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from engine.access import SYSTEM, Actor
from engine.bootstrap import App
from engine.declaration.demo_people import actor_of_login
from engine.flow.actions import perform_action
from engine.flow.cases import start_case
from engine.flow.completion import complete_task
from engine.flow.sweep import deliver_messages, due_internal_jobs, run_due_timers, run_internal_job
from engine.flow.tables import case, task
from engine.review_meeting.balloting.casting import cast_ballot
from engine.review_meeting.balloting.papers import new_receipt
from engine.review_meeting.balloting.reading import Standing, Tally, standing_of, tally_of
from engine.review_meeting.balloting.rehearsal import Plan, rehearse
from engine.review_meeting.balloting.roll import make_roll
from engine.review_meeting.balloting.tables import Choice

ROOT = Path(__file__).parents[3]
SITTING = ROOT / "web" / "bench" / "sitting.bpmn"
OPEN: Mapping[str, Any] = {"closes_at": None, "allow_abstain": False}
#: of the unit that calls the meeting
OFFICER = "health_officer"
YES, NO = Choice.YES, Choice.NO


class Hall:
    """One sitting, its roll made unless a test says otherwise. `marks` of an expert are given as a text: `+` agrees, `-` does
    not, anything else is left blank, one a dossier."""

    numbers = 0

    def __init__(self, app: App, unit: int, *, rolled: bool = True, **plan: Any) -> None:
        Hall.numbers += 1
        self.app, self.unit, self.year = app, unit, app.year
        made = Plan(**{"prefix": f"h{Hall.numbers}v", **plan})
        with app.database.transaction() as tx:
            meeting = start_case(tx, SYSTEM, "bench_sitting", {}, unit_id=unit, year=self.year)
            self.sitting = rehearse(tx, meeting, unit, self.year, made)
            seat = tx.value(sa.select(task.c.key).where(task.c.case_key == meeting))
            complete_task(tx, SYSTEM, seat, {**self.sitting.variables, "ballot_mode": made.mode.value})
        self.chair = self.expert(0)
        if rolled:
            with app.database.transaction() as tx:
                make_roll(tx, self.chair, self.sitting.meeting)

    @property
    def ballot(self) -> int:
        with self.app.database.read() as tx:
            query = sa.select(case.c.key).where(case.c.parent_case_key == self.sitting.meeting)
            return int(tx.value(query))

    @property
    def status(self) -> str:
        with self.app.database.read() as tx:
            return str(tx.value(sa.select(case.c.status).where(case.c.key == self.ballot)))

    def expert(self, number: int) -> Actor:
        with self.app.database.read() as tx:
            return actor_of_login(tx, self.sitting.logins[number], "expert")

    def tasks(self, element: str) -> list[sa.Row[Any]]:
        with self.app.database.read() as tx:
            wanted = sa.select(task).where(task.c.case_key == self.ballot, task.c.element_id == element)
            return list(tx.rows(wanted.order_by(task.c.key)))

    def paper_of(self, number: int) -> int:
        """The task of an expert's ballot."""
        login = self.sitting.logins[number]
        return next(row.key for row in self.tasks("cast_ballot") if row.assignee == login)

    def do(self, element: str, values: Mapping[str, Any], actor: Actor | None = None) -> None:
        key = self.tasks(element)[0].key
        with self.app.database.transaction() as tx:
            complete_task(tx, actor or self.chair, key, values)

    def open(self, outcome: str = "open", **values: Any) -> None:
        self.do("open_ballot", {**OPEN, "outcome": outcome, **values})

    def cast(self, number: int, marks: str, receipt: str | None = None) -> str:
        key, code = self.paper_of(number), receipt or new_receipt()
        with self.app.database.transaction() as tx:
            cast_ballot(tx, self.expert(number), key, self.marks(marks), receipt=code)
        return code

    def marks(self, text: str) -> dict[int, Choice]:
        pairs = zip(self.sitting.dossiers, text, strict=True)
        return {dossier: YES if mark == "+" else NO for dossier, mark in pairs if mark in "+-"}

    def press(self, action: str, **values: Any) -> None:
        with self.app.database.transaction() as tx:
            perform_action(tx, self.chair, self.ballot, action, values)

    def close(self) -> None:
        self.press("close_ballot", close_confirmed=True)

    def count(self) -> None:
        self.sweep()

    def sweep(self) -> None:
        database = self.app.database
        while run_due_timers(database) + deliver_messages(database):
            pass
        for key in due_internal_jobs(database):
            run_internal_job(database, key)

    def confirm(self) -> None:
        self.do("confirm_tally", {"outcome": "confirm", "announced": True})

    def standing(self, actor: Actor | None = None) -> Standing:
        with self.app.database.read() as tx:
            return standing_of(tx, actor or self.chair, self.ballot)

    def tally(self, actor: Actor | None = None) -> Tally:
        with self.app.database.read() as tx:
            return tally_of(tx, actor or self.chair, self.sitting.meeting, self.sitting.committee)

    def sentences(self) -> list[str]:
        rows = {row.declaration: row.sentence for row in self.tally().rows}
        return [rows[dossier] for dossier in self.sitting.dossiers]

    def rows(self, query: sa.Select[Any]) -> Sequence[sa.Row[Any]]:
        with self.app.database.read() as tx:
            return tx.rows(query)

    def tx(self) -> Any:
        return self.app.database.transaction()
