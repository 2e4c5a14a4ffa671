"""Reviews level by level: who does them, what they need, what everybody reads of it."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from engine.access import Actor
from engine.db import Database
from engine.declaration.detail import declaration_detail
from engine.declaration.phrases import (
    add_stock_phrase,
    edit_stock_phrase,
    move_stock_phrase,
    remove_stock_phrase,
    stock_phrases,
)
from engine.declaration.reviewing import resume_declaration, review_declaration
from engine.declaration.tables import declaration_review
from engine.errors import InvalidInput, NotAllowed, NotFound, StaleTask
from engine.flow.queries import case_journal
from engine.notification import notices_of
from tests.declaration.story import Story

Who = Callable[..., Actor]


@pytest.mark.catalogue("P22", "U10")
def test_a_declaration_climbs_from_its_hospital_to_the_title_office(story: Story) -> None:
    story.submitted()
    reviewers = [story.review() for _ in range(8)]
    assert [(reviewer.login.partition("_")[0], reviewer.role) for reviewer in reviewers] == [
        (unit, role) for unit in ("hosp3", "medu", "edu", "office") for role in ("case_officer", "unit_leader")
    ]
    detail = story.detail()
    assert (detail.row["status"], detail.row["live"], detail.row["finished_at"]) == ("待预分配", True, None)
    assert (
        detail.sentence == "正由河北省职称改革领导小组办公室（示例）经办人预分配评委会，今天送达，最迟6月15日 (周一)。"
    )


@pytest.mark.catalogue("Q31")
def test_an_agency_without_a_leader_passes_on_after_its_officer(database: Database) -> None:
    story = Story(database, "talent_officer").submitted()
    story.review()
    with database.read() as tx:
        reviewer = story.reviewer(tx)
    assert (reviewer.login, reviewer.role) == ("city_officer", "case_officer")


@pytest.mark.catalogue("U12")
@pytest.mark.parametrize("outcome", ["return_for_revision", "not_recommended"])
def test_what_is_not_an_approval_needs_an_opinion(story: Story, outcome: str) -> None:
    story.submitted()
    with pytest.raises(InvalidInput) as refused:
        story.review(outcome)
    assert refused.value.fields == {"opinion": ["请填写“审核意见”"]}
    assert story.status == "待经办人审核"


@pytest.mark.catalogue("U11")
def test_an_opinion_has_at_most_a_thousand_characters(story: Story) -> None:
    story.submitted()
    with pytest.raises(InvalidInput) as refused:
        story.review("return_for_revision", "意" * 1001)
    assert refused.value.fields == {"opinion": ["“审核意见”最多 1000 个字，现在是 1001 个字"]}
    story.review("return_for_revision", "意" * 1000)
    assert story.status == "退回修改"


@pytest.mark.catalogue("U12", "P24")
def test_a_returned_declaration_goes_back_to_the_applicant_who_is_told_why_and_by_when(story: Story) -> None:
    story.submitted().approve(3)
    story.review("return_for_revision", "学位证书不清晰")
    detail = story.detail()
    assert detail.sentence == "已由示范医科大学（示例）领导退回修改，请在6月15日 (周一)前修改并重新提交，逾期视为放弃。"
    with story.database.read() as tx:
        notice = notices_of(tx, story.applicant)[0]
    assert notice.subject == "申报材料被退回修改"
    assert "学位证书不清晰" in notice.text
    assert "请于6月15日前" in notice.text
    story.submit()
    with story.database.read() as tx:
        assert story.reviewer(tx).login == "hosp3_officer"


@pytest.mark.catalogue("Q33")
@pytest.mark.parametrize(
    ("reviews_before", "outcome", "sentence"),
    [
        (0, "not_recommended", "示范医科大学第三附属医院（示例）经办人未予推荐：名额已满"),
        (2, "not_eligible", "示范医科大学（示例）经办人认定不符合申报条件：名额已满"),
    ],
)
def test_an_ended_declaration_says_why_and_frees_the_year(
    story: Story, reviews_before: int, outcome: str, sentence: str
) -> None:
    first = story.submitted().approve(reviews_before).case_key
    story.review(outcome, "名额已满")
    assert (story.detail().sentence, story.detail().row["live"]) == (sentence, False)
    assert story.start() != first


@pytest.mark.catalogue("Q33")
@pytest.mark.parametrize(("reviews_before", "outcome"), [(0, "not_eligible"), (2, "not_recommended"), (0, "whatever")])
def test_an_outcome_of_another_level_is_refused(story: Story, reviews_before: int, outcome: str) -> None:
    story.submitted().approve(reviews_before)
    with pytest.raises(InvalidInput) as refused:
        story.review(outcome, "理由")
    assert list(refused.value.fields) == ["outcome"]


@pytest.mark.catalogue("U13")
def test_the_unit_s_recommendation_is_kept_and_cannot_be_written_above_it(story: Story) -> None:
    story.submitted()
    story.review(recommendation_notice="公示无异议", panel_opinion="一致同意")
    story.review()
    recommendation = story.detail().variables["recommendation"]
    assert (recommendation["notice"], recommendation["panel_opinion"]) == ("公示无异议", "一致同意")
    with pytest.raises(InvalidInput):
        story.review(recommendation_notice="改写")


@pytest.mark.catalogue("Q34", "P8")
def test_what_the_unit_must_prove_is_due_when_it_recommends_and_may_be_added_by_the_unit(
    story: Story, database: Database
) -> None:
    def without_proofs(materials: dict[str, object]) -> dict[str, object]:
        return {name: files for name, files in materials.items() if name not in ("ranking_sheet", "publicity_proof")}

    story.submitted(base_material=without_proofs)
    with pytest.raises(InvalidInput) as refused:
        story.review()
    assert refused.value.fields == {
        "ranking_sheet": ["请上传“申报晋升人员量化评分推荐排名表”（单位推荐后补充，上报前须齐全）"],
        "publicity_proof": ["请上传“申报单位推荐公示证明”（单位公示后补充，上报前须齐全）"],
    }
    with database.transaction() as tx:
        officer = story.reviewer(tx)
        uploads = {
            name: [story.files(tx).upload(tx, officer, f"{name}.pdf")["id"]]
            for name in ("ranking_sheet", "publicity_proof")
        }
    story.review(files=uploads)
    assert story.detail().values["base_material"]["ranking_sheet"][0]["name"] == "ranking_sheet.pdf"


@pytest.mark.catalogue("Q34", "P20")
def test_the_ranking_is_due_when_the_unit_forwards_and_may_be_filled_in_by_the_unit(story: Story) -> None:
    ranks = {"quantified_score": 90, "score_rank": 1, "recommendation_rank": 1, "recommended_total": 1}

    def unranked(supplement: dict[str, object]) -> dict[str, object]:
        return {name: value for name, value in supplement.items() if name not in ranks}

    story.submitted(overview_supplement=unranked)
    with pytest.raises(InvalidInput) as refused:
        story.review()
    assert set(refused.value.fields) == set(ranks)
    story.review(more=ranks)
    assert story.detail().values["overview_supplement"]["quantified_score"] == 90


@pytest.mark.catalogue("Q6")
def test_a_review_on_hold_stays_where_it_is_until_it_is_taken_up_again(story: Story, database: Database) -> None:
    story.submitted()
    story.hold("等学信网核验")
    assert story.detail().sentence == "示范医科大学第三附属医院（示例）经办人审核待定（等学信网核验），今天送达。"
    with database.transaction() as tx:
        resume_declaration(tx, story.reviewer(tx), story.task_key(tx))
    assert story.detail().sentence == "正由示范医科大学第三附属医院（示例）经办人审核，今天送达，最迟6月15日 (周一)。"
    assert story.review().login == "hosp3_officer"


@pytest.mark.catalogue("Q6")
@pytest.mark.parametrize(
    ("reason", "said"), [(" ", "请写明待定的原因"), ("因" * 501, "待定原因最多 500 个字，现有 501 个")]
)
def test_a_hold_needs_a_note(story: Story, reason: str, said: str) -> None:
    story.submitted()
    with pytest.raises(InvalidInput) as refused:
        story.hold(reason)
    assert refused.value.fields == {"reason": [said]}


def test_an_officer_of_another_unit_can_neither_see_nor_decide_it(story: Story, database: Database, who: Who) -> None:
    story.submitted()
    stranger = who("station_officer")
    with database.read() as tx, pytest.raises(NotFound):
        declaration_detail(tx, stranger, story.case_key)
    with pytest.raises(NotAllowed), database.transaction() as tx:
        review_declaration(tx, stranger, story.task_key(tx), outcome="approve")
    assert story.status == "待经办人审核"


def test_a_superior_sees_a_declaration_below_but_does_not_decide_it_yet(
    story: Story, database: Database, who: Who
) -> None:
    story.submitted()
    superior = who("medu_officer")
    assert story.detail(superior).row["name"] == "测试申报人"
    with pytest.raises(NotAllowed), database.transaction() as tx:
        review_declaration(tx, superior, story.task_key(tx), outcome="approve")


def test_of_two_decisions_the_second_reads_who_was_faster(story: Story, database: Database) -> None:
    story.submitted()
    with database.read() as tx:
        key = story.task_key(tx)
    officer = story.review()
    with pytest.raises(StaleTask) as stale, database.transaction() as tx:
        review_declaration(tx, officer, key, outcome="approve")
    assert stale.value.message == "“经办人审核”已由林示办办理，请刷新后查看。"


@pytest.mark.catalogue("U15")
def test_the_journal_tells_every_step_with_its_unit_and_its_opinion(story: Story, database: Database) -> None:
    story.submitted()
    story.review("approve", "同意")
    story.review("approve", "同意")
    with database.read() as tx:
        entries = [
            entry for entry in case_journal(tx, story.applicant, story.case_key) if entry.event == "task.completed"
        ]
    assert [(entry.name, entry.actor_name, (entry.detail or {}).get("opinion")) for entry in entries] == [
        ("填写申报材料", "测试申报人", None),
        ("经办人审核", "林示办", "同意"),
        ("领导审核", "林示领", "同意"),
    ]


@pytest.mark.catalogue("U7")
def test_a_withdrawn_declaration_leaves_the_unit_s_list(story: Story, database: Database) -> None:
    story.submitted()
    rows = sa.select(declaration_review.c.role, declaration_review.c.decided)
    own = rows.where(declaration_review.c.case_key == story.case_key).order_by(declaration_review.c.role)
    with database.read() as tx:
        assert [tuple(row) for row in tx.rows(own)] == [("case_officer", False)]
    story.withdraw()
    with database.read() as tx:
        assert tx.rows(own) == []
    story.submit()
    story.review()
    with database.read() as tx:
        assert [tuple(row) for row in tx.rows(own)] == [("case_officer", True), ("unit_leader", False)]


@pytest.mark.catalogue("U11")
def test_stock_phrases_are_one_s_own_in_one_s_own_order(database: Database, who: Who) -> None:
    officer, other = who("edu_officer"), who("city_officer")
    with database.transaction() as tx:
        first = add_stock_phrase(tx, officer, text=" 材料齐全，同意上报。 ")
        second = add_stock_phrase(tx, officer, text="请补充学位证书。")
        add_stock_phrase(tx, other, text="同意。")
        move_stock_phrase(tx, officer, second, to=0)
        edit_stock_phrase(tx, officer, first, text="同意上报。")
    with database.read() as tx:
        assert [phrase.text for phrase in stock_phrases(tx, officer)] == ["请补充学位证书。", "同意上报。"]
        assert [phrase.text for phrase in stock_phrases(tx, other)] == ["同意。"]
    with pytest.raises(NotFound), database.transaction() as tx:
        remove_stock_phrase(tx, other, first)
    with database.transaction() as tx:
        remove_stock_phrase(tx, officer, first)
        assert [phrase.id for phrase in stock_phrases(tx, officer)] == [second]


@pytest.mark.catalogue("U11")
@pytest.mark.parametrize(
    ("text", "said"), [("", "请填写常用意见"), ("意" * 1001, "常用意见最多 1000 个字，现有 1001 个")]
)
def test_a_stock_phrase_fits_into_an_opinion(database: Database, who: Who, text: str, said: str) -> None:
    with pytest.raises(InvalidInput) as refused, database.transaction() as tx:
        add_stock_phrase(tx, who("edu_officer"), text=text)
    assert refused.value.fields == {"text": [said]}
