"""The task page: reading, filling in, handing in, and everything that can come between."""

import re
from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest

from engine.clock import FixedClock
from tests.support.visitor import Page, Visitor
from tests.web.office.conftest import APPLICANT, Office
from web.task.special import SpecialPages

Enter = Callable[[str], Visitor]
HOSPITAL = "示范医科大学第三附属医院（示例）"


def inputs(page: Page) -> dict[str, str]:
    """What stands in the inputs and text areas of the task's form, and what is chosen."""
    areas = re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\n?(.*?)</textarea>', page.html, re.S)
    chosen = re.findall(r'<select id="f-[^"]*" name="([^"]+)".*?</select>', page.html, re.S)
    picked = {
        name: value
        for name in chosen
        for value in re.findall(rf'name="{name}".*?<option value="([^"]*)" selected', page.html, re.S)[:1]
    }
    lines = re.findall(r'<input type="text" id="f-[^"]*" name="([^"]+)" value="([^"]*)"', page.html)
    return {**dict(lines), **{name: text for name, text in areas if name != "reason"}, **picked}


def problems(page: Page) -> list[tuple[str, str]]:
    """The summary at the top: which input, and what about it."""
    found = re.search(r'id="error-summary".*?</ul>', page.html, re.S)
    return re.findall(r'<a href="#([^"]+)">(.*?)</a>', found[0]) if found else []


def said(page: Page) -> list[str]:
    """What was flashed."""
    return [
        text.strip()
        for text in re.findall(r'<div class="alert (?:good|info|warn)"[^>]*>.*?<div>(.*?)</div></div>', page.html, re.S)
    ]


def test_who_fills_in_sees_the_form(office: Office, enter: Enter) -> None:
    key = office.task(office.start("甲的请示"))
    page = enter(APPLICANT).get(f"/tasks/{key}")
    assert (page.status, page.heading, inputs(page)) == (200, "甲的请示", {"subject": "", "days[0].day": ""})


def test_what_is_wrong_is_named_and_nothing_typed_is_lost(office: Office, enter: Enter) -> None:
    key = office.task(office.start())
    applicant = enter(APPLICANT)
    applicant.get(f"/tasks/{key}")
    typed = {"subject": "很" * 41, "kind": "other", "other_kind": "出差", "days[0].day": "周一"}
    page = applicant.submit(f"/tasks/{key}", **typed)
    assert page.status == 422
    assert problems(page) == [("f-subject", "“事由”最多 40 个字，现在是 41 个字")]
    assert inputs(page) == typed


def test_the_reviewer_reads_what_was_filled_in_and_decides(office: Office, enter: Enter) -> None:
    case = office.start("甲的请示")
    key = office.task(case)
    applicant = enter(APPLICANT)
    applicant.get(f"/tasks/{key}")
    page = applicant.submit(f"/tasks/{key}", subject="测试事由", kind="leave", **{"days[0].day": "周一"})
    assert page.path == f"/cases/{case}?done={key}"
    page = enter("medu_officer").get(f"/tasks/{office.task(case)}")
    pairs = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", page.html)
    assert pairs == [("事由", "测试事由"), ("类别", "请假"), ("证明", "—")]
    assert re.findall(r'name="outcome" value="(\w+)"', page.html) == ["approve", "return"]


def test_a_file_belongs_to_the_case_once_its_form_is_handed_in(office: Office, enter: Enter) -> None:
    case = office.start("甲的请示")
    key = office.task(case)
    applicant, officer = enter(APPLICANT), enter("medu_officer")
    form = applicant.get(f"/tasks/{key}").form(f"/tasks/{key}")
    sent = applicant.client.post(
        f"/files?task={key}&field=proof",
        files={"file": ("证明.pdf", b"%PDF-1.4 test", "application/pdf")},
        headers={"X-CSRF-Token": applicant.csrf},
    ).json()
    assert officer.get(sent["url"]).status == 404
    applicant.post(f"/tasks/{key}", {**form, "subject": "测试事由", "proof": sent["id"]})
    page = officer.get(f"/cases/{case}")
    assert re.findall(r'<a class="name" href="([^"]+)"[^>]*>(.*?)</a>', page.html) == [(sent["url"], "证明.pdf")]
    assert (officer.get(sent["url"]).status, enter("hosp3_officer").get(sent["url"]).status) == (200, 404)


