"""A third meeting of the demo province, in the middle of its ballot: most experts have cast, the chair and some have not."""

from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa

from engine.access import Actor
from engine.committee.tables import committee
from engine.db import Database
from engine.document import FileStore
from engine.flow.tables import task
from engine.review_meeting.attending import note_attendance
from engine.review_meeting.balloting.ballots import ballots_of
from engine.review_meeting.balloting.casting import cast_ballot, sheet_of
from engine.review_meeting.balloting.papers import new_receipt
from engine.review_meeting.balloting.roll import make_roll
from engine.review_meeting.balloting.tables import Choice
from engine.review_meeting.demo import COMMITTEE, play_applicants
from engine.review_meeting.scoring.demo import Scene
from engine.review_meeting.tables import meeting_dossier, review_meeting

#: whose declarations are voted on
SURNAMES = "金魏陶姜"
FIRST_NUMBER = 871
NAME = "卫生系列高级职称评审会（投票阶段示例）"
#: before the other meetings, where the same experts sit
BEGINS_IN = -3
#: reviewers, leader and chair on each dossier
STEPS = 4
#: so many of those drawn did not come, and so many of those who came have not cast yet, the chair among them
ABSENT, WAITING = 2, 6
#: agreeing to all of them would be too good to be true
DOUBTED = 3

d, t = meeting_dossier.c, task.c


def play_ballot(database: Database, store: FileStore, password_hash: str) -> int | None:
    """Play it after the meeting that is scoring; its key. None where there is none."""
    with database.read() as tx:
        chosen = tx.value(sa.select(committee.c.id).where(committee.c.code == COMMITTEE))
        if chosen is None or tx.value(sa.select(sa.func.count()).select_from(review_meeting)) != 2:
            return None
    play_applicants(database, store, password_hash, SURNAMES, FIRST_NUMBER)
    sitting = Sitting(database)
    key = sitting.set_up(int(chosen), NAME, "评委正在投票。", BEGINS_IN)
    sitting.assign(key)
    sitting.confirm(key)
    sitting.vote(key)
    return key


class Sitting(Scene):
    """The same people, some days earlier; then everybody's vote."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.at = self.now - timedelta(days=6)

    def confirm(self, key: int) -> None:
        """Every dossier is scored and confirmed."""
        with self.database.read() as tx:
            query = sa.select(d.declaration, d.group).where(d.meeting == key, d.review_case.is_not(None))
            dossiers = tx.rows(query.order_by(d.declaration_no))
        for number, row in enumerate(dossiers):
            for _ in range(STEPS):
                self._step(key, row.declaration, row.group, number)

    def vote(self, key: int) -> None:
        """The roll is made and the ballot opened; the last on the list and the chair have not cast."""
        people = self._experts(key)
        chair, there = self._expert(people[0]["login"]), people[: len(people) - ABSENT]
        self.complete(key, "finish_scoring", by=chair, outcome="finish")
        self.act(note_attendance, key, [row["expert"] for row in there], present=True)
        self._do(make_roll, chair, key)
        with self.database.read() as tx:
            ballot = ballots_of(tx, key)[0].key
        self.complete(ballot, "open_ballot", by=chair, outcome="open")
        voters = [self._expert(row["login"]) for row in there[1 : len(there) - WAITING + 1]]
        for number, voter in enumerate(voters):
            self._cast(ballot, voter, number)

    def _cast(self, ballot: int, voter: Actor, number: int) -> None:
        with self.database.read() as tx:
            paper = tx.value(sa.select(t.key).where(t.case_key == ballot, t.assignee == voter.login))
            if paper is None:
                return  # who keeps out of everything has no ballot
            places: Sequence[int] = sheet_of(tx, voter, paper).votable
        doubted = places[-1] if places and number % DOUBTED == 0 else None
        marks = {place: Choice.NO if place == doubted else Choice.YES for place in places}
        self._do(cast_ballot, voter, paper, marks, receipt=new_receipt())
