"""Each rule of the lint: what makes it speak, where, and that a sound diagram is left in peace."""

from collections.abc import Callable

import pytest

from engine.errors import InvalidInput
from engine.flow.spiff.library import compile_resource
from engine.flow.spiff.lint import RULES, Finding, Known, check_file, check_resource
from tests.spiff.shapes import SHAPES
from tests.support.diagram import Diagram


def line() -> Diagram:
    return Diagram().start().user("a", form="f", groups="g").end()


def rules(diagram: Diagram | bytes, known: Known | None = None) -> list[tuple[str, str]]:
    xml = diagram if isinstance(diagram, bytes) else diagram.xml()
    return [(finding.rule, finding.element) for finding in check_resource(xml, known=known)]


def errors(diagram: Diagram | bytes) -> list[tuple[str, str]]:
    return [(rule, element) for rule, element in rules(diagram) if RULES[rule] == "error"]


def unconnected(diagram: Diagram) -> Diagram:
    """Without a current node: the next one stands alone."""
    diagram._current = None
    return diagram


def body(*parts: str) -> Diagram:
    """The line with further XML in its process."""
    return line().raw("".join(parts))


def test_a_sound_diagram_has_no_findings() -> None:
    diagram = Diagram(name="请假").start().user("ask", form="leave", groups="staff").exclusive("ok").when("=days <= 3")
    diagram = diagram.end("granted").at("ok").otherwise().user("decide", form="decision", groups="boss").to("granted")
    diagram.boundary("decide", "late", duration="P3D", interrupting=False).service("remind", "send_mail").end(
        "reminded"
    )
    diagram.lane("申请人", "start", "ask", "ok", "granted").lane("领导", "decide", "late", "remind", "reminded")
    assert rules(diagram, Known(forms=frozenset({"leave", "decision"}), jobs=frozenset({"send_mail"}))) == []


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_what_runs_has_no_errors_but_for_the_keys_of_messages(shape: Callable[[], Diagram]) -> None:
    assert {rule for rule, _ in errors(shape())} <= {"correlation-key-missing"}


