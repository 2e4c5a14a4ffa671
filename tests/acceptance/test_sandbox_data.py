"""Variables, mappings, multi-instance, calls, jobs, decisions and the attributes of user tasks."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from engine.errors import InvalidInput, NotFound, ZhipingError
from engine.flow.sandbox import Sandbox
from tests.acceptance.modeler import (
    boundary,
    call,
    each,
    end,
    gateway,
    mapping,
    on,
    process,
    script,
    service,
    start,
    sub,
    timer,
    user,
)


def open_tasks(sandbox: Sandbox) -> list[str]:
    return sorted(task.element_id for task in sandbox.tasks())


def run(xml: str, variables: dict[str, Any] | None = None, *more: str) -> Sandbox:
    sandbox = Sandbox(xml, *more)
    sandbox.start(variables)
    return sandbox


def line(*elements: str, **options: str) -> str:
    """Start, these elements one after the other, end."""
    ids = [element.split('id="', 1)[1].split('"', 1)[0] for element in elements]
    return process(start() + "".join(elements) + end(), f"Start_1 > {' > '.join(ids)} > End_1", **options)


# --- mappings ---------------------------------------------------------------------------------------------------------


def test_inputs_are_local_and_are_worked_out_in_their_order() -> None:
    inputs = mapping(("=x + 1", "y"), ("=y * 2", "z"), ("plain text", "text"), ("=x", "deep.er"))
    sandbox = run(line(service("Work", extensions=inputs)), {"x": 1})
    assert sandbox.jobs()[0].variables == {"x": 1, "y": 2, "z": 4, "text": "plain text", "deep": {"er": 1}}
    assert sandbox.variables() == {"x": 1}


def test_without_outputs_results_go_to_the_nearest_scope_that_has_the_name() -> None:
    sandbox = run(line(service("Work", extensions=mapping(("=1", "mine")))), {"x": 1})
    sandbox.complete_job("Work", {"mine": 2, "x": 3, "new": 4})
    assert sandbox.variables() == {"x": 3, "new": 4}


def test_with_outputs_only_their_targets_go_up() -> None:
    outputs = mapping(outputs=(("=result.value", "score"), ("=noise + 1", "list.count")))
    sandbox = run(line(service("Work", extensions=outputs)), {"noise": 5, "list": {"kept": 1}})
    sandbox.complete_job("Work", {"result": {"value": 7}, "noise": 8})
    assert sandbox.variables() == {"noise": 5, "score": 7, "list": {"kept": 1, "count": 9}}


def test_an_output_sees_the_one_before_it() -> None:
    outputs = mapping(outputs=(("=a", "b"), ("=b + 1", "c")))
    sandbox = run(line(service("Work", extensions=outputs)))
    sandbox.complete_job("Work", {"a": 1})
    assert sandbox.variables() == {"b": 1, "c": 2}


def test_a_mapping_of_what_is_missing_gives_null() -> None:
    sandbox = run(line(service("Work", extensions=mapping(("=gone", "x"), outputs=(("=nothing", "y"),)))))
    assert sandbox.jobs()[0].variables == {"x": None}
    sandbox.complete_job("Work")
    assert sandbox.variables() == {"y": None}


def test_a_user_task_maps_as_every_element_does() -> None:
    sandbox = run(line(user("A", mapping(("=x", "shown"), outputs=(("=opinion", "officer.opinion"),)))), {"x": 1})
    assert sandbox.tasks()[0].variables == {"x": 1, "shown": 1}
    sandbox.complete("A", {"opinion": "同意"})
    assert sandbox.variables() == {"x": 1, "officer": {"opinion": "同意"}}


def test_a_sub_process_has_variables_of_its_own() -> None:
    inner = start("S2") + user("A") + user("B") + end("E2")
    xml = process(
        start() + sub("Sub", inner, mapping(("=x", "local"), outputs=(("=local + 1", "up"),))) + user("C") + end(),
        "Start_1 > Sub > C > End_1\nS2 > A > B > E2",
    )
    sandbox = run(xml, {"x": 1})
    sandbox.complete("A", {"local": 10, "free": 2})
    assert (sandbox.tasks()[0].variables, sandbox.variables()) == (
        {"x": 1, "local": 10, "free": 2},
        {"x": 1, "free": 2},
    )
    sandbox.complete("B")
    assert sandbox.variables() == {"x": 1, "free": 2, "up": 11}


def test_values_of_every_kind_keep_their_form() -> None:
    values = {
        "text": "职称“评审”\n\t\u0000<&>",
        "whole": 12345678901234,
        "part": 0.1,
        "truth": True,
        "nothing": None,
        "list": [1, [2, {"a": []}], ""],
        "object": {"typename": "x", "": 1, "中文 键": {"数": 1}},
    }  # fmt: skip
    sandbox = run(line(user("A"), user("B")))
    sandbox.complete("A", values | {"text": "职称“评审”\n\t<&>"})
    assert sandbox.variables() == values | {"text": "职称“评审”\n\t<&>"}


def test_decimals_are_exact_in_expressions() -> None:
    sandbox = run(line(script("Add", "=a + 0.2", "sum"), script("Same", "=sum = 0.3", "same"), user("A")), {"a": 0.1})
    assert (sandbox.variables()["sum"], sandbox.variables()["same"]) in [(0.3, True), (Decimal("0.3"), True)]


def test_branches_do_not_share_what_they_change() -> None:
    xml = process(
        start() + gateway("Fork", "parallel") + user("A") + user("B") + gateway("Join", "parallel") + user("C") + end(),
        "Start_1 > Fork\nFork > A > Join\nFork > B > Join\nJoin > C > End_1",
    )
    sandbox = run(xml, {"data": {"n": 1}})
    sandbox.complete("A", {"a": {"n": 2}})
    sandbox.complete("B", {"b": 3})
    assert sandbox.tasks()[0].variables == {"data": {"n": 1}, "a": {"n": 2}, "b": 3}


# --- script tasks, decisions ------------------------------------------------------------------------------------------


def test_a_script_task_works_out_its_expression() -> None:
    text = '={ total: sum(for p in points return p * 2), names: for n in names return upper case(n), "是": true }'
    sandbox = run(line(script("Do", text, "out"), user("A")), {"points": [1, 2.5], "names": ["a"]})
    assert sandbox.variables()["out"] == {"total": 7, "names": ["A"], "是": True}


def test_a_script_task_with_a_task_definition_is_a_job() -> None:
    task = (
        '<bpmn:scriptTask id="Do"><bpmn:extensionElements><zeebe:taskDefinition type="js" /><zeebe:taskHeaders>'
        '<zeebe:header key="language" value="javascript" /></zeebe:taskHeaders></bpmn:extensionElements></bpmn:scriptTask>'
    )
    sandbox = run(line(task))
    assert [(job.type, job.headers) for job in sandbox.jobs()] == [("js", {"language": "javascript"})]


DMN = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" xmlns:dmndi="https://www.omg.org/spec/DMN/20191111/DMNDI/"
 xmlns:dc="http://www.omg.org/spec/DMN/20180521/DC/" xmlns:modeler="http://camunda.org/schema/modeler/1.0"
 xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="Drd_{id}" name="DRD" namespace="http://camunda.org/schema/1.0/dmn"
 exporter="Camunda Modeler" exporterVersion="5.31.0" modeler:executionPlatform="Camunda Cloud"
 modeler:executionPlatformVersion="8.7.0">
  <decision id="{id}" name="下一级">{tag}
    <decisionTable id="Table_{id}" hitPolicy="FIRST">
      <input id="Input_1" label="分数"><inputExpression id="IE_1" typeRef="number"><text>score</text></inputExpression></input>
      <output id="Output_1" name="level" typeRef="string" />
      <rule id="Rule_1">
        <inputEntry id="UT_1"><text>&gt;= 60</text></inputEntry>
        <outputEntry id="LE_1"><text>"{good}"</text></outputEntry></rule>
      <rule id="Rule_2"><inputEntry id="UT_2"><text></text></inputEntry><outputEntry id="LE_2"><text>"{bad}"</text></outputEntry></rule>
    </decisionTable>
  </decision>
  <dmndi:DMNDI><dmndi:DMNDiagram><dmndi:DMNShape dmnElementRef="{id}"><dc:Bounds height="80" width="180" x="160" y="100" />
  </dmndi:DMNShape></dmndi:DMNDiagram></dmndi:DMNDI>
</definitions>"""


