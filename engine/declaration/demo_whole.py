"""The stories of the demo province as far as their committees, on the working days before today, where the year is old enough."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from engine.access import Actor
from engine.clock import FixedClock
from engine.db import Database
from engine.declaration.batch_placement import start_batch_placement
from engine.declaration.batch_review import start_batch_review
from engine.declaration.demo import demo_rows, login_of_story
from engine.declaration.demo_files import DemoFiles
from engine.declaration.demo_people import actor_of_login
from engine.declaration.demo_player import AGREED, NOTICE, PANEL, Player
from engine.declaration.demo_rounds import UNITS, play_rounds, recommend_in_rounds, work_off
from engine.declaration.demo_season import LONGEST, OfficeTime, Season, standing_at
from engine.declaration.moving import request_transfer
from engine.declaration.recommendation.quota import Posts, set_posts
from engine.declaration.years import YearPlan, default_plan, set_year_plan
from engine.document import FileStore
from engine.flow.batch_running import run_batch
from engine.flow.completion import complete_task
from engine.flow.tables import task
from engine.organisation import Applicant, Role, create_enrolment
from engine.organisation.demo import demo_accounts
from engine.organisation.enrolments import EnrolledElsewhere
from engine.organisation.tables import account, unit
from engine.organisation.transfers import find_enrolled
from engine.reference import load_book, seed_reference
from engine.reference.check_digits import identity_check_digit

#: the levels above the school, each with its officers and its leaders
LEVELS = 7
#: who was approved together with nine others, who was returned together with another, who changed the employer
TOGETHER, RETURNED, MOVED = "D14", "D15", "D25"
#: who failed last year and declares again, and who passed then
AGAIN, ONCE = "D20", "F14"
#: parts of the colleagues that go with them
BATCH, BACK = "batch", "returned"
POSTS = (Posts("intermediate", "", 2, 0), Posts("associate_senior", "", 3, 1))
MOVED_WHY = "本人已调入本单位，账户原由调出单位建立。（示例）"


class Stories:
    """Everybody who plays, by story; `play` brings them as far as their committees."""

    def __init__(self, database: Database, store: FileStore, password_hash: str) -> None:
        self.database, self.files, self.password_hash = database, DemoFiles(store), password_hash
        with database.read() as tx:
            self.season = Season(tx)
            self.book = load_book(tx, self.season.today.year)
        self.opinions = {row["id"]: row["text"] for row in demo_rows("demo_opinions.csv")}
        self.of: dict[str, Player] = {}
        self.parts: dict[str, list[Player]] = {}

    def cases(self, *stories: str) -> list[int]:
        return [self.of[story].case_key for story in stories]

    def play(self) -> None:
        """Every story in its order in time as far as one of them waits for another."""
        plays = {row["story"]: row for row in demo_rows("demo_whole.csv")}
        for number, row in enumerate(demo_rows("demo_stories.csv")):
            login = login_of_story(self.database, row["story"])
            assert login is not None
            self._add({**row, **plays[row["story"]]}, login, number)
        for number, row in enumerate(demo_rows("demo_colleagues.csv")):
            if row["story"] == ONCE:
                continue
            self.parts.setdefault(row["part"], []).append(self._add(row, self._enrol(row, number), number))
        self._approve_together()
        self._return_together()
        self._move()
        recommend_in_rounds(self.database)
        self._approve_posts()
        done = {
            TOGETHER,
            RETURNED,
            MOVED,
            ONCE,
            *(one.story["story"] for part in (BATCH, BACK) for one in self.parts[part]),
        }
        waiting = [one for story, one in self.of.items() if story not in done]
        for one in waiting:
            one.play_until_round()
        refused = {one.login: one.opinions[one.not_ranked] for one in waiting if one.not_ranked}
        play_rounds(self.database, self.files, self.season.at(30, 10), refused)
        for one in waiting:
            one.play_after_round()

    def play_desks(self) -> None:
        """What waits since some days for officers, leaders and applicants, while the stories are over."""
        for number, row in enumerate(demo_rows("demo_desks.csv"), 60):
            self._add(row, self._enrol(row, number), number).play_until_round()

    def play_last_year(self, season: Season) -> None:
        """The year before: D20 and a colleague, as far as the meeting."""
        year = season.today.year
        with self.database.transaction() as tx:
            seed_reference(tx, year)
        with self.database.read() as tx:
            book = load_book(tx, year)
        rows = {row["story"]: row for row in (*demo_rows("demo_stories.csv"), *demo_rows("demo_colleagues.csv"))}
        known = next(one for one in demo_accounts() if one.story == AGAIN)
        with self.database.transaction(FixedClock(season.at(LONGEST))) as tx:
            officer = actor_of_login(tx, "medu_officer", Role.CASE_OFFICER)
            applicant = Applicant(known.name, "01", known.login, known.mobile)
            create_enrolment(tx, officer, year=year, applicant=applicant, password_hash=self.password_hash)
        logins = {AGAIN: known.login, ONCE: self._enrol(rows[ONCE], 50, season)}
        for number, (story, login) in enumerate(logins.items()):
            moments = OfficeTime(season, 7 * number)
            row = {**rows[story], "play": "@40 start fill submit @38 approve_all @30 assign approve"}
            self.of[story] = Player(self.database, book, self.files, self.opinions, row, login, moments)
            self.of[story].play_until_round()

    # --- who plays ----------------------------------------------------------------------------------------------------

    def _add(self, row: Mapping[str, str], login: str, number: int) -> Player:
        moments = OfficeTime(self.season, number * 7 % 40)
        player = Player(self.database, self.book, self.files, self.opinions, row, login, moments)
        self.of[row["story"]] = player
        return player

    def _enrol(self, row: Mapping[str, str], number: int, season: Season | None = None) -> str:
        """A colleague gets the account of the unit's officer."""
        season = season or self.season
        first = f"990000{row['born']}{number + 301}"
        applicant = Applicant(row["name"], "01", first + identity_check_digit(first), f"130000003{number:02d}")
        with self.database.transaction(FixedClock(season.at(LONGEST))) as tx:
            officer = actor_of_login(tx, row["officer"], Role.CASE_OFFICER)
            year, known = season.today.year, self.password_hash
            made = create_enrolment(tx, officer, year=year, applicant=applicant, password_hash=known)
            tx.execute(sa.update(account).where(account.c.id == made.account).values(must_change=False))
            return made.login

    def actor(self, login: str, role: str = Role.CASE_OFFICER) -> Actor:
        with self.database.read() as tx:
            return actor_of_login(tx, login, role)

    # --- many at once -------------------------------------------------------------------------------------------------

    def _approve_together(self) -> None:
        """Ten teachers go up together (U14) as far as their committee."""
        together = [self.of[TOGETHER], *self.parts[BATCH]]
        for one in together:
            one.play_until_round()
        for level in range(LEVELS):
            self._decide_together(together, 43 - level, "approve", AGREED)
        self._decide_together(together, 43 - LEVELS, "approve", AGREED)
        self._place_together(together, 33)
        self._decide_together(together, 32, "approve", AGREED)

    def _return_together(self) -> None:
        """Two are returned; one corrects and goes up, the other is reminded and lets the term go by (Q33, P24)."""
        late, timely = self.of[RETURNED], self.parts[BACK][0]
        late.play_until_round()
        timely.play_until_round()
        self._decide_together([late, timely], 43, "return_for_revision", self.opinions["15"])
        timely.go("@38 submit @37 approve_all @36 assign approve")
        work_off(self.database, self.season.at(35, 9, 5))
        work_off(self.database, self.season.at(33, 18, 5))

    def _place_together(self, players: Sequence[Player], days_ago: int) -> None:
        at = self.season.at(days_ago, 10)
        with self.database.transaction(FixedClock(at)) as tx:
            waiting = [one.open_task(tx) for one in players]
            officer, keys = players[0].reviewer(tx, waiting[0]), [one.key for one in waiting]
            key = start_batch_placement(tx, officer, task_keys=keys, year=self.book.year)
        with standing_at(self.database, at):
            run_batch(self.database, key)

    def _decide_together(self, players: Sequence[Player], days_ago: int, outcome: str, opinion: str) -> None:
        at = self.season.at(days_ago, 10)
        with self.database.transaction(FixedClock(at)) as tx:
            waiting = [one.open_task(tx) for one in players]
            officer = players[0].reviewer(tx, waiting[0])
            own = waiting[0].element_id in ("unit_officer_review", "unit_leader_review") and outcome == "approve"
            shared = {"recommendation_notice": NOTICE, "panel_opinion": PANEL} if own else None
            keys = [one.key for one in waiting]
            key = start_batch_review(
                tx, officer, outcome=outcome, opinion=opinion, shared=shared, task_keys=keys, year=self.book.year
            )
        with standing_at(self.database, at):
            run_batch(self.database, key)

    # --- who changed the employer -------------------------------------------------------------------------------------

    def _move(self) -> None:
        """The new unit is told where the account is, asks for it, and it goes over; the dossier comes in the last hour (Q36, P26)."""
        player = self.of[MOVED]
        known = next(one for one in demo_accounts() if one.story == MOVED)
        asking, giving = self.actor("tv_officer"), self.actor("industry_officer")
        applicant = Applicant(known.name, "01", known.login, known.mobile)
        try:
            with self.database.transaction(FixedClock(self.season.at(42, 10))) as tx:
                create_enrolment(tx, asking, year=self.book.year, applicant=applicant, password_hash=self.password_hash)
            raise AssertionError("the account is of another unit")
        except EnrolledElsewhere:
            pass
        with self.database.transaction(FixedClock(self.season.at(42, 11))) as tx:
            own, _ = find_enrolled(tx, asking, name=known.name, identity_type="01", identity_number=known.login)
            assert asking.unit is not None
            case_key = request_transfer(tx, asking, own, to_unit=asking.unit, reason=MOVED_WHY)
        with self.database.transaction(FixedClock(self.season.at(41, 10))) as tx:
            waiting = tx.value(sa.select(task.c.key).where(task.c.case_key == case_key))
            complete_task(tx, giving, waiting, {"outcome": "consent", "opinion": "同意转出。"})
        work_off(self.database, self.season.at(41, 10, 5))
        closes = self.season.at(36, 18)
        plan = default_plan(self.book.year)
        self._plan_year(self.season.at(40, 9), replace(plan, closes_at=closes, reminder_at=self.season.at(38)))
        until, _, after = player.story["play"].partition("@35")
        player.go(until)
        self._plan_year(closes - timedelta(minutes=5), plan)
        player.go(f"@35{after}")

    def _plan_year(self, at: datetime, plan: YearPlan) -> None:
        """The title office says when declaring ends, and then lets it go on."""
        with self.database.transaction(FixedClock(at)) as tx:
            set_year_plan(tx, actor_of_login(tx, "office_admin", Role.TITLE_OFFICE_ADMIN), plan)

    def _approve_posts(self) -> None:
        """The county's education office approves the posts of the school (W3)."""
        with self.database.transaction(FixedClock(self.season.at(38, 9))) as tx:
            above = actor_of_login(tx, "cedu_admin", Role.UNIT_ADMIN)
            school = int(tx.value(sa.select(unit.c.id).where(unit.c.name == UNITS[0])))
            set_posts(tx, above, self.book, school, self.book.year, POSTS)