BROKEN: list[tuple[str, str, Callable[[], Diagram | bytes]]] = [
    # the file
    ("unreadable", "", lambda: b"<broken"),
    ("unreadable", "", lambda: b"<html/>"),
    (
        "unreadable",
        "",
        lambda: b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + line().xml().split(b"?>", 1)[1],
    ),
    ("no-process", "definitions", lambda: Diagram(executable=False).start().end()),
    ("id-missing", "p", lambda: body('<bpmn:sequenceFlow sourceRef="start" targetRef="a"/>')),
    ("id-missing", "p", lambda: body("<bpmn:task/>")),
    ("duplicate-id", "a", lambda: body('<bpmn:task id="a"/>')),
    ("duplicate-id", "start-a", lambda: body('<bpmn:sequenceFlow id="start-a" sourceRef="a" targetRef="end"/>')),
    ("duplicate-id", "a", lambda: line().xml(Diagram("q").start("s").user("a").end("e"))),
    ("dangling-reference", "f", lambda: body('<bpmn:sequenceFlow id="f" sourceRef="a" targetRef="nowhere"/>')),
    ("dangling-reference", "f", lambda: body('<bpmn:sequenceFlow id="f" sourceRef="nowhere" targetRef="a"/>')),
    ("dangling-reference", "f", lambda: body('<bpmn:sequenceFlow id="f" targetRef="a"/>')),
    ("dangling-reference", "a", lambda: line().set("a", default="nowhere")),
    (
        "dangling-reference",
        "late",
        lambda: line().boundary("a", "late", duration="P1D").to("end").set("late", attachedToRef="x"),
    ),
    ("dangling-reference", "r", lambda: Diagram().start().receive("r", "m").end().set("r", messageRef="nowhere")),
    ("dangling-reference", "lane-x", lambda: line().lane("x", "a", "nowhere")),
    (
        "dangling-reference",
        "e",
        lambda: (
            Diagram()
            .start()
            .raw('<bpmn:endEvent id="e"><bpmn:errorEventDefinition errorRef="x"/></bpmn:endEvent>')
            .to("e")
        ),
    ),
    (
        "flow-across-scopes",
        "f",
        lambda: (
            Diagram()
            .start()
            .sub("box", Diagram("i").start("s2").user("b").end("e2"))
            .user("a")
            .end()
            .raw('<bpmn:sequenceFlow id="f" sourceRef="b" targetRef="a"/>')
        ),
    ),
    # the vocabulary
    ("unsupported-element", "t", lambda: body('<bpmn:transaction id="t"/>')),
    ("unsupported-element", "t", lambda: body('<bpmn:adHocSubProcess id="t"/>')),
    ("unsupported-element", "t", lambda: body('<bpmn:complexGateway id="t"/>')),
    (
        "unsupported-element",
        "f",
        lambda: body('<bpmn:complexGateway id="t"/><bpmn:sequenceFlow id="f" sourceRef="a" targetRef="t"/>'),
    ),
    ("unsupported-element", "t", lambda: body('<bpmn:task id="t"><bpmn:standardLoopCharacteristics/></bpmn:task>')),
    (
        "unsupported-element",
        "t",
        lambda: body('<bpmn:endEvent id="t"><bpmn:compensateEventDefinition/></bpmn:endEvent>'),
    ),
    ("unsupported-element", "t", lambda: body('<bpmn:endEvent id="t"><bpmn:cancelEventDefinition/></bpmn:endEvent>')),
    ("unsupported-element", "t", lambda: body('<bpmn:dataStore id="t"/>')),
    (
        "unsupported-element",
        "t",
        lambda: body('<bpmn:scriptTask id="t"><bpmn:script>import os</bpmn:script></bpmn:scriptTask>'),
    ),
    ("unknown-element", "t", lambda: body('<bpmn:magicTask id="t"/>')),
    ("misplaced-element", "f", lambda: body('<bpmn:task id="t"><bpmn:sequenceFlow id="f"/></bpmn:task>')),
    ("misplaced-element", "m", lambda: body('<bpmn:message id="m"/>')),
    ("misplaced-element", "t2", lambda: body(_extended('<bpmn:task id="t2"/>'))),
    ("repeated-element", "t", lambda: body(_extended("<zeebe:userTask/><zeebe:userTask/>"))),
    (
        "repeated-element",
        "t",
        lambda: body('<bpmn:task id="t"><bpmn:extensionElements/><bpmn:extensionElements/></bpmn:task>'),
    ),
    (
        "repeated-element",
        "t",
        lambda: body(
            '<bpmn:scriptTask id="t"><bpmn:extensionElements><zeebe:script expression="=1" resultVariable="x"/>'
            '<zeebe:taskDefinition type="x"/></bpmn:extensionElements></bpmn:scriptTask>'
        ),
    ),
    ("flow-list", "t", lambda: body('<bpmn:task id="t"><bpmn:incoming>nowhere</bpmn:incoming></bpmn:task>')),
    ("flow-list", "t", lambda: body('<bpmn:task id="t"><bpmn:outgoing>start-a</bpmn:outgoing></bpmn:task>')),
    ("unsupported-attribute", "t", lambda: body('<bpmn:subProcess id="t" triggeredByEvent="true"/>')),
    ("unsupported-attribute", "a", lambda: line().set("a", isForCompensation="true")),
    ("unsupported-attribute", "start", lambda: line().set("start", isInterrupting="false")),
    ("unsupported-attribute", "start", lambda: line().set("start", parallelMultiple="true")),
    ("unsupported-attribute", "t", lambda: body('<bpmn:callActivity id="t" calledElement="x"/>')),
    ("unsupported-attribute", "t", lambda: body(_extended('<zeebe:formDefinition formKey="camunda-forms:bpmn:x"/>'))),
    ("unsupported-attribute", "t", lambda: body('<bpmn:task id="t" zeebe:retryCounter="x"/>')),
    (
        "unsupported-extension",
        "t",
        lambda: body(_extended("<zeebe:taskListeners><zeebe:taskListener/></zeebe:taskListeners>")),
    ),
    ("unsupported-extension", "t", lambda: body(_extended("<zeebe:executionListeners/>"))),
    (
        "unsupported-extension",
        "p",
        lambda: body("<bpmn:extensionElements><zeebe:userTaskForm/></bpmn:extensionElements>"),
    ),
    ("unknown-extension", "t", lambda: body(_extended("<zeebe:magic/>"))),
    ("unknown-extension", "t", lambda: body(_extended('<zeebe:script expression="=1"/>'))),
    ("unknown-extension", "t", lambda: body(_extended('<zeebe:input source="=1" target="x"/>'))),
    ("foreign-extension", "a", lambda: line().set("a", **{"{http://camunda.org/schema/1.0/bpmn}assignee": "demo"})),
    ("foreign-extension", "t", lambda: body(_extended('<c:topic xmlns:c="http://camunda.org/schema/1.0/bpmn"/>'))),
    (
        "foreign-extension",
        "t",
        lambda: body(
            _extended('<s:preScript xmlns:s="http://spiffworkflow.org/bpmn/schema/1.0/core">x = 1</s:preScript>')
        ),
    ),
    ("unknown-namespace", "t", lambda: body(_extended('<x:y xmlns:x="urn:x"/>'))),
    ("unknown-namespace", "a", lambda: line().set("a", **{"{urn:x}y": "1"})),
    ("unknown-attribute", "a", lambda: line().set("a", nmae="x")),
    ("unknown-attribute", "a", lambda: line().set("a", **{"{http://camunda.org/schema/zeebe/1.0}formid": "x"})),
    ("unknown-attribute", "t", lambda: body(_extended('<zeebe:assignmentDefinition asignee="x"/>'))),
    # the way
    ("no-start", "p", lambda: Diagram().end()),
    ("several-starts", "start2", lambda: line().start("start2").to("a")),
    ("sub-process-start", "box", lambda: Diagram().start().sub("box", Diagram("i").end("e2")).end()),
    (
        "sub-process-start",
        "box",
        lambda: Diagram().start().sub("box", Diagram("i").start("s2", message="m").end("e2")).end(),
    ),
    ("unreachable", "b", lambda: unconnected(line()).user("b").to("end")),
    ("dead-end", "b", lambda: line().at("a").user("b")),
    ("flow-direction", "end", lambda: line().at("end").to("a")),
    ("flow-direction", "start", lambda: line().at("a").to("start")),
    ("flow-direction", "late", lambda: line().boundary("a", "late", duration="P1D").to("end").at("a").to("late")),
    (
        "flow-direction",
        "out",
        lambda: unconnected(line().at("a").throw("out", link="x").to("end")).catch("in", link="x").to("end"),
    ),
    (
        "cycle-without-wait",
        "g",
        lambda: line().at("a").exclusive("g").when("=x").end("e2").at("g").otherwise().script("s", "=1").to("g"),
    ),
    ("cycle-without-wait", "g", lambda: line().at("a").exclusive("g").when("=x").to("g").at("g").otherwise().end("e2")),
    # gateways
    ("gateway-condition-missing", "g-e2", lambda: line().at("a").exclusive("g").when("=x").end("e1").at("g").end("e2")),
    (
        "default-with-condition",
        "g-e2",
        lambda: line().at("a").exclusive("g").when("=x").end("e1").at("g").otherwise().when("=y").end("e2"),
    ),
    ("condition-not-asked", "g-e1", lambda: line().at("a").parallel("g").when("=x").end("e1")),
    ("condition-not-asked", "start-b", lambda: line().at("start").when("=x").user("b").to("end")),
    (
        "event-gateway-arm",
        "b",
        lambda: line().at("a").first_of("g").user("b").to("end").at("g").catch("c", duration="P1D").to("end"),
    ),
    (
        "event-gateway-arm",
        "c",
        lambda: (
            line().at("a").first_of("g").catch("c", duration="P1D").to("end").at("g").catch("d", duration="P2D").to("c")
        ),
    ),
    ("event-gateway-single", "g", lambda: line().at("a").first_of("g").catch("c", duration="P1D").to("end")),
    ("no-default", "g", lambda: line().at("a").exclusive("g").when("=x").end("e1").at("g").when("=y").end("e2")),
    ("no-default", "a", lambda: Diagram().start().user("a").when("=x").end()),
    ("inclusive-always", "g-e2", lambda: line().at("a").inclusive("g").when("=x").end("e1").at("g").end("e2")),
    # events
    (
        "several-triggers",
        "c",
        lambda: body(
            '<bpmn:intermediateCatchEvent id="c"><bpmn:timerEventDefinition/><bpmn:signalEventDefinition/></bpmn:intermediateCatchEvent>'
        ),
    ),
    ("trigger-not-allowed", "c", lambda: Diagram().start().catch("c").end()),
    ("trigger-not-allowed", "c", lambda: Diagram().start().catch("c", error="E").end()),
    ("trigger-not-allowed", "start", lambda: Diagram().start(error="E").end()),
    ("trigger-not-allowed", "t", lambda: Diagram().start().throw("t", duration="P1D").end()),
    ("trigger-not-allowed", "b", lambda: line().boundary("a", "b").to("end")),
    ("event-name-missing", "c", lambda: Diagram().start().catch("c", message="").end()),
    ("event-name-missing", "c", lambda: Diagram().start().throw("c", signal="").end()),
    ("event-name-missing", "r", lambda: Diagram().start().task("r", tag="receiveTask").end()),
    ("correlation-key-missing", "c", lambda: Diagram().start().catch("c", message="m").end()),
    ("code-missing", "end", lambda: Diagram().start().end(error="")),
    ("code-missing", "t", lambda: Diagram().start().throw("t", escalation="").end()),
    ("event-condition-missing", "c", lambda: Diagram().start().catch("c", condition="").end()),
    (
        "timer-missing",
        "c",
        lambda: (
            Diagram()
            .start()
            .raw('<bpmn:intermediateCatchEvent id="c"><bpmn:timerEventDefinition/></bpmn:intermediateCatchEvent>')
            .to("c")
        ),
    ),
    ("timer-literal", "c", lambda: Diagram().start().catch("c", date="明天").end()),
    ("timer-literal", "c", lambda: Diagram().start().catch("c", duration="3 days").end()),
    ("timer-literal", "late", lambda: line().boundary("a", "late", interrupting=False, cycle="P1D").to("end")),
    ("timer-kind", "late", lambda: line().boundary("a", "late", cycle="R3/P1D").to("end")),
    ("timer-kind", "start", lambda: Diagram().start(duration="P1D").end()),
    ("link-pair", "out", lambda: line().at("a").throw("out", link="x")),
    ("link-pair", "in", lambda: unconnected(line()).catch("in", link="x").to("end")),
    ("link-pair", "out", lambda: line().at("a").throw("out", link="")),
    (
        "link-pair",
        "in2",
        lambda: (
            unconnected(unconnected(line().at("a").throw("out", link="x")).catch("in", link="x").to("end"))
            .catch("in2", link="x")
            .to("end")
        ),
    ),
    (
        "boundary-place",
        "late",
        lambda: Diagram().start().exclusive("g").end().boundary("g", "late", duration="P1D").to("end"),
    ),
    ("boundary-trigger", "e", lambda: line().boundary("a", "e", error="E", interrupting=False).to("end")),
    ("boundary-trigger", "e", lambda: line().boundary("a", "e", escalation="E").to("end")),
    # tasks
    ("form-missing", "a", lambda: Diagram().start().user("a", groups="g").end()),
    ("assignment-missing", "a", lambda: Diagram().start().user("a", form="f").end()),
    ("job-missing", "a", lambda: Diagram().start().service("a", None).end()),
    ("job-missing", "a", lambda: Diagram().start().task("a", tag="sendTask").end()),
    ("job-missing", "t", lambda: Diagram().start().throw("t", message="m").end()),
    ("script-missing", "a", lambda: Diagram().start().task("a", tag="scriptTask").end()),
    ("result-missing", "a", lambda: Diagram().start().script("a", "=1", "").end()),
    ("result-missing", "a", lambda: Diagram().start().rule("a", "d", "", version_tag="2026").end()),
    ("decision-missing", "a", lambda: Diagram().start().task("a", tag="businessRuleTask").end()),
    ("decision-latest", "a", lambda: Diagram().start().rule("a", "d").end()),
    ("called-missing", "a", lambda: Diagram().start().call("a", None).end()),
    ("binding-incomplete", "a", lambda: Diagram().start().call("a", "x", version_tag="").end()),
    ("binding-incomplete", "t", lambda: body(_extended('<zeebe:formDefinition formId="x" bindingType="newest"/>'))),
    ("mapping-incomplete", "a", lambda: Diagram().start().user("a", inputs={"x": ""}).end()),
    ("mapping-target", "a", lambda: Diagram().start().user("a", outputs={"x y": "=1"}).end()),
    ("mapping-target", "a", lambda: Diagram().start().user("a", inputs={"1x": "=1"}).end()),
    (
        "multi-instance-collection",
        "t",
        lambda: body('<bpmn:task id="t"><bpmn:multiInstanceLoopCharacteristics/></bpmn:task>'),
    ),
    ("multi-instance-output", "a", lambda: Diagram().start().user("a", each="=x", collect="y").end()),
    # expressions
    ("feel-syntax", "a", lambda: Diagram().start().user("a", assignee="=1 +").end()),
    ("feel-syntax", "g-e1", lambda: line().at("a").exclusive("g").when("=x >").end("e1")),
    ("feel-syntax", "c", lambda: Diagram().start().catch("c", date="=(").end()),
    ("feel-prefix", "g-e1", lambda: line().at("a").exclusive("g").when("x > 1").end("e1")),
    (
        "expression-language",
        "f",
        lambda: body(
            '<bpmn:sequenceFlow id="f" sourceRef="a" targetRef="end">'
            '<bpmn:conditionExpression language="javascript">x</bpmn:conditionExpression></bpmn:sequenceFlow>'
        ),
    ),
    ("date-as-text", "g-e1", lambda: line().at("a").exclusive("g").when('=today() > "2026-01-01"').end("e1")),
    ("date-as-text", "g-e1", lambda: line().at("a").exclusive("g").when("=closing < now()").end("e1")),
    ("date-as-text", "a", lambda: Diagram().start().user("a", due='=if date("2026-01-01") < x.y then 1 else 2').end()),
    ("unknown-function", "a", lambda: Diagram().start().user("a", assignee="=leader(unit)").end()),
    (
        "error-uncaught",
        "bad",
        lambda: Diagram().start().sub("box", Diagram("i").start("s2").end("bad", error="E1")).end(),
    ),
    ("several-processes", "definitions", lambda: line().xml(Diagram("q").start("s2").end("e2"))),
]