def table(id: str = "level", good: str = "甲", bad: str = "乙", tag: str = "") -> str:
    held = f'<extensionElements><zeebe:versionTag value="{tag}" /></extensionElements>' if tag else ""
    return DMN.format(id=id, good=good, bad=bad, tag=held)


def rule_task(attributes: str = 'decisionId="level" resultVariable="level"', extensions: str = "") -> str:
    return (
        f'<bpmn:businessRuleTask id="Decide"><bpmn:extensionElements><zeebe:calledDecision {attributes} />{extensions}'
        "</bpmn:extensionElements></bpmn:businessRuleTask>"
    )


@pytest.mark.parametrize(("score", "level"), [(60, "甲"), (59, "乙")])
def test_a_business_rule_task_asks_its_decision(score: int, level: str) -> None:
    sandbox = run(line(rule_task(), user("A")), {"score": score}, table())
    assert sandbox.variables() == {"score": score, "level": level}


def test_a_decision_sees_the_inputs_of_its_task() -> None:
    sandbox = run(
        line(rule_task(extensions=mapping(("=points.sum", "score"))), user("A")), {"points": {"sum": 99}}, table()
    )
    assert sandbox.variables() == {"points": {"sum": 99}, "level": "甲"}


def test_a_decision_is_bound_by_its_version_tag() -> None:
    attributes = 'decisionId="level" resultVariable="level" bindingType="versionTag" versionTag="2025"'
    sandbox = run(line(rule_task(attributes), user("A")), {"score": 1}, table(bad="新", tag="2026"), )  # fmt: skip
    assert sandbox.state == "incident"
    sandbox = run(line(rule_task(attributes), user("A")), {"score": 1}, table(bad="旧", tag="2025"))
    assert sandbox.variables()["level"] == "旧"


