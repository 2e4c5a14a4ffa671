"""Driving cases through `/v2`."""

from datetime import UTC, datetime, timedelta

import pytest

from engine.bootstrap import App
from tests.api.conftest import Caller
from tests.support.diagram import Diagram

FORM = """{"type":"default","id":"opinion_form","schemaVersion":19,"components":[
  {"type":"textarea","id":"o","key":"opinion","label":"审核意见","validate":{"required":true,"maxLength":20}}]}"""


def state(api: Caller, case: str) -> str:
    return str(api("GET", f"/process-instances/{case}")["state"])


def variable(api: Caller, case: str, name: str) -> list[str]:
    body = {"filter": {"processInstanceKey": case, "name": name}}
    return [item["value"] for item in api("POST", "/variables/search", body)["items"]]


def test_a_line_of_tasks_is_completed_to_its_end(api: Caller) -> None:
    api.deploy(Diagram("line").start().user("a").user("b").end())
    case = api.start("line")
    for element in ("a", "b"):
        (task,) = api.tasks(case)
        assert task["elementId"] == element
        api("POST", f"/user-tasks/{task['userTaskKey']}/completion", {"variables": {element: 1}}, status=204)
    assert state(api, case) == "COMPLETED"
    assert variable(api, case, "b") == ["1"]
    assert api("GET", f"/user-tasks/{task['userTaskKey']}")["state"] == "COMPLETED"


def test_a_finished_task_answers_conflict_and_a_forged_one_not_found(api: Caller) -> None:
    api.deploy(Diagram("once").start().user("a").end())
    (task,) = api.tasks(api.start("once"))
    api("POST", f"/user-tasks/{task['userTaskKey']}/completion", status=204)
    assert api("POST", f"/user-tasks/{task['userTaskKey']}/completion", status=409)["title"] == "INVALID_STATE"
    assert api("POST", "/user-tasks/123456789/completion", status=404)["title"] == "NOT_FOUND"
    assert api("POST", "/user-tasks/abc/completion", status=400)["title"] == "INVALID_ARGUMENT"


def test_a_form_is_checked_and_named(api: Caller) -> None:
    api.deploy(Diagram("formed").start().user("a", form="opinion_form").end(), opinion__form=FORM)
    (task,) = api.tasks(api.start("formed"))
    path = f"/user-tasks/{task['userTaskKey']}"
    answer = api("POST", f"{path}/completion", {"variables": {}}, status=400)
    assert "审核意见" in answer["detail"]
    form = api("GET", f"{path}/form")
    assert (form["formId"], form["schema"]) == ("opinion_form", FORM)
    api("POST", f"{path}/completion", {"variables": {"opinion": "同意", "extra": 1}}, status=204)


def test_a_task_is_assigned_changed_and_unassigned(api: Caller) -> None:
    api.deploy(Diagram("assigned").start().user("a", groups="case_officer@1").end())
    (task,) = api.tasks(api.start("assigned"))
    path = f"/user-tasks/{task['userTaskKey']}"
    api("POST", f"{path}/assignment", {"assignee": "somebody"}, status=204)
    assert api("GET", path)["assignee"] == "somebody"
    refused = {"assignee": "another", "allowOverride": False}
    assert api("POST", f"{path}/assignment", refused, status=409)["title"] == "INVALID_STATE"
    api("DELETE", f"{path}/assignee", status=204)
    due = (datetime.now(UTC) + timedelta(days=3)).replace(microsecond=0)
    change = {"changeset": {"dueDate": due.isoformat(), "priority": 80, "candidateGroups": ["unit_leader@2"]}}
    api("PATCH", path, change, status=204)
    task = api("GET", path)
    assert (task["assignee"], task["priority"], task["candidateGroups"]) == (None, 80, ["unit_leader@2"])
    assert datetime.fromisoformat(task["dueDate"]) == due
    api("PATCH", path, {"changeset": {"dueDate": ""}}, status=204)
    assert api("GET", path)["dueDate"] is None


