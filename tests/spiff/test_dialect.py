"""What the flow reads of an element is what the diagram says."""

import pytest

from engine.errors import InvalidInput
from engine.flow.model import Kind, Process, TimerKind, Trigger
from engine.flow.spiff.library import compile_resource
from tests.support.diagram import Diagram


def read(diagram: Diagram) -> Process:
    return next(iter(compile_resource(diagram.xml()).processes.values())).process


def test_a_process_has_a_name_a_version_tag_and_properties() -> None:
    process = read(Diagram("leave", name="请假", version_tag="2026", properties={"year": "2026"}).start().end())
    assert (process.id, process.name, process.version_tag, process.properties) == (
        "leave",
        "请假",
        "2026",
        {"year": "2026"},
    )
    assert [start.id for start in process.starts] == ["start"]


def test_a_user_task() -> None:
    diagram = Diagram().start()
    diagram.user(
        "a",
        name="审核",
        form="review",
        assignee="=owner",
        groups='=["case_officer@" + unit]',
        users="li",
        due='=now() + duration("P3D")',
        follow_up="2026-01-01T00:00:00+08:00",
        priority="80",
        inputs={"x": "=y.z"},
        outputs={"result.outcome": "=outcome"},
        properties={"status": "审核中"},
    ).end()
    task = read(diagram).elements["a"]
    details = task.user_task
    assert details is not None
    assert (task.kind, task.name, task.properties) == (Kind.USER_TASK, "审核", {"status": "审核中"})
    assert (details.form_id, details.form_binding) == ("review", "latest")
    assert details.assignee is not None
    assert details.assignee.expression is not None
    assert details.candidate_users is not None
    assert (details.candidate_users.text, details.candidate_users.expression) == ("li", None)
    assert details.priority is not None
    assert details.priority.text == "80"
    assert [(mapping.source.text, mapping.target) for mapping in task.inputs] == [("=y.z", "x")]
    assert [(mapping.source.text, mapping.target) for mapping in task.outputs] == [("=outcome", "result.outcome")]
    assert (task.incoming, task.outgoing) == (("start-a",), ("a-end",))


def test_the_names_a_command_loads_are_those_of_all_expressions() -> None:
    diagram = (
        Diagram().start().user("a", assignee="=owner", groups="=units[code = wanted]").exclusive("g").when("=x > limit")
    )
    diagram = diagram.end().at("g").otherwise().catch("c", message="m", key="=case_id").to("end")
    assert {"owner", "units", "wanted", "x", "limit", "case_id"} <= read(diagram).names


def test_jobs_scripts_decisions_and_calls() -> None:
    diagram = Diagram().start().service("job", "send_mail", retries="3", headers={"template": "t1"})
    diagram = diagram.script("script", "=a + 1", "b").rule("rule", "pass", "passed", version_tag="2026")
    process = read(diagram.call("call", "ballot", all_child=True, all_parent=False, version_tag="v1").end())
    job, rule, call = process.elements["job"].job, process.elements["rule"].called, process.elements["call"].called
    assert job is not None
    assert (job.type.text, job.retries and job.retries.text, job.headers) == ("send_mail", "3", {"template": "t1"})
    script = process.elements["script"]
    assert (script.script is not None, script.result_variable) == (True, "b")
    assert rule is not None
    assert (rule.id.text, rule.binding, rule.version_tag, rule.result) == ("pass", "versionTag", "2026", "passed")
    assert call is not None
    assert (call.id.text, call.propagate_all_child, call.propagate_all_parent, call.version_tag) == (
        "ballot",
        True,
        False,
        "v1",
    )


def test_what_a_call_passes_on_by_itself() -> None:
    """As in Camunda 8: everything in and everything back, unless the diagram says otherwise."""
    called = read(Diagram().start().call("call", "ballot").end()).elements["call"].called
    assert called is not None
    assert (called.propagate_all_child, called.propagate_all_parent, called.binding) == (True, True, "latest")


def test_multi_instance() -> None:
    diagram = Diagram().start()
    diagram.user(
        "a", each="=experts", item="expert", collect="votes", output="=vote", sequential=True, until="=enough"
    ).end()
    multi = read(diagram).elements["a"].multi
    assert multi is not None
    assert (multi.sequential, multi.input_collection.text, multi.input_element) == (True, "=experts", "expert")
    assert (multi.output_collection, multi.output_element and multi.output_element.text) == ("votes", "=vote")
    assert multi.completion_condition is not None


