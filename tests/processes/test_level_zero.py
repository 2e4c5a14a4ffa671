"""The own unit's stage with a recommendation round: check, wait, publicity, completion, leader (Q34, J10, W1)."""

from typing import Any

import pytest

from tests.processes.walk import UNITS, Walk

ROUND = [{**UNITS[0], "recommendation_mode": "round"}, *UNITS[1:]]
SHEET = [{"id": "1", "name": "排名表.pdf", "size": 1, "type": "application/pdf"}]
PROOF = [{"id": "2", "name": "公示证明.pdf", "size": 1, "type": "application/pdf"}]
RECOMMENDED: dict[str, Any] = {
    "outcome": "recommended",
    "score": 91.5,
    "score_rank": 1,
    "recommendation_rank": 2,
    "recommended_total": 3,
    "notice": "公示五个工作日无异议",
    "panel_opinion": "同意推荐",
    "round": 77,
}
REFUSED = {"outcome": "not_recommended", "reason": "不在推荐名额内", "round": 77}


def waiting() -> Walk:
    return Walk(chain=ROUND).submit().review()


def decided(**recommendation: Any) -> Walk:
    given = {**RECOMMENDED, **recommendation}
    return waiting().press("recommendation_decided", recommendation=given, ranking_sheet=SHEET, publicity_proof=PROOF)


@pytest.mark.catalogue("Q34", "W1")
def test_level_zero_is_check_recommendation_completion_and_leader() -> None:
    walk = Walk(chain=ROUND).submit()
    assert (walk.open, walk.groups, walk.status) == (["unit_officer_check"], ["case_officer@4"], "待经办人审核")
    assert (walk.review().open, walk.status) == ([], "推荐中")
    walk.press("recommendation_decided", recommendation=RECOMMENDED, ranking_sheet=SHEET, publicity_proof=PROOF)
    assert (walk.open, walk.groups, walk.status) == (["complete_recommendation"], ["case_officer@4"], "待经办人补填")
    assert walk.review(recommendation_notice="公示五个工作日无异议").open == ["unit_leader_review"]
    assert walk.review().groups == ["case_officer@3"]


@pytest.mark.catalogue("Q34")
def test_what_the_round_found_is_filled_in_for_the_officer() -> None:
    seen = decided().sandbox.tasks()[0].variables
    filled = ("recommendation_notice", "panel_opinion", "quantified_score", "score_rank", "recommendation_rank")
    assert [seen[name] for name in filled] == ["公示五个工作日无异议", "同意推荐", 91.5, 1, 2]


@pytest.mark.catalogue("Q34")
def test_proofs_and_ranks_of_the_round_are_part_of_the_dossier() -> None:
    held = decided().sandbox.variables()
    assert held["base_material"] == {"ranking_sheet": SHEET, "publicity_proof": PROOF}
    assert held["overview_supplement"] == {
        "quantified_score": 91.5,
        "score_rank": 1,
        "recommendation_rank": 2,
        "recommended_total": 3,
    }


@pytest.mark.catalogue("W1")
def test_joining_a_round_shows_as_status() -> None:
    walk = waiting().press("recommendation_joined")
    assert (walk.status, walk.ends, walk.open) == ("推荐中", ["in_round"], [])
    walk.press("recommendation_decided", recommendation=RECOMMENDED)
    assert walk.open == ["complete_recommendation"]


@pytest.mark.catalogue("J10")
def test_publicity_shows_as_status_and_may_be_stopped() -> None:
    walk = waiting().press("unit_publicity_started")
    assert (walk.status, walk.ends) == ("单位公示中", ["in_publicity"])
    walk.press("unit_publicity_stopped")
    assert (walk.status, walk.ends) == ("推荐中", ["in_publicity", "publicity_pending"])
    walk.press("unit_publicity_started").press("recommendation_decided", recommendation=RECOMMENDED)
    assert walk.open == ["complete_recommendation"]


@pytest.mark.catalogue("W1", "Q33")
def test_who_is_not_recommended_ends_with_the_reason() -> None:
    walk = waiting()
    walk.sandbox.publish_message("recommendation_decided", "2026-000001", {"recommendation": REFUSED})
    told = walk.sandbox.jobs()[0]
    assert (told.headers["result"], told.variables["last_review"]["opinion"]) == ("不予推荐", "不在推荐名额内")
    walk.tell()
    assert (walk.ends, walk.status, walk.sandbox.state) == (["not_recommended"], "不予推荐", "completed")


@pytest.mark.parametrize(("outcome", "end"), [("not_recommended", "not_recommended")])
def test_the_officer_may_refuse_before_the_round(outcome: str, end: str) -> None:
    assert Walk(chain=ROUND).submit().review(outcome, "不属于本单位在岗人员").ends == [end]


def test_the_officer_may_return_before_and_after_the_round() -> None:
    assert Walk(chain=ROUND).submit().review("return_for_revision", "补充").open == ["correct_declaration"]
    walk = decided().review("return_for_revision", "补充")
    assert walk.open == ["correct_declaration"]
    assert walk.submit().open == ["unit_officer_check"]


@pytest.mark.catalogue("P23")
def test_it_can_be_withdrawn_until_the_check() -> None:
    walk = Walk(chain=ROUND).submit().press("withdraw_declaration")
    assert (walk.open, walk.status) == (["fill_declaration"], "已撤回")
    assert waiting().press("withdraw_declaration").open == []


@pytest.mark.parametrize("completing", [False, True])
def test_check_and_completion_that_take_too_long_are_reminded(completing: bool) -> None:
    walk = decided() if completing else Walk(chain=ROUND).submit()
    waits = walk.open
    walk.wait(8)
    assert (walk.ends, walk.open) == (["officer_check_reminded"], waits)


@pytest.mark.catalogue("J24")
def test_an_agency_goes_without_leader_where_its_setting_says_so() -> None:
    agency = [{**UNITS[0], "leader_review": False, "is_agency": True, "recommendation_mode": "round"}, UNITS[3]]
    walk = Walk(chain=agency).submit().review().press("recommendation_decided", recommendation=RECOMMENDED)
    assert walk.sandbox.variables()["is_agency"] is True
    assert walk.review().groups == ["case_officer@1"]


@pytest.mark.catalogue("Q38")
def test_what_comes_back_from_above_is_completed_again() -> None:
    walk = decided().review().review().review("return_to_subordinate", "公示证明缺印章")
    assert (walk.open, walk.groups) == (["complete_recommendation"], ["case_officer@4"])
    assert walk.sandbox.tasks()[0].variables["returned_opinion"] == "公示证明缺印章"
    assert walk.review().open == ["unit_leader_review"]
