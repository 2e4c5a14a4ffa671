"""The twenty-five stories of the demo province at the ends they are told for, and the work that waits beside them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from engine.access import Actor
from engine.bootstrap import App, build
from engine.clock import ZONE, FixedClock, local
from engine.declaration.carrying import carry_sources
from engine.declaration.demo import demo_rows
from engine.declaration.demo_people import actor_of_login
from engine.declaration.detail import my_declarations
from engine.declaration.exchange.templates import list_templates
from engine.declaration.lists import Tab, review_list
from engine.declaration.recommendation.rounds import round_of, rounds_of_unit
from engine.declaration.recommendation.starting import waiting_declarants
from engine.declaration.starting import start_declaration
from engine.declaration.tables import declaration
from engine.errors import Refused
from engine.flow.journal import verify_journal
from engine.flow.tables import case, journal, task
from engine.organisation import enrolment_of
from engine.organisation.demo import demo_accounts
from engine.organisation.enrolments import Applicant, create_enrolment
from engine.result.publicity import open_notices
from engine.result.tables import result_objection, review_result, title_certificate
from engine.review_meeting.tables import review_meeting
from engine.settings import read_settings
from tests.support.province import QUICK
from tests.support.templates import Templates

#: a Monday in November
TODAY = datetime(2026, 11, 23, 10, 20, tzinfo=ZONE)
d, j, r, c, o = declaration.c, journal.c, review_result.c, title_certificate.c, result_objection.c
LOGINS = {one.story: one.login for one in demo_accounts() if one.story}
STORIES = sorted(LOGINS)

WAITS = "材料已通过评委会审查，等待评审会议评审。"
GRANTED = "已取得职称，证书可以下载。"
#: of the last declaration of each story its status and what its applicant reads, and what the ballot came to
ENDS: dict[str, tuple[str, str, str]] = {
    "D01": ("已发证", GRANTED, "需 16，得 22（25 人出席，1 人回避，24 人有表决权）"),
    "D02": ("已发证", GRANTED, "需 20，得 27（29 人出席）"),
    "D03": ("待参评", WAITS, ""),
    "D04": ("公示中", "评审会议已通过，结果正在公示。", "需 17，得 23（25 人出席）"),
    "D05": ("待参评", WAITS, ""),
    "D06": (
        "不予推荐",
        "示范县第一中学（示例）经办人未予推荐：本单位量化评分推荐排名第 3，本年度核准职数 2，不在推荐名额内。",
        "",
    ),
    "D07": ("已发证", GRANTED, "需 17，得 23（25 人出席）"),
    "D08": ("已发证", GRANTED, "需 17，得 25（25 人出席）"),
    "D09": ("待参评", WAITS, ""),
    "D10": ("已发证", GRANTED, "需 17，得 21（25 人出席）"),
    "D11": ("已发证", GRANTED, "需 17，得 24（25 人出席）"),
    "D12": ("待参评", WAITS, ""),
    "D13": ("待参评", WAITS, ""),
    "D14": ("待参评", WAITS, ""),
    "D15": ("已放弃", "未在规定时间内提交，视为放弃申报。", ""),
    "D16": ("待参评", WAITS, ""),
    "D17": ("已放弃", "未在规定时间内提交，视为放弃申报。", ""),
    "D18": ("已发证", GRANTED, "需 20，得 25（29 人出席）"),
    "D19": ("已发证", GRANTED, "需 19，得 19（29 人出席，1 人回避，28 人有表决权）"),
    "D20": ("评审未通过", "评审未通过。", "需 20，得 19（29 人出席）"),
    "D21": ("评审结果取消", "评审结果已取消。", "需 17，得 24（25 人出席）"),
    "D22": ("已发证", GRANTED, "需 17，得 22（25 人出席）"),
    "D23": ("已发证", GRANTED, "需 5，得 7（7 人出席）"),
    "D24": ("已发证", GRANTED, "需 17，得 24（25 人出席）"),
    "D25": ("待参评", WAITS, ""),
}
#: the founding takes a quarter of a minute of an idle machine, and many times that of a busy one
pytestmark = pytest.mark.timeout(400)
APPROVED_UP = ["unit_officer_review", "unit_leader_review", "superior_officer_review", "superior_leader_review"]
RESULT = ["await_publication", "await_forwarding", "await_approval", "await_certificate"]
#: elements every telling of a path has to have passed, in this order
PASSED: dict[str, Sequence[str]] = {
    "D01": [*APPROVED_UP, "preassign_committee", "screen_declaration", "await_review", *RESULT],
    "D02": ["superior_officer_review", "correct_declaration", *APPROVED_UP, "await_certificate"],
    "D04": ["approve_special_route", "unit_officer_check", "await_recommendation", "complete_recommendation", "await_review"],
    "D06": ["unit_officer_check", "await_recommendation"],
    "D07": ["approve_special_route", *APPROVED_UP, "await_certificate"],
    "D08": ["unit_leader_review", "correct_declaration", *APPROVED_UP, "await_certificate"],
    "D11": ["fill_declaration", "withdrawn_by_applicant", "fill_declaration", *APPROVED_UP],
    "D15": ["unit_officer_review", "correction_near", "correction_expired"],
    "D16": ["screen_declaration", "correct_for_committee", "screen_declaration"],
    "D17": ["screen_declaration", "committee_correction_near", "committee_correction_expired"],
    "D18": ["preassign_committee", "record_entrustment", "accept_entrustment", "screen_declaration", "await_certificate"],
    "D21": ["await_review", "await_publication", "result_fell"],
    "D23": ["unit_officer_check", "complete_recommendation", "superior_officer_review", "await_certificate"],
}  # fmt: skip


def found_demo(url: str, *, folder: str) -> None:
    """What `zhiping demo` founds, on that day, with passwords that cost nothing."""
    app = replace(make_app(url, folder), passwords=QUICK)
    app.prepare()
    app.close()


def make_app(url: str, folder: str) -> App:
    settings = {
        "ZHIPING_DATABASE_URL": url,
        "ZHIPING_DATA": folder,
        "ZHIPING_DEMO": "1",
        "ZHIPING_SQLITE_SYNCHRONOUS": "OFF",
    }
    return build(read_settings(settings), FixedClock(TODAY), queue=False)


class Played:
    """The province as it was founded; `of` is the last declaration of a story."""

    def __init__(self, app: App) -> None:
        self.app, self.database = app, app.database

    def applicant(self, story: str) -> Actor:
        return self.who(LOGINS[story], "applicant")

    def who(self, login: str, role: str = "case_officer") -> Actor:
        with self.database.read() as tx:
            return actor_of_login(tx, login, role)

    def rows(self, query: sa.Select[Any]) -> Sequence[Any]:
        with self.database.read() as tx:
            return tx.rows(query)

    def of(self, story: str) -> Any:
        with self.database.read() as tx:
            return my_declarations(tx, actor_of_login(tx, LOGINS[story], "applicant"))[0]

    def passed(self, case_key: int) -> list[str]:
        events = ("task.completed", "message.received", "timer.fired", "action.performed")
        query = sa.select(j.element_id).where(j.case_key == case_key, j.event.in_(events)).order_by(j.seq)
        return [row.element_id for row in self.rows(query) if row.element_id]

    def cases(self, process: str, like: str) -> list[str]:
        """The statuses of the cases of a process whose title says so."""
        query = sa.select(case.c.status).where(case.c.process_id == process, case.c.title.contains(like))
        return [row.status for row in self.rows(query.order_by(case.c.key))]


@pytest.fixture(scope="module")
def played(sqlite_url: str, templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    folder = str(tmp_path_factory.mktemp("stories"))
    templates.fill(sqlite_url, found_demo, folder=folder)
    app = make_app(sqlite_url, folder)
    yield Played(app)
    app.close()


@pytest.mark.parametrize("story", STORIES)
def test_a_story_ends_as_it_is_told(played: Played, story: str) -> None:
    found = played.of(story)
    decided = played.rows(sa.select(r.sentence).where(r.declaration == found.row["case_key"]))
    said = "".join(row.sentence for row in decided)
    assert (found.row["status"], found.sentence, said) == ENDS[story]


@pytest.mark.parametrize("story", sorted(PASSED))
def test_a_story_goes_the_way_it_is_told(played: Played, story: str) -> None:
    passed = iter(played.passed(played.of(story).row["case_key"]))
    assert [one for one in PASSED[story] if one not in passed] == []


def test_the_demo_is_sound(played: Played) -> None:
    """No incident, every journal whole, the lists in step, nothing in the future, a story's steps in office hours."""
    assert played.rows(sa.select(case.c.key).where(case.c.has_incident)) == []
    with played.database.read() as tx:
        cases = [row.key for row in tx.rows(sa.select(case.c.key))]
        assert {verify_journal(tx, key) for key in cases} == {None}
        assert tx.value(sa.select(sa.func.max(j.at))) <= TODAY
    assert played.app.check_read_models() == []
    keys = [played.of(story).row["case_key"] for story in STORIES]
    done = played.rows(sa.select(j.at).where(j.case_key.in_(keys), j.event == "task.completed"))
    assert {local(row.at).hour for row in done} <= {9, 10, 11, 12, 13, 14, 15, 16, 17}


