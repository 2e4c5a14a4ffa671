"""Searches: filters, order, pages, and who sees what."""

from typing import Any

import pytest

from engine.bootstrap import App
from engine.organisation import issue_token
from tests.api.conftest import Caller
from tests.support.diagram import Diagram


@pytest.fixture(scope="module")
def cases(api: Caller) -> list[str]:
    api.deploy(Diagram("many").start().user("a", groups="case_officer@1").end())
    return [api.start("many", number=number) for number in range(7)]


def keys(answer: dict[str, Any], name: str) -> list[str]:
    return [item[name] for item in answer["items"]]


def search(api: Caller, resource: str, body: dict[str, Any]) -> dict[str, Any]:
    return dict(api("POST", f"/{resource}/search", body))


def test_pages_by_offset_and_by_cursor_agree(api: Caller, cases: list[str]) -> None:
    body = {"filter": {"processDefinitionId": "many"}, "sort": [{"field": "processInstanceKey", "order": "DESC"}]}
    whole = keys(search(api, "process-instances", body), "processInstanceKey")
    assert whole == sorted(cases, key=int, reverse=True)
    first = search(api, "process-instances", {**body, "page": {"limit": 3}})
    after = {"limit": 3, "after": first["page"]["endCursor"]}
    second = search(api, "process-instances", {**body, "page": after})
    assert keys(second, "processInstanceKey") == whole[3:6]
    back = search(api, "process-instances", {**body, "page": {"limit": 2, "before": second["page"]["startCursor"]}})
    assert keys(back, "processInstanceKey") == whole[1:3]
    offset = search(api, "process-instances", {**body, "page": {"from": 3, "limit": 3}})
    assert keys(offset, "processInstanceKey") == whole[3:6]
    assert first["page"]["totalItems"] == 7
    assert first["page"]["hasMoreTotalItems"] is False


def test_pages_hold_their_place_where_values_are_equal_or_missing(api: Caller, cases: list[str]) -> None:
    sort = [{"field": "businessId"}, {"field": "endDate", "order": "DESC"}]
    body = {"filter": {"processDefinitionId": "many"}, "sort": sort}
    seen: list[str] = []
    cursor = None
    for _ in range(10):
        page = {"limit": 2} if cursor is None else {"limit": 2, "after": cursor}
        answer = search(api, "process-instances", {**body, "page": page})
        if not answer["items"]:
            break
        seen += keys(answer, "processInstanceKey")
        cursor = answer["page"]["endCursor"]
    assert sorted(seen) == sorted(cases)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"$eq": "4"}, [4]),
        ("4", [4]),
        ({"$in": ["1", "2"]}, [1, 2]),
        ({"$neq": "0"}, [1, 2, 3, 4, 5, 6]),
        ({"$like": "?"}, [0, 1, 2, 3, 4, 5, 6]),
    ],
)
def test_variables_are_found_by_value(api: Caller, cases: list[str], condition: Any, expected: list[int]) -> None:
    body = {"filter": {"processDefinitionId": "many", "variables": [{"name": "number", "value": condition}]}}
    found = keys(search(api, "process-instances", body), "processInstanceKey")
    assert sorted(found) == sorted(cases[number] for number in expected)


@pytest.mark.parametrize("state", ["CREATED", {"$in": ["CREATED", "COMPLETED"]}])
def test_tasks_are_found_by_candidate_group(api: Caller, cases: list[str], state: Any) -> None:
    body = {"filter": {"processDefinitionId": "many", "candidateGroup": "case_officer@1", "state": state}}
    assert search(api, "user-tasks", body)["page"]["totalItems"] == 7
    body["filter"]["candidateGroup"] = "case_officer@"
    assert search(api, "user-tasks", body)["page"]["totalItems"] == 0


@pytest.mark.parametrize(
    "body",
    [
        {"filter": {"nonsense": 1}},
        {"filter": {"state": "SLEEPING"}},
        {"filter": {"processInstanceKey": "abc"}},
        {"filter": {"startDate": "yesterday"}},
        {"filter": {"startDate": {"$almost": "2026-01-01T00:00:00Z"}}},
        {"sort": [{"field": "nonsense"}]},
        {"page": {"limit": -1}},
        {"page": {"after": "!!"}},
        {"page": {"after": "W10="}},
        {"page": []},
        [],
    ],
)
def test_what_does_not_fit_is_a_bad_request(api: Caller, body: Any) -> None:
    answer = api("POST", "/process-instances/search", body, status=400)
    assert answer["title"] == "INVALID_ARGUMENT"


def test_the_newest_version_is_the_latest(api: Caller) -> None:
    api.deploy(Diagram("twice").start().user("a").end())
    api.deploy(Diagram("twice").start().user("b").end())
    body = {"filter": {"processDefinitionId": "twice", "isLatestVersion": True}}
    assert [item["version"] for item in search(api, "process-definitions", body)["items"]] == [2]


def test_an_officer_sees_only_cases_of_the_own_units(api: Caller, app: App, cases: list[str]) -> None:
    """The service account's cases belong to the top unit: an officer of a lower one sees nothing of them, by any way."""
    with app.database.transaction() as tx:
        lower = Caller(api.client, issue_token(tx, "hosp3_officer"))
    of_cases = {"filter": {"processDefinitionId": "many"}}
    for resource in ("process-instances", "user-tasks", "variables", "incidents", "jobs", "element-instances"):
        body = of_cases if resource in ("process-instances", "user-tasks") else {}
        assert search(lower, resource, body)["page"]["totalItems"] == 0, resource
    assert lower("GET", f"/process-instances/{cases[0]}", status=404)["title"] == "NOT_FOUND"
    (task,) = api.tasks(cases[0])
    assert lower("GET", f"/user-tasks/{task['userTaskKey']}", status=404)["title"] == "NOT_FOUND"
    assert lower("GET", f"/user-tasks/{task['userTaskKey']}/form", status=404)["title"] == "NOT_FOUND"


def test_commands_without_the_right_are_forbidden(api: Caller, app: App, cases: list[str]) -> None:
    with app.database.transaction() as tx:
        lower = Caller(api.client, issue_token(tx, "hosp3_officer"))
    (task,) = api.tasks(cases[0])
    for method, path, body in (
        ("POST", f"/user-tasks/{task['userTaskKey']}/completion", {}),
        ("POST", f"/user-tasks/{task['userTaskKey']}/assignment", {"assignee": "hosp3_officer"}),
        ("POST", f"/process-instances/{cases[0]}/cancellation", {}),
        ("POST", "/process-instances", {"processDefinitionId": "many"}),
        ("POST", "/messages/publication", {"name": "x"}),
        ("POST", "/jobs/activation", {"type": "x", "timeout": 1, "maxJobsToActivate": 1}),
        ("PUT", f"/element-instances/{cases[0]}/variables", {"variables": {"number": 1}}),
    ):
        assert lower(method, path, body, status=403)["title"] == "FORBIDDEN", path
    assert (
        lower.client.post("/deployments", files=[("resources", ("a.bpmn", b"x"))], headers=lower.headers).status_code
        == 403
    )


def test_without_a_token_nothing_is_told(api: Caller) -> None:
    for headers in ({}, {"Authorization": "Bearer nonsense"}, {"Authorization": "Basic !!!"}):
        answer = api.client.get("/topology", headers=headers)
        assert answer.status_code == 401
        assert answer.json()["title"] == "UNAUTHORIZED"


def test_the_token_may_be_the_password_of_basic(api: Caller) -> None:
    token = api.headers["Authorization"].removeprefix("Bearer ")
    assert api.client.get("/topology", auth=("anything", token)).status_code == 200
