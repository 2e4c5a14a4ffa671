"""Called processes: cases of their own, whose end the caller hears of."""

from engine.flow.sandbox import Sandbox
from tests.support.diagram import Diagram


def child(**end: object) -> bytes:
    return Diagram("child").start("cs").user("work", groups="g").end("ce", **end).xml()


def test_a_call_waits_for_the_called_case_and_takes_its_variables() -> None:
    sandbox = Sandbox(Diagram().start().call("run", "child").user("after", groups="g").end().xml(), child())
    sandbox.start({"x": 1}, "p")
    task = sandbox.tasks()[0]
    assert (task.element_id, task.process_id, task.variables) == ("work", "child", {"x": 1})
    sandbox.complete(task, {"y": 2})
    assert [task.element_id for task in sandbox.tasks()] == ["after"]
    assert sandbox.variables() == {"x": 1, "y": 2}
    assert [p.element_id for p in sandbox.history()] == ["start", "run", "cs", "work", "ce", "after"]


def test_a_call_passes_only_what_it_names() -> None:
    diagram = (
        Diagram()
        .start()
        .call("run", "child", all_parent=False, all_child=False, inputs={"given": "=x"}, outputs={"got": "=answer"})
    )
    sandbox = Sandbox(diagram.end().xml(), child())
    sandbox.start({"x": 1, "secret": 2})
    assert sandbox.tasks()[0].variables == {"given": 1}
    sandbox.complete("work", {"answer": 3, "noise": 4})
    assert (sandbox.state, sandbox.variables()) == ("completed", {"x": 1, "secret": 2, "got": 3})


def test_nothing_comes_back_where_nothing_is_wanted() -> None:
    sandbox = Sandbox(Diagram().start().call("run", "child", all_child=False).end().xml(), child())
    sandbox.start()
    sandbox.complete("work", {"answer": 3})
    assert (sandbox.state, sandbox.variables()) == ("completed", {})


def test_a_called_case_that_ends_at_once_brings_its_result_in_the_same_command() -> None:
    quick = Diagram("child").start("cs").script("add", "=x + 1", "y").end("ce").xml()
    sandbox = Sandbox(Diagram().start().call("run", "child").end().xml(), quick)
    sandbox.start({"x": 1})
    assert (sandbox.state, sandbox.variables()) == ("completed", {"x": 1, "y": 2})


def test_an_error_end_takes_the_boundary_of_the_caller() -> None:
    diagram = Diagram().start().call("run", "child").end().boundary("run", "broke", error="E").user("mend", groups="g")
    sandbox = Sandbox(diagram.end("mended").xml(), child(error="E"))
    sandbox.start()
    sandbox.complete("work")
    assert [task.element_id for task in sandbox.tasks()] == ["mend"]
    assert sandbox.state == "running"


def test_an_error_no_caller_catches_stops_where_it_was_thrown() -> None:
    sandbox = Sandbox(Diagram().start().call("run", "child").end().xml(), child(error="E"))
    sandbox.start()
    sandbox.complete("work")
    assert (sandbox.state, [i.element_id for i in sandbox.incidents()]) == ("incident", ["ce"])


def test_an_escalation_is_heard_while_the_called_case_goes_on() -> None:
    called = Diagram("child").start("cs").throw("up", escalation="U").user("work", groups="g").end("ce").xml()
    diagram = Diagram().start().call("run", "child").end()
    diagram.boundary("run", "heard", interrupting=False, escalation="U").user("note", groups="g").end("noted")
    sandbox = Sandbox(diagram.xml(), called)
    sandbox.start()
    assert sorted(task.element_id for task in sandbox.tasks()) == ["note", "work"]
    sandbox.complete("work")
    sandbox.complete("note")
    assert sandbox.state == "completed"


def test_leaving_the_call_cancels_the_called_case() -> None:
    diagram = Diagram().start().call("run", "child").end().boundary("run", "late", duration="PT1H").end("over")
    sandbox = Sandbox(diagram.xml(), child())
    sandbox.start()
    sandbox.advance(3600)
    assert (sandbox.state, sandbox.tasks()) == ("completed", [])
    assert [(p.element_id, p.outcome) for p in sandbox.history() if p.element_id == "work"] == [("work", "cancelled")]


def test_cancelling_a_case_cancels_those_it_called() -> None:
    sandbox = Sandbox(Diagram().start().call("run", "child").end().xml(), child())
    sandbox.start()
    sandbox.cancel()
    assert (sandbox.state, sandbox.tasks()) == ("terminated", [])


def test_a_process_that_is_not_published_is_an_incident() -> None:
    sandbox = Sandbox(Diagram().start().call("run", "=target").end().xml(), child())
    sandbox.start({"target": "nowhere"})
    assert (sandbox.state, [i.code for i in sandbox.incidents()]) == ("incident", ["called"])
    sandbox.set_variables({"target": "child"})
    sandbox.resolve()
    assert (sandbox.state, [task.element_id for task in sandbox.tasks()]) == ("running", ["work"])


def test_calls_that_never_end_are_an_incident() -> None:
    sandbox = Sandbox(Diagram().start().call("again", "p").end().xml())
    sandbox.start()
    assert (sandbox.state, {i.code for i in sandbox.incidents()}) == ("incident", {"loop"})


def test_a_called_case_belongs_to_the_same_unit_and_parties() -> None:
    sandbox = Sandbox(Diagram().start().call("run", "child").end().xml(), child())
    sandbox.start(unit_id=7, year=2026, title="t", business_key="B1", parties=["person:1"])
    task = sandbox.tasks()[0]
    assert (task.title, task.business_key, task.unit_id) == ("t", "B1", 7)
