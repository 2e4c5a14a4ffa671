"""A unit's round from its beginning to what each declaration hears (Q34, J10, J24, J25, W1, W3), on both databases."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from engine.access import Actor
from engine.clock import FixedClock
from engine.db import Database
from engine.declaration.recommendation.quota import Posts, check_posts, posts_of, set_posts
from engine.declaration.recommendation.ranking import Judged, Member, ranking_problems, save_ranking, score_ranks
from engine.declaration.recommendation.rounds import Round, round_of, rounds_of_unit
from engine.declaration.recommendation.starting import start_round, waiting_declarants
from engine.declaration.recommendation.tables import post_quota
from engine.declaration.tables import QuotaCheck
from engine.declaration.years import default_plan, set_year_plan
from engine.document import FileStore
from engine.errors import InvalidInput, NotAllowed, NotFound, Refused, StaleTask
from engine.flow.actions import perform_action
from engine.flow.completion import complete_task
from engine.flow.messages import deliver_messages
from engine.flow.modification import reopen_task
from engine.flow.tables import case, task_done
from engine.flow.timers import run_due_timers
from engine.organisation.tables import RecommendationMode, unit
from engine.reference import load_book
from tests.declaration.story import Story

Who = Callable[..., Actor]

PANEL = [Member(name, "高级工程师") for name in ("张示一", "李示二", "王示三")]


class UnitRound:
    """One round of the third hospital, walked through its commands."""

    def __init__(self, database: Database, officer: Actor) -> None:
        self.database, self.officer = database, officer
        self.case_key = 0

    def start(self, *stories: Story) -> "UnitRound":
        with self.database.transaction() as tx:
            keys = [story.case_key for story in stories]
            self.case_key = start_round(tx, self.officer, year=2026, declarations=keys)
        return self.tell()

    def tell(self) -> "UnitRound":
        while deliver_messages(self.database):
            pass
        return self

    @property
    def held(self) -> Round:
        with self.database.read() as tx:
            return round_of(tx, self.officer, self.case_key)

    @property
    def status(self) -> str:
        return str(self.held.row["status"])

    def rank(self, *judged: Judged, panel: list[Member] = PANEL, opinion: str = "同意推荐") -> "UnitRound":
        with self.database.transaction() as tx:
            version = self.held.row["version"]
            save_ranking(
                tx,
                self.officer,
                self.case_key,
                judged,
                method="量化评分",
                panel=panel,
                panel_opinion=opinion,
                version=version,
            )
        return self

    def do(self, element: str, **values: Any) -> "UnitRound":
        task = self.held.task_of(element)
        assert task is not None, [one.row["element_id"] for one in self.held.tasks]
        with self.database.transaction() as tx:
            complete_task(tx, self.officer, task.row["key"], values)
        return self.tell()

    def press(self, action: str, **values: Any) -> "UnitRound":
        with self.database.transaction() as tx:
            perform_action(tx, self.officer, self.case_key, action, values)
        return self.tell()

    def publicise(self, **dates: str) -> "UnitRound":
        published = {
            "publicity_methods": ["单位公示栏"],
            "publicity_place": "一楼大厅",
            "objection_phone": "0311-00000000",
        }
        given = {"publicity_from": "2026-06-01", "publicity_to": "2026-06-08", **published, **dates}
        return self.do("start_publicity", outcome="start", **given)

    def record(self, **values: Any) -> "UnitRound":
        given = {"outcome": "hand_over", "has_objection": "no", "notice": "公示五个工作日，无异议。", **values}
        return self.do(
            "record_publicity",
            ranking_sheet=self.upload("排名表.pdf"),
            publicity_proof=self.upload("公示证明.pdf"),
            **given,
        )

    def upload(self, name: str) -> list[str]:
        from engine.declaration.demo_files import DemoFiles

        with self.database.transaction() as tx:
            return [str(DemoFiles(tx.service(FileStore)).upload(tx, self.officer, name)["id"])]


@pytest.fixture
def unit_round(database: Database, who: Who) -> Iterator[UnitRound]:
    """The third hospital recommends in rounds while the test runs."""
    officer = who("hosp3_officer")
    with database.transaction() as tx:
        own = unit.c.id == officer.unit
        tx.execute(sa.update(unit).where(own).values(recommendation_mode=RecommendationMode.ROUND))
    yield UnitRound(database, officer)
    with database.transaction() as tx:
        tx.execute(sa.update(unit).where(own).values(recommendation_mode=RecommendationMode.DIRECT))
        tx.execute(sa.delete(post_quota))


def without_unit_proofs(materials: dict[str, object]) -> dict[str, object]:
    return {name: files for name, files in materials.items() if name not in ("ranking_sheet", "publicity_proof")}


def without_ranks(supplement: dict[str, object]) -> dict[str, object]:
    ranks = ("quantified_score", "score_rank", "recommendation_rank", "recommended_total")
    return {name: value for name, value in supplement.items() if name not in ranks}


@pytest.fixture
def declared(database: Database, unit_round: UnitRound) -> Callable[[], Story]:
    """A declaration that was checked and waits for the unit's recommendation, without what only the unit can provide."""

    def declared() -> Story:
        story = Story(database).submitted(base_material=without_unit_proofs, overview_supplement=without_ranks)
        story.review()
        assert story.status == "推荐中"
        return story

    return declared