def test_a_file_of_somebody_else_is_not_taken_over(office: Office, enter: Enter) -> None:
    case = office.start("甲的请示")
    key = office.task(case)
    applicant, other = enter(APPLICANT), enter("hosp3_officer")
    other.get("/inbox")
    sent = other.client.post(
        "/files",
        files={"file": ("别人的.pdf", b"%PDF-1.4 test", "application/pdf")},
        headers={"X-CSRF-Token": other.csrf},
    ).json()
    form = applicant.get(f"/tasks/{key}").form(f"/tasks/{key}")
    page = applicant.post(f"/tasks/{key}", {**form, "subject": "测试事由", "proof": sent["id"]})
    assert (page.path, "别人的.pdf" in page.words) == (f"/cases/{case}?done={key}", False)
    assert applicant.get(sent["url"]).status == 404


def test_an_outcome_may_require_an_opinion(office: Office, enter: Enter) -> None:
    key = office.task(office.ask())
    officer = enter("medu_officer")
    officer.get(f"/tasks/{key}")
    page = officer.submit(f"/tasks/{key}", outcome="return")
    assert (page.status, problems(page)) == (422, [("f-opinion", "请填写“审核意见”")])


def test_handing_in_without_an_outcome_asks_for_one(office: Office, enter: Enter) -> None:
    key = office.task(office.ask())
    officer = enter("medu_officer")
    officer.get(f"/tasks/{key}")
    page = officer.submit(f"/tasks/{key}", opinion="同意")
    assert (page.status, inputs(page)) == (422, {"opinion": "同意"})


def test_who_decides_next_begins_without_the_opinion_of_the_one_before(office: Office, enter: Enter) -> None:
    case = office.ask()
    office.complete(case, {"outcome": "approve", "opinion": "前一位的意见"})
    leader = enter("medu_leader")
    key = office.task(case)
    assert inputs(leader.get(f"/tasks/{key}")) == {"opinion": ""}
    leader.submit(f"/tasks/{key}", outcome="approve")
    page = enter(APPLICANT).get(f"/cases/{case}")
    assert re.findall(r"<blockquote>(.*?)</blockquote>", page.html) == ["前一位的意见"]


def test_after_deciding_the_next_of_its_kind_comes_by_itself(office: Office, enter: Enter) -> None:
    first, second = office.task(office.ask("甲的请示")), office.task(office.ask("乙的请示"))
    officer = enter("medu_officer")
    officer.get(f"/tasks/{first}")
    page = officer.submit(f"/tasks/{first}", outcome="approve")
    assert (page.path, page.heading) == (f"/tasks/{second}?done={first}", "乙的请示")


def test_a_decision_can_be_taken_back_while_nobody_has_acted(office: Office, enter: Enter) -> None:
    case = office.ask("甲的请示")
    key = office.task(case)
    officer = enter("medu_officer")
    officer.get(f"/tasks/{key}")
    officer.submit(f"/tasks/{key}", outcome="approve")
    page = officer.submit(f"/tasks/{key}/undo")
    assert (page.path, said(page)) == (f"/tasks/{office.task(case)}", ["已撤销，请重新办理。"])


def test_taking_back_is_offered_for_two_minutes(office: Office, enter: Enter, clock: FixedClock) -> None:
    case = office.ask("甲的请示")
    key = office.task(case)
    officer = enter("medu_officer")
    officer.get(f"/tasks/{key}")
    officer.submit(f"/tasks/{key}", outcome="approve")
    clock.advance(timedelta(minutes=3))
    page = officer.get(f"/cases/{case}?done={key}")
    assert [form["action"] for form in page.forms if form["action"].endswith("/undo")] == []


def test_taking_back_too_late_says_why(office: Office, enter: Enter, clock: FixedClock) -> None:
    case = office.ask("甲的请示")
    key = office.task(case)
    officer, leader = enter("medu_officer"), enter("medu_leader")
    officer.get(f"/tasks/{key}")
    officer.submit(f"/tasks/{key}", outcome="approve")
    clock.advance(timedelta(seconds=5))
    leader.get("/inbox")
    leader.submit(f"/inbox/{office.task(case)}/claim")
    page = officer.post(f"/tasks/{key}/undo", {"csrf_token": officer.csrf})
    assert (page.status, page.message) == (409, "之后的环节已经办理，不能撤回。")


