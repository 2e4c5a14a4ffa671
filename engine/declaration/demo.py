"""The stories of the demo province, played with the commands people use: drafts, reviews at every level, returns,
holds, withdrawals, a discarded and a repeated declaration, some approved to the top. The same each time.
"""

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.clock import ZONE, FixedClock, local
from engine.db import Database, Transaction
from engine.declaration.demo_dossier import dossier_values, setup_values
from engine.declaration.demo_files import DemoFiles
from engine.declaration.demo_people import actor_of_login
from engine.declaration.demo_rounds import ROUND, play_rounds, recommend_in_rounds, round_instant, without_unit
from engine.declaration.filling import (
    discard_declaration,
    save_section,
    submit_declaration,
    withdraw_declaration,
)
from engine.declaration.reviewing import hold_declaration, review_declaration
from engine.declaration.starting import start_declaration
from engine.declaration.tables import declaration
from engine.document import FileStore
from engine.flow.completion import complete_task
from engine.flow.tables import task
from engine.flow.variables import read_variables
from engine.organisation import Role, holders_of
from engine.organisation.tables import account
from engine.reference import CodeBook, load_book

DATA = Path(__file__).parent / "data"
#: how far back the first story begins
WEEKS = 4
AGREED = "材料齐全，情况属实，同意。"
NOTICE = "经量化评分、推荐小组评议，已在本单位公示五个工作日，无异议。（示例）"
PANEL = "推荐小组一致同意推荐。（示例）"


