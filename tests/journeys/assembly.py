"""What the story of a meeting has too many of to do by hand: experts and dossiers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from engine.committee.profile import filling_of, submit_profile
from engine.db import Database, Transaction
from engine.declaration.bulk_copies import copy_declaration
from engine.declaration.demo_files import DemoFiles
from engine.declaration.demo_people import actor_of_login
from engine.declaration.tables import declaration
from engine.document import FileStore
from engine.flow.bulk_cases import FIRST_KEY
from engine.flow.tables import task
from engine.reference.check_digits import identity_check_digit
from engine.review_meeting.balloting.casting import cast_ballot, sheet_of
from engine.review_meeting.balloting.papers import new_receipt
from engine.review_meeting.balloting.tables import Choice
from engine.review_meeting.conflicts.recusing import state_no_interest
from engine.review_meeting.meetings import groups_of
from engine.review_meeting.scoring.sheets import confirm_score, score_dossier
from engine.review_meeting.scoring.standards import standard_for_group
from engine.review_meeting.tables import meeting_dossier
from tests.declaration.story import Story
from tests.journeys.province import YEAR, Province
from tests.web.declaration.conftest import let_in

#: more than are drawn, so that the lot decides
EXPERTS = 28
#: every seventh comes from another province
#: of the hospital whose applicants are reviewed; the health commission is above it
OFFICER = "cityhosp_officer"
INSIDE, OUTSIDE = "示范省卫生健康委员会（示例）", "外省示范医院（示例）"


@dataclass(frozen=True, slots=True)
class Expert:
    """An expert as the pool's account writes one down."""

    name: str
    login: str
    workplace: str
    specialty: str

    @property
    def typed(self) -> dict[str, str]:
        """What is typed into the page, by the ids of its inputs."""
        return {
            "name": self.name,
            "identity_number": self.login,
            "phone": "13000000000",
            "workplace": self.workplace,
            "term_from": "2026-01-01",
            "term_until": "2028-12-31",
        }

    @property
    def row(self) -> dict[str, str]:
        """The same by the titles of the workbook."""
        return {
            "姓名": self.name,
            "证件号码": self.login,
            "手机号码": "13000000000",
            "工作单位": self.workplace,
            "可评专业": "心血管内科",
            "现职称等级": "高级(正高)",
            "聘期起": "2026-01-01",
            "聘期止": "2028-12-31",
        }

    def with_number(self, number: str) -> "Expert":
        return replace(self, login=number)


def experts_of_pool() -> list[Expert]:
    """The experts of the pool, every seventh from outside; the first one works inside."""
    return [_expert(number) for number in range(EXPERTS)]


def _expert(number: int) -> Expert:
    first = f"99000019700101{500 + number}"
    signs = "甲乙丙丁戊己庚辛壬癸"
    return Expert(
        name=f"评示{signs[number // 10]}{signs[number % 10]}",
        login=first + identity_check_digit(first),
        workplace=OUTSIDE if number % 7 == 6 else INSIDE,
        specialty="physician-01",
    )


#: what an expert writes who has it all by heart
PROFILE: Mapping[str, Any] = {
    "basic_info": {"photo": ["照片.jpg"], "ethnicity": "01", "political_status": "01", "mobile_number": "13000000001"},
    "work_info": {
        "employed": "yes",
        "title_series": "physician",
        "specialty": "physician-01",
        "title_name": "physician-senior",
        "title_level": "senior",
        "title_obtained_on": "2015-06-01",
    },
    "education": [
        {
            "started_on": "1988-09",
            "ended_on": "1993-07",
            "school": "外省示范大学",
            "major": "100201K",
            "education_level": "21",
            "degree": "4",
            "is_highest": "yes",
        }
    ],
    "employment": [
        {"started_on": "1993-08", "ended_on": "2026-05", "employer": "示范省卫生健康委员会（示例）", "post": "主任医师"}
    ],
}