@pytest.mark.parametrize("binding", ["latest", "deployment"])
def test_a_decision_is_bound_to_its_deployment_or_the_latest(binding: str) -> None:
    attributes = f'decisionId="level" resultVariable="level" bindingType="{binding}"'
    assert run(line(rule_task(attributes), user("A")), {"score": 1}, table()).variables()["level"] == "乙"


def test_the_decision_may_be_an_expression() -> None:
    sandbox = run(
        line(rule_task('decisionId="=which" resultVariable="level"'), user("A")),
        {"score": 1, "which": "level"},
        table(),
    )
    assert sandbox.variables()["level"] == "乙"


def test_a_decision_that_is_not_there_is_an_incident() -> None:
    sandbox = run(line(rule_task(), user("A")), {"score": 1})
    assert (sandbox.state, [i.element_id for i in sandbox.incidents()]) == ("incident", ["Decide"])


# --- multi-instance ---------------------------------------------------------------------------------------------------


def test_a_parallel_multi_instance_opens_all_and_collects_by_item() -> None:
    task = user("Review", content=each("=experts", "expert", output=("opinions", "=opinion")))
    sandbox = run(line(task, user("After")), {"experts": ["甲", "乙", "丙"]})
    tasks = sandbox.tasks()
    assert [(t.variables["expert"], t.variables["loopCounter"]) for t in tasks] == [("甲", 1), ("乙", 2), ("丙", 3)]
    for number in (2, 0, 1):
        sandbox.complete(tasks[number], {"opinion": number})
    assert (open_tasks(sandbox), sandbox.variables()) == (
        ["After"],
        {"experts": ["甲", "乙", "丙"], "opinions": [0, 1, 2]},
    )


def test_a_sequential_multi_instance_opens_one_at_a_time() -> None:
    task = user("Review", content=each("=experts", "expert", output=("opinions", "=opinion"), sequential=True))
    sandbox = run(line(task), {"experts": ["甲", "乙"]})
    seen = []
    while sandbox.tasks():
        assert len(sandbox.tasks()) == 1
        seen.append(sandbox.tasks()[0].variables["expert"])
        sandbox.complete("Review", {"opinion": len(seen)})
    assert (seen, sandbox.state, sandbox.variables()["opinions"]) == (["甲", "乙"], "completed", [1, 2])


@pytest.mark.parametrize("sequential", [True, False])
def test_an_empty_collection_passes_at_once(sequential: bool) -> None:
    for activity in (
        user("R", content=each("=[]", "x", output=("out", "=y"), sequential=sequential)),
        sub(
            "R", start("S2") + user("A") + end("E2"), loop=each("=[]", "x", output=("out", "=y"), sequential=sequential)
        ),
    ):
        flows = "Start_1 > R > After > End_1" + ("\nS2 > A > E2" if "subProcess" in activity else "")
        sandbox = run(process(start() + activity + user("After") + end(), flows))
        assert (open_tasks(sandbox), sandbox.variables()) == (["After"], {"out": []})


