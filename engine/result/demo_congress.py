"""The meetings of the demo that were held: each on working days before today, its experts chosen so that votes come out as told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import sqlalchemy as sa

from engine.committee.tables import committee
from engine.declaration.demo_people import actor_of_login
from engine.declaration.demo_season import Season
from engine.declaration.demo_whole import Stories
from engine.organisation import Role, unit_chain
from engine.result.demo_meeting import Proceedings
from engine.review_meeting.conflicts.recording import find_and_record
from engine.review_meeting.conflicts.recusing import declare_recusal
from engine.review_meeting.defence.holding import note_defences
from engine.review_meeting.defence.schedule import set_schedule
from engine.review_meeting.demo_meeting import TITLE_OFFICE, Host
from engine.review_meeting.meetings import meeting_of
from engine.review_meeting.pooling import pool_for
from engine.review_meeting.standards import Item

PAUSE = timedelta(minutes=2)
EDUCATION = Host(("edu_officer", "case_officer"), TITLE_OFFICE.officer)
INDUSTRY = Host(("industry_officer", "case_officer"), TITLE_OFFICE.officer)
CITY = Host(("city_officer", "case_officer"), TITLE_OFFICE.officer)
WITH_DEFENCE = (Item("业绩成果", Decimal(100), Decimal("0.7")), Item("讲课答辩", Decimal(100), Decimal("0.3")))
#: why an expert keeps out who has written with an applicant
WROTE_TOGETHER = "与申报人合著代表性论文，申请回避。（示例）"


@dataclass(frozen=True, slots=True)
class Conference:
    """A meeting held so many working days ago: of which committee, called by whom, how many experts. `against` says for each story
    that is reviewed how many do not agree."""

    committee: str
    host: Host
    name: str
    against: Mapping[str, int]
    days_ago: int
    seats: int = 25


class Session(Proceedings):
    """One of them; `today` is how many working days ago it has come to."""

    def __init__(self, stories: Stories, season: Season, meant: Conference) -> None:
        self.season, self.today, self.stories = season, meant.days_ago + 3, stories
        with stories.database.read() as tx:
            chosen = tx.value(sa.select(committee.c.id).where(committee.c.code == meant.committee))
        super().__init__(stories.database, stories.files, int(chosen), season.at(self.today), PAUSE, meant.host)
        self.meant, self.cases = meant, dict(zip(meant.against, stories.cases(*meant.against), strict=True))

    def go_to(self, days_ago: int, hour: int = 9) -> None:
        """Go on that day; never back."""
        self.today = days_ago
        self.at = max(self.at, self.season.at(days_ago, hour))

    def prepare(self, *, defence: bool) -> None:
        """From the calling to the leaders of the groups."""
        name = f"{self.season.today.year} 年度{self.meant.name}"
        self.call(name, self.season.at(self.meant.days_ago), {"评议组": self.meant.seats})
        self.settle_groups()
        self.choose(self._strangers()[: self.meant.seats])
        self.plan(plan_defence="yes" if defence else "no")
        self.go_to(self.meant.days_ago + 2)
        self.approve_plan()
        self.appoint_chair()
        self.go_to(self.meant.days_ago + 1)
        self.group_dossiers(list(self.cases.values()))
        if defence:
            self.items = WITH_DEFENCE
        self.set_standard()
        self.confirm_standard()
        self.appoint_leaders()

    def _strangers(self) -> list[int]:
        """Who can come, those first who are of no unit that any of the applicants declares through."""
        with self.database.read() as tx:
            units = [actor_of_login(tx, self.stories.of[one].login, Role.APPLICANT).unit for one in self.meant.against]
            lines = {line.name for unit in units if unit is not None for line in unit_chain(tx, unit)}
            pool = [one for one in pool_for(tx, meeting_of(tx, self.officer, self.key), self.committee) if one.may_come]
        pool.sort(key=lambda one: (one.expert.workplace in lines, one.expert.expert))
        return [one.expert.expert for one in pool]

    def recuse(self, name: str) -> None:
        """The facts are looked through; whom they name beside an applicant keeps out of that dossier (J13)."""
        self.act(find_and_record, self.key)
        expert = next(one for one in self.people() if one["name"] == name)
        story = next(key for key, one in self.stories.of.items() if one.story.get("co_author") == name)
        who = self.expert(expert["login"])
        self.act(declare_recusal, self.key, self.cases[story], WROTE_TOGETHER, by=who)

    def defend(self) -> None:
        """Everybody is told when, in the order of the lot, and comes (W9)."""
        (group,) = self.groups()
        begins = self.season.at(self.meant.days_ago, 14)
        self.act(
            set_schedule, self.key, group["id"], starts_at=begins, minutes=20, venue="示范市第一中学报告厅（示例）"
        )
        self.at = begins + timedelta(minutes=30)
        self.act(note_defences, self.key, list(self.cases.values()), came=True)
        self.complete("hold_defence", defence_note="全部到场，讲课、答辩完毕。", outcome="done")

    def decide(self) -> None:
        """Open, cast, count, confirm."""
        self.open_ballot()
        self.cast(against={self.cases[story]: count for story, count in self.meant.against.items()})
        self.close_ballot()
        self.confirm_tally()

    def publish_results(self) -> None:
        """The day after."""
        self.go_to(self.today - 1)
        self.publish()

    def certify(self) -> "Session":
        """From the notice to the certificates and the closing."""
        self.publish_results()
        return self.finish()

    def finish(self) -> "Session":
        """From the end of the notice to the certificates and the closing."""
        self.go_to(self.meant_end)
        self.sweep()
        self.end_publicity()
        self.forward()
        self.go_to(self.today - 1)
        self.approve_results()
        self.go_to(self.today - 1)
        self.issue()
        self.go_to(self.today - 1)
        self.deliver()
        self.close()
        return self

    def publish(self) -> None:
        super().publish()
        self.meant_end = self.today - PUBLIC_FOR


#: working days from the notice to the morning after its last day
PUBLIC_FOR = 6


class Congress:
    """Holds them."""

    def __init__(self, stories: Stories, season: Season) -> None:
        self.stories, self.season = stories, season

    def hold(
        self,
        meant: Conference,
        *,
        co_author: str = "",
        defence: bool = False,
        first_there: int | None = None,
        postponed: int = 0,
    ) -> Session:
        """Hold one as far as its confirmed count.

        `co_author` is an expert who keeps out; where only `first_there` come, the ballot cannot open and waits so many days.
        """
        one = Session(self.stories, self.season, meant)
        one.prepare(defence=defence)
        one.go_to(meant.days_ago)
        if co_author:
            one.recuse(co_author)
        one.assign()
        if defence:
            one.defend()
        one.score()
        one.finish_scoring()
        if first_there is not None:
            one.present(first_there)
            one.make_roll()
            one.go_to(meant.days_ago - postponed)
            one.attend()
            one.wait_for_quorum()
        else:
            one.attend()
            one.make_roll()
        one.decide()
        return one
