"""The monitor: who may look, what it lists, and the tools that mend a case."""

import json
import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from engine.access import SYSTEM
from engine.flow.cases import start_case
from engine.flow.definitions import deploy_resources
from engine.flow.tables import definition
from engine.organisation.tables import State, account
from tests.support.diagram import Diagram
from tests.support.visitor import Page, Visitor
from tests.web.office.conftest import APPLICANT, Office, request_diagram

Enter = Callable[[str], Visitor]
PAGES = ("/monitor", "/incidents", "/monitor/orphans")


def titles(page: Page) -> list[str]:
    return re.findall(r'class="lead" scope="row"><a[^>]*>(.*?)</a>', page.html)


def said(page: Page) -> list[str]:
    return [
        text.strip()
        for text in re.findall(r'<div class="alert (?:good|info|warn)"[^>]*>.*?<div>(.*?)</div></div>', page.html, re.S)
    ]


def stick(office: Office, title: str = "卡住的流程") -> int:
    """A case whose gateway has no way out."""
    drawn = (
        Diagram("stuck", name="会卡住")
        .start()
        .exclusive("fits", name="是否合格")
        .when('=answer = "yes"')
        .user("go", name="继续", groups="system_admin")
        .end()
    )
    with office.tx() as tx:
        deploy_resources(tx, SYSTEM, {"stuck.bpmn": drawn.xml()})
        return start_case(tx, SYSTEM, "stuck", {"answer": "no"}, title=title, unit_id=office.unit())


@pytest.mark.parametrize(
    ("login", "status"),
    [
        ("sysadmin", 200),
        ("office_admin", 200),
        ("auditor", 200),
        ("medu_admin", 403),
        ("medu_officer", 403),
        ("office_officer", 403),
        (APPLICANT, 403),
    ],
)
def test_the_monitor_is_for_those_who_watch_over_the_flow(
    office: Office, enter: Enter, login: str, status: int
) -> None:
    visitor = enter(login)
    assert {path: visitor.get(path).status for path in PAGES} == dict.fromkeys(PAGES, status)


def test_a_case_is_managed_by_who_may_and_unknown_to_strangers(office: Office, enter: Enter) -> None:
    key = office.ask("甲的请示")
    people = ("sysadmin", "auditor", "medu_officer", APPLICANT, "hosp3_officer")
    assert {login: enter(login).get(f"/monitor/cases/{key}").status for login in people} == {
        "sysadmin": 200,
        "auditor": 200,
        "medu_officer": 403,
        APPLICANT: 403,
        "hosp3_officer": 404,
    }


def test_who_only_watches_finds_no_tools(office: Office, enter: Enter) -> None:
    key = office.ask("甲的请示")
    page = enter("auditor").get(f"/monitor/cases/{key}")
    assert [form["action"] for form in page.forms if form["action"].startswith(("/monitor", "/incidents"))] == []
    token = {
        "csrf_token": enter("auditor").csrf,
        "reason": "x",
        "value": "1",
        "from": "1",
        "to": "ask",
        "login": "sysadmin",
    }
    auditor = enter("auditor")
    auditor.get("/monitor")
    token["csrf_token"] = auditor.csrf
    task = office.task(key)
    paths = ("cancel", "suspend", "resume", "variables/subject")
    found = {path: auditor.post(f"/monitor/cases/{key}/{path}", token).status for path in paths}
    found["assign"] = auditor.post(f"/monitor/tasks/{task}/assign", token).status
    assert found == dict.fromkeys(found, 403)


def test_the_list_is_narrowed_by_its_address(office: Office, enter: Enter) -> None:
    office.ask("甲的请示")
    office.start("乙的请示", unit_name="示范医科大学第三附属医院（示例）")
    stick(office)
    admin = enter("sysadmin")
    asked = (
        "",
        "?q=乙",
        "?q=Q-甲",
        "?process=stuck",
        "?incident=yes",
        "?unit=附属医院",
        "?version=9",
        "?state=completed",
    )
    asked += ("?year=2026", "?from=2026-06-01&to=2026-06-01", "?to=2026-05-31", "?state=nonsense")
    everything = ["卡住的流程", "乙的请示", "甲的请示"]
    assert {query: titles(admin.get(f"/cases{query}")) for query in asked} == {
        "": everything,
        "?q=乙": ["乙的请示"],
        "?q=Q-甲": ["甲的请示"],
        "?process=stuck": ["卡住的流程"],
        "?incident=yes": ["卡住的流程"],
        "?unit=附属医院": ["乙的请示"],
        "?version=9": [],
        "?state=completed": [],
        "?year=2026": ["乙的请示", "甲的请示"],
        "?from=2026-06-01&to=2026-06-01": everything,
        "?to=2026-05-31": [],
        "?state=nonsense": everything,
    }


