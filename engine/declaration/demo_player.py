"""Who plays a story of the demo: every step a command people use, in a transaction of its own, at its own instant."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.clock import FixedClock, local
from engine.committee.tables import committee
from engine.db import Database, Transaction
from engine.declaration.carrying import carry_over, carry_sources
from engine.declaration.demo_dossier import dossier_values, setup_values
from engine.declaration.demo_files import DemoFiles
from engine.declaration.demo_people import actor_of_login
from engine.declaration.demo_rounds import ROUND, without_unit
from engine.declaration.demo_season import OfficeTime
from engine.declaration.detail import filling_of
from engine.declaration.filling import (
    discard_declaration,
    save_section,
    submit_declaration,
    withdraw_declaration,
)
from engine.declaration.reviewing import hold_declaration, review_declaration
from engine.declaration.starting import start_declaration
from engine.errors import InvalidInput
from engine.flow.completion import complete_task
from engine.flow.drafts import list_drafts
from engine.flow.tables import task
from engine.flow.tasks import claim_task
from engine.flow.variables import read_variables
from engine.organisation import Role, holders_of
from engine.organisation.actors import actor_in_role
from engine.organisation.delegations import delegate_inbox, possible_delegates
from engine.organisation.tables import account
from engine.reference import CodeBook

AGREED = "材料齐全，情况属实，同意。"
NOTICE = "经量化评分、推荐小组评议，已在本单位公示五个工作日，无异议。（示例）"
PANEL = "推荐小组一致同意推荐。（示例）"
#: more than any chain of units has
MOST_REVIEWS = 20
#: how long who is away stays away besides the first day
LEAVE = timedelta(days=4)
#: the step that goes on so many working days before today
DAYS_AGO = "@"
#: sections of a dossier that last from year to year
LASTING = ("education", "employment", "award", "project", "paper")


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
        self.go(self.story["play"].partition(ROUND)[0])

    def play_after_round(self) -> None:
        self.go(re.sub(r"^:\w+", "", self.story["play"].partition(ROUND)[2]))

    def go(self, steps: str) -> None:
        """These steps, after those before."""
        words = re.sub(r"\bfill submit\b", "hand_in", steps).split()
        for step in words:
            if step.startswith(DAYS_AGO):
                assert isinstance(self.moments, OfficeTime)
                self.moments.go_to(*map(int, step[1:].split("/")))
            else:
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
            applicant, waiting = self.applicant(tx), self.open_task(tx).key
            drafts = list_drafts(tx, waiting) if only else {}
            for section, value in self._dossier(tx, applicant).items():
                if only in ("", section):
                    version = drafts[section].version if section in drafts else 0
                    save_section(tx, applicant, waiting, section, value, version=version)

    def _dossier(self, tx: Transaction, applicant: Actor) -> dict[str, Any]:
        born = int(self.login[6:10])
        dossier = dossier_values(self.book, self.story, born, lambda name: self.files.upload(tx, applicant, name))
        if author := self.story.get("co_author"):
            dossier["paper"][0]["note"] = f"与{author}合著。（示例）"
        return without_unit(dossier) if ROUND in self.story["play"] else dossier

    def hand_in(self, _: str) -> None:
        """Fill in every section and submit, in one go."""
        with self.next_moment() as tx:
            applicant = self.applicant(tx)
            submit_declaration(tx, applicant, self.open_task(tx).key, self._dossier(tx, applicant))

    def expired_score(self, _: str) -> None:
        """The certificate of an examination whose result holds no longer."""
        with self.next_moment() as tx:
            applicant, waiting = self.applicant(tx), self.open_task(tx).key
            (row,) = self._dossier(tx, applicant)["exam_certificate"]
            old = self.book.year - 6
            expired = {"obtained_on": f"{old}-09-20", "exam_year": str(old), "score_valid_until": f"{old + 5}-12-31"}
            version = list_drafts(tx, waiting)["exam_certificate"].version
            save_section(tx, applicant, waiting, "exam_certificate", [{**row, **expired}], version=version)

    def submit_refused(self, _: str) -> None:
        """Try to submit what does not agree; nothing happens but that it is said."""
        try:
            self.submit("")
        except InvalidInput:
            return
        raise AssertionError(f"{self.story['story']} was to be refused")

    def carry(self, _: str) -> None:
        """Take over what lasts of last year's declaration."""
        with self.next_moment() as tx:
            applicant = self.applicant(tx)
            source = carry_sources(tx, applicant, self.case_key)[0].case_key
            carry_over(tx, applicant, filling_of(tx, applicant, self.case_key), source, LASTING)

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

    def stand_in(self, _: str) -> None:
        """Whoever took it up goes on leave, and a colleague approves in their name."""
        with self.next_moment() as tx:
            waiting = self.open_task(tx)
            away = self.reviewer(tx, waiting)
            claim_task(tx, away, waiting.key)
            to, _name = possible_delegates(tx, away)[0]
            today = local(tx.now).date()
            delegate_inbox(tx, away, to=to, starts_on=today, ends_on=today + LEAVE, reason="年休假")
        with self.next_moment() as tx:
            key = tx.value(sa.select(account.c.id).where(account.c.login == to))
            deputy = actor_in_role(tx, key, away.role, away.unit)
            assert deputy is not None
            review_declaration(
                tx,
                deputy,
                waiting.key,
                outcome="approve",
                opinion=AGREED,
                recommendation_notice=NOTICE,
                panel_opinion=PANEL,
            )

    def assign(self, _: str) -> None:
        """Place it with the committee that is proposed."""
        self.decide("assign", "")

    def entrust(self, reason: str) -> None:
        """No committee fits: another unit's is asked, and takes it on. Its code may stand behind the reason (`18/PW0101`)."""
        self.ask_other_unit(reason)
        self.decide("accept", "同意受理。")

    def ask_other_unit(self, reason: str) -> None:
        """No committee fits: another unit's is asked."""
        reason, _, code = reason.partition("/")
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
            chosen = str(_committee(tx, code) if code else proposal["entrustable"][0]["committee"])
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


STEPS: Mapping[str, Callable[[Player, str], None]] = {
    "start": Player.start,
    "fill": Player.fill,
    "hand_in": Player.hand_in,
    "expired_score": Player.expired_score,
    "submit_refused": Player.submit_refused,
    "carry": Player.carry,
    "stand_in": Player.stand_in,
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


def _committee(tx: Transaction, code: str) -> int:
    return int(tx.value(sa.select(committee.c.id).where(committee.c.code == code)))
