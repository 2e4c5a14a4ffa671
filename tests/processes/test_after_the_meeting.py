"""Every way of a declaration from 待参评 to its end: the meeting, its result, publicity, approval, title; 复查."""

import pytest

from tests.processes.walk import Walk


def waiting() -> Walk:
    """Screened; waits for a meeting."""
    return Walk().submit().placed().review()


@pytest.mark.catalogue("U20", "Q9")
def test_what_passes_the_screening_waits_for_the_review() -> None:
    walk = waiting()
    assert (walk.open, walk.status) == ([], "待参评")


def test_it_goes_into_a_meeting_and_comes_back_when_that_is_cancelled() -> None:
    walk = waiting()
    walk.press("review_joined")
    assert walk.status == "评审中"
    walk.press("review_left")
    assert walk.status == "待参评"
    walk.press("review_joined")
    assert (walk.status, walk.ends) == ("评审中", ["in_review", "review_pending", "in_review"])


@pytest.mark.catalogue("F1", "F2", "F5", "F4")
def test_who_passed_is_publicised_forwarded_approved_and_gets_the_title() -> None:
    walk = waiting()
    seen = []
    walk.press("review_decided", outcome="passed", meeting=7, meeting_name="示范会议", handling=8)
    seen.append(walk.status)
    for message in ("result_published", "result_forwarded", "result_approved"):
        walk.press(message)
        seen.append(walk.status)
    assert seen == ["评审通过", "公示中", "已上报", "结果已审核"]
    walk.press("title_granted", certificate_no="职称202600001", document_no="示范〔2026〕2号", obtained_on="2026-01-12")
    assert (walk.ends, walk.status, walk.sandbox.state) == (["standing_ended", "title_received"], "已发证", "completed")
    assert walk.sandbox.variables()["title_certificate"] == {
        "certificate_no": "职称202600001",
        "document_no": "示范〔2026〕2号",
        "obtained_on": "2026-01-12",
    }


@pytest.mark.catalogue("F1")
@pytest.mark.parametrize("passed", [0, 1, 2, 3])
def test_a_result_may_fall_until_the_title_is_granted(passed: int) -> None:
    walk = waiting()
    walk.press("review_decided", outcome="passed")
    for message in ("result_published", "result_forwarded", "result_approved")[:passed]:
        walk.press(message)
    walk.press("result_overturned", reason="异议成立")
    assert (walk.ends, walk.status) == (["result_cancelled"], "评审结果取消")


@pytest.mark.catalogue("J20")
def test_who_failed_may_ask_for_a_re_examination_for_fifteen_working_days() -> None:
    walk = waiting()
    walk.press("review_decided", outcome="failed")
    assert (walk.status, walk.sandbox.state) == ("评审未通过", "running")
    walk.wait(30)
    assert (walk.ends, walk.sandbox.state) == (["review_failed"], "completed")


@pytest.mark.catalogue("J20")
@pytest.mark.parametrize(
    ("outcome", "state", "status"), [("upheld", "completed", "评审未通过"), ("review_again", "running", "待参评")]
)
def test_a_re_examination_ends_it_or_has_it_reviewed_again(outcome: str, state: str, status: str) -> None:
    walk = waiting()
    walk.press("review_decided", outcome="failed")
    walk.press("reexamination_accepted")
    assert walk.status == "复查中"
    walk.wait(60)
    walk.press("reexamination_decided", outcome=outcome, reason="示范")
    assert (walk.sandbox.state, walk.status) == (state, status)