def test_of_two_officers_the_second_reads_who_was_faster(office: Office, enter: Enter) -> None:
    key = office.task(office.ask("甲的请示"))
    first, second = enter("medu_officer"), enter("sysadmin")
    first.get(f"/tasks/{key}")
    second.get(f"/tasks/{key}")
    first.submit(f"/tasks/{key}", outcome="approve")
    page = second.submit(f"/tasks/{key}", outcome="return", opinion="我写的意见")
    assert (page.status, page.message) == (409, "“经办人审核”已由马示办办理，请刷新后查看。")
    assert re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", page.html) == [("审核意见", "我写的意见")]


def test_a_page_that_is_out_of_date_is_not_taken(office: Office, enter: Enter) -> None:
    key = office.task(office.ask("甲的请示"))
    officer = enter("medu_officer")
    stale = officer.get(f"/tasks/{key}").form(f"/tasks/{key}")
    officer.post(f"/tasks/{key}/claim", {"csrf_token": officer.csrf})
    page = officer.post(f"/tasks/{key}", {**stale, "outcome": "approve"})
    assert (page.status, page.message) == (409, "这件事项在您打开之后有变动，请刷新后再办理。")
    assert f"/tasks/{key}" in page.links


def test_a_double_click_is_one_decision(office: Office, enter: Enter) -> None:
    case = office.ask("甲的请示")
    key = office.task(case)
    officer = enter("medu_officer")
    sent = {**officer.get(f"/tasks/{key}").form(f"/tasks/{key}"), "outcome": "approve"}
    answers = [officer.post(f"/tasks/{key}", sent) for _ in range(2)]
    assert [(page.status, page.path) for page in answers] == [(200, f"/cases/{case}?done={key}")] * 2


def test_a_finished_task_leads_to_its_case(office: Office, enter: Enter) -> None:
    case = office.ask("甲的请示")
    key = office.task(case)
    office.complete(case, {"outcome": "approve"})
    page = enter("medu_officer").get(f"/tasks/{key}")
    assert (page.path, said(page)) == (f"/cases/{case}", ["“经办人审核”已经办理，这里是它后来的进度。"])


@pytest.mark.parametrize("login", ["hosp3_officer", "health_officer", "990000199304181032"])
def test_strangers_find_nothing(office: Office, enter: Enter, login: str) -> None:
    key = office.task(office.ask())
    stranger = enter(login)
    stranger.get("/inbox")
    token = {"csrf_token": stranger.csrf, "outcome": "approve", "reason": "x", "login": "medu_officer"}
    posts = ("", "/claim", "/release", "/resume", "/undo", "/hold", "/assign", "/delegate", "/draft", "/fields")
    found = {path: stranger.post(f"/tasks/{key}{path}", token).status for path in posts}
    found |= {f"GET {path}": stranger.get(f"/tasks/{key}{path}").status for path in ("", "/hold", "/delegate")}
    assert found == dict.fromkeys(found, 404)


def test_keys_that_never_were_find_nothing(office: Office, enter: Enter) -> None:
    officer = enter("medu_officer")
    found = [officer.get(f"/tasks/{key}").status for key in ("1", "0", "-1", "99999999999999999999999", "x")]
    assert found == [404] * 5


def test_a_colleague_may_look_and_not_decide(office: Office, enter: Enter) -> None:
    key = office.task(office.ask())
    leader = enter("medu_leader")
    page = leader.get(f"/tasks/{key}")
    assert (page.status, "现在不由您办理" in page.words) == (200, True)
    token = {"csrf_token": leader.csrf, "outcome": "approve", "version": "1"}
    assert {path: leader.post(f"/tasks/{key}{path}", token).status for path in ("", "/claim", "/draft")} == {
        "": 403,
        "/claim": 403,
        "/draft": 403,
    }


def test_nothing_is_posted_without_the_token_of_the_page(office: Office, enter: Enter) -> None:
    key = office.task(office.ask())
    officer = enter("medu_officer")
    paths = ("", "/claim", "/release", "/hold", "/resume", "/delegate", "/assign", "/undo", "/draft", "/fields")
    assert {path: officer.post(f"/tasks/{key}{path}", {"reason": "x"}).status for path in paths} == dict.fromkeys(
        paths, 403
    )


