"""What each kind of activity does, seen through the sandbox."""

import pytest

from engine.errors import InvalidInput
from engine.flow.sandbox import Sandbox
from tests.support.diagram import Diagram

DISCOUNT = b"""<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n">
  <decision id="discount" name="Discount">
    <decisionTable id="t" hitPolicy="FIRST">
      <input id="i"><inputExpression id="ie" typeRef="number"><text>amount</text></inputExpression></input>
      <output id="o" name="rate" typeRef="number"/>
      <rule id="r1"><inputEntry id="e1"><text>&gt;= 100</text></inputEntry><outputEntry id="x1"><text>0.1</text></outputEntry></rule>
      <rule id="r2"><inputEntry id="e2"><text>-</text></inputEntry><outputEntry id="x2"><text>0</text></outputEntry></rule>
    </decisionTable>
  </decision>
</definitions>
"""


def steps(sandbox: Sandbox) -> list[tuple[str, str | None]]:
    return [(passage.element_id, passage.outcome) for passage in sandbox.history()]


def test_user_tasks_follow_each_other() -> None:
    sandbox = Sandbox(Diagram().start().user("fill", groups="applicant").user("check", groups="officer").end().xml())
    sandbox.start({"amount": 3})
    assert [(task.element_id, task.candidate_groups) for task in sandbox.tasks()] == [("fill", ["applicant"])]
    sandbox.complete("fill", {"amount": 4})
    assert [task["element_id"] for task in sandbox.tasks()] == ["check"]
    assert sandbox.tasks()[0].variables == {"amount": 4}
    sandbox.complete(sandbox.tasks()[0])
    assert sandbox.state == "completed"
    assert steps(sandbox) == [
        ("start", "completed"),
        ("fill", "completed"),
        ("check", "completed"),
        ("end", "completed"),
    ]


def test_who_may_do_a_task_is_worked_out_when_it_opens() -> None:
    diagram = (
        Diagram()
        .start()
        .user(
            "review",
            assignee='=if urgent then "zhang" else null',
            groups='=["officer@" + string(unit), "leader@" + string(unit)]',
            users="=reviewers",
            due='=date and time("2026-06-30T18:00:00+08:00")',
            priority="=40 + 2",
        )
    )
    sandbox = Sandbox(diagram.end().xml())
    sandbox.start({"urgent": False, "unit": 4711, "reviewers": ["li", "wang"]})
    task = sandbox.tasks()[0]
    assert (task.assignee, task.candidate_groups, task.candidate_users) == (
        None,
        ["officer@4711", "leader@4711"],
        ["li", "wang"],
    )
    assert (task.due_at.isoformat(), task.priority, task.unit_id) == ("2026-06-30T10:00:00+00:00", 42, 4711)


def test_a_gateway_decides_by_what_the_form_gave() -> None:
    diagram = Diagram().start().user("ask", groups="g").exclusive("ok").when("=approved").end("granted")
    sandbox = Sandbox(diagram.at("ok").otherwise().to("ask").xml())
    sandbox.start()
    sandbox.complete("ask", {"approved": False})
    sandbox.complete("ask", {"approved": True})
    assert sandbox.state == "completed"
    assert [name for name, _ in steps(sandbox)] == ["start", "ask", "ok", "ask", "ok", "granted"]


def test_a_script_writes_its_result() -> None:
    sandbox = Sandbox(Diagram().start().script("add", "=a + b", "sum").end().xml())
    sandbox.start({"a": 1.1, "b": 2})
    assert sandbox.variables() == {"a": 1.1, "b": 2, "sum": 3.1}


def test_a_decision_gives_its_result_and_the_rules_that_fired() -> None:
    sandbox = Sandbox(Diagram().start().rule("price", "discount", "rate").end().xml(), DISCOUNT)
    sandbox.start({"amount": 100})
    assert sandbox.variables() == {"amount": 100, "rate": 0.1}
    entry = next(entry for entry in sandbox.journal() if entry.event == "decision.evaluated")
    assert entry.detail == {"decision": "discount", "version": 1, "version_tag": None, "rules": {"discount": [1]}}


def test_a_service_task_waits_for_its_job() -> None:
    diagram = Diagram().start().service("print", "print-letter", headers={"paper": "A4"}, retries="5").end()
    sandbox = Sandbox(diagram.xml())
    sandbox.start({"name": "测试申报人"})
    job = sandbox.jobs()[0]
    assert (job.type, job.element_id, job.headers, job.retries) == ("print-letter", "print", {"paper": "A4"}, 5)
    assert job.variables == {"name": "测试申报人"}
    sandbox.complete_job(job, {"pages": 2})
    assert (sandbox.state, sandbox.variables()) == ("completed", {"name": "测试申报人", "pages": 2})