def test_a_business_id_is_unique_among_running_cases(api: Caller) -> None:
    api.deploy(Diagram("numbered").start().user("a").end())
    body = {"processDefinitionId": "numbered", "businessId": "N-1"}
    case = api("POST", "/process-instances", body)["processInstanceKey"]
    assert api("POST", "/process-instances", body, status=409)["title"] == "INVALID_STATE"
    api("POST", f"/process-instances/{case}/cancellation", status=204)
    assert state(api, case) == "TERMINATED"
    api("POST", "/process-instances", body)


def test_waiting_for_the_end_gives_the_variables(api: Caller) -> None:
    api.deploy(Diagram("straight").start().script("double", "=n * 2", "doubled").end())
    body = {"processDefinitionId": "straight", "variables": {"n": 21}, "awaitCompletion": True}
    assert api("POST", "/process-instances", body)["variables"] == {"n": 21, "doubled": 42}
    assert api("POST", "/process-instances", {**body, "fetchVariables": ["doubled"]})["variables"] == {"doubled": 42}


def test_waiting_for_an_end_that_does_not_come_times_out(api: Caller) -> None:
    api.deploy(Diagram("long").start().user("a").end())
    body = {"processDefinitionId": "long", "awaitCompletion": True, "requestTimeout": 50}
    assert api("POST", "/process-instances", body, status=504)["title"] == "DEADLINE_EXCEEDED"


def test_a_message_is_published_once_and_correlated_at_once(api: Caller) -> None:
    api.deploy(Diagram("hears").start().catch("wait", message="paid", key="=order").end())
    published, correlated = api.start("hears", order="o-1"), api.start("hears", order="o-2")
    body = {"name": "paid", "correlationKey": "o-1", "messageId": "m-1", "timeToLive": 60_000, "variables": {"sum": 7}}
    api("POST", "/messages/publication", body)
    assert state(api, published) == "COMPLETED"
    assert variable(api, published, "sum") == ["7"]
    answer = api("POST", "/messages/correlation", {"name": "paid", "correlationKey": "o-2"})
    assert answer["processInstanceKey"] == correlated
    assert api("POST", "/messages/correlation", {"name": "paid", "correlationKey": "o-2"}, status=404)["status"] == 404


def test_a_signal_reaches_every_case_that_waits(api: Caller) -> None:
    api.deploy(Diagram("signalled").start().catch("wait", signal="opened").end())
    cases = [api.start("signalled") for _ in range(3)]
    api("POST", "/signals/broadcast", {"signalName": "opened", "variables": {"at": "noon"}})
    assert [state(api, case) for case in cases] == ["COMPLETED"] * 3


def test_a_job_is_taken_failed_taken_again_and_completed(api: Caller) -> None:
    api.deploy(Diagram("works").start().service("do", "api_work").end())
    case = api.start("works", amount=3)
    take = {"type": "api_work", "timeout": 60_000, "maxJobsToActivate": 10, "fetchVariable": ["amount"]}
    (job,) = api("POST", "/jobs/activation", take)["jobs"]
    assert job["variables"] == {"amount": 3}
    assert api("POST", "/jobs/activation", {**take, "requestTimeout": -1})["jobs"] == []
    failure = {"retries": 1, "errorMessage": "没有纸", "retryBackOff": 0}
    api("POST", f"/jobs/{job['jobKey']}/failure", failure, status=204)
    (again,) = api("POST", "/jobs/activation", take)["jobs"]
    assert (again["jobKey"], again["retries"]) == (job["jobKey"], 1)
    api("POST", f"/jobs/{job['jobKey']}/completion", {"variables": {"printed": True}}, status=204)
    assert state(api, case) == "COMPLETED"
    assert api("POST", f"/jobs/{job['jobKey']}/completion", status=409)["title"] == "INVALID_STATE"