def fill_profiles(province: Province, experts: Sequence[Expert]) -> None:
    """Each of them hands in a profile, by the command the page calls."""

    def fill(tx: Transaction) -> None:
        files = DemoFiles(tx.service(FileStore))
        for one in experts:
            actor = actor_of_login(tx, one.login, "expert")
            begun = filling_of(tx, actor).values
            written = {
                **PROFILE,
                "basic_info": {**PROFILE["basic_info"], "photo": [files.upload(tx, actor, "照片.jpg")]},
            }
            written["work_info"] = {**PROFILE["work_info"], "specialties": ["physician-01"]}
            values = {
                name: {**begun.get(name, {}), **value} if isinstance(value, Mapping) else value
                for name, value in written.items()
            }
            submit_profile(tx, actor, values, version=None, command_key=None)

    province.write(fill)
    province.work()


def assemble_dossiers(province: Province, number: int, real: int) -> list[Story]:
    """So many declarations that wait for their committee: the first `real` of applicants who can sign in, the others copies."""

    def assemble() -> list[Story]:
        database = province.app.database
        stories = [Story(database, OFFICER, born="19760310", year=YEAR) for _ in range(real)]
        for story in stories:
            story.submitted().climbed()
            story.review("assign", more={"committee": str(story.detail().variables["committee_proposal"]["committee"])})
            story.review()
            let_in(province.app, story.applicant.login)
        with database.transaction() as tx:
            copy_declaration(tx, stories[-1].case_key, number - real)
            copied = declaration.c.case_key >= FIRST_KEY
            names = sa.literal("测示") + sa.func.substr(declaration.c.declaration_no, -2)
            tx.execute(sa.update(declaration).where(copied).values(name=names))
        return stories

    return province.run(assemble)


def play_reviews(province: Province, meeting: int) -> None:
    """Everybody a review waits for scores or confirms, by the commands of the pages, up to what waits for the chair."""

    def play() -> None:
        database = province.app.database
        with database.read() as tx:
            points = {one["id"]: standard_for_group(tx, meeting, one["id"]) for one in groups_of(tx, meeting)}
        while rows := _waiting(database, meeting):
            for row in rows:
                with database.transaction() as tx:
                    who = actor_of_login(tx, row.assignee, "expert")
                    state_no_interest(tx, who, meeting, [row.declaration])
                    if row.element_id == "score_dossier":
                        sheet = [{"key": one.key, "points": float(one.points)} for one in points[row.group].items]
                        score_dossier(tx, who, row.key, sheet, "业绩突出，同意评定。")
                    else:
                        confirm_score(tx, who, row.key, "confirm")

    province.run(play)
    province.work()


def _waiting(database: Database, meeting: int) -> Sequence[sa.Row[Any]]:
    t, d = task.c, meeting_dossier.c
    query = sa.select(t.key, t.assignee, t.element_id, d.declaration, d.group)
    query = query.join(meeting_dossier, d.review_case == t.case_key)
    with database.read() as tx:
        return tx.rows(query.where(d.meeting == meeting, t.element_id != "confirm_by_chair").order_by(d.declaration))


def cast_papers(province: Province, ballot: int, *, against: int, after: int) -> None:
    """Everybody whose paper has not come casts it, by the command of the page: for all, but from the `after`-th on not for `against`."""

    def cast() -> None:
        database, t = province.app.database, task.c
        papers = sa.select(t.key, t.assignee).where(t.case_key == ballot, t.element_id == "cast_ballot")
        with database.read() as tx:
            waiting = tx.rows(papers.order_by(t.key))
        for number, row in enumerate(waiting):
            with database.transaction() as tx:
                who = actor_of_login(tx, row.assignee, "expert")
                marks = dict.fromkeys(sheet_of(tx, who, row.key).votable, Choice.YES)
                if number >= after:
                    marks[against] = Choice.NO
                cast_ballot(tx, who, row.key, marks, receipt=new_receipt())

    province.run(cast)