def _extended(extension: str) -> str:
    return f'<bpmn:userTask id="t"><bpmn:extensionElements>{extension}</bpmn:extensionElements></bpmn:userTask>'


@pytest.mark.parametrize(("rule", "element", "make"), BROKEN)
def test_a_rule_speaks_of_the_element(rule: str, element: str, make: Callable[[], Diagram | bytes]) -> None:
    found = rules(make())
    assert (rule, element) in found
    assert len(found) == len(set(found)) or rule in {"dangling-reference", "id-missing", "unsupported-element"}


KNOWN: list[tuple[str, Callable[[], Diagram], Known]] = [
    ("form-unknown", lambda: Diagram().start().user("x", form="f").end(), Known(forms=frozenset({"g"}))),
    ("job-unknown", lambda: Diagram().start().service("x", "j").end(), Known(jobs=frozenset())),
    ("decision-unknown", lambda: Diagram().start().rule("x", "d").end(), Known(decisions=frozenset())),
    ("called-unknown", lambda: Diagram().start().call("x", "q").end(), Known(processes=frozenset())),
    ("message-uncaught", lambda: Diagram().start().throw("x", message="m").end(), Known(messages=frozenset())),
]


@pytest.mark.parametrize(("rule", "make", "known"), KNOWN)
def test_what_is_not_known_is_only_a_warning(rule: str, make: Callable[[], Diagram], known: Known) -> None:
    assert (rule, "x") in rules(make(), known)
    assert RULES[rule] == "warning"
    assert rule not in dict(rules(make(), Known()))


