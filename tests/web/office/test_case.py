"""The case page: where it stands, what happened, its picture and its actions, for everybody involved and nobody else."""

import json
import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from engine.clock import FixedClock
from tests.support.visitor import Page, Visitor
from tests.web.office.conftest import APPLICANT, Office

Enter = Callable[[str], Visitor]
PAGES = ("", "/journal", "/print", "/diagram.xml", "/diagram.json")


def sentence(page: Page) -> str:
    return re.findall(r'id="where">(.*?)</h2>', page.html)[0]


def steps(page: Page) -> list[tuple[str, str]]:
    """The large steps with their states."""
    found = re.search(r'<ol class="steps".*?</ol>', page.html, re.S)
    return re.findall(r'<li class="(\w*)"[^>]*><span>(.*?)<span', found[0]) if found else []


def journal(page: Page) -> list[tuple[str, str, str]]:
    """The entries: step, state, who."""
    entries = re.findall(
        r"<h3>(.*?)</h3><span class=\"badge[^>]*>.*?</svg>(.*?)</span>.*?</header>(.*?)</li>", page.html, re.S
    )
    return [(step, state, "".join(re.findall(r"<p>(.*?)</p>", rest))) for step, state, rest in entries]


def test_the_page_says_first_where_the_case_stands(office: Office, enter: Enter, clock: FixedClock) -> None:
    key = office.ask("甲的请示", due="2026-06-05T18:00:00")
    clock.advance(timedelta(days=2))
    page = enter(APPLICANT).get(f"/cases/{key}")
    assert sentence(page) == "正由示范医科大学（示例）经办人办理“经办人审核”，已 2 个工作日，最迟 6月5日"
    assert steps(page) == [("done", "申报人"), ("current", "经办人"), ("", "领导"), ("", "办结")]


def test_whose_turn_it_is_reads_so(office: Office, enter: Enter) -> None:
    key = office.start("甲的请示")
    page = enter(APPLICANT).get(f"/cases/{key}")
    assert (sentence(page), f"/tasks/{office.task(key)}" in page.links) == ("轮到您办理“填写请示”", True)


def test_who_has_taken_it_up_is_named(office: Office, enter: Enter) -> None:
    key = office.ask("甲的请示")
    officer = enter("medu_officer")
    officer.get("/inbox")
    officer.submit(f"/inbox/{office.task(key)}/claim")
    page = enter(APPLICANT).get(f"/cases/{key}")
    assert sentence(page) == "正由示范医科大学（示例）马示办办理“经办人审核”，刚刚到达"


@pytest.mark.catalogue("U15")
def test_the_journal_tells_step_unit_person_state_and_opinion_newest_first(office: Office, enter: Enter) -> None:
    key = office.ask("甲的请示")
    officer = enter("medu_officer")
    officer.get(f"/tasks/{office.task(key)}")
    officer.submit(f"/tasks/{office.task(key)}", outcome="return", opinion="请补充附件")
    page = officer.get(f"/cases/{key}")
    lines = [
        ("填写请示", "待办理", "钱示二"),
        ("经办人审核", "退回修改", "示范医科大学（示例） · 马示办"),
        ("填写请示", "已提交", "系统"),
        ("请示", "已开始", "系统"),
    ]
    assert journal(page) == lines
    page = enter(APPLICANT).get(f"/cases/{key}")  # who declares reads the unit, not the person
    assert journal(page) == [lines[0], ("经办人审核", "退回修改", "示范医科大学（示例）"), *lines[2:]]
    assert re.findall(r"<blockquote>(.*?)</blockquote>", page.html) == ["请补充附件"]
    assert steps(page) == [("current", "申报人"), ("", "经办人"), ("", "领导"), ("", "办结")]


@pytest.mark.catalogue("U15")
def test_the_journal_alone_fills_a_drawer(office: Office, enter: Enter) -> None:
    key = office.ask("甲的请示")
    officer = enter("medu_officer")
    piece = officer.get(f"/cases/{key}/journal", **{"HX-Request": "true"})
    assert piece.html.startswith('<ol class="journal">')
    assert journal(piece) == journal(officer.get(f"/cases/{key}/journal"))


def test_an_ended_case_says_how(office: Office, enter: Enter) -> None:
    key = office.ask("甲的请示")
    office.complete(key, {"outcome": "approve"})
    office.complete(key, {"outcome": "approve"})
    page = enter(APPLICANT).get(f"/cases/{key}")
    assert sentence(page) == "已于 2026年6月1日办结：已批准"
    assert [state for state, _ in steps(page)] == ["done", "done", "done", "done"]
    assert steps(page)[-1] == ("done", "已批准")


