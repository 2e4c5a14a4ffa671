"""The meetings of the demo province that are under way: one is set up, one scores, one votes."""

from datetime import datetime, time, timedelta

import sqlalchemy as sa

from engine.clock import ZONE, local
from engine.committee.tables import committee
from engine.db import Database
from engine.declaration.demo import demo_rows
from engine.declaration.demo_files import DemoFiles
from engine.declaration.demo_people import actor_of_login
from engine.declaration.demo_player import MOST_REVIEWS, Player
from engine.declaration.demo_season import Season, moments_until
from engine.document import FileStore
from engine.organisation import Applicant, create_enrolment
from engine.organisation.tables import account
from engine.reference import load_book
from engine.reference.check_digits import identity_check_digit
from engine.review_meeting.conflicts.recusing import declare_recusal
from engine.review_meeting.demo_meeting import Gathering
from engine.review_meeting.grouping import add_evenly
from engine.review_meeting.scoring.sheets import save_sheet
from engine.review_meeting.standards import standards_of
from engine.review_meeting.tables import review_meeting

COMMITTEE = "PW0201"
#: whose applicants fill the meetings besides those of the stories, what they are called in each, and their first number
UNIT = "hosp3_officer"
SET_UP, SCORING, VOTING = ("郝孟谭廖邹熊", 811), ("施张孔曹严华", 851), ("金魏陶", 871)
SEATS, OUTSIDE = 25, 3
#: the meeting that is set up begins so many days from now
AHEAD = timedelta(days=14)
#: the one that votes began so many days ago, before the one that scores, where the same experts sit
EARLIER = timedelta(days=3)
PAUSE = timedelta(minutes=2)
#: more than the commands of a meeting
COMMANDS = 400
#: how many people have done their part on each of the dossiers that are scored; the last one's reviewer withdraws
DONE = (4, 3, 2, 1, 0, 0)
#: so many of those drawn did not come, and so many have not cast yet
ABSENT, WAITING = 2, 6
AGAINST = 3


def play_meetings(database: Database, store: FileStore, password_hash: str) -> int:
    """Play them, unless there are open meetings already or the province has not that committee; how many there are."""
    with database.read() as tx:
        chosen = tx.value(sa.select(committee.c.id).where(committee.c.code == COMMITTEE))
        under_way = sa.select(review_meeting.c.case_key).where(review_meeting.c.finished_at.is_(None))
        mine = under_way.where(review_meeting.c.series == "physician")
        if chosen is None or tx.row(mine) is not None:
            return 0
    stage = Stage(database, store, password_hash, int(chosen))
    stage.set_up()
    stage.score()
    return 2 + stage.vote()


def play_applicants(
    database: Database, store: FileStore, password_hash: str, surnames: str, first_number: int
) -> list[int]:
    """Some physicians more, whose declarations wait for the committee as that of story D01 does; their cases."""
    with database.read() as tx:
        now, book = tx.now, load_book(tx, local(tx.now).year)
    row = next(row for row in demo_rows("demo_stories.csv") if row["story"] == "D01")
    files, cases = DemoFiles(store), []
    for number, surname in enumerate(surnames):
        first = f"9900001976{number % 9 + 4:02d}15{first_number + number}"
        identity = first + identity_check_digit(first)
        with database.transaction() as tx:
            officer = actor_of_login(tx, UNIT, "case_officer")
            applicant = Applicant(f"{surname}示评", "01", identity, f"13000000{first_number + 89 + number}")
            made = create_enrolment(tx, officer, year=local(now).year, applicant=applicant, password_hash=password_hash)
            tx.execute(sa.update(account).where(account.c.id == made.account).values(must_change=False))
        moments = moments_until(now, now, number, len(row["play"].split()) + MOST_REVIEWS // 2)
        player = Player(database, book, files, {}, row, identity, moments)
        player.play_until_round()
        cases.append(player.case_key)
    return cases


class Stage:
    """The three meetings of the physicians' committee, one after the other."""

    def __init__(self, database: Database, store: FileStore, password_hash: str, chosen: int) -> None:
        self.database, self.store, self.password_hash, self.chosen = database, store, password_hash, chosen
        with database.read() as tx:
            self.season, self.now = Season(tx), tx.now

    def set_up(self) -> None:
        """Experts drawn, plan approved, a chair; dossiers lie in their groups, the standard is to be set."""
        play_applicants(self.database, self.store, self.password_hash, *SET_UP)
        one = self._call(
            "卫生系列医疗专业高级职称评审会（示例）",
            AHEAD,
            {"第一评议组": 9, "第二评议组": 8, "第三评议组": 8},
            days_ago=3,
        )
        one.act(add_evenly, one.key, self.chosen)

    def score(self) -> None:
        """Every stage of a dossier once, a sheet begun, and one who withdraws."""
        cases = play_applicants(self.database, self.store, self.password_hash, *SCORING)
        one = self._call(
            "卫生系列高级职称评审会（打分阶段示例）",
            timedelta(),
            {"内科评议组": 13, "外科评议组": 12},
            days_ago=2,
        )
        self._assign(one, cases)
        one.score(done=dict(zip(cases, DONE, strict=True)))
        waiting = {row.declaration: row for row in one.reviews()}
        typing, leaving = waiting[cases[-2]], waiting[cases[-1]]
        who = one.expert(typing.assignee)
        one.state_no_interest(typing.declaration, who)
        with self.database.read() as tx:
            items = standards_of(tx, one.key)[0]["items"][:2]
        sheet = [{"key": item["key"], "points": 80} for item in items]
        one.act(save_sheet, typing.key, sheet, "", 0, by=who)
        reason = "曾与申报人共同承担课题"
        one.act(declare_recusal, one.key, leaving.declaration, reason, by=one.expert(leaving.assignee))

    def vote(self) -> int:
        """Most have cast, some have not; not in the first days of a year, when it would have begun in the year before."""
        if local(self.now - EARLIER).year != local(self.now).year:
            return 0
        cases = play_applicants(self.database, self.store, self.password_hash, *VOTING)
        one = self._call("卫生系列高级职称评审会（投票阶段示例）", -EARLIER, {"内科评议组": 25}, days_ago=4)
        self._assign(one, cases)
        one.score()
        one.finish_scoring()
        one.attend(absent=ABSENT)
        one.make_roll()
        one.open_ballot()
        one.cast(voters=-WAITING, against={cases[-1]: AGAINST})
        return 1

    def _call(self, name: str, ahead: timedelta, groups: dict[str, int], *, days_ago: int) -> Gathering:
        """A meeting with its experts, its plan and its chair."""
        year_begins = datetime(local(self.now).year, 1, 1, tzinfo=ZONE)
        begins = max(self.season.at(days_ago), year_begins)
        pause = min(PAUSE, (self.now - begins) / COMMANDS)
        one = Gathering(self.database, DemoFiles(self.store), self.chosen, begins, pause)
        day = local(self.now + ahead).date()
        one.call(f"{day.year} 年度{name}", datetime.combine(day, time(9), ZONE), groups)
        one.settle_groups()
        one.draw(SEATS, OUTSIDE)
        one.plan(plan_name="卫生系列医疗专业高级职称评审方案")
        one.approve_plan()
        one.appoint_chair()
        return one

    def _assign(self, one: Gathering, cases: list[int]) -> None:
        """The dossiers are grouped, their standard is confirmed, reviewers are assigned."""
        one.group_dossiers(cases)
        one.set_standard()
        one.confirm_standard()
        one.appoint_leaders()
        one.assign()