def demo_rows(name: str) -> list[dict[str, str]]:
    """The rows of a file of the demo's data."""
    with (DATA / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def play_demo(database: Database, store: FileStore) -> int:
    """Play every story whose applicant is there, each in its own transactions; how many declarations came of it.

    Does nothing where there are declarations already.
    """
    with database.read() as tx:
        now = tx.now
        if tx.value(sa.select(sa.func.count()).select_from(declaration)):
            return 0
        book = load_book(tx, local(now).year)
    files = DemoFiles(store)
    opinions = {row["id"]: row["text"] for row in demo_rows("demo_opinions.csv")}
    recommend_in_rounds(database)
    rounds_at = round_instant(now)
    players = []
    for number, row in enumerate(demo_rows("demo_stories.csv")):
        login = login_of_story(database, row["story"])
        if login is not None:
            end = rounds_at if ROUND in row["play"] else now
            moments = moments_until(now, end, number, len(row["play"].split()) + MOST_REVIEWS // 2)
            players.append(Player(database, book, files, opinions, row, login, moments))
            players[-1].play_until_round()
    ended = play_rounds(
        database, files, rounds_at, {one.login: one.opinions[one.not_ranked] for one in players if one.not_ranked}
    )
    if ended is not None:
        for number, player in enumerate(players):
            player.moments = moments_until(now, now, number, MOST_REVIEWS // 2, since=ended)
            player.play_after_round()
    return len(players)


def login_of_story(database: Database, story: str) -> str | None:
    """The applicant of a story of this province, found by the telephone number it has there."""
    mobile = f"130{int(story[1:]):08d}"
    with database.read() as tx:
        wanted = sa.select(account.c.login).where(account.c.mobile == mobile, account.c.person.is_not(None))
        login: str | None = tx.value(wanted)
        return login


def moments_until(
    now: datetime, end: datetime, number: int, steps: int, since: datetime | None = None
) -> Iterator[datetime]:
    """Instants in office hours until `end`, from `since`, or from some weeks ago (within the year)."""
    first_day = datetime(local(now).year, 1, 1, tzinfo=ZONE)
    begin = since or max(now - timedelta(weeks=WEEKS) + timedelta(hours=11 * number), first_day)
    begin = max(min(begin, end - timedelta(days=2)), first_day) if since is None else begin
    pause = (end - begin) / steps
    return (max(begin, min(_in_office_hours(begin + pause * step), end)) for step in range(steps + 1))


def _in_office_hours(at: datetime) -> datetime:
    """The same day, its 24 hours drawn into those from nine to five."""
    midnight = local(at).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(hours=9) + (at - midnight) / 3


@dataclass
class Player:
    """One story: its steps are the words of the column `play`, an argument behind a colon."""

    database: Database
    book: CodeBook
    files: DemoFiles
    opinions: Mapping[str, str]
    story: Mapping[str, str]
    login: str
    moments: Iterator[datetime]
    case_key: int = 0

    @property
    def not_ranked(self) -> str:
        """Which opinion a round that does not recommend this one gives; empty for all others."""
        found = re.search(rf"{re.escape(ROUND)}:(\w+)", self.story["play"])
        return found[1] if found else ""

    def play_until_round(self) -> None:
        """The steps before the unit's round, or all where there is none."""
        self._play(self.story["play"].partition(ROUND)[0])

    def play_after_round(self) -> None:
        self._play(re.sub(r"^:\w+", "", self.story["play"].partition(ROUND)[2]))

    def _play(self, steps: str) -> None:
        for step in steps.split():
            name, _, argument = step.partition(":")
            STEPS[name](self, argument)

    @contextmanager
    def next_moment(self) -> Iterator[Transaction]:
        """A transaction some hours after the one before."""
        with self.database.transaction(FixedClock(next(self.moments))) as tx:
            yield tx

    def open_task(self, tx: Transaction) -> sa.Row[Any]:
        row = tx.row(sa.select(task).where(task.c.case_key == self.case_key))
        assert row is not None
        return row

    # --- the applicant ------------------------------------------------------------------------------------------------

    def start(self, choice: str) -> None:
        """Start the declaration; with `specialty/title` a wrong one."""
        specialty, _, title = choice.partition("/")
        meant = {**self.story, "specialty": specialty, "title_name": title} if choice else self.story
        with self.next_moment() as tx:
            values = {"setup": setup_values(self.book, meant)}
            self.case_key = start_declaration(tx, self.applicant(tx), values=values)

    def fill(self, only: str) -> None:
        """Save every section, or the one named, as a draft."""
        with self.next_moment() as tx:
            applicant = self.applicant(tx)
            born = int(self.login[6:10])
            dossier = dossier_values(self.book, self.story, born, lambda name: self.files.upload(tx, applicant, name))
            for section, value in (without_unit(dossier) if ROUND in self.story["play"] else dossier).items():
                if only in ("", section):
                    save_section(tx, applicant, self.open_task(tx).key, section, value)

    def submit(self, _: str) -> None:
        with self.next_moment() as tx:
            submit_declaration(tx, self.applicant(tx), self.open_task(tx).key)

    def withdraw(self, _: str) -> None:
        with self.next_moment() as tx:
            withdraw_declaration(tx, self.applicant(tx), self.case_key)

    def discard(self, _: str) -> None:
        with self.next_moment() as tx:
            discard_declaration(tx, self.applicant(tx), self.case_key)

    def applicant(self, tx: Transaction) -> Actor:
        return actor_of_login(tx, self.login, Role.APPLICANT)

    # --- who reviews --------------------------------------------------------------------------------------------------

    def approve(self, _: str) -> None:
        self.decide("approve", AGREED)

    def approve_all(self, _: str) -> None:
        """Approve until nobody above is left: it waits for a committee then."""
        for _round in range(MOST_REVIEWS):
            with self.database.read() as tx:
                if self.open_task(tx).element_id == "preassign_committee":
                    return
            self.decide("approve", AGREED)

    def send_back(self, opinion: str) -> None:
        self.decide("return_for_revision", self.opinions[opinion])

    def not_recommended(self, opinion: str) -> None:
        self.decide("not_recommended", self.opinions[opinion])

    def hold(self, reason: str) -> None:
        with self.next_moment() as tx:
            waiting = self.open_task(tx)
            hold_declaration(tx, self.reviewer(tx, waiting), waiting.key, reason=self.opinions[reason])

    def assign(self, _: str) -> None:
        """Place it with the committee that is proposed."""
        self.decide("assign", "")

    def entrust(self, reason: str) -> None:
        """No committee fits: another unit's is asked, and takes it on."""
        self.ask_other_unit(reason)
        self.decide("accept", "同意受理。")

    def ask_other_unit(self, reason: str) -> None:
        """No committee fits: another unit's is asked."""
        self.decide("entrust", self.opinions[reason])
        with self.next_moment() as tx:
            waiting = self.open_task(tx)
            officer = self.reviewer(tx, waiting)
            proposal = read_variables(tx, self.case_key)["committee_proposal"]
            letter = {
                "letter_no": "示职改委〔示例〕1 号",
                "letter_date": local(tx.now).date().isoformat(),
                "letter_file": [self.files.upload(tx, officer, "委托评审函.pdf")],
                "reason": self.opinions[reason],
            }
            chosen = str(proposal["entrustable"][0]["committee"])
            complete_task(tx, officer, waiting.key, {"entrustment": letter, "committee": chosen})

    def correct_list(self, points: str) -> None:
        """Ask for everything that has to be corrected, at once."""
        listed = [{"section": "other", "point": point} for point in self.opinions[points].split("；")]
        self.decide("request_correction", "", {"correction_list": listed})

    def decide(self, outcome: str, opinion: str, more: Mapping[str, Any] | None = None) -> None:
        with self.next_moment() as tx:
            waiting = self.open_task(tx)
            at_own_unit = waiting.element_id in ("unit_officer_review", "unit_leader_review") and outcome == "approve"
            review_declaration(
                tx,
                self.reviewer(tx, waiting),
                waiting.key,
                outcome=outcome,
                opinion=opinion,
                recommendation_notice=NOTICE if at_own_unit else None,
                panel_opinion=PANEL if at_own_unit else None,
                more=more,
            )

    @staticmethod
    def reviewer(tx: Transaction, waiting: sa.Row[Any]) -> Actor:
        role, _, unit_id = waiting.candidate_groups[0].partition("@")
        login = holders_of(tx, role, int(unit_id))[-1][0]
        return actor_of_login(tx, login, role)


#: more than any chain of units has
MOST_REVIEWS = 20

STEPS: Mapping[str, Callable[[Player, str], None]] = {
    "start": Player.start,
    "fill": Player.fill,
    "submit": Player.submit,
    "withdraw": Player.withdraw,
    "discard": Player.discard,
    "approve": Player.approve,
    "approve_all": Player.approve_all,
    "return": Player.send_back,
    "not_recommended": Player.not_recommended,
    "hold": Player.hold,
    "assign": Player.assign,
    "entrust": Player.entrust,
    "ask_other_unit": Player.ask_other_unit,
    "correct_list": Player.correct_list,
}
"""The words of the column `play`."""