def test_the_picture_and_its_text_agree(office: Office, enter: Enter) -> None:
    key = office.ask("甲的请示")
    applicant = enter(APPLICANT)
    state = json.loads(applicant.get(f"/cases/{key}/diagram.json").html)
    assert state == {
        "done": ["ask", "begin"],
        "active": ["answer"],
        "failed": [],
        "flows": ["ask-answer", "begin-ask"],
        "counts": {},
    }
    page = applicant.get(f"/cases/{key}")
    lines = re.findall(r'<li class="(\w*)" data-element="(\w+)">', page.html)
    assert lines == [("done", "ask"), ("current", "answer"), ("", "sign")]
    assert applicant.get(f"/cases/{key}/diagram.xml").html.count('id="answer"') == 1


def test_the_sheet_for_paper_holds_what_was_filled_in(office: Office, enter: Enter) -> None:
    key = office.ask("甲的请示")
    page = enter("medu_officer").get(f"/cases/{key}/print")
    assert re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", page.html) == [
        ("事由", "测试事由"),
        ("类别", "—"),
        ("证明", "—"),
    ]


@pytest.mark.catalogue("P23")
def test_who_asked_may_withdraw_while_nobody_has_answered(office: Office, enter: Enter) -> None:
    key = office.ask("甲的请示")
    applicant = enter(APPLICANT)
    applicant.get(f"/cases/{key}")
    page = applicant.submit(f"/cases/{key}/actions/withdraw")
    assert (page.path, sentence(page)) == (f"/cases/{key}", "轮到您办理“填写请示”")
    page = applicant.post(f"/cases/{key}/actions/withdraw", {"csrf_token": applicant.csrf})
    assert page.status == 409


def test_an_action_is_only_for_its_group(office: Office, enter: Enter) -> None:
    key = office.ask("甲的请示")
    officer = enter("medu_officer")
    page = officer.get(f"/cases/{key}")
    assert [form["action"] for form in page.forms if "/actions/" in form["action"]] == []
    found = {
        "colleague": officer.post(f"/cases/{key}/actions/withdraw", {"csrf_token": officer.csrf}).status,
        "unknown": officer.post(f"/cases/{key}/actions/other", {"csrf_token": officer.csrf}).status,
        "no token": officer.post(f"/cases/{key}/actions/withdraw").status,
    }
    assert found == {"colleague": 403, "unknown": 409, "no token": 403}


@pytest.mark.parametrize("login", ["hosp3_officer", "health_officer", "990000199304181032", "designer"])
def test_strangers_find_nothing(office: Office, enter: Enter, login: str) -> None:
    key = office.ask("甲的请示")
    stranger = enter(login)
    stranger.get("/account")
    found = {page: stranger.get(f"/cases/{key}{page}").status for page in PAGES}
    found["action"] = stranger.post(f"/cases/{key}/actions/withdraw", {"csrf_token": stranger.csrf}).status
    assert found == dict.fromkeys(found, 404)


@pytest.mark.parametrize(
    "login", [APPLICANT, "medu_officer", "medu_leader", "edu_officer", "office_officer", "auditor"]
)
def test_everybody_involved_sees_it(office: Office, enter: Enter, login: str) -> None:
    key = office.ask("甲的请示")
    visitor = enter(login)
    assert {page: visitor.get(f"/cases/{key}{page}").status for page in PAGES} == dict.fromkeys(PAGES, 200)


def test_nobody_sees_it_signed_out(office: Office, enter: Enter) -> None:
    key = office.ask("甲的请示")
    visitor = enter(APPLICANT)
    visitor.client.cookies.clear()
    assert [visitor.get(f"/cases/{key}{page}").path for page in PAGES] == [
        f"/sign-in?next=/cases/{key}{page}" for page in PAGES
    ]


def test_a_long_history_costs_no_more_statements(office: Office, enter: Enter) -> None:
    applicant = enter(APPLICANT)
    costs = []
    for rounds in (1, 3):
        key = office.ask("甲的请示")
        for _ in range(rounds):
            office.complete(key, {"outcome": "return", "opinion": "请补充"})
            office.complete(key, {"subject": "补充后的事由"})
        applicant.get(f"/cases/{key}")
        with office.counting() as sent:
            applicant.get(f"/cases/{key}")
        costs.append(len(sent))
    assert costs[0] == costs[1]
