"""What stands beside the chain: special routes, titles from elsewhere, returns between levels, closings (W8, J28, Q22, Q38)."""

from typing import Any

import pytest

from tests.processes.walk import Walk

SETUP = {"title_level": "senior", "title_name": "physician-senior"}
TITLE = {"employer_type": "public_institution", "has_title": "yes", "current_title_name": "physician-associate_senior"}


def declared(route: str, **more: Any) -> Walk:
    return Walk(setup={**SETUP, "declaration_route": route, **more}).submit()


@pytest.mark.catalogue("W8")
@pytest.mark.parametrize(
    ("route", "reason"), [("exceptional", "破格申报"), ("green_channel", "绿色通道"), ("one_step", "一步到位")]
)
def test_a_special_route_is_approved_by_the_title_office_before_the_chain(route: str, reason: str) -> None:
    walk = declared(route)
    assert (walk.open, walk.groups, walk.status) == (["approve_special_route"], ["case_officer@1"], "专项审批中")
    assert walk.sandbox.tasks()[0].variables["special_reasons"] == reason
    walk.review(opinion="同意")
    assert walk.groups == ["case_officer@4"]
    assert walk.sandbox.variables()["special_approval"]["outcome"] == "approve"


@pytest.mark.catalogue("W8")
def test_an_exemption_from_the_examination_is_approved_too() -> None:
    walk = declared("regular", exam_exempt="yes")
    assert walk.sandbox.tasks()[0].variables["special_reasons"] == "免试"
    assert declared("regular").open == ["unit_officer_review"]


@pytest.mark.catalogue("W8")
def test_what_was_approved_is_not_asked_again_and_another_route_is() -> None:
    walk = declared("exceptional").review().review("return_for_revision", "请补充")
    assert walk.submit().open == ["unit_officer_review"]
    walk.review("return_for_revision", "请改为绿色通道")
    walk.submit(setup={**SETUP, "declaration_route": "green_channel"})
    assert walk.open == ["approve_special_route"]


@pytest.mark.catalogue("W8")
def test_a_special_route_may_be_returned_or_refused() -> None:
    assert declared("exceptional").review("return_for_revision", "缺破格申报登记表").open == ["correct_declaration"]
    walk = declared("exceptional").review("refuse", "不符合破格条件")
    assert (walk.ends, walk.status) == (["special_refused"], "专项审批未通过")


@pytest.mark.catalogue("P23")
def test_it_can_be_withdrawn_while_the_title_office_has_it() -> None:
    assert declared("exceptional").press("withdraw_declaration").open == ["fill_declaration"]
    walk = Walk(present_position={**TITLE, "current_title_origin": "military"}).submit()
    assert walk.press("withdraw_declaration").open == ["fill_declaration"]


@pytest.mark.catalogue("J28")
@pytest.mark.parametrize("origin", ["other_province", "central", "military"])
def test_a_title_from_elsewhere_is_confirmed_by_the_title_office(origin: str) -> None:
    walk = Walk(present_position={**TITLE, "current_title_origin": origin}).submit()
    assert (walk.open, walk.groups, walk.status) == (["confirm_title"], ["case_officer@1"], "职称确认中")
    walk.review("confirm")
    assert walk.open == ["unit_officer_review"]
    walk.review("return_for_revision", "请补充").submit()
    assert walk.open == ["unit_officer_review"]


@pytest.mark.catalogue("J28")
def test_a_title_of_the_province_is_not_confirmed_and_one_from_elsewhere_may_be_returned() -> None:
    assert Walk(present_position={**TITLE, "current_title_origin": "province"}).submit().open == ["unit_officer_review"]
    walk = Walk(present_position={**TITLE, "current_title_origin": "central"}).submit()
    assert walk.review("return_for_revision", "请补充批文").open == ["correct_declaration"]


@pytest.mark.catalogue("Q38")
def test_a_superior_may_return_it_to_the_lower_unit() -> None:
    walk = Walk().submit().approve(4)
    assert walk.groups == ["case_officer@2"]
    walk.review("return_to_subordinate", "推荐意见有误")
    assert (walk.open, walk.groups) == (["superior_officer_review"], ["case_officer@3"])
    assert walk.sandbox.tasks()[0].variables["returned_opinion"] == "推荐意见有误"
    assert walk.review().groups == ["unit_leader@3"]
    walk.review("return_to_subordinate", "缺印章")
    assert (walk.open, walk.groups) == (["unit_officer_review"], ["case_officer@4"])
    walk.review().review()
    assert walk.groups == ["case_officer@3"]


@pytest.mark.catalogue("Q22")
def test_an_exchange_of_attachments_alone_goes_on_at_the_level_that_returned_it_where_the_plan_says_so() -> None:
    walk = Walk(correction_resume="resume").submit().approve(4).review("return_for_revision", "扫描件不清晰")
    walk.submit(correction_kind="attachments")
    assert walk.groups == ["case_officer@2"]
    walk.review("return_for_revision", "工作经历有误").submit(correction_kind="fields")
    assert walk.groups == ["case_officer@4"]


@pytest.mark.catalogue("Q22")
def test_without_that_option_the_whole_chain_reviews_it_again() -> None:
    walk = Walk(correction_resume="full").submit().approve(4).review("return_for_revision", "扫描件不清晰")
    assert walk.submit(correction_kind="attachments").groups == ["case_officer@4"]


@pytest.mark.catalogue("P26")
@pytest.mark.parametrize(
    ("reviews", "level"), [(0, "unit"), (1, "unit"), (2, "subordinate"), (3, "subordinate"), (4, "department")]
)
def test_each_level_is_reminded_of_its_closing(reviews: int, level: str) -> None:
    never = dict.fromkeys(("unit", "subordinate", "department", "province"), "9999-12-31T00:00:00+08:00")
    walk = Walk(review_days=200, closing_reminders={**never, level: "2026-02-01T09:00:00+08:00"}).submit()
    walk.approve(reviews)
    waiting = walk.open
    walk.sandbox.advance(31 * 86400)
    assert [job.type for job in walk.sandbox.jobs()] == ["notify_reviewers"]
    assert walk.tell().open == waiting


@pytest.mark.catalogue("W6")
def test_the_unit_that_returned_it_may_grant_more_time() -> None:
    walk = Walk().submit().review("return_for_revision", "请补充")
    walk.sandbox.publish_message(
        "extend_correction", "2026-000001", {"new_term": "2026-02-27", "extension_reason": "住院"}
    )
    assert walk.sandbox.jobs()[0].type == "extend_correction"
    walk.tell()
    assert (walk.open, walk.ends) == (["correct_declaration"], ["correction_term_moved"])
    assert walk.sandbox.variables()["correct_by"] == "2026-02-27"