def test_what_is_typed_is_saved_and_comes_back(office: Office, enter: Enter) -> None:
    key = office.task(office.start())
    applicant = enter(APPLICANT)
    form = applicant.get(f"/tasks/{key}").form(f"/tasks/{key}")
    answer = applicant.post(f"/tasks/{key}/draft", {**form, "subject": "写到一半"}, accept="application/json")
    assert answer.html == '{"saved_at":"12:00","fields":{"draft_version":":1,days:1"}}'
    page = enter(APPLICANT).get(f"/tasks/{key}")
    assert inputs(page)["subject"] == "写到一半"
    assert "已于 6月1日 12:00 保存" in page.words


def test_a_draft_saved_elsewhere_is_not_written_over(office: Office, enter: Enter) -> None:
    key = office.task(office.start())
    here, there = enter(APPLICANT), enter(APPLICANT)
    form = here.get(f"/tasks/{key}").form(f"/tasks/{key}")
    there.get(f"/tasks/{key}")
    there.post(
        f"/tasks/{key}/draft", {**there.page.form(f"/tasks/{key}"), "subject": "那边"}, accept="application/json"
    )
    answer = here.post(f"/tasks/{key}/draft", {**form, "subject": "这边"}, accept="application/json")
    assert answer.status == 409
    assert answer.html == '{"message":"这张表已在别处保存过（不同之处：事由），请刷新页面核对后再填写。"}'


def test_saving_works_without_javascript(office: Office, enter: Enter) -> None:
    key = office.task(office.start())
    applicant = enter(APPLICANT)
    applicant.get(f"/tasks/{key}")
    page = applicant.submit(f"/tasks/{key}", subject="写到一半", _save="1")
    assert (page.path, inputs(page)["subject"], said(page)) == (
        f"/tasks/{key}",
        "写到一半",
        ["已暂存，可以随时回来继续。"],
    )


def test_rows_and_conditions_work_without_javascript(office: Office, enter: Enter) -> None:
    key = office.task(office.start())
    applicant = enter(APPLICANT)
    applicant.get(f"/tasks/{key}")
    page = applicant.submit(f"/tasks/{key}", kind="other", _add="days", **{"days[0].day": "周一"})
    assert inputs(page) == {"subject": "", "kind": "other", "other_kind": "", "days[0].day": "周一", "days[1].day": ""}
    page = applicant.submit(f"/tasks/{key}", kind="leave", _remove="days[0]", **{"days[1].day": "周二"})
    assert inputs(page) == {"subject": "", "kind": "leave", "days[0].day": "周二"}


def test_the_inputs_are_drawn_again_for_htmx(office: Office, enter: Enter) -> None:
    key = office.task(office.start())
    applicant = enter(APPLICANT)
    form = applicant.get(f"/tasks/{key}").form(f"/tasks/{key}")
    piece = applicant.post(f"/tasks/{key}/fields", {**form, "kind": "other", "subject": "还在"})
    assert (piece.status, inputs(piece)) == (
        200,
        {"subject": "还在", "kind": "other", "other_kind": "", "days[0].day": ""},
    )


@pytest.mark.catalogue("U7")
def test_a_task_can_be_parked_with_a_note_and_taken_up_again(office: Office, enter: Enter) -> None:
    key = office.task(office.ask("甲的请示"))
    officer = enter("medu_officer")
    officer.get(f"/tasks/{key}")
    officer.submit(f"/tasks/{key}/hold", reason="等补充材料")
    assert "等补充材料" in officer.get("/inbox?tab=held").words
    assert "甲的请示" not in officer.get("/inbox").words
    officer.get(f"/tasks/{key}")
    officer.submit(f"/tasks/{key}/resume")
    assert "甲的请示" in officer.get("/inbox").words


def test_parking_asks_for_the_reason(office: Office, enter: Enter) -> None:
    key = office.task(office.ask())
    officer = enter("medu_officer")
    officer.get(f"/tasks/{key}/hold")
    page = officer.submit(f"/tasks/{key}/hold", reason="长" * 501)
    assert (page.status, inputs(page)) == (422, {})
    assert re.findall(r'class="error">(.*?)</div>', page.html) == ["请写明待定的原因，不超过 500 字。"]


def test_filling_in_is_never_parked(office: Office, enter: Enter) -> None:
    key = office.task(office.start())
    assert enter(APPLICANT).get(f"/tasks/{key}/hold").status == 404