def test_certificates_are_numbered_and_the_corrected_one_names_what_was_wrong(played: Played) -> None:
    """D24: the old certificate is void, the new one prints the right name (F4, W14)."""
    held = played.rows(sa.select(title_certificate).where(c.person == played.applicant("D24").person).order_by(c.key))
    assert [(one.name, one.state.value) for one in held] == [("张示四", "replaced"), ("张示肆", "valid")]
    assert held[1].reason == "更正：身份证上的姓名为“张示肆”，建立账户时误写为“张示四”。（示例）"
    assert played.cases("certificate_correction", "张示四") == ["已更正"]


def test_an_expired_result_of_an_examination_kept_d24_from_submitting(played: Played) -> None:
    case_key = played.of("D24").row["case_key"]
    assert played.passed(case_key)[:2] == ["fill_declaration", "unit_officer_review"]


def test_the_postponed_ballot_was_first_short_of_people(played: Played) -> None:
    """D22: 16 of 25 came; two working days later they were counted again (J06)."""
    (ballot,) = played.rows(
        sa.select(case.c.key).where(case.c.process_id == "ballot", case.c.title.contains("护理专业"))
    )
    ran = sa.select(j.element_id, j.at).where(j.case_key == ballot.key, j.event == "task.completed").order_by(j.seq)
    steps = [(row.element_id, local(row.at).date()) for row in played.rows(ran) if row.element_id != "cast_ballot"]
    assert [name for name, _ in steps] == ["handle_failed_quorum", "open_ballot", "confirm_tally"]
    assert {day for _, day in steps} == {date(2026, 11, 2)}
    (held,) = played.rows(sa.select(review_meeting.c.starts_at).where(review_meeting.c.name.contains("护理专业")))
    assert local(held.starts_at).date() == date(2026, 10, 29)


