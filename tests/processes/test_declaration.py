"""Every way through processes/declaration/declaration.bpmn."""

from collections.abc import Callable
from typing import Any

import pytest
from lxml import etree

from tests.processes.walk import PROCESSES, UNITS, Walk

REVIEWS = [
    "unit_officer_review",
    "unit_leader_review",
    "superior_officer_review",
    "superior_leader_review",
    "superior_officer_review",
    "superior_officer_review",
    "superior_leader_review",
]


@pytest.mark.catalogue("P22", "Q31")
def test_an_approved_declaration_climbs_every_level_and_skips_the_leader_where_a_unit_has_none() -> None:
    walk = Walk().submit()
    seen, groups = [], []
    while walk.open != ["preassign_committee"]:
        seen += walk.open
        groups += walk.groups
        walk.review()
    assert seen == REVIEWS
    assert groups == [
        "case_officer@4",
        "unit_leader@4",
        "case_officer@3",
        "unit_leader@3",
        "case_officer@2",
        "case_officer@1",
        "unit_leader@1",
    ]
    assert (walk.groups, walk.status) == (["case_officer@1"], "待预分配")


@pytest.mark.catalogue("Q31")
def test_a_unit_without_a_leader_step_goes_up_after_its_officer() -> None:
    agency = [{**UNITS[0], "leader_review": False, "is_agency": True}, UNITS[3]]
    walk = Walk(chain=agency).submit().review()
    assert walk.groups == ["case_officer@1"]


@pytest.mark.catalogue("P22")
def test_the_top_unit_reviews_its_own_applicants_alone() -> None:
    walk = Walk(chain=[UNITS[3]]).submit().approve(2)
    assert walk.open == ["preassign_committee"]


@pytest.mark.catalogue("U12", "P24")
@pytest.mark.parametrize("reviews_before", range(len(REVIEWS)))
def test_every_reviewer_may_return_it_and_the_whole_chain_reviews_it_again(reviews_before: int) -> None:
    walk = Walk().submit().approve(reviews_before)
    assert walk.open == [REVIEWS[reviews_before]]
    walk.review("return_for_revision", "请补充学位证书")
    assert (walk.open, walk.status) == (["correct_declaration"], "退回修改")
    assert walk.sandbox.tasks()[0].assignee == "990000197603121014"
    walk.submit()
    assert walk.groups == ["case_officer@4"]


@pytest.mark.catalogue("P24")
def test_the_applicant_is_told_of_a_return_with_its_opinion() -> None:
    walk = Walk().submit()
    walk.sandbox.complete("unit_officer_review", {"outcome": "return_for_revision", "opinion": "照片不清晰"})
    notice = walk.sandbox.jobs()[0]
    assert (notice.type, notice.headers) == ("notify_applicant", {"template": "declaration_returned"})
    assert notice.variables["last_review"]["opinion"] == "照片不清晰"


@pytest.mark.catalogue("Q33")
@pytest.mark.parametrize(
    ("reviews_before", "outcome", "end", "status"),
    [
        (0, "not_recommended", "not_recommended", "不予推荐"),
        (1, "not_recommended", "not_recommended_by_leader", "不予推荐"),
        (2, "not_eligible", "not_eligible", "不符合条件"),
        (3, "not_eligible", "not_eligible_by_leader", "不符合条件"),
    ],
)
def test_the_outcomes_that_end_a_declaration(reviews_before: int, outcome: str, end: str, status: str) -> None:
    walk = Walk().submit().approve(reviews_before).review(outcome, "不在推荐名额内")
    assert (walk.ends, walk.sandbox.state, walk.status) == ([end], "completed", status)


def test_an_outcome_the_diagram_does_not_know_returns_it_to_the_applicant() -> None:
    assert Walk().submit().review("whatever").open == ["correct_declaration"]


@pytest.mark.catalogue("P23")
def test_it_can_be_withdrawn_until_the_officer_has_reviewed_it() -> None:
    walk = Walk().submit().press("withdraw_declaration")
    assert (walk.open, walk.status) == (["fill_declaration"], "已撤回")
    walk.submit().review().press("withdraw_declaration")
    assert walk.open == ["unit_leader_review"]