@pytest.mark.parametrize(
    ("trigger", "kind", "text"),
    [
        ({"date": "2026-05-31T18:00:00+08:00"}, TimerKind.DATE, "2026-05-31T18:00:00+08:00"),
        ({"duration": "=wait"}, TimerKind.DURATION, "=wait"),
        ({"cycle": "R3/P1D"}, TimerKind.CYCLE, "R3/P1D"),
    ],
)
def test_timers(trigger: dict[str, str], kind: TimerKind, text: str) -> None:
    diagram = Diagram().start().user("a").end()
    diagram.boundary("a", "late", interrupting=False, properties={"deadline": "declaration_close"}, **trigger).to("end")
    late = read(diagram).elements["late"]
    assert late.event is not None
    assert late.event.timer is not None
    assert (late.event.timer.kind, late.event.timer.value.text) == (kind, text)
    assert late.event.timer.deadline == "declaration_close"
    assert (late.attached_to, late.interrupting) == ("a", False)


def test_messages_signals_errors_escalations_and_links() -> None:
    diagram = (
        Diagram().start().catch("m", message="reply", key="=id").throw("s", signal="news").throw("e", escalation="L1")
    )
    diagram = diagram.user("a").end("bad", error="E1").boundary("a", "any", error="").to("bad")
    events = {element.id: element.event for element in read(diagram).elements.values() if element.event is not None}
    assert {name: (event.trigger, event.name and event.name.text) for name, event in events.items()} == {
        "start": (Trigger.NONE, None),
        "m": (Trigger.MESSAGE, "reply"),
        "s": (Trigger.SIGNAL, "news"),
        "e": (Trigger.ESCALATION, "L1"),
        "bad": (Trigger.ERROR, "E1"),
        "any": (Trigger.ERROR, None),
    }
    assert events["m"].correlation_key is not None


def test_lanes_nest_and_reach_into_sub_processes() -> None:
    lanes = (
        '<bpmn:laneSet id="ls"><bpmn:lane id="outer" name="外"><bpmn:flowNodeRef>box</bpmn:flowNodeRef>'
        '<bpmn:flowNodeRef>a</bpmn:flowNodeRef><bpmn:childLaneSet><bpmn:lane id="inner" name="内">'
        "<bpmn:flowNodeRef>a</bpmn:flowNodeRef></bpmn:lane></bpmn:childLaneSet></bpmn:lane></bpmn:laneSet>"
    )
    diagram = Diagram().start().user("a").sub("box", Diagram("i").start("s2").user("b").end("e2")).end().raw(lanes)
    process = read(diagram)
    assert [process.elements[name].lane for name in ("a", "box", "b", "end")] == ["内", "外", "外", None]
    assert process.lanes["inner"] == ("内", ("a",))


def test_every_pool_with_an_executable_process_is_one() -> None:
    file = Diagram("one").start().end().xml(Diagram("two").start("s2").end("e2"), Diagram("drawing", executable=False))
    assert sorted(compile_resource(file).processes) == ["one", "two"]


def test_pools_and_message_flows_are_drawing() -> None:
    xml = Diagram("one").start().user("a").end().xml(Diagram("two").start("s2").user("b").end("e2"))
    pools = (
        b'<bpmn:collaboration id="c"><bpmn:participant id="p1" processRef="one"/><bpmn:participant id="p2" processRef="two"/>'
        b'<bpmn:messageFlow id="mf" sourceRef="a" targetRef="b"/></bpmn:collaboration><bpmn:process'
    )
    resource = compile_resource(xml.replace(b"<bpmn:process", pools, 1))
    assert sorted(resource.processes["one"].process.elements) == ["a", "end", "start"]


@pytest.mark.parametrize(
    "xml",
    [
        b"",
        b"nonsense",
        b"<a><b></a>",
        b"<html/>",
        b"<!DOCTYPE x><x/>",
        b"\xff\xfe\x00",
        Diagram().start().end().xml()[:200],
    ],
)
def test_what_cannot_be_read_is_refused_in_chinese(xml: bytes) -> None:
    with pytest.raises(InvalidInput) as caught:
        compile_resource(xml, name="坏.bpmn")
    assert caught.value.message.startswith("坏.bpmn：")
    assert "请用建模工具重新导出" in caught.value.message


def test_no_file_of_the_machine_is_read_into_a_diagram() -> None:
    evil = b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    with pytest.raises(InvalidInput):
        compile_resource(evil + Diagram(name="NAME").start().end().xml().split(b"?>", 1)[1].replace(b"NAME", b"&x;"))


def test_a_sub_process_that_cannot_begin_is_refused() -> None:
    with pytest.raises(InvalidInput):
        read(Diagram().start().sub("box", Diagram("i").end("e2")).end())