def test_everybody_lists_the_cases_they_see_and_no_others(office: Office, enter: Enter) -> None:
    office.ask("甲的请示")
    office.start("乙的请示", unit_name="示范医科大学第三附属医院（示例）")
    people = ("medu_officer", "hosp3_officer", "health_officer", "990000199304181032")
    assert {login: titles(enter(login).get("/cases")) for login in people} == {
        "medu_officer": ["乙的请示", "甲的请示"],
        "hosp3_officer": ["乙的请示"],
        "health_officer": [],
        "990000199304181032": [],
    }


def test_the_list_pages_on_and_back(office: Office, enter: Enter) -> None:
    for number in range(23):
        office.start(f"请示{number:02}")
    admin = enter("sysadmin")
    first = titles(admin.get("/cases"))
    on = next(link for link in admin.page.links if "after=" in link)
    second = titles(admin.get(f"/cases{on}"))
    back = next(link for link in admin.page.links if "before=" in link)
    assert first + second == [f"请示{n:02}" for n in reversed(range(23))]
    assert titles(admin.get(f"/cases{back}")) == first
    assert "共 23 条" in admin.page.words


@pytest.mark.parametrize("path", ["/cases", "/incidents"])
def test_three_rows_cost_as_many_statements_as_one(office: Office, enter: Enter, path: str) -> None:
    admin = enter("sysadmin")
    costs = []
    for number in range(3):
        stick(office, f"卡住{number}")
        admin.get(path)
        with office.counting() as sent:
            admin.get(path)
        costs.append(len(sent))
    assert costs == [costs[0]] * 3


def test_the_overview_counts_the_cases_of_each_version(office: Office, enter: Enter) -> None:
    key = office.ask("甲的请示")
    office.start("乙的请示")
    office.complete(key, {"outcome": "approve"})
    office.complete(key, {"outcome": "approve"})
    stick(office)
    page = enter("sysadmin").get("/monitor")
    rows = re.findall(r"<tr data-href.*?</tr>", page.html, re.S)
    counted = {titles_of(row): re.findall(r'class="num">(?:<a[^>]*>)?(\d+)<', row) for row in rows}
    assert {name: counted[name] for name in ("请示", "会卡住")} == {"请示": ["1", "0", "1"], "会卡住": ["1", "1", "0"]}
    assert "没有存活的后台服务" in page.words


def titles_of(row: str) -> str:
    return re.findall(r'class="lead" scope="row"><a[^>]*>(.*?)</a>', row)[0]


def test_the_diagram_of_a_version_shows_where_its_cases_stand(office: Office, enter: Enter) -> None:
    office.ask("甲的请示")
    office.ask("乙的请示")
    office.start("丙的请示")
    with office.tx() as tx:
        key = tx.value(sa.select(definition.c.key).where(definition.c.id == "request"))
    admin = enter("sysadmin")
    heat = json.loads(admin.get(f"/monitor/definitions/{key}/diagram.json").html)
    assert heat["counts"] == {"answer": 2, "ask": 1}
    page = admin.get(f"/monitor/definitions/{key}")
    assert re.findall(r'class="lead">(.*?)</th><td class="num">(\d+)</td>', page.html) == [
        ("经办人审核", "2"),
        ("填写请示", "1"),
    ]
    statuses = [
        enter("medu_officer").get(f"/monitor/definitions/{key}{path}").status
        for path in ("", "/diagram.json", "/diagram.xml")
    ]
    assert statuses == [403] * 3


def test_a_variable_is_corrected_with_a_reason_and_its_history_kept(office: Office, enter: Enter) -> None:
    key = office.ask("甲的请示")
    admin = enter("sysadmin")
    path = f"/monitor/cases/{key}/variables/subject"
    admin.get(path)
    page = admin.submit(path, value='"更正后的事由"', reason="按书面申请更正")
    assert (page.path, said(page)) == (f"/monitor/cases/{key}", ["变量 subject 已修改。"])
    page = admin.get(path)
    assert re.findall(r"<code>(.*?)</code></blockquote>", page.html) == ["&#34;更正后的事由&#34;", "&#34;测试事由&#34;"]
    assert "按书面申请更正" in page.words
    assert "按书面申请更正" in enter(APPLICANT).get(f"/cases/{key}").words


@pytest.mark.parametrize(
    ("value", "reason", "wrong"),
    [
        ('"没有引号', "有原因", ["#value"]),
        ('"好"', "", ["#reason"]),
        ("[" * 5000, " ", ["#value", "#reason"]),
        ('"好"', "长" * 501, ["#reason"]),
    ],
)
def test_a_wrong_correction_changes_nothing_and_loses_nothing(
    office: Office, enter: Enter, value: str, reason: str, wrong: list[str]
) -> None:
    key = office.ask("甲的请示")
    admin = enter("sysadmin")
    path = f"/monitor/cases/{key}/variables/subject"
    admin.get(path)
    page = admin.submit(path, value=value, reason=reason)
    assert (page.status, re.findall(r'<li><a href="(#\w+)"', page.html)) == (422, wrong)
    assert len(re.findall(r"<code>.*?</code></blockquote>", admin.get(path).html)) == 1