def test_a_message_that_is_caught_in_the_same_file_is_known() -> None:
    diagram = Diagram().start().throw("x", message="m").catch("y", message="m", key="=k").end()
    assert "message-uncaught" not in dict(rules(diagram, Known(messages=frozenset())))


def test_every_rule_is_shown_by_a_test() -> None:
    shown = {rule for rule, _, _ in BROKEN} | {rule for rule, _, _ in KNOWN} | {"decision"}
    assert shown == set(RULES)


def test_all_findings_come_at_once_errors_first_and_say_what_to_do() -> None:
    diagram = Diagram(name="坏流程").start().user("a", name="填报").exclusive("g", name="结论").when("=x >").end("e1")
    diagram.at("g").when("y").end("e2")
    found = check_resource(diagram.xml())
    assert [(finding.rule, finding.element, finding.name) for finding in found] == [
        ("feel-syntax", "g-e1", ""),
        ("feel-prefix", "g-e2", ""),
        ("form-missing", "a", "填报"),
        ("assignment-missing", "a", "填报"),
    ]
    assert all(
        "请" in finding.message and finding.message.endswith("。") for finding in found if finding.rule != "feel-syntax"
    )
    assert "第 1 行" in found[0].message


def test_every_message_is_a_sentence_that_says_what_to_do() -> None:
    silent = []
    for _, _, make in BROKEN:
        made = make()
        for finding in check_resource(made if isinstance(made, bytes) else made.xml()):
            advice = any(word in finding.message for word in ("请", "写", "不能", "应"))
            if not advice or not finding.message.endswith("。") or "！" in finding.message:
                silent.append(finding)
    assert [finding for finding in silent if finding.rule != "feel-syntax"] == []