@pytest.mark.parametrize("value", [None, "text", 5])
def test_a_collection_that_is_no_list_is_an_incident(value: object) -> None:
    sandbox = run(line(user("R", content=each("=items", "x"))), {"items": value})
    assert sandbox.state == "incident"
    sandbox.set_variables({"items": [1]})
    sandbox.resolve()
    assert (sandbox.state, open_tasks(sandbox)) == ("running", ["R"])


def test_a_completion_condition_ends_the_others() -> None:
    loop = each("=experts", "expert", output=("votes", "=vote"), until="=numberOfCompletedInstances >= 2")
    sandbox = run(line(user("Vote", content=loop), user("After")), {"experts": [1, 2, 3, 4]})
    sandbox.complete(sandbox.tasks()[3], {"vote": "d"})
    assert open_tasks(sandbox) == ["Vote"] * 3
    sandbox.complete(sandbox.tasks()[0], {"vote": "a"})
    assert (open_tasks(sandbox), sandbox.variables()["votes"]) == (["After"], ["a", None, None, "d"])


def test_a_completion_condition_may_see_the_results_so_far() -> None:
    loop = each("=experts", "expert", output=("votes", "=vote"), until="=vote = false")
    sandbox = run(line(user("Vote", content=loop), user("After")), {"experts": [1, 2, 3]})
    sandbox.complete(sandbox.tasks()[0], {"vote": True})
    assert open_tasks(sandbox) == ["Vote"] * 2
    sandbox.complete(sandbox.tasks()[0], {"vote": False})
    assert open_tasks(sandbox) == ["After"]


def test_editing_the_collection_does_not_hand_a_task_to_somebody_else() -> None:
    task = (
        '<bpmn:userTask id="R"><bpmn:extensionElements><zeebe:userTask /><zeebe:assignmentDefinition assignee="=person" />'
        f"</bpmn:extensionElements>{each('=people', 'person', output=('out', '=person'), sequential=True)}</bpmn:userTask>"
    )
    sandbox = run(line(task), {"people": ["a", "b", "c"]})
    sandbox.set_variables({"people": ["z"]})
    seen = []
    while sandbox.tasks():
        seen.append(sandbox.tasks()[0].assignee)
        sandbox.complete("R")
    assert (seen, sandbox.variables()["out"]) == (["a", "b", "c"], ["a", "b", "c"])


@pytest.mark.parametrize("sequential", [True, False])
def test_a_multi_instance_sub_process_runs_its_content_for_every_item(sequential: bool) -> None:
    inner = start("S2") + user("A") + script("Twice", "=n * 2", "doubled") + user("B") + end("E2")
    loop = each("=numbers", "n", output=("results", "=doubled + extra"), sequential=sequential)
    xml = process(
        start() + sub("Sub", inner, loop=loop) + user("After") + end(),
        "Start_1 > Sub > After > End_1\nS2 > A > Twice > B > E2",
    )
    sandbox = run(xml, {"numbers": [1, 2, 3]})
    assert open_tasks(sandbox) == ["A"] * (1 if sequential else 3)
    while open_tasks(sandbox) != ["After"]:
        task = sandbox.tasks()[-1]
        sandbox.complete(task, {"extra": task.variables["n"] * 100} if task.element_id == "B" else {})
    assert sandbox.variables()["results"] == [102, 204, 306]


def test_service_tasks_and_calls_may_be_multi_instance_too() -> None:
    child = process(start() + user("C") + end(), "Start_1 > C > End_1", id="child")
    xml = process(
        start() + service("Work", content=each("=list", "x", output=("done", "=y")))
        + call("Call", "child", 'propagateAllChildVariables="false"', mapping(outputs=(("=answer", "z"),)),
               each("=list", "x", output=("answers", "=z"))) + end(),
        "Start_1 > Work > Call > End_1",
    )  # fmt: skip
    sandbox = run(xml, {"list": [1, 2]}, child)
    assert [job.variables["x"] for job in sandbox.jobs()] == [1, 2]
    for job in reversed(sandbox.jobs()):
        sandbox.complete_job(job, {"y": job.variables["x"] * 10})
    assert open_tasks(sandbox) == ["C", "C"]
    for task in reversed(sandbox.tasks()):
        sandbox.complete(task, {"answer": task.variables["x"] * 7})
    assert (sandbox.state, sandbox.variables()) == ("completed", {"list": [1, 2], "done": [10, 20], "answers": [7, 14]})