@pytest.mark.parametrize(("story", "status"), [("D21", "异议成立"), ("D22", "异议不成立")])
def test_an_objection_is_settled_and_stops_only_whom_it_is_about(played: Played, story: str, status: str) -> None:
    mine = played.of(story).row["case_key"]
    assert [row.status for row in played.rows(sa.select(o.status).where(o.declaration == mine))] == [status]
    (result,) = played.rows(sa.select(r.state, r.meeting).where(r.declaration == mine))
    others = played.rows(sa.select(r.state).where(r.meeting == result.meeting, r.declaration != mine))
    assert (result.state.value, {row.state.value for row in others}) == (
        "overturned" if story == "D21" else "granted",
        {"granted"},
    )


@pytest.mark.catalogue("J16")
def test_who_forged_papers_does_not_declare_next_year(played: Played) -> None:
    applicant = played.applicant("D21")
    assert applicant.person is not None
    with played.database.transaction(FixedClock(datetime(2027, 5, 10, 10, tzinfo=ZONE))) as tx:
        create_enrolment(
            tx,
            actor_of_login(tx, "industry_officer", "case_officer"),
            year=2027,
            applicant=Applicant("何示一", "01", applicant.login, "13000000021"),
            password_hash="-",
        )
    with played.database.read() as tx:
        mine = my_declarations(tx, applicant)[0].row
        setup = {
            name: mine[name] for name in ("title_category", "title_series", "specialty", "title_name", "title_level")
        } | {"declaration_route": "regular", "review_mode": "review"}
    with (
        pytest.raises(Refused) as refused,
        played.database.transaction(FixedClock(datetime(2027, 5, 11, 10, tzinfo=ZONE))) as tx,
    ):
        start_declaration(tx, applicant, values={"setup": setup})
    assert refused.value.message == (
        "您有未到期的诚信记录（弄虚作假被取消评审结果：代表性论文经核查系伪造，取消评审结果。（示例）），2029-11-05之前（含当日）不能申报。"
        "如有异议，请联系职改办。"
    )


@pytest.mark.parametrize("story", ["D06", "D20"])
def test_a_reexamination_finds_nothing_wrong(played: Played, story: str) -> None:
    assert played.cases("reexamination", played.of(story).row["declaration_no"]) == ["维持原结果"]


def test_d20_failed_last_year_and_took_it_over(played: Played) -> None:
    applicant, this = played.applicant("D20"), played.of("D20").row
    with played.database.read() as tx:
        (before,) = carry_sources(tx, applicant, this["case_key"])
    assert (before.year, before.status) == (2025, "评审未通过")


def test_nine_others_go_up_with_d14(played: Played) -> None:
    together = [row["name"] for row in demo_rows("demo_colleagues.csv") if row["part"] == "batch"]
    rows = played.rows(sa.select(d.status).where(d.name.in_(together)))
    assert [row.status for row in rows] == ["待参评"] * 9
    with played.database.read() as tx:
        office = actor_of_login(tx, "office_officer", "case_officer")
        rows = review_list(tx, office, filters={"desk": "placement"}, year=2026).rows
    assert [row["name"] for row in rows] == ["凤示办", "花示办"]