def test_a_file_without_errors_compiles_and_one_that_cannot_be_read_does_not() -> None:
    for rule, _, make in BROKEN:
        made = make()
        xml = made if isinstance(made, bytes) else made.xml()
        if not errors(xml):
            assert compile_resource(xml).processes
        elif (
            rule
            in {
                "unreadable",
                "id-missing",
                "duplicate-id",
                "dangling-reference",
                "flow-across-scopes",
                "feel-syntax",
            }
            and b'"q"' not in xml
        ):
            with pytest.raises(InvalidInput):
                compile_resource(xml)


def test_files_are_checked_by_their_ending() -> None:
    assert next(finding.rule for finding in check_file("x.bpmn", Diagram().end().xml())) == "no-start"
    assert check_file("x.txt", b"")[0] == Finding(
        "unreadable", "error", "", "x.txt", "只检查 .bpmn、.dmn 和 .form 文件，请改正文件名。"
    )
    assert [finding.severity for finding in check_file("x.form", b"{")] == ["error"]
    assert [finding.severity for finding in check_file("x.dmn", b"<broken")] == ["error"]


def test_what_is_wrong_in_a_decision_table_is_a_finding() -> None:
    dmn = (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n">'
        '<decision id="pass" name="通过"><literalExpression><text>1 +</text></literalExpression></decision></definitions>'
    )
    assert [(finding.rule, finding.severity) for finding in check_file("x.dmn", dmn.encode())] == [
        ("decision", "error")
    ]