def yes(story: Story, rank: int, score: str = "90") -> Judged:
    return Judged(story.case_key, Decimal(score), rank, recommended=True)


def no(story: Story, reason: str = "不在推荐名额内", score: str = "60") -> Judged:
    return Judged(story.case_key, Decimal(score), None, recommended=False, reason=reason)


@pytest.mark.catalogue("Q34", "W1", "J10")
def test_a_round_leads_from_the_check_to_the_leader(
    unit_round: UnitRound, declared: Callable[[], Story], clock: FixedClock
) -> None:
    first, second = declared(), declared()
    unit_round.start(first, second)
    assert (unit_round.status, first.status) == ("推荐评议中", "推荐中")
    unit_round.rank(yes(first, 1, "91.5"), yes(second, 2, "88")).do("rank_candidates", outcome="publicise")
    unit_round.publicise()
    assert (unit_round.status, first.status) == ("单位公示中", "单位公示中")
    clock.move_to(clock.now() + timedelta(days=8))
    run_due_timers(unit_round.database)
    assert unit_round.status == "待登记公示结果"
    unit_round.record()
    assert (unit_round.status, first.status) == ("已办结", "待经办人补填")
    detail = first.detail()
    supplement = detail.values["overview_supplement"]
    assert [
        supplement[name] for name in ("quantified_score", "score_rank", "recommendation_rank", "recommended_total")
    ] == [91.5, 1, 1, 2]
    assert [one["name"] for one in detail.values["base_material"]["publicity_proof"]] == ["公示证明.pdf"]
    first.review()
    assert first.status == "待领导审核"
    assert first.detail().variables["recommendation"]["notice"] == "公示五个工作日，无异议。"
    first.review()
    assert first.status == "待上级经办人审核"


@pytest.mark.catalogue("W1")
def test_who_is_not_recommended_ends_with_the_reason_and_the_yearly_slot_is_free(
    unit_round: UnitRound, declared: Callable[[], Story]
) -> None:
    story = declared()
    unit_round.start(story).rank(no(story)).do("rank_candidates", outcome="publicise")
    detail = story.detail()
    assert (unit_round.status, detail.row["status"], detail.row["live"]) == ("已办结", "不予推荐", False)
    assert detail.sentence == "示范医科大学第三附属医院（示例）经办人未予推荐：不在推荐名额内"


@pytest.mark.catalogue("J10")
@pytest.mark.parametrize(
    ("begin", "end", "field"),
    [("2026-06-01", "2026-06-05", "publicity_to"), ("2026-05-29", "2026-06-08", "publicity_from")],
)
def test_publicity_lasts_at_least_the_working_days_of_the_plan(
    unit_round: UnitRound, declared: Callable[[], Story], begin: str, end: str, field: str
) -> None:
    story = declared()
    unit_round.start(story).rank(yes(story, 1)).do("rank_candidates", outcome="publicise")
    with pytest.raises(InvalidInput) as refused:
        unit_round.publicise(publicity_from=begin, publicity_to=end)
    assert list(refused.value.fields) == [field]