def test_a_multi_instance_of_many_items_runs() -> None:
    task = service("Work", content=each("=list", "x", output=("done", "=x")))
    sandbox = run(line(task), {"list": list(range(120))})
    assert len(sandbox.jobs()) == 120
    for job in sandbox.jobs()[:10]:
        sandbox.complete_job(job)
    assert len(sandbox.jobs()) == 110


# --- calls ------------------------------------------------------------------------------------------------------------

CHILD = process(start() + user("C") + end(), "Start_1 > C > End_1", id="child")


@pytest.mark.parametrize(
    ("attributes", "extensions", "after"),
    [
        ("", "", {"x": 9, "new": 2}),
        ('propagateAllChildVariables="true"', "", {"x": 9, "new": 2}),
        ('propagateAllChildVariables="false"', "", {"x": 1}),
        ('propagateAllChildVariables="false"', mapping(outputs=(("=new * 2", "y"),)), {"x": 1, "y": 4}),
    ],
)
def test_a_call_takes_back_what_it_says(attributes: str, extensions: str, after: dict[str, Any]) -> None:
    sandbox = run(line(call("Call", "child", attributes, extensions), user("A")), {"x": 1}, CHILD)
    sandbox.complete("C", {"x": 9, "new": 2})
    assert (open_tasks(sandbox), sandbox.variables()) == (["A"], after)


@pytest.mark.parametrize(
    ("attributes", "given"),
    [("", {"x": 1, "y": 2}), ('propagateAllParentVariables="false"', {"y": 2}), ('propagateAllParentVariables="true"', {"x": 1, "y": 2})],
)  # fmt: skip
def test_a_call_hands_over_what_it_says(attributes: str, given: dict[str, Any]) -> None:
    sandbox = run(line(call("Call", "child", attributes, mapping(("=x * 2", "y")))), {"x": 1}, CHILD)
    assert sandbox.tasks()[0].variables == given


def test_the_called_process_may_be_an_expression() -> None:
    sandbox = run(line(call("Call", "=which")), {"which": "child"}, CHILD)
    assert open_tasks(sandbox) == ["C"]


def test_calls_may_call() -> None:
    middle = process(start() + call("Down", "child") + end(), "Start_1 > Down > End_1", id="middle")
    sandbox = run(line(call("Call", "middle")), {"x": 1}, middle, CHILD)
    sandbox.complete("C", {"x": 2})
    assert (sandbox.state, sandbox.variables()) == ("completed", {"x": 2})
    assert [p.element_id for p in sandbox.history()] == [
        "Start_1", "Call", "Start_1", "Down", "Start_1", "C", "End_1", "End_1", "End_1",
    ]  # fmt: skip


# --- jobs -------------------------------------------------------------------------------------------------------------


def test_a_job_tells_its_worker_what_the_diagram_says() -> None:
    headers = '<zeebe:taskHeaders><zeebe:header key="to" value="省职改办" /><zeebe:header key="empty" value="" /></zeebe:taskHeaders>'
    sandbox = run(
        line(service("Work", '="send-" + kind'.replace('"', "&quot;"), headers, retries="5")), {"kind": "mail"}
    )
    job = sandbox.jobs()[0]
    assert (job.type, job.retries, job.headers["to"], job.element_id) == ("send-mail", 5, "省职改办", "Work")


def test_a_job_is_tried_as_often_as_it_says_then_it_is_an_incident() -> None:
    sandbox = run(line(service("Work", retries="2")))
    sandbox.fail_job(sandbox.jobs()[0], message="不通")
    assert (sandbox.state, [job.retries for job in sandbox.jobs()]) == ("running", [1])
    sandbox.advance(timedelta(hours=1))
    sandbox.fail_job(sandbox.jobs()[0], message="还是不通")
    assert (sandbox.state, [i.element_id for i in sandbox.incidents()]) == ("incident", ["Work"])
    assert [(p.element_id, p.outcome) for p in sandbox.history()][-1] == ("Work", "failed")
    sandbox.resolve()
    sandbox.complete_job(sandbox.jobs()[0], {"x": 1})
    assert (sandbox.state, sandbox.variables()) == ("completed", {"x": 1})


