"""The inbox: who finds what in it, how it is narrowed, what it costs, how one claims from it."""

import re
from collections.abc import Callable

import pytest

from engine.clock import FixedClock
from tests.support.visitor import Page, Visitor
from tests.web.office.conftest import APPLICANT, Office

Enter = Callable[[str], Visitor]


def titles(page: Page) -> list[str]:
    """The titles of the list, in order."""
    return re.findall(r'class="lead" scope="row"><a[^>]*>(.*?)</a>', page.html)


def tabs(page: Page) -> dict[str, str]:
    """The tabs with their counts."""
    found = re.findall(
        r'<a href="/inbox[^"]*"(?: aria-current="page")?>([^<]+)(?:<span class="count">(.*?)</span>)?</a>', page.html
    )
    return {label: count for label, count in found if label in {"待办", "已签收", "审核待定", "已办"}}


def test_a_task_is_offered_to_its_unit_and_to_nobody_else(office: Office, enter: Enter) -> None:
    office.ask("甲的请示")
    people = ("medu_officer", "hosp3_officer", "medu_leader", "edu_officer", APPLICANT, "sysadmin")
    assert {login: titles(enter(login).get("/inbox")) for login in people} == {
        "medu_officer": ["甲的请示"],
        "hosp3_officer": [],
        "medu_leader": [],
        "edu_officer": [],
        APPLICANT: [],
        "sysadmin": [],
    }


def test_the_search_in_the_inbox_finds_nothing_of_others(office: Office, enter: Enter) -> None:
    office.ask("甲的请示")
    assert titles(enter("hosp3_officer").get("/inbox?q=甲")) == []


def test_nobody_reads_the_inbox_signed_out(office: Office, enter: Enter) -> None:
    visitor = enter("medu_officer")
    visitor.client.cookies.clear()
    assert visitor.get("/inbox").path == "/sign-in?next=/inbox"


def test_who_may_not_work_has_no_inbox(office: Office, enter: Enter) -> None:
    assert enter("auditor").get("/inbox").status == 403


def test_claiming_moves_a_task_to_those_taken_up(office: Office, enter: Enter) -> None:
    key = office.task(office.ask("甲的请示"))
    officer = enter("medu_officer")
    officer.get("/inbox")
    before = tabs(officer.page)
    after = officer.submit(f"/inbox/{key}/claim")
    assert (before["已签收"], tabs(after)["已签收"], after.path) == ("0", "1", "/inbox")
    assert titles(officer.get("/inbox?tab=claimed")) == ["甲的请示"]


def test_claiming_over_htmx_answers_with_the_list_alone(office: Office, enter: Enter) -> None:
    key = office.task(office.ask("甲的请示"))
    officer = enter("medu_officer")
    officer.get("/inbox")
    headers = {"HX-Request": "true", "X-CSRF-Token": officer.csrf}
    piece = officer.post(f"/inbox/{key}/claim?q=甲", **headers)
    assert (piece.status, piece.html.lstrip().startswith('<div id="inbox"'), titles(piece)) == (200, True, ["甲的请示"])


def test_who_claims_second_reads_who_was_faster(office: Office, enter: Enter) -> None:
    key = office.task(office.ask("甲的请示"))
    first, second = enter("medu_officer"), enter("sysadmin")
    first.get("/inbox")
    second.get("/cases")
    first.submit(f"/inbox/{key}/claim")
    page = second.post(f"/inbox/{key}/claim", {"csrf_token": second.csrf})
    assert "“经办人审核”已由马示办签收，请刷新后查看。" in page.words


def test_claiming_needs_the_token_of_the_page(office: Office, enter: Enter) -> None:
    key = office.task(office.ask())
    assert enter("medu_officer").post(f"/inbox/{key}/claim").status == 403


def test_a_strangers_claim_finds_nothing(office: Office, enter: Enter) -> None:
    key = office.task(office.ask())
    stranger = enter("hosp3_officer")
    stranger.get("/inbox")
    assert stranger.post(f"/inbox/{key}/claim", {"csrf_token": stranger.csrf}).status == 404