@pytest.mark.catalogue("J10")
def test_a_result_cannot_be_recorded_before_publicity_ends(
    unit_round: UnitRound, declared: Callable[[], Story], clock: FixedClock
) -> None:
    story = declared()
    unit_round.start(story).rank(yes(story, 1)).do("rank_candidates", outcome="publicise").publicise()
    clock.move_to(clock.now() + timedelta(days=7))
    run_due_timers(unit_round.database)
    assert unit_round.held.task_of("record_publicity") is None
    clock.move_to(clock.now() + timedelta(hours=14))
    run_due_timers(unit_round.database)
    assert unit_round.held.task_of("record_publicity") is not None


@pytest.mark.catalogue("J10", "W1")
def test_an_objection_is_verified_and_takes_out_whom_it_concerns(
    unit_round: UnitRound, declared: Callable[[], Story], clock: FixedClock
) -> None:
    first, second = declared(), declared()
    unit_round.start(first, second).rank(yes(first, 1), yes(second, 2, "80")).do("rank_candidates", outcome="publicise")
    unit_round.publicise()
    number = first.detail().row["declaration_no"]
    unit_round.press("raise_objection", objection_about=number, objection_content="论文署名不实", objector="匿名")
    clock.move_to(clock.now() + timedelta(days=8))
    run_due_timers(unit_round.database)
    with pytest.raises(Refused, match="还有 1 件异议没有核查"):
        unit_round.record(has_objection="yes")
    unit_round.do("verify_objection", outcome="upheld", finding="署名确有不实")
    with pytest.raises(InvalidInput):
        unit_round.record()
    unit_round.record(has_objection="yes", notice="公示期间有异议，已核查处理。")
    assert (first.status, second.status) == ("不予推荐", "待经办人补填")
    assert second.detail().variables["recommendation"]["recommended_total"] == 1
    assert "署名确有不实" in first.detail().sentence


@pytest.mark.catalogue("J10")
def test_an_objection_names_somebody_of_the_round_and_may_turn_out_unfounded(
    unit_round: UnitRound, declared: Callable[[], Story]
) -> None:
    story = declared()
    unit_round.start(story).rank(yes(story, 1)).do("rank_candidates", outcome="publicise").publicise()
    with pytest.raises(InvalidInput) as refused:
        unit_round.press("raise_objection", objection_about="不在本轮", objection_content="异议", objector="")
    assert list(refused.value.fields) == ["objection_about"]
    unit_round.press("raise_objection", objection_content="评议程序不公开", objector="")
    unit_round.do("verify_objection", outcome="dismissed", finding="评议全程公开")
    assert [(one["outcome"], one["about"]) for one in unit_round.held.objections] == [("dismissed", None)]
    assert unit_round.held.candidates[0]["recommended"] is True


@pytest.mark.catalogue("J10")
def test_publicity_may_be_stopped_and_begins_anew(unit_round: UnitRound, declared: Callable[[], Story]) -> None:
    story = declared()
    unit_round.start(story).rank(yes(story, 1)).do("rank_candidates", outcome="publicise").publicise()
    unit_round.press("stop_publicity", stop_reason="公示表漏了一人")
    assert (unit_round.status, story.status) == ("待公示", "推荐中")
    unit_round.do("start_publicity", outcome="back").rank(yes(story, 1)).do("rank_candidates", outcome="publicise")
    assert unit_round.publicise().status == "单位公示中"


@pytest.mark.catalogue("W1")
def test_a_cancelled_round_lets_its_declarations_join_another(
    unit_round: UnitRound, declared: Callable[[], Story]
) -> None:
    story = declared()
    unit_round.start(story)
    with unit_round.database.read() as tx:
        assert story.case_key not in {row.case_key for row in waiting_declarants(tx, unit_round.officer, 2026)}
    with pytest.raises(InvalidInput):
        UnitRound(unit_round.database, unit_round.officer).start(story)
    unit_round.do("rank_candidates", outcome="cancel")
    assert unit_round.status == "已撤销"
    again = UnitRound(unit_round.database, unit_round.officer).start(story)
    assert again.status == "推荐评议中"
    with unit_round.database.read() as tx:
        assert unit_round.officer.unit is not None
        listed = rounds_of_unit(tx, unit_round.officer.unit, 2026)
    assert [row["case_key"] for row in listed][:2] == [again.case_key, unit_round.case_key]