@pytest.mark.catalogue("P23")
def test_a_withdrawn_correction_goes_on_with_the_working_days_it_had_left() -> None:
    walk = Walk().submit().review("return_for_revision", "请补充")
    assert walk.sandbox.variables()["correct_by"] == "2026-01-19"
    walk.wait(7).submit().wait(4).press("withdraw_declaration")
    assert walk.open == ["correct_declaration"]
    # handed in on Monday the 12th, five working days before the 19th; withdrawn on Friday the 16th
    assert walk.sandbox.variables()["correct_by"] == "2026-01-23"
    walk.submit().wait(3).press("withdraw_declaration")
    assert walk.sandbox.variables()["correct_by"] == "2026-01-26"


@pytest.mark.catalogue("P23")
def test_a_correction_withdrawn_from_its_last_hours_has_one_more_working_day_and_is_reminded() -> None:
    walk = Walk().submit().review("return_for_revision", "请补充").wait(14).submit().wait(1)
    walk.sandbox.publish_message("withdraw_declaration", "2026-000001", {})
    assert walk.sandbox.variables()["correct_by"] == "2026-01-21"
    walk.sandbox.advance(1)
    assert [job.headers for job in walk.sandbox.jobs()] == [{"template": "correction_reminder"}]


@pytest.mark.catalogue("P24")
def test_another_return_begins_another_term() -> None:
    walk = Walk().submit().review("return_for_revision", "请补充")
    walk.wait(7).submit().wait(4).review("return_for_revision", "再补充")
    assert walk.sandbox.variables()["correct_by"] == "2026-01-30"


@pytest.mark.catalogue("P25")
@pytest.mark.parametrize(("returned", "end"), [(False, "discarded"), (True, "discarded_after_return")])
def test_a_draft_and_a_returned_declaration_can_be_discarded(returned: bool, end: str) -> None:
    walk = Walk()
    if returned:
        walk.submit().review("return_for_revision", "请补充")
    walk.press("discard_declaration")
    assert (walk.ends, walk.status) == ([end], "已废弃")


@pytest.mark.catalogue("P25")
def test_a_submitted_declaration_cannot_be_discarded() -> None:
    assert Walk().submit().press("discard_declaration").open == ["unit_officer_review"]


def test_a_draft_is_reminded_and_ends_when_declarations_close() -> None:
    walk = Walk()
    walk.sandbox.advance(173 * 86400)
    assert [job.headers for job in walk.sandbox.jobs()] == [{"template": "declaration_closing"}]
    walk.tell().wait(4)
    assert (walk.ends, walk.status) == (["closing_reminded", "not_submitted"], "已放弃")


@pytest.mark.catalogue("P24")
def test_a_correction_is_reminded_and_given_up_when_its_term_ends() -> None:
    walk = Walk().submit().review("return_for_revision", "请补充")
    assert walk.sandbox.variables()["correct_by"] == "2026-01-19"
    walk.sandbox.advance(10 * 86400 + 60)
    assert [job.headers for job in walk.sandbox.jobs()] == [{"template": "correction_reminder"}]
    assert walk.tell().open == ["correct_declaration"]
    walk.wait(4.5)
    assert (walk.ends, walk.status) == (["correction_reminded", "given_up"], "已放弃")


@pytest.mark.catalogue("P24")
def test_a_correction_handed_in_within_its_term_is_reviewed() -> None:
    walk = Walk().submit().review("return_for_revision", "请补充").wait(13).submit().wait(3)
    assert walk.open == ["unit_officer_review"]


@pytest.mark.parametrize(
    ("reviews_before", "role", "end"),
    [
        (0, "case_officer", "unit_officer_reminded"),
        (1, "unit_leader", "unit_leader_reminded"),
        (2, "case_officer", "superior_officer_reminded"),
        (3, "unit_leader", "superior_leader_reminded"),
    ],
)
def test_a_review_that_takes_too_long_is_reminded_once_and_goes_on(reviews_before: int, role: str, end: str) -> None:
    walk = Walk().submit().approve(reviews_before)
    waiting = walk.open
    walk.sandbox.advance(7 * 86400 + 60)
    assert [job.headers for job in walk.sandbox.jobs()] == [{"template": "task_reminder", "role": role}]
    walk.tell()
    assert (walk.ends, walk.open) == ([end], waiting)
    assert walk.wait(30).sandbox.jobs() == []
    walk.review()
    assert walk.open != waiting


@pytest.mark.catalogue("J15")
def test_who_is_not_eligible_comes_back_to_correct_it() -> None:
    walk = Walk(present_position={"employer_type": "government"}).submit()
    assert walk.open == ["correct_declaration"]
    assert walk.sandbox.variables()["eligibility"]["eligible"] is False
    walk.submit(present_position={"employer_type": "public_institution"})
    assert walk.open == ["unit_officer_review"]