def test_a_finished_job_or_task_cannot_be_finished_again() -> None:
    sandbox = run(line(service("Work"), user("A"), user("B")))
    job = sandbox.jobs()[0]
    sandbox.complete_job(job)
    with pytest.raises(ZhipingError):
        sandbox.complete_job(job)
    with pytest.raises(ZhipingError):
        sandbox.fail_job(job, error_code="X")
    task = sandbox.tasks()[0]
    sandbox.complete(task)
    with pytest.raises(ZhipingError):
        sandbox.complete(task)
    with pytest.raises(NotFound):
        sandbox.complete("A")
    assert open_tasks(sandbox) == ["B"]


def test_a_job_on_a_task_with_a_border_may_race_it() -> None:
    xml = process(
        start() + service("Work") + boundary("Late", "Work", timer("Duration", "PT1H")) + user("A") + user("B") + end(),
        "Start_1 > Work > A > End_1\nLate > B > End_1",
    )
    sandbox = run(xml)
    job = sandbox.jobs()[0]
    sandbox.advance(3600)
    with pytest.raises(ZhipingError):
        sandbox.complete_job(job)
    assert open_tasks(sandbox) == ["B"]


def test_send_and_throw_are_jobs_of_their_type() -> None:
    task = (
        '<bpmn:sendTask id="Send"><bpmn:extensionElements><zeebe:taskDefinition type="mail" retries="1" />'
        "</bpmn:extensionElements></bpmn:sendTask>"
    )
    sandbox = run(line(task))
    sandbox.complete_job("mail")
    assert sandbox.state == "completed"


# --- user tasks -------------------------------------------------------------------------------------------------------


def task_with(extensions: str) -> str:
    return f'<bpmn:userTask id="A" name="初审"><bpmn:extensionElements>{extensions}</bpmn:extensionElements></bpmn:userTask>'


def test_the_attributes_of_a_user_task_may_be_values() -> None:
    xml = line(
        task_with(
            '<zeebe:userTask /><zeebe:formDefinition formId="review" /><zeebe:assignmentDefinition assignee="zhang" '
            'candidateGroups="officer, leader" candidateUsers="li,wang" />'
            '<zeebe:taskSchedule dueDate="2026-02-01T12:00:00+08:00" followUpDate="2026-01-20T00:00:00Z" />'
            '<zeebe:priorityDefinition priority="80" />'
        )
    )
    task = run(xml).tasks()[0]
    assert (task.name, task.assignee, task.form_id, task.priority) == ("初审", "zhang", "review", 80)
    assert (task.candidate_groups, task.candidate_users) == (["officer", "leader"], ["li", "wang"])
    assert (task.due_at, task.follow_up_at) == (
        datetime(2026, 2, 1, 4, tzinfo=UTC),
        datetime(2026, 1, 20, tzinfo=UTC),
    )


def test_the_attributes_of_a_user_task_may_be_expressions() -> None:
    xml = line(
        task_with(
            '<zeebe:userTask /><zeebe:assignmentDefinition assignee="=who.login" candidateGroups="=[&quot;officer@&quot; + '
            'string(unit), &quot;leader&quot;]" candidateUsers="=for p in people return p.login" />'
            '<zeebe:taskSchedule dueDate="=now() + duration(&quot;P1D&quot;)" followUpDate="=day" />'
            '<zeebe:priorityDefinition priority="=10 + 5" />'
        )
    )
    given = {"who": {"login": "zhang"}, "unit": 4711, "people": [{"login": "a"}, {"login": "b"}], "day": "2026-01-08"}
    task = run(xml, given).tasks()[0]
    assert (task.assignee, task.candidate_groups, task.candidate_users) == (
        "zhang",
        ["officer@4711", "leader"],
        ["a", "b"],
    )
    assert (task.priority, task.due_at) == (15, datetime(2026, 1, 6, 1, tzinfo=UTC))
    assert task.follow_up_at == datetime(2026, 1, 7, 16, tzinfo=UTC)


def test_an_assignee_that_is_missing_leaves_the_task_to_its_groups() -> None:
    xml = line(task_with('<zeebe:assignmentDefinition assignee="=nobody" candidateGroups="officer" />'))
    task = run(xml).tasks()[0]
    assert (task.assignee, task.candidate_groups) == (None, ["officer"])