@pytest.mark.catalogue("W1")
def test_equal_scores_share_a_place_and_the_next_one_is_skipped() -> None:
    scores = {1: Decimal("90"), 2: Decimal("95"), 3: Decimal("90"), 4: None, 5: Decimal("80.5")}
    assert score_ranks(scores) == {1: 2, 2: 1, 3: 2, 4: None, 5: 4}


@pytest.mark.catalogue("W1")
def test_a_result_is_confirmed_only_when_everybody_is_judged(
    unit_round: UnitRound, declared: Callable[[], Story]
) -> None:
    first, second, third = declared(), declared(), declared()
    unit_round.start(first, second, third)
    unit_round.rank(
        Judged(first.case_key),
        Judged(second.case_key, recommended=False),
        Judged(third.case_key, None, 3, recommended=True),
        panel=PANEL[:2],
        opinion="",
    )
    assert set(ranking_problems(unit_round.held)) == {
        f"score[{third.case_key}]",
        f"recommendation_rank[{third.case_key}]",
        f"recommended[{first.case_key}]",
        f"reason[{second.case_key}]",
        "panel",
        "panel_opinion",
    }
    with pytest.raises(InvalidInput):
        unit_round.do("rank_candidates", outcome="publicise")
    unit_round.rank(yes(first, 1), yes(second, 1), yes(third, 2))
    assert set(ranking_problems(unit_round.held)) == {
        f"recommendation_rank[{first.case_key}]",
        f"recommendation_rank[{second.case_key}]",
    }


def test_two_officers_do_not_write_over_each_other(unit_round: UnitRound, declared: Callable[[], Story]) -> None:
    story = declared()
    unit_round.start(story).rank(yes(story, 1))
    with unit_round.database.transaction() as tx, pytest.raises(StaleTask):
        save_ranking(
            tx,
            unit_round.officer,
            unit_round.case_key,
            [no(story)],
            method="投票",
            panel=PANEL,
            panel_opinion="",
            version=1,
        )


@pytest.mark.catalogue("J25", "W3")
def test_a_recommendation_is_held_against_the_approved_posts(
    unit_round: UnitRound, declared: Callable[[], Story], who: Who
) -> None:
    database, officer = unit_round.database, unit_round.officer
    assert officer.unit is not None
    first, second = declared(), declared()
    unit_round.start(first, second).rank(yes(first, 1), yes(second, 2))
    with database.read() as tx:
        told = [one.message for one in check_posts(tx, unit_round.held)]
    assert told == ["上级单位尚未核准岗位职数，请先报上级单位核准"]
    level = first.detail().row["title_level"]
    with database.transaction() as tx:
        superior = who("medu_admin", "unit_admin")
        set_posts(tx, superior, load_book(tx, 2026), officer.unit, 2026, [Posts(level, "", 5, 4)])
        set_year_plan(tx, who("office_admin", "title_office_admin"), _plan(QuotaCheck.BLOCK))
    with database.read() as tx:
        verdict = check_posts(tx, unit_round.held)[0]
    assert (verdict.within, verdict.message) == (False, "推荐 2 人，超出空缺岗位 1 个（核准 5 个，已聘 4 人）")
    with pytest.raises(Refused, match="超出空缺岗位 1 个"):
        unit_round.do("rank_candidates", outcome="publicise")
    with database.transaction() as tx:
        set_year_plan(tx, who("office_admin", "title_office_admin"), _plan(QuotaCheck.WARN))
    assert unit_round.do("rank_candidates", outcome="publicise").status == "待公示"


def _plan(check: QuotaCheck) -> Any:
    from dataclasses import replace

    return replace(default_plan(2026), quota_check=check)