@pytest.mark.catalogue("J16")
def test_an_integrity_record_holds_until_it_expires() -> None:
    barred = {"integrity_until": "2026-03-01", "integrity_reason": "论文造假"}
    walk = Walk(standing=barred).submit()
    assert walk.open == ["correct_declaration"]
    walk = Walk(standing=barred).wait(60).submit()
    assert walk.open == ["unit_officer_review"]


@pytest.mark.catalogue("U13")
def test_what_the_unit_recommends_is_seen_above_it_and_its_opinion_is_not_the_next_one_s() -> None:
    walk = Walk().submit().review("approve", "同意", recommendation_notice="已公示五个工作日", panel_opinion="一致同意")
    seen: dict[str, Any] = walk.sandbox.tasks()[0].variables
    assert (seen["recommendation_notice"], seen["panel_opinion"]) == ("已公示五个工作日", "一致同意")
    assert "opinion" not in seen
    walk.review("approve", "同意上报", recommendation_notice="公示无异议", panel_opinion="一致同意")
    assert walk.sandbox.tasks()[0].variables["recommendation_notice"] == "公示无异议"


def test_two_hundred_returns_leave_the_case_as_small_as_one() -> None:
    walk = Walk().submit().review("return_for_revision", "一")
    size = walk.snapshot_size
    for _ in range(200):
        walk.submit().review("return_for_revision", "再")
    assert walk.snapshot_size <= size + 20
    assert size <= 1024


#: how far a declaration may have come when its applicant is found to have cheated, and what waits there
FAR: dict[str, Callable[[], Walk]] = {
    "fill_declaration": Walk,
    "correct_declaration": lambda: Walk().submit().review("return_for_revision", "请修改"),
    "approve_special_route": lambda: Walk(
        setup={"title_level": "senior", "declaration_route": "green_channel"}
    ).submit(),
    "unit_officer_review": lambda: Walk().submit(),
    "await_recommendation": lambda: (
        Walk(chain=[{**UNITS[0], "recommendation_mode": "round"}, *UNITS[1:]]).submit().review()
    ),
    "await_review": lambda: Walk().submit().placed().review(),
    "await_publication": lambda: _decided("passed"),
    "reexamination_term": lambda: _decided("failed"),
}


def _decided(outcome: str) -> Walk:
    walk = Walk().submit().placed().review()
    return walk.press("review_decided", outcome=outcome, meeting=3, meeting_name="示范会议", handling=5)


@pytest.mark.catalogue("J16")
@pytest.mark.parametrize("waiting", FAR)
def test_who_is_found_to_have_cheated_goes_no_further_wherever_the_declaration_stands(waiting: str) -> None:
    walk = FAR[waiting]()
    assert walk.passed("user_task", "receive_task", "event_based_gateway")[-1] == waiting
    walk.press("declaration_barred", reason="被撤销职称：论文造假", until="2029-05-31", source="撤销职称")
    assert (walk.ends[-1], walk.status, walk.sandbox.state) == ("declaration_stopped", "已终止", "completed")
    assert walk.passed("service_task")[-2:] == ["leave_review", "notify_stopped"]
    assert (walk.open, walk.sandbox.variables()["barred"]["until"]) == ([], "2029-05-31")


def test_the_walks_reach_every_end_of_the_diagram() -> None:
    walked = {"not_recommended", "not_recommended_by_leader", "not_eligible", "not_eligible_by_leader"}
    walked |= {"discarded", "discarded_after_return", "not_submitted", "given_up", "special_refused"}
    walked |= {"closing_reminded", "correction_reminded", "unit_officer_reminded", "unit_leader_reminded"}
    walked |= {"superior_officer_reminded", "superior_leader_reminded", "officer_check_reminded", "screening_reminded"}
    walked |= {"in_round", "in_publicity", "publicity_pending", "correction_term_moved", "committee_term_moved"}
    walked |= {"not_eligible_by_committee", "given_up_in_correction", "committee_correction_reminded"}
    walked |= {"review_failed", "in_review", "review_pending", "standing_ended", "title_received", "result_cancelled"}
    walked |= {"declaration_stopped"}
    tree = etree.fromstring((PROCESSES / "declaration.bpmn").read_bytes())
    assert {end.get("id") for end in tree.iter("{*}endEvent")} == walked