def test_filters_stand_in_the_address(office: Office, enter: Enter) -> None:
    office.ask("甲的请示", due="2026-05-29T18:00:00")
    office.ask("乙的请示", due="2026-06-01T18:00:00")
    office.ask("丙的请示", due="2026-06-05T18:00:00")
    office.ask("丁的请示")
    officer = enter("medu_officer")
    asked = ("", "?q=乙", "?q=Q-丙", "?due=overdue", "?due=today", "?due=week", "?process=request", "?process=other")
    assert {query: titles(officer.get(f"/inbox{query}")) for query in asked} == {
        "": ["甲的请示", "乙的请示", "丙的请示", "丁的请示"],
        "?q=乙": ["乙的请示"],
        "?q=Q-丙": ["丙的请示"],
        "?due=overdue": ["甲的请示"],
        "?due=today": ["甲的请示", "乙的请示"],
        "?due=week": ["甲的请示", "乙的请示", "丙的请示"],
        "?process=request": ["甲的请示", "乙的请示", "丙的请示", "丁的请示"],
        "?process=other": [],
    }


def test_a_due_date_is_said_in_working_days(office: Office, enter: Enter, clock: FixedClock) -> None:
    office.ask("甲的请示", due="2026-05-28T18:00:00")
    office.ask("乙的请示", due="2026-06-01T18:00:00")
    office.ask("丙的请示", due="2026-06-05T18:00:00")
    page = enter("medu_officer").get("/inbox")
    said = re.findall(r'data-label="期限".*?</svg>(.*?)</span><small>(.*?)</small>', page.html, re.S)
    assert said == [
        ("已超期 2 个工作日", "最迟 2026年5月28日 (周四)"),
        ("今天到期", "最迟 2026年6月1日 (周一)"),
        ("还有 4 个工作日", "最迟 2026年6月5日 (周五)"),
    ]


def test_one_pages_on_and_back(office: Office, enter: Enter, clock: FixedClock) -> None:
    for number in range(25):
        office.ask(f"请示{number:02}")
    officer = enter("medu_officer")
    first = titles(officer.get("/inbox"))
    on = next(link for link in officer.page.links if "after=" in link)
    second = titles(officer.get(f"/inbox{on}"))
    back = next(link for link in officer.page.links if "before=" in link)
    assert (first, second) == ([f"请示{n:02}" for n in range(20)], [f"请示{n:02}" for n in range(20, 25)])
    assert titles(officer.get(f"/inbox{back}")) == first


def test_a_forged_place_in_the_list_is_refused(office: Office, enter: Enter) -> None:
    assert enter("medu_officer").get("/inbox?after=xx").status == 422


def test_what_one_has_done_is_kept_with_its_result(office: Office, enter: Enter) -> None:
    key = office.task(office.ask("甲的请示"))
    officer = enter("medu_officer")
    officer.get(f"/tasks/{key}")
    officer.submit(f"/tasks/{key}", outcome="return", opinion="请补充")
    page = officer.get("/inbox?tab=done")
    assert titles(page) == ["甲的请示"]
    assert re.findall(r'data-label="办理结果".*?</svg>(.*?)</span>', page.html) == ["退回修改"]


@pytest.mark.parametrize(
    ("tab", "heading"),
    [
        ("pending", "没有待办的事项"),
        ("claimed", "没有签收而未办的事项"),
        ("held", "没有审核待定的事项"),
        ("done", "还没有办过的事项"),
    ],
)
def test_an_empty_tab_says_what_to_do_next(office: Office, enter: Enter, tab: str, heading: str) -> None:
    page = enter("medu_officer").get(f"/inbox?tab={tab}")
    assert re.findall(r'class="nothing">.*?<h2>(.*?)</h2>', page.html, re.S) == [heading]


def test_three_rows_cost_as_many_statements_as_one(office: Office, enter: Enter) -> None:
    officer = enter("medu_officer")
    costs = []
    for title in ("甲", "乙", "丙"):
        office.ask(title)
        officer.get("/inbox")
        with office.counting() as sent:
            officer.get("/inbox")
        costs.append(len(sent))
    assert costs == [costs[0]] * 3
    assert costs[0] <= 7