@pytest.mark.catalogue("J25", "W3")
def test_posts_are_approved_by_a_superior_and_never_by_the_unit_itself(
    unit_round: UnitRound, database: Database, who: Who
) -> None:
    own = unit_round.officer.unit
    assert own is not None
    with database.transaction() as tx:
        book = load_book(tx, 2026)
        with pytest.raises(NotFound):
            set_posts(tx, who("hosp3_admin", "unit_admin"), book, own, 2026, [])
        with pytest.raises(NotAllowed):
            set_posts(tx, unit_round.officer, book, own, 2026, [])
        superior = who("medu_admin", "unit_admin")
        with pytest.raises(InvalidInput) as refused:
            set_posts(tx, superior, book, own, 2026, [Posts("senior", "", 2, 3), Posts("nothing", "", 1, 0)])
        assert set(refused.value.fields) == {"filled[0]", "title_level[1]"}
        set_posts(tx, superior, book, own, 2026, [Posts("senior", "", 2, 1)])
    with database.read() as tx:
        assert posts_of(tx, own, 2026) == [Posts("senior", "", 2, 1)]


@pytest.mark.catalogue("Q37")
def test_a_check_cannot_be_taken_back_once_the_declaration_is_in_a_round(
    unit_round: UnitRound, declared: Callable[[], Story], clock: FixedClock
) -> None:
    story = declared()
    clock.move_to(clock.now() + timedelta(minutes=5))
    unit_round.start(story)
    with unit_round.database.transaction() as tx:
        done = tx.value(
            sa.select(task_done.c.key).where(
                task_done.c.case_key == story.case_key, task_done.c.element_id == "unit_officer_check"
            )
        )
        with pytest.raises(Refused):
            reopen_task(tx, unit_round.officer, done)


@pytest.mark.catalogue("W1")
def test_a_round_is_the_unit_s_officer_s_alone(unit_round: UnitRound, declared: Callable[[], Story], who: Who) -> None:
    story = declared()
    unit_round.start(story)
    with unit_round.database.read() as tx:
        for stranger in (who("industry_officer"), story.applicant):
            with pytest.raises(NotFound):
                round_of(tx, stranger, unit_round.case_key)
        for role, login in (("unit_leader", "hosp3_leader"), ("applicant", story.applicant.login)):
            with pytest.raises(NotAllowed):
                waiting_declarants(tx, who(login, role), 2026)
        above = round_of(tx, who("medu_officer"), unit_round.case_key)
        assert (above.task_of("rank_candidates"), above.actions) == (None, [])


@pytest.mark.catalogue("J24")
def test_an_agency_publicises_without_ranks_posts_or_leader(database: Database, who: Who, clock: FixedClock) -> None:
    officer = who("talent_officer")
    with database.transaction() as tx:
        tx.execute(
            sa.update(unit).where(unit.c.id == officer.unit).values(recommendation_mode=RecommendationMode.ROUND)
        )
    story = Story(database, "talent_officer").submitted(
        base_material=without_unit_proofs, overview_supplement=without_ranks
    )
    story.review()
    unit_round = UnitRound(database, officer).start(story)
    unit_round.rank(Judged(story.case_key, recommended=True), panel=[])
    with database.read() as tx:
        assert [one.checked for one in check_posts(tx, unit_round.held)] in ([], [False])
    unit_round.do("rank_candidates", outcome="publicise").publicise()
    clock.move_to(clock.now() + timedelta(days=8))
    run_due_timers(database)
    unit_round.do(
        "record_publicity",
        outcome="hand_over",
        has_objection="no",
        notice="公示无异议。",
        publicity_proof=unit_round.upload("公示证明.pdf"),
    )
    story.review()
    assert story.status == "待上级经办人审核"
    with database.transaction() as tx:
        tx.execute(
            sa.update(unit).where(unit.c.id == officer.unit).values(recommendation_mode=RecommendationMode.DIRECT)
        )


def test_no_round_leaves_an_incident(database: Database) -> None:
    with database.read() as tx:
        assert tx.rows(sa.select(case.c.key).where(case.c.has_incident)) == []