def test_a_job_without_retries_is_an_incident_that_can_be_resolved(api: Caller) -> None:
    api.deploy(Diagram("fails").start().service("do", "api_fails").end())
    case = api.start("fails")
    take = {"type": "api_fails", "timeout": 60_000, "maxJobsToActivate": 1}
    (job,) = api("POST", "/jobs/activation", take)["jobs"]
    api("POST", f"/jobs/{job['jobKey']}/failure", {"retries": 0, "errorMessage": "坏了"}, status=204)
    found = api("POST", "/incidents/search", {"filter": {"processInstanceKey": case, "state": "ACTIVE"}})
    (incident,) = found["items"]
    assert (incident["errorType"], incident["jobKey"]) == ("JOB_NO_RETRIES", job["jobKey"])
    api("PATCH", f"/jobs/{job['jobKey']}", {"changeset": {"retries": 2}}, status=204)
    api("POST", f"/incidents/{incident['incidentKey']}/resolution", status=204)
    assert api("GET", f"/incidents/{incident['incidentKey']}")["state"] == "RESOLVED"
    (again,) = api("POST", "/jobs/activation", take)["jobs"]
    api("POST", f"/jobs/{again['jobKey']}/completion", status=204)
    assert state(api, case) == "COMPLETED"


def test_a_job_error_takes_the_boundary_event(api: Caller) -> None:
    diagram = Diagram("errs").start().service("do", "api_errs").end("done")
    diagram.boundary("do", "caught", error="E-1").user("mend").end("mended")
    api.deploy(diagram)
    case = api.start("errs")
    (job,) = api("POST", "/jobs/activation", {"type": "api_errs", "timeout": 1000, "maxJobsToActivate": 1})["jobs"]
    api("POST", f"/jobs/{job['jobKey']}/error", {"errorCode": "E-1", "variables": {"why": "x"}}, status=204)
    assert [task["elementId"] for task in api.tasks(case)] == ["mend"]


def test_variables_are_set_from_outside_and_wake_conditions(api: Caller) -> None:
    api.deploy(Diagram("awaits").start().catch("until", condition="=ready = true").end())
    case = api.start("awaits", ready=False)
    api("PUT", f"/element-instances/{case}/variables", {"variables": {"ready": True}}, status=204)
    assert state(api, case) == "COMPLETED"


def test_decisions_and_expressions_are_evaluated(api: Caller, app: App) -> None:
    app.deploy_release()
    body = {"expression": "=a + 1", "variables": {"a": 41}}
    assert api("POST", "/expression/evaluation", body)["result"] == 42
    assert api("POST", "/expression/evaluation", {"expression": "=a +"}, status=400)["title"] == "INVALID_ARGUMENT"
    answer = api(
        "POST",
        "/decision-definitions/evaluation",
        {"decisionDefinitionId": "next_level", "variables": {"chain": [], "level": 0}},
    )
    assert answer["decisionDefinitionId"] == "next_level"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/process-instances", {}),
        ("/process-instances", {"processDefinitionId": "line", "variables": []}),
        ("/process-instances", {"processDefinitionId": "line", "processDefinitionVersion": "one"}),
        ("/messages/publication", {"correlationKey": "x"}),
        ("/signals/broadcast", {}),
        ("/jobs/activation", {"type": "x", "timeout": 0, "maxJobsToActivate": 1}),
        ("/jobs/activation", {"timeout": 1, "maxJobsToActivate": 1}),
        ("/decision-definitions/evaluation", {}),
    ],
)
def test_bodies_that_lack_something_are_bad_requests(api: Caller, path: str, body: dict[str, object]) -> None:
    api.deploy(Diagram("line").start().user("a").user("b").end())
    assert api("POST", path, body, status=400)["title"] == "INVALID_ARGUMENT"


def test_a_file_with_errors_is_refused_with_sentences(api: Caller) -> None:
    answer = api.client.post("/deployments", files=[("resources", ("x.bpmn", b"<nonsense/>"))], headers=api.headers)
    assert (answer.status_code, answer.json()["title"]) == (400, "INVALID_ARGUMENT")


def test_unknown_addresses_and_broken_json(api: Caller) -> None:
    assert api("GET", "/nonsense", status=404)["title"] == "NOT_FOUND"
    headers = {**api.headers, "Content-Type": "application/json"}
    for path in ("/process-instances", "/messages/publication"):
        answer = api.client.post(path, content=b"{broken", headers=headers)
        assert (answer.status_code, answer.json()["title"]) == (400, "INVALID_ARGUMENT")