def test_d13_was_approved_by_who_stands_in(played: Played) -> None:
    query = sa.select(j.actor, j.detail).where(
        j.case_key == played.of("D13").row["case_key"],
        j.element_id == "unit_officer_review",
        j.event == "task.completed",
    )
    (row,) = played.rows(query)
    assert (row.actor, row.detail["on_behalf_of"]) == ("industry_deputy", "industry_officer")


def test_d25_came_over_and_submitted_in_the_last_hour(played: Played) -> None:
    assert played.cases("applicant_transfer", "孔示五") == ["已转接"]
    row = played.of("D25").row
    assert (row["unit_name"], local(row["submitted_at"]).hour) == ("示范省广播电视台（示例）", 17)
    with played.database.read() as tx:
        enrolled = enrolment_of(tx, played.applicant("D25").person or 0, 2026)
    assert enrolled is not None
    assert enrolled.unit_name == "示范省广播电视台（示例）"


def test_a_notice_is_public_with_the_teacher_who_gave_a_lesson(played: Played) -> None:
    with played.database.read() as tx:
        titles = [one["title"] for one in open_notices(tx)]
    assert titles == ["2026 年度中小学教师系列高级职称评审会（示例）评审结果公示"]


@pytest.mark.parametrize(
    ("login", "role", "tab"),
    [
        ("hosp3_officer", "case_officer", Tab.PENDING),
        ("hosp3_leader", "unit_leader", Tab.PENDING),
        ("medu_officer", "case_officer", Tab.PENDING),
        ("edu_officer", "case_officer", Tab.PENDING),
        ("edu_leader", "unit_leader", Tab.PENDING),
        ("industry_officer", "case_officer", Tab.PENDING),
        ("industry_officer", "case_officer", Tab.ON_HOLD),
        ("industry_leader", "unit_leader", Tab.PENDING),
        ("archive_officer", "case_officer", Tab.PENDING),
        ("city_officer", "case_officer", Tab.PENDING),
        ("school1_officer", "case_officer", Tab.PENDING),
        ("office_officer", "case_officer", Tab.PENDING),
        ("office_leader", "unit_leader", Tab.PENDING),
    ],
)
def test_something_waits_at_every_desk(played: Played, login: str, role: str, tab: Tab) -> None:
    with played.database.read() as tx:
        assert review_list(tx, actor_of_login(tx, login, role), tab=tab, year=2026).rows != []


@pytest.mark.parametrize(
    ("login", "desk", "found"),
    [("office_officer", "screening", ["杨示五"]), ("medu_officer", "screening", ["朱示六"])],
)
def test_a_screening_and_an_entrusted_review_have_not_begun(
    played: Played, login: str, desk: str, found: list[str]
) -> None:
    with played.database.read() as tx:
        rows = review_list(tx, actor_of_login(tx, login, "case_officer"), filters={"desk": desk}, year=2026).rows
    assert [row["name"] for row in rows] == found


def test_a_round_is_public_with_an_objection_while_two_wait_for_the_next(played: Played) -> None:
    officer = played.who("school1_officer")
    with played.database.read() as tx:
        running = [one for one in rounds_of_unit(tx, officer.unit or 0, 2026) if one["status"] == "单位公示中"]
        held = round_of(tx, officer, running[0]["case_key"])
        waiting = [row.name for row in waiting_declarants(tx, officer, 2026)]
    assert ([one["declared"] for one in running], [one.row["name"] for one in held.tasks]) == ([2], ["核查异议"])
    assert waiting == ["卫示一", "蒋示二"]


def test_one_meeting_is_set_up_one_scores_one_votes(played: Played) -> None:
    open_meetings = sa.select(review_meeting.c.name, review_meeting.c.status, review_meeting.c.presiding).where(
        review_meeting.c.finished_at.is_(None), review_meeting.c.series == "physician"
    )
    found = played.rows(open_meetings.order_by(review_meeting.c.case_key))
    assert [row.status for row in found] == ["已定主任", "打分中", "投票中"]
    papers = sa.select(task.c.key).where(task.c.element_id == "cast_ballot")
    assert len(played.rows(papers)) == 6


def test_there_are_maps_of_columns_for_both_ways(played: Played) -> None:
    with played.database.read() as tx:
        assert len(list_templates(tx, actor_of_login(tx, "medu_officer", "case_officer"))) == 2


def test_a_draft_may_take_over_what_was_given_up(played: Played) -> None:
    applicant = played.who("990000199111083671", "applicant")
    with played.database.read() as tx:
        draft = next(one for one in my_declarations(tx, applicant) if one.row["status"] == "草稿")
        assert [one.status for one in carry_sources(tx, applicant, draft.row["case_key"])] == ["已废弃"]