@pytest.mark.parametrize(
    "extension", ['<zeebe:taskSchedule dueDate="=later" />', '<zeebe:assignmentDefinition assignee="=[1]" />']
)
def test_an_attribute_without_sense_is_an_incident(extension: str) -> None:
    sandbox = run(line(task_with(extension)), {"later": "soon"})
    assert (sandbox.state, [i.element_id for i in sandbox.incidents()]) == ("incident", ["A"])


FORM = """{"components": [
  {"type": "textfield", "key": "reason", "id": "f1", "label": "意见", "validate": {"required": true, "maxLength": 20}},
  {"type": "number", "key": "score", "id": "f2", "label": "分数", "validate": {"max": 100}},
  {"type": "select", "key": "outcome", "id": "f3", "label": "结果",
   "values": [{"label": "通过", "value": "pass"}, {"label": "退回", "value": "back"}]}
 ], "type": "default", "id": "review", "executionPlatform": "Camunda Cloud", "executionPlatformVersion": "8.7.0",
 "exporter": {"name": "Camunda Modeler", "version": "5.31.0"}, "schemaVersion": 18}"""


def test_a_task_with_a_form_takes_what_its_form_asks_for() -> None:
    sandbox = run(line(user("A", '<zeebe:formDefinition formId="review" />')), None, FORM)
    with pytest.raises(InvalidInput):
        sandbox.complete("A", {"score": 5})
    with pytest.raises(InvalidInput):
        sandbox.complete("A", {"reason": "x" * 21})
    assert (open_tasks(sandbox), sandbox.variables()) == (["A"], {})
    sandbox.complete("A", {"reason": "同意", "score": 5, "outcome": "pass"})
    assert (sandbox.state, sandbox.variables()) == ("completed", {"reason": "同意", "score": 5, "outcome": "pass"})


def test_a_file_may_hold_two_processes() -> None:
    first, second = line(user("A"), id="first"), line(user("B"), id="second")
    inner = second[second.index("<bpmn:process") : second.index("</bpmn:process>") + len("</bpmn:process>")]
    for name in ("Start_1", "End_1", "Flow_1", "Flow_2"):
        inner = inner.replace(name, f"{name}b")
    sandbox = Sandbox(first.replace("</bpmn:process>", "</bpmn:process>" + inner))
    sandbox.start(process_id="second")
    sandbox.start(process_id="first")
    assert open_tasks(sandbox) == ["A", "B"]


def test_a_case_cannot_be_started_of_a_process_that_is_not_there() -> None:
    with pytest.raises(ZhipingError):
        Sandbox(line(user("A"))).start(process_id="nowhere")


def test_a_loop_without_end_is_an_incident_that_names_it() -> None:
    child = process(start() + end(), "Start_1 > End_1", id="child")
    xml = process(
        start() + gateway("Again") + call("Work", "child") + script("Count", "=n + 1", "n") + gateway("Enough") + end(),
        "Start_1 > Again > Work > Count > Enough\nEnough > End_1 : =n < 0\nEnough > Again : default",
    )
    sandbox = run(xml, {"n": 0}, child)
    assert sandbox.state == "incident"
    assert any("Count" in i.message and "Enough" in i.message for i in sandbox.incidents())


def test_an_uncaught_error_in_an_item_of_a_multi_instance_stops_there() -> None:
    xml = process(
        start() + sub("Sub", start("S2") + service("Work") + end("E2"), loop=each("=list", "x"))
        + boundary("Caught", "Sub", on("error", "E1")) + user("A") + end(),
        "Start_1 > Sub > End_1\nS2 > Work > E2\nCaught > A > End_1",
        roots='<bpmn:error id="E1" name="n" errorCode="BAD" />',
    )  # fmt: skip
    sandbox = run(xml, {"list": [1, 2]})
    sandbox.fail_job(sandbox.jobs()[0], error_code="UNKNOWN")
    assert (sandbox.state, len(sandbox.jobs())) == ("incident", 1)
    sandbox.fail_job(sandbox.jobs()[0], error_code="BAD")
    assert (sandbox.state, open_tasks(sandbox), sandbox.jobs()) == ("running", ["A"], [])