def test_a_task_is_passed_on_to_a_colleague_and_comes_back(office: Office, enter: Enter) -> None:
    key = office.task(office.ask("甲的请示", unit_name=HOSPITAL))
    officer = enter("hosp3_officer")
    officer.post(f"/tasks/{key}/claim", {"csrf_token": officer.csrf or (officer.get("/inbox") and officer.csrf)})
    officer.get(f"/tasks/{key}")
    page = officer.submit(f"/tasks/{key}/delegate", login="hosp3_new")
    assert said(page) == ["已转办给林示新（经办人）。"]
    assert officer.get(f"/tasks/{key}").form is not None
    assert "由林示新签收" in officer.page.words


def test_a_task_is_not_passed_on_to_strangers(office: Office, enter: Enter) -> None:
    key = office.task(office.ask("甲的请示", unit_name=HOSPITAL))
    officer = enter("hosp3_officer")
    officer.get(f"/tasks/{key}")
    officer.post(f"/tasks/{key}/claim", {"csrf_token": officer.csrf})
    page = officer.post(f"/tasks/{key}/delegate", {"csrf_token": officer.csrf, "login": "medu_officer"})
    assert (page.status, re.findall(r'class="error">(.*?)</div>', page.html)) == (
        422,
        ["请选择一位可以办理这件事项的人。"],
    )


def test_giving_back_offers_it_to_the_others_again(office: Office, enter: Enter) -> None:
    key = office.task(office.ask("甲的请示"))
    officer = enter("medu_officer")
    officer.get(f"/tasks/{key}")
    officer.post(f"/tasks/{key}/claim", {"csrf_token": officer.csrf})
    page = officer.post(f"/tasks/{key}/release", {"csrf_token": officer.csrf})
    assert (page.path, said(page)) == ("/inbox", ["已退签，其他人可以签收。"])


def test_the_journal_opens_in_a_drawer(office: Office, enter: Enter) -> None:
    case = office.ask("甲的请示")
    page = enter("medu_officer").get(f"/tasks/{office.task(case)}")
    assert re.findall(r'hx-get="([^"]+)" hx-target="#journal-drawer .body"', page.html) == [f"/cases/{case}/journal"]


def test_a_special_page_takes_the_place_of_the_generic_one(
    office: Office, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = SpecialPages()
    pages.register("request_answer", lambda task, case: f"/cases/{case}?task={task}")
    monkeypatch.setattr("web.task.routes.SPECIAL_PAGES", pages)
    case = office.ask("甲的请示")
    key = office.task(case)
    assert enter("medu_officer").get(f"/tasks/{key}?done=1").path == f"/cases/{case}?task={key}&done=1"


def test_a_personal_page_opens_for_the_assignee_alone(
    office: Office, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = SpecialPages()
    pages.register("request_answer", lambda task, case: f"/help?task={task}", personal=True)
    monkeypatch.setattr("web.task.routes.SPECIAL_PAGES", pages)
    case = office.ask("甲的请示")
    key = office.task(case)
    officer = enter("medu_officer")
    officer.post(f"/tasks/{key}/claim", {"csrf_token": officer.csrf})
    assert officer.get(f"/tasks/{key}").path == f"/help?task={key}"
    watching = enter("sysadmin").get(f"/tasks/{key}")
    assert watching.path == f"/cases/{case}"
    assert "只能由本人办理" in watching.html


def test_a_form_has_one_special_page() -> None:
    pages = SpecialPages()
    pages.register("request_answer", lambda task, case: "/")
    with pytest.raises(ValueError, match="request_answer has two pages"):
        pages.register("request_answer", lambda task, case: "/")


def test_a_file_is_uploaded_without_javascript(office: Office, enter: Enter) -> None:
    key = office.task(office.start("甲的请示"))
    applicant, stranger = enter(APPLICANT), enter("hosp3_officer")
    address = f"/tasks/{key}/files?field=proof"
    assert address in applicant.get(f"/tasks/{key}").links
    assert stranger.get(address).status == 404
    assert applicant.get(f"/tasks/{key}/files?field=subject").status == 404

    def send(name: str, content: bytes) -> httpx.Response:
        applicant.get(address)
        fields = {"csrf_token": applicant.page.form(address)["csrf_token"]}
        return applicant.client.post(address, data=fields, files={"file": (name, content)})

    refused = send("页.html", b"<script>alert(1)</script>")
    assert (refused.status_code, "不支持这种文件" in refused.text) == (422, True)
    assert send("证明.pdf", b"%PDF-1.4 test").status_code == 200
    page = applicant.get(f"/tasks/{key}")
    assert re.findall(r'<a class="name" href="[^"]+"[^>]*>(.*?)</a>', page.html) == ["证明.pdf"]