@pytest.mark.parametrize("tag", ["sendTask", "scriptTask", "businessRuleTask"])
def test_other_tasks_can_be_jobs(tag: str) -> None:
    sandbox = Sandbox(Diagram().start().service("work", "outside", tag=tag).end().xml())
    sandbox.start()
    sandbox.complete_job("work", {"done": True})
    assert (sandbox.state, sandbox.variables()) == ("completed", {"done": True})


def test_abstract_and_manual_tasks_pass() -> None:
    sandbox = Sandbox(Diagram().start().task("think").task("stamp", tag="manualTask").end().xml())
    sandbox.start()
    assert sandbox.state == "completed"
    assert [name for name, _ in steps(sandbox)] == ["start", "think", "stamp", "end"]


def test_an_error_caught_at_a_service_task() -> None:
    diagram = Diagram().start().service("pay").end("paid").boundary("pay", "refused", error="NO_MONEY")
    sandbox = Sandbox(diagram.user("ask_again", groups="g").end("asked").xml())
    sandbox.start()
    sandbox.fail_job("pay", error_code="NO_MONEY", message="account empty")
    assert [task.element_id for task in sandbox.tasks()] == ["ask_again"]
    assert steps(sandbox)[1:3] == [("pay", "cancelled"), ("refused", "completed")]
    assert sandbox.jobs() == []


def test_an_error_nobody_catches_is_an_incident() -> None:
    sandbox = Sandbox(Diagram().start().service("pay").end().xml())
    sandbox.start()
    sandbox.fail_job("pay", error_code="NO_MONEY")
    assert sandbox.state == "incident"
    assert [(i.element_id, i.code) for i in sandbox.incidents()] == [("pay", "uncaught_error")]


def test_a_job_that_fails_too_often_is_an_incident_and_can_be_tried_again() -> None:
    sandbox = Sandbox(Diagram().start().service("pay", retries="2").end().xml())
    sandbox.start()
    sandbox.fail_job("pay", message="no line")
    assert sandbox.state == "running"
    sandbox.fail_job("pay", message="no line")
    assert (sandbox.state, sandbox.jobs()) == ("incident", [])
    assert steps(sandbox)[1] == ("pay", "failed")
    sandbox.resolve()
    assert sandbox.state == "running"
    sandbox.complete_job("pay")
    assert (sandbox.state, steps(sandbox)[1]) == ("completed", ("pay", "completed"))


def test_terminate_ends_everything() -> None:
    diagram = Diagram().start().parallel("split").user("a", groups="g").end("stop", terminate=True)
    sandbox = Sandbox(diagram.at("split").user("b", groups="g").end("late").xml())
    sandbox.start()
    sandbox.complete("a")
    assert (sandbox.state, sandbox.tasks()) == ("completed", [])
    assert ("b", "cancelled") in steps(sandbox)


def test_a_condition_that_decides_nothing_is_an_incident_until_the_variable_is_right() -> None:
    diagram = Diagram().start().user("a", groups="g").exclusive("x").when("=n > 1").end("big")
    sandbox = Sandbox(diagram.at("x").when("=n < 1").end("small").xml())
    sandbox.start()
    sandbox.complete("a", {"n": 1})
    assert (sandbox.state, [i.element_id for i in sandbox.incidents()]) == ("incident", ["x"])
    sandbox.set_variables({"n": 5})
    sandbox.resolve()
    assert (sandbox.state, sandbox.history()[-1].element_id) == ("completed", "big")


def test_a_loop_without_a_wait_becomes_an_incident_that_names_it() -> None:
    diagram = Diagram().start().script("count", "=n + 1", "n").exclusive("again").when("=n < 0").end()
    sandbox = Sandbox(diagram.at("again").otherwise().user("wait", groups="g").to("count").xml())
    sandbox.start({"n": 0})
    assert sandbox.state == "running"


def test_a_diagram_with_errors_is_refused_with_the_findings() -> None:
    with pytest.raises(InvalidInput) as refused:
        Sandbox(Diagram().start().script("add", "=1 +", "sum").end().xml())
    assert [finding.element for finding in refused.value.findings if finding.severity == "error"] == ["add"]


def test_cancelling_ends_a_case_before_its_time() -> None:
    sandbox = Sandbox(Diagram().start().user("a", groups="g").end().xml())
    sandbox.start()
    sandbox.cancel()
    assert (sandbox.state, sandbox.tasks(), steps(sandbox)[-1]) == ("terminated", [], ("a", "cancelled"))
