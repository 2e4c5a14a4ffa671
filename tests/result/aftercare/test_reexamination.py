"""复查 of a real declaration: the term, the messages, who sees it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from engine.access import SYSTEM, Actor
from engine.db import Transaction
from engine.errors import NotAllowed, NotFound, Refused
from engine.flow.messages import publish_message
from engine.flow.queries import get_case
from engine.result.aftercare.lists import list_requests
from engine.result.aftercare.reexamination import ask_reexamination, may_ask, reexamination_term
from tests.declaration.story import Story
from tests.result.aftercare.office import Office
from tests.review_meeting.setting_up.hall import Hall


@pytest.fixture
def failed(office: Office) -> Story:
    """A declaration that a meeting of the medical university did not pass."""
    story = Story(office.database).submitted().climbed()
    proposed = story.detail().variables["committee_proposal"]["committee"]
    story.review("assign", more={"committee": str(proposed)})
    story.review()
    hall = Hall(office.database)
    meeting = hall.call([hall.committee()])
    result = {"outcome": "failed", "meeting": meeting, "meeting_name": "测试评审会议", "handling": 1}
    office.run(publish_message, SYSTEM, "review_decided", story.detail().row["declaration_no"], result)
    office.sweep()
    assert story.status == "评审未通过"
    return story


@pytest.mark.catalogue("J20", "W10")
def test_who_failed_asks_the_unit_checks_the_office_decides_and_it_is_reviewed_again(
    office: Office, failed: Story
) -> None:
    applicant, unit = failed.applicant, office.who("medu_officer")
    key = office.case_of(office.run(ask_reexamination, applicant, failed.case_key))
    with pytest.raises(Refused, match="已有正在办理的申请"):
        office.run(ask_reexamination, applicant, failed.case_key)
    office.do(key, applicant, "submit", reexamination_reason="计票有误", reexamination_files=[])
    assert failed.status == "复查中"
    for one in (office.applicant(), office.stranger):
        with pytest.raises(NotFound):
            office.ask(get_case, one, key)
    assert [row["key"] for row in office.ask(listed, unit)] == [key]
    assert office.ask(listed, office.who("industry_officer")) == []
    office.do(key, unit, "accept")
    office.do(key, unit, "review_again", finding="计票确有错误", checked_points=["投票和计票"], finding_files=[])
    office.do(key, office.officer, "review_again", "重新评审")
    assert (office.status(key), failed.status) == ("重新评审", "待参评")


def listed(tx: Transaction, actor: Actor) -> list[Mapping[str, Any]]:
    return list(list_requests(tx, actor, ["reexamination"], ended=False, page=1, size=20)[0])


@pytest.mark.catalogue("J20")
def test_the_term_is_the_declaration_s_own_and_ends_it_for_both(office: Office, failed: Story) -> None:
    term = office.ask(reexamination_term, failed.applicant, failed.case_key)
    assert f"{term.ask_by:%Y-%m-%d %H:%M}" == "2026-06-23 10:00"
    with pytest.raises(NotFound):
        office.ask(reexamination_term, office.applicant(), failed.case_key)
    key = office.case_of(office.run(ask_reexamination, failed.applicant, failed.case_key))
    office.clock.advance(timedelta(days=25))
    office.sweep()
    assert (office.status(key), failed.status) == ("期满未申请", "评审未通过")
    with pytest.raises(Refused, match="现在不能申请复查"):
        office.ask(reexamination_term, failed.applicant, failed.case_key)


@pytest.mark.catalogue("J20")
def test_a_refused_request_leaves_the_result_as_it_is(office: Office, failed: Story) -> None:
    key = office.case_of(office.run(ask_reexamination, failed.applicant, failed.case_key))
    office.do(key, failed.applicant, "submit", reexamination_reason="分数低", reexamination_files=[])
    office.do(key, office.who("medu_officer"), "refuse", "对学术评价的异议不属于复查")
    assert (office.status(key), failed.status) == ("不予受理", "评审未通过")
    assert failed.detail().row["finished_at"] is not None


@pytest.mark.catalogue("Q33")
def test_who_was_not_recommended_asks_once_and_the_superior_of_the_unit_checks(office: Office) -> None:
    story = Story(office.database).submitted()
    story.review("not_recommended", "本年度核准职数已满")
    about = (story.applicant, story.case_key)
    term = office.ask(reexamination_term, *about)
    assert (f"{term.ask_by:%Y-%m-%d %H:%M}", term.about) == (
        "2026-06-23 18:00",
        "示范医科大学第三附属医院（示例）未予推荐",
    )
    key = office.case_of(office.run(ask_reexamination, *about))
    office.do(key, story.applicant, "submit", reexamination_reason="职数未满", reexamination_files=[])
    with pytest.raises(NotAllowed):
        office.do(key, office.hospital, "accept")
    superior = office.who("medu_officer")
    office.do(key, superior, "accept")
    office.do(key, superior, "uphold", finding="职数已满", checked_points=["推荐评议和公示"], finding_files=[])
    office.do(key, office.officer, "uphold", "维持不予推荐")
    assert (office.status(key), story.status) == ("维持原结果", "不予推荐")
    with pytest.raises(Refused, match="可以申请一次"):
        office.run(ask_reexamination, *about)
    assert not office.ask(may_ask, *about, story.status)


@pytest.mark.catalogue("Q33")
def test_the_term_of_who_was_not_recommended_ends_after_fifteen_working_days(office: Office) -> None:
    story = Story(office.database).submitted()
    story.review("not_recommended", "本年度核准职数已满")
    assert office.ask(may_ask, story.applicant, story.case_key, story.status)
    office.clock.advance(timedelta(days=23))
    assert not office.ask(may_ask, story.applicant, story.case_key, story.status)