def test_an_unknown_variable_is_not_found(office: Office, enter: Enter) -> None:
    key = office.ask("甲的请示")
    assert enter("sysadmin").get(f"/monitor/cases/{key}/variables/nothing").status == 404


def test_an_incident_is_retried_once_its_cause_is_gone(office: Office, enter: Enter) -> None:
    key = stick(office)
    admin = enter("sysadmin")
    page = admin.get("/incidents")
    assert (titles(page), "是否合格" in page.words) == (["卡住的流程"], True)
    page = admin.get(f"/cases/{key}")
    assert "在“是否合格”出现异常，管理员处理后自动继续，您不用重新提交" in page.words
    path = f"/monitor/cases/{key}/variables/answer"
    admin.get(path)
    admin.submit(path, value='"yes"', reason="补录结论")
    page = admin.get(f"/monitor/cases/{key}")
    retry = next(form["action"] for form in page.forms if form["action"].startswith("/incidents/"))
    page = admin.submit(retry)
    assert (said(page), "继续" in page.words) == (["已重试。"], True)
    assert titles(admin.get("/incidents")) == []


def test_ticked_incidents_are_retried_together(office: Office, enter: Enter) -> None:
    stick(office, "甲")
    stick(office, "乙")
    admin = enter("sysadmin")
    keys = re.findall(r'name="incident" value="(\d+)"', admin.get("/incidents").html)
    answer = admin.client.post("/incidents/retry", data={"csrf_token": admin.csrf, "incident": [*keys, "1"]})
    admin.page = page = Page(answer)
    assert (page.path, said(page)[0], sorted(titles(page))) == ("/incidents", "已重试 2 项。", ["乙", "甲"])


def test_incidents_are_retried_by_who_may(office: Office, enter: Enter) -> None:
    stick(office)
    key = re.findall(r'href="/monitor/cases/(\d+)"', enter("sysadmin").get("/incidents").html)[0]
    auditor = enter("auditor")
    page = auditor.get("/incidents")
    assert re.findall(r'name="(?:incident|only)"', page.html) == []
    incident = re.findall(r"/incidents/(\d+)/retry", enter("sysadmin").get(f"/monitor/cases/{key}").html)[0]
    stranger = enter("hosp3_officer")
    stranger.get("/inbox")
    assert auditor.post(f"/incidents/{incident}/retry", {"csrf_token": auditor.csrf}).status == 403
    assert stranger.post(f"/incidents/{incident}/retry", {"csrf_token": stranger.csrf}).status == 404


def test_a_case_is_ended_with_a_reason(office: Office, enter: Enter) -> None:
    key = office.ask("甲的请示")
    admin = enter("sysadmin")
    admin.get(f"/monitor/cases/{key}/cancel")
    page = admin.submit(f"/monitor/cases/{key}/cancel", reason=" ")
    assert (page.status, "请写明原因，它会记入流转日志。" in page.words) == (422, True)
    page = admin.submit(f"/monitor/cases/{key}/cancel", reason="重复启动")
    assert said(page) == ["流程已终止。"]
    page = enter(APPLICANT).get(f"/cases/{key}")
    assert "已于 2026年6月1日终止" in page.words
    assert re.findall(r"<blockquote>(.*?)</blockquote>", page.html) == ["重复启动"]


def test_a_case_rests_while_it_is_suspended(office: Office, enter: Enter) -> None:
    key = office.ask("甲的请示")
    admin, officer = enter("sysadmin"), enter("medu_officer")
    admin.get(f"/monitor/cases/{key}")
    admin.submit(f"/monitor/cases/{key}/suspend")
    task = office.task(key)
    officer.get(f"/tasks/{task}")
    page = officer.submit(f"/tasks/{task}", outcome="approve", opinion="同意")
    assert (page.status, page.message) == (409, "该流程已暂停，请联系管理员恢复后再办理。")
    admin.get(f"/monitor/cases/{key}")
    admin.submit(f"/monitor/cases/{key}/resume")
    officer.get(f"/tasks/{task}")
    assert officer.submit(f"/tasks/{task}", outcome="approve").status == 200