def test_the_outputs_of_an_item_reach_its_output_element() -> None:
    inner = start("S2") + user("A") + end("E2")
    held = mapping(outputs=(("=answer * 2", "twice"), ("=answer", "last")))
    xml = process(
        start() + sub("Sub", inner, held, each("=list", "x", output=("all", "=twice"))) + user("After") + end(),
        "Start_1 > Sub > After > End_1\nS2 > A > E2",
    )
    sandbox = run(xml, {"list": [1, 2]})
    for task in sandbox.tasks():
        sandbox.complete(task, {"answer": task.variables["x"] + 5})
    assert sandbox.variables()["all"] == [12, 14]
    assert sandbox.variables()["last"] == 7


@pytest.mark.parametrize("value", [{1}, b"x", object(), {1: 2}, 10**30, "\ud800", [{"a": 2**64}]])
def test_a_value_that_json_does_not_have_is_refused_before_anything_happens(value: object) -> None:
    sandbox = run(line(service("Work"), user("A")))
    with pytest.raises(InvalidInput):
        sandbox.start({"x": value})
    with pytest.raises(InvalidInput):
        sandbox.complete_job("Work", {"x": value})
    with pytest.raises(InvalidInput):
        sandbox.publish_message("m", "k", {"x": value})
    assert (len(sandbox.jobs()), sandbox.variables()) == (1, {})
    sandbox.complete_job("Work")
    with pytest.raises(InvalidInput):
        sandbox.complete("A", {"x": value})
    assert open_tasks(sandbox) == ["A"]


@pytest.mark.parametrize("name", ["", "x" * 201, "a\x00", "\ud800"])
def test_a_variable_has_a_name_that_can_be_kept(name: str) -> None:
    with pytest.raises(InvalidInput):
        run(line(user("A")), {name: 1})


def test_a_fraction_stays_a_number() -> None:
    sandbox = run(
        line(script("Mean", "=mean(marks)", "mean"), script("Good", "=mean > 80", "good"), user("A")),
        {"marks": [80, 81, 81]},
    )
    assert sandbox.variables() == {"marks": [80, 81, 81], "mean": pytest.approx(80.6666, abs=1e-3), "good": True}


def test_two_files_may_not_bring_the_same_process() -> None:
    with pytest.raises(InvalidInput) as refused:
        Sandbox(line(user("A")), line(user("B")))
    assert [(f.rule, f.element) for f in refused.value.findings if f.severity == "error"] == [
        ("duplicate-id", "Process_1")
    ]  # type: ignore[attr-defined]


def test_a_called_process_that_only_events_start_is_an_incident() -> None:
    child = process(start(definition=timer("Date", "2030-01-01T00:00:00Z")) + end(), "Start_1 > End_1", id="child")
    sandbox = run(line(call("Call", "child")), {}, child)
    assert (sandbox.state, [i.element_id for i in sandbox.incidents()]) == ("incident", ["Call"])


@pytest.mark.parametrize(
    ("place", "definition"),
    [("start", ""), ("throw", ""), ("end", ""), ("end", on("terminate")), ("catch", timer("Duration", "PT0S"))],
)
def test_every_event_maps_its_outputs_once(place: str, definition: str) -> None:
    held = f"<bpmn:extensionElements>{mapping(outputs=(('=x + 1', 'x'),))}</bpmn:extensionElements>"
    tag = {"throw": "intermediateThrowEvent", "catch": "intermediateCatchEvent"}.get(place, f"{place}Event")
    event = f'<bpmn:{tag} id="Event_1">{held}{definition}</bpmn:{tag}>'
    elements = {"start": event + end(), "end": start() + event}.get(place, start() + event + end())
    flows = {"start": "Event_1 > End_1", "end": "Start_1 > Event_1"}.get(place, "Start_1 > Event_1 > End_1")
    sandbox = run(process(elements, flows), {"x": 1})
    assert (sandbox.state, sandbox.variables()) == ("completed", {"x": 2})


def test_a_timer_on_a_border_maps_its_outputs() -> None:
    xml = process(
        start()
        + user("A")
        + boundary("Late", "A", timer("Duration", "PT1H"), extensions=mapping(outputs=(("=x + 1", "x"),)))
        + end(),
        "Start_1 > A > End_1\nLate > End_1",
    )
    sandbox = run(xml, {"x": 1})
    sandbox.advance(3600)
    assert (sandbox.state, sandbox.variables()) == ("completed", {"x": 2})
