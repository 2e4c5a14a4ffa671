"""Answers as the published Python client reads them: its own models parse every one."""

from typing import Any

import pytest
from camunda_orchestration_sdk import models

from tests.api.conftest import Caller
from tests.support.diagram import Diagram


@pytest.fixture(scope="module")
def case(api: Caller) -> str:
    """A case with an open task, a job, an incident, a subscription and variables."""
    diagram = (
        Diagram("shapes", name="形状", version_tag="2026")
        .start()
        .parallel("split")
        .user("check", name="审核", groups="case_officer@1", priority="70")
        .end("checked")
        .at("split")
        .service("send", "mail", headers={"to": "office"})
        .end("sent")
        .at("split")
        .exclusive("choose")
        .when("=missing_name > 3")
        .end("never")
    )
    api.deploy(diagram)
    return api.start("shapes", amount=12.5, applicant={"name": "测试申报人"}, tags=["a"])


def found(api: Caller, resource: str, case: str) -> list[dict[str, Any]]:
    return list(api("POST", f"/{resource}/search", {"filter": {"processInstanceKey": case}})["items"])


def test_topology(api: Caller) -> None:
    answer = models.TopologyResponse.from_dict(api("GET", "/topology"))
    assert (answer.cluster_size, answer.partitions_count, answer.brokers[0].partitions[0].role) == (1, 1, "leader")


def test_process_instance(api: Caller, case: str) -> None:
    answer = models.ProcessInstanceResult.from_dict(api("GET", f"/process-instances/{case}"))
    assert answer.process_instance_key == case
    assert answer.state == "ACTIVE"
    assert answer.has_incident is True
    assert answer.process_definition_version_tag == "2026"
    assert answer.business_id is None


def test_user_task(api: Caller, case: str) -> None:
    key = api.tasks(case)[0]["userTaskKey"]
    answer = models.UserTaskResult.from_dict(api("GET", f"/user-tasks/{key}"))
    assert (answer.name, answer.state, answer.element_id) == ("审核", "CREATED", "check")
    assert answer.candidate_groups == ["case_officer@1"]
    assert answer.priority == 70
    assert answer.root_process_instance_key == case


def test_variables_are_json_texts(api: Caller, case: str) -> None:
    answers = [models.VariableSearchResult.from_dict(item) for item in found(api, "variables", case)]
    assert {answer.name: answer.value for answer in answers} == {
        "amount": "12.5",
        "applicant": '{"name":"测试申报人"}',
        "tags": '["a"]',
    }
    whole = models.VariableResult.from_dict(api("GET", f"/variables/{answers[0].variable_key}"))
    assert whole.value == answers[0].value


def test_incident(api: Caller, case: str) -> None:
    (item,) = found(api, "incidents", case)
    answer = models.IncidentResult.from_dict(item)
    assert (answer.element_id, answer.state, answer.error_type) == ("choose", "ACTIVE", "CONDITION_ERROR")


def test_job(api: Caller, case: str) -> None:
    (item,) = found(api, "jobs", case)
    answer = models.JobSearchResult.from_dict(item)
    assert (answer.type_, answer.state, answer.retries, answer.kind) == ("mail", "CREATED", 3, "BPMN_ELEMENT")


def test_activated_job(api: Caller, case: str) -> None:
    body = {"type": "mail", "timeout": 1, "maxJobsToActivate": 5, "worker": "w1"}
    (item,) = api("POST", "/jobs/activation", body)["jobs"]
    answer = models.ActivatedJobResult.from_dict(item)
    assert answer.custom_headers.to_dict() == {"to": "office"}
    assert answer.variables.to_dict()["amount"] == 12.5
    assert answer.process_instance_key == case


def test_element_instances(api: Caller, case: str) -> None:
    answers = [models.ElementInstanceResult.from_dict(item) for item in found(api, "element-instances", case)]
    states = {answer.element_id: (answer.type_, answer.state, answer.element_name) for answer in answers}
    assert states["check"] == ("USER_TASK", "ACTIVE", "审核")
    assert states["split"] == ("PARALLEL_GATEWAY", "COMPLETED", "split")


def test_process_definition(api: Caller, case: str) -> None:
    body = {"filter": {"processDefinitionId": "shapes", "isLatestVersion": True}}
    (item,) = api("POST", "/process-definitions/search", body)["items"]
    answer = models.ProcessDefinitionResult.from_dict(item)
    assert (answer.name, answer.version, answer.version_tag) == ("形状", 1, "2026")


def test_deployment(api: Caller) -> None:
    form = '{"type":"default","id":"shapes_form","schemaVersion":19,"components":[]}'
    answer = models.DeploymentResult.from_dict(
        api.deploy(Diagram("deployed").start().user("a", form="shapes_form").end(), check__form=form)
    )
    names = [
        (item.process_definition and item.process_definition.process_definition_id) or (item.form and item.form.form_id)
        for item in answer.deployments
    ]
    assert sorted(names) == ["deployed", "shapes_form"]


def test_created_instance(api: Caller, case: str) -> None:
    made = api("POST", "/process-instances", {"processDefinitionId": "shapes", "tags": ["urgent"], "businessId": "s-1"})
    answer = models.CreateProcessInstanceResult.from_dict(made)
    assert (answer.business_id, answer.tags, answer.process_definition_version) == ("s-1", ["urgent"], 1)


def test_problem(api: Caller) -> None:
    answer = models.ProblemDetail.from_dict(api("GET", "/process-instances/999999999", status=404))
    assert (answer.status, answer.title, answer.type_) == (404, "NOT_FOUND", "about:blank")
    assert answer.instance == "/process-instances/999999999"