def test_a_case_is_let_go_on_from_another_step(office: Office, enter: Enter) -> None:
    key = office.ask("甲的请示")
    admin = enter("sysadmin")
    page = admin.get(f"/monitor/cases/{key}")
    here = re.findall(r'<option value="(\d+)">经办人审核', page.html)[0]
    path = f"/monitor/cases/{key}/move"
    token = {"csrf_token": admin.csrf, "from": here, "to": "sign"}
    assert admin.post(path, token).status == 422
    assert admin.post(path, {**token, "to": "begin", "reason": "x"}).status == 422
    assert admin.post(path, {**token, "from": "1", "reason": "x"}).status == 422
    page = admin.post(path, {**token, "reason": "领导已口头同意"})
    assert said(page) == ["已移动办理环节。"]
    assert "单位领导办理“领导签批”" in enter(APPLICANT).get(f"/cases/{key}").words


def test_a_case_moves_to_another_version(office: Office, enter: Enter) -> None:
    key = office.ask("甲的请示")
    with office.tx() as tx:
        changed = request_diagram().replace("领导签批".encode(), "领导审签".encode())
        second = deploy_resources(tx, SYSTEM, {"request.bpmn": changed}).definitions[0]
    admin = enter("sysadmin")
    admin.get(f"/monitor/cases/{key}")
    path = f"/monitor/cases/{key}/migrate"
    assert admin.post(path, {"csrf_token": admin.csrf, "definition": "1"}).status == 422
    page = admin.post(path, {"csrf_token": admin.csrf, "definition": str(second.key)})
    assert (said(page), f"第 {second.version} 版" in page.words) == (["已换到所选的版本。"], True)


def test_a_task_nobody_can_do_is_listed_and_given_to_somebody(office: Office, enter: Enter) -> None:
    key = office.ask("甲的请示")
    office.ask("乙的请示", unit_name="示范医科大学第三附属医院（示例）")
    admin = enter("sysadmin")
    assert titles(admin.get("/monitor/orphans")) == []
    disable(office, "medu_officer", State.DISABLED)
    try:
        page = admin.get("/monitor/orphans")
        assert (titles(page), "示范医科大学（示例）经办人" in page.words) == (["甲的请示"], True)
        path = f"/monitor/tasks/{office.task(key)}/assign"
        assert admin.submit(path, login="medu_officer").status == 422
        admin.get("/monitor/orphans")
        page = admin.submit(path, login="medu_leader")
        assert (page.path, said(page)) == ("/monitor/orphans", ["“经办人审核”已指定由马示领办理。"])
        assert titles(page) == []
    finally:
        disable(office, "medu_officer", State.ACTIVE)


def disable(office: Office, login: str, state: State) -> None:
    with office.tx() as tx:
        tx.execute(sa.update(account).where(account.c.login == login).values(state=state))


def test_who_asks_to_go_back_elsewhere_stays_here(office: Office, enter: Enter) -> None:
    key = office.ask("甲的请示")
    admin = enter("sysadmin")
    admin.get("/monitor/orphans")
    token = {"csrf_token": admin.csrf, "login": "medu_officer", "back": "https://example.com/"}
    assert admin.post(f"/monitor/tasks/{office.task(key)}/assign", token).path == f"/monitor/cases/{key}"


def test_the_search_finds_what_one_may_see(office: Office, enter: Enter) -> None:
    office.ask("甲的请示")
    office.start("甲的另一请示", unit_name="示范医科大学第三附属医院（示例）")
    hits = {}
    for login in ("sysadmin", "medu_officer", "hosp3_officer", "health_officer", APPLICANT):
        page = enter(login).get("/search?q=甲的")
        hits[login] = re.findall(r'<li><div><a href="/cases/\d+">(.*?)</a>', page.html)
    both = ["甲的另一请示", "甲的请示"]
    assert hits == {
        "sysadmin": both,
        "medu_officer": both,
        "hosp3_officer": ["甲的另一请示"],
        "health_officer": [],
        APPLICANT: both,
    }


def test_people_are_found_by_who_manages_them(office: Office, enter: Enter) -> None:
    people = {}
    for login in ("medu_admin", "health_admin", "medu_leader", APPLICANT):
        page = enter(login).get("/search?q=林示")
        people[login] = re.findall(r'<li><div><a href="/cases\?q=[^"]+">(.*?)</a>', page.html)
    assert people == {
        "medu_admin": ["林示办", "林示新", "林示管", "林示领"],
        "health_admin": [],
        "medu_leader": [],
        APPLICANT: [],
    }


def test_the_search_finds_pages_and_suggests_while_one_types(office: Office, enter: Enter) -> None:
    piece = enter("sysadmin").get("/search/suggestions?q=概况", **{"HX-Request": "true"})
    assert re.findall(r'<a href="([^"]+)">(.*?)<small>(.*?)</small>', piece.html) == [
        ("/monitor", "流程概况", "流程监控")
    ]


def test_searching_for_nothing_finds_nothing(office: Office, enter: Enter) -> None:
    page = enter("sysadmin").get("/search?q=%20")
    assert (page.status, page.html.count('id="group-')) == (200, 0)
