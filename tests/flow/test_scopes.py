"""Where variables live: inputs, outputs, sub-processes, items."""

from engine.flow.sandbox import Sandbox
from tests.support.diagram import Diagram


def test_results_without_outputs_become_variables_of_the_case() -> None:
    sandbox = Sandbox(Diagram().start().user("a", groups="g").end().xml())
    sandbox.start({"x": 1})
    sandbox.complete("a", {"x": 2, "y": {"z": [1, None]}})
    assert sandbox.variables() == {"x": 2, "y": {"z": [1, None]}}


def test_with_outputs_only_their_targets_go_up() -> None:
    diagram = Diagram().start().user("a", groups="g", outputs={"decision": "=answer", "form.by": '="officer"'}).end()
    sandbox = Sandbox(diagram.xml())
    sandbox.start({"form": {"title": "t"}})
    sandbox.complete("a", {"answer": "yes", "noise": 1})
    assert sandbox.variables() == {"decision": "yes", "form": {"title": "t", "by": "officer"}}


def test_inputs_are_local_and_see_each_other() -> None:
    diagram = Diagram().start().user("a", groups="g", inputs={"n": "=total * 2", "m": "=n + 1", "o.p": "=m"})
    sandbox = Sandbox(diagram.user("b", groups="g").end().xml())
    sandbox.start({"total": 5})
    assert sandbox.tasks()[0].variables == {"total": 5, "n": 10, "m": 11, "o": {"p": 11}}
    sandbox.complete("a", {"n": 12, "k": 1})
    assert sandbox.variables() == {"total": 5, "k": 1}
    assert sandbox.tasks()[0].variables == {"total": 5, "k": 1}


def test_a_sub_process_keeps_its_inputs_and_lets_only_outputs_out() -> None:
    content = Diagram("inside").start("s").user("a", groups="g").end("e")
    diagram = Diagram().start().sub("box", content, inputs={"local": "=1"}, outputs={"seen": "=local + 1"}).end()
    sandbox = Sandbox(diagram.xml())
    sandbox.start({"outer": 7})
    assert sandbox.tasks()[0].variables == {"outer": 7, "local": 1}
    sandbox.complete("a", {"local": 5, "outer": 8})
    assert (sandbox.state, sandbox.variables()) == ("completed", {"outer": 8, "seen": 6})


def test_values_keep_their_json_types() -> None:
    values = {"t": True, "i": 1, "f": 1.5, "n": None, "s": "x", "l": [1, [True]], "d": {"a": {"b": 0}}, "中文": "值"}
    sandbox = Sandbox(Diagram().start().user("a", groups="g").end().xml())
    sandbox.start(values)
    sandbox.complete("a", {"i": True, "t": 1})
    assert sandbox.variables() == {**values, "i": True, "t": 1}
    assert sandbox.variables()["i"] is True


def test_a_long_number_survives_as_text() -> None:
    sandbox = Sandbox(Diagram().start().script("c", "=99999999999999999999 + 2", "n").end().xml())
    sandbox.start()
    assert sandbox.variables() == {"n": "100000000000000000001"}
