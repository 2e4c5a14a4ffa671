"""After the chain: placing, entrusting, screening, corrections told once, the review (U19, U20, U22, J12, J18)."""

import pytest

from tests.processes.walk import PLACEMENT, Walk

ELSEWHERE = {**PLACEMENT, "forming_unit": 9, "forming_unit_name": "示范市人社局", "entrusted": True}
POINTS = [{"section": "paper", "point": "缺检索证明"}]


def approved() -> Walk:
    walk = Walk().submit()
    while walk.open != ["preassign_committee"]:
        walk.review()
    return walk


@pytest.mark.catalogue("U19", "Q8")
def test_the_last_reviewing_unit_places_it_and_the_forming_unit_screens_it() -> None:
    walk = approved()
    assert (walk.groups, walk.status) == (["case_officer@1"], "待预分配")
    walk.review("assign", placement={**PLACEMENT, "forming_unit": 2})
    assert (walk.open, walk.groups, walk.status) == (["screen_declaration"], ["case_officer@2"], "评委会审查中")


@pytest.mark.catalogue("U19")
def test_placing_may_return_it_to_the_applicant() -> None:
    assert approved().review("return_for_revision", "系列有误").open == ["correct_declaration"]


@pytest.mark.catalogue("Q8")
def test_it_may_be_taken_back_and_placed_anew_while_screening_waits() -> None:
    walk = Walk().submit().placed().press("reassign_committee")
    assert (walk.open, walk.status) == (["preassign_committee"], "待预分配")


@pytest.mark.catalogue("U22", "J18", "Q11")
def test_entrusting_needs_a_letter_and_the_other_unit_s_consent() -> None:
    walk = approved().review("entrust", "没有相应评委会", placement={"committee": None, "entrusted": True})
    assert (walk.open, walk.status) == (["record_entrustment"], "委托中")
    walk.complete("record_entrustment", {"placement": ELSEWHERE, "entrustment": {"letter_no": "委〔2026〕1号"}})
    assert (walk.open, walk.groups) == (["accept_entrustment"], ["case_officer@9"])
    walk.review("accept")
    assert (walk.open, walk.groups) == (["screen_declaration"], ["case_officer@9"])


@pytest.mark.catalogue("U22")
def test_an_entrustment_that_is_declined_is_placed_anew() -> None:
    walk = approved().review("entrust", "没有相应评委会", placement={"committee": None, "entrusted": True})
    walk.complete("record_entrustment", {"placement": ELSEWHERE, "entrustment": {"letter_no": "委〔2026〕1号"}})
    assert walk.review("decline", "本年度不承接").open == ["preassign_committee"]


@pytest.mark.catalogue("U20", "Q9")
def test_the_committee_s_office_may_find_it_not_eligible() -> None:
    walk = Walk().submit().placed().review("not_eligible", "申报专业不在评审范围")
    assert (walk.ends, walk.status) == (["not_eligible_by_committee"], "不符合条件")


@pytest.mark.catalogue("J12", "W6")
def test_corrections_are_told_at_once_and_come_back_to_the_screening() -> None:
    walk = Walk().submit().placed().review("request_correction", correction_list=POINTS)
    assert (walk.open, walk.status) == (["correct_for_committee"], "补正中")
    assert walk.sandbox.variables()["correct_by"] == "2026-01-19"
    walk.submit()
    assert (walk.open, walk.status) == (["screen_declaration"], "评委会审查中")
    held = walk.sandbox.variables()
    assert (held["first_correction_list"], held["corrections_asked"]) == (POINTS, 1)


@pytest.mark.catalogue("J12", "W6")
def test_corrections_that_are_late_are_reminded_and_given_up() -> None:
    walk = Walk().submit().placed().review("request_correction", correction_list=POINTS).wait(11)
    assert (walk.open, walk.ends) == (["correct_for_committee"], ["committee_correction_reminded"])
    walk.wait(4)
    assert (walk.ends[-1], walk.status, walk.sandbox.state) == ("given_up_in_correction", "已放弃", "completed")


@pytest.mark.catalogue("W6")
def test_the_committee_s_office_may_grant_more_time() -> None:
    walk = Walk().submit().placed().review("request_correction", correction_list=POINTS)
    walk.press("extend_correction", new_term="2026-02-27", extension_reason="住院")
    assert (walk.open, walk.ends) == (["correct_for_committee"], ["committee_term_moved"])


def test_a_screening_that_takes_too_long_is_reminded_once() -> None:
    walk = Walk().submit().placed().wait(8)
    assert (walk.open, walk.ends) == (["screen_declaration"], ["screening_reminded"])
