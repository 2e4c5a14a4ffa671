"""`zhiping lint --json`: every finding of a file at once, nothing passed over, never a traceback."""

import json
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.acceptance.modeler import (
    NAMESPACES,
    boundary,
    catch,
    conditional,
    each,
    end,
    gateway,
    link,
    mapping,
    message,
    on,
    process,
    script,
    service,
    start,
    sub,
    throw,
    timer,
    user,
)
from web.cli import app

Found = set[tuple[str, str, str]]


def lint(tmp_path: Path, *files: tuple[str, str | bytes]) -> tuple[int, list[dict[str, Any]]]:
    """Exit status and the `files` of the answer."""
    paths = []
    for name, content in files:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        paths.append(str(path))
    result = CliRunner().invoke(app, ["lint", "--json", *paths])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, json.loads(result.stdout)["files"] if result.stdout else []


def findings(tmp_path: Path, content: str | bytes, name: str = "x.bpmn") -> Found:
    """What the lint says of one file, warnings about forms left out; the shape of the answer is checked."""
    status, files = lint(tmp_path, (name, content))
    assert [set(file) for file in files] == [{"file", "findings"}]
    found = files[0]["findings"]
    assert all(set(f) == {"rule", "severity", "element", "message"} for f in found)
    assert all(f["severity"] in ("error", "warning") and f["message"].endswith(("。", "）")) for f in found)
    assert status == (1 if found else 0)
    return {(f["rule"], f["severity"], f["element"]) for f in found if f["rule"] != "form-missing"}


def errors(tmp_path: Path, content: str | bytes) -> set[tuple[str, str]]:
    return {(rule, element) for rule, severity, element in findings(tmp_path, content) if severity == "error"}


def line(*elements: str, roots: str = "", extensions: str = "") -> str:
    ids = [element.split('id="', 1)[1].split('"', 1)[0] for element in elements]
    flows = f"Start_1 > {' > '.join(ids)} > End_1"
    return process(start() + "".join(elements) + end(), flows, roots=roots, extensions=extensions)


FORM = '<zeebe:formDefinition formId="review" />'
GOOD = line(user("A", FORM))


def test_a_good_file_has_no_findings(tmp_path: Path) -> None:
    assert lint(tmp_path, ("good.bpmn", GOOD)) == (0, [{"file": str(tmp_path / "good.bpmn"), "findings": []}])


def test_several_files_are_answered_in_their_order(tmp_path: Path) -> None:
    status, files = lint(tmp_path, ("b.bpmn", GOOD), ("a.bpmn", "x"), ("c.dmn", "x"), ("d.form", "x"), ("e.txt", "x"))
    assert (status, [Path(file["file"]).name for file in files]) == (
        1,
        ["b.bpmn", "a.bpmn", "c.dmn", "d.form", "e.txt"],
    )
    assert [[f["rule"] for f in file["findings"]] for file in files] == [[], *[["unreadable"]] * 4]


def test_a_file_that_is_not_there_is_unusable(tmp_path: Path) -> None:
    assert CliRunner().invoke(app, ["lint", "--json", str(tmp_path / "nowhere.bpmn")]).exit_code == 2
    assert CliRunner().invoke(app, ["lint", "--json", str(tmp_path)]).exit_code == 2
    assert CliRunner().invoke(app, ["lint", "--json"]).exit_code == 2


BOMB = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"   \n",
        b"\x00\x01\x02\xff\xfe" * 100,
        b"\x89PNG\r\n\x1a\n",
        b"hello",
        b"{}",
        GOOD[:-30].encode(),
        b"<a/>",
        b"<definitions/>",
        b'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"/>',
        f"<!DOCTYPE x>{GOOD.partition('?>')[2]}".encode(),
        f'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>{GOOD.partition("?>")[2]}'.encode().replace(b'name="A"', b'name="&e;"'),
        f'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">{GOOD.partition("?>")[2]}'.encode(),
        f'<!DOCTYPE x [<!ENTITY e0 "lol">{BOMB}]><x>&e11;</x>'.encode(),
        b"<a>" * 100_000,
        GOOD.encode() + b"x",
        b" " * (5 * 1024 * 1024),
        GOOD.encode().replace(b"</bpmn:process>", b"<!--" + b"x" * 5_000_000 + b"--></bpmn:process>"),
    ],
    ids=lambda content: repr(content[:20]),
)  # fmt: skip
@pytest.mark.parametrize("suffix", ["bpmn", "dmn"])
def test_what_cannot_be_read_is_said_in_one_sentence(tmp_path: Path, content: bytes, suffix: str) -> None:
    found = {rule for rule, severity, _ in findings(tmp_path, content, f"x.{suffix}")}
    if suffix == "bpmn" or b"DMN" not in content:
        assert found == {"unreadable"}
    else:
        assert found <= {"decision"}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"null",
        b"1",
        b'"x"',
        b"{",
        b"{}",
        b'{"components": 1}',
        b"[" * 100_000,
        b'{"a":' * 50_000,
    ],
)
def test_a_form_that_is_none_is_said(tmp_path: Path, content: bytes) -> None:
    assert any(severity == "error" for _, severity, _ in findings(tmp_path, content, "x.form"))


def test_everything_is_said_at_once(tmp_path: Path) -> None:
    xml = process(
        start() + gateway("Which") + user("A") + user("Lost") + service("Work", type="") + script("Do", "=1 +", "x")
        + catch("Wait", timer("Duration", "soon")) + throw("Jump", link("nowhere")) + end()
        + boundary("Late", "A", on("message", "Gone")) + '<bpmn:complexGateway id="Complex" />',
        """
        Start_1 > Which
        Which > A
        Which > Work : x > 1
        Which > Do : =x >
        A > Wait > End_1
        Work > Complex > Jump
        Do > End_1
        """,
    )  # fmt: skip
    found = errors(tmp_path, xml)
    assert {
        ("unreachable", "Lost"), ("dead-end", "Lost"), ("job-missing", "Work"), ("feel-syntax", "Do"),
        ("timer-literal", "Wait"), ("link-pair", "Jump"), ("dangling-reference", "Late"), ("unsupported-element", "Complex"),
        ("gateway-condition-missing", "Flow_2"), ("feel-prefix", "Flow_3"), ("feel-syntax", "Flow_4"), ("dead-end", "Late"),
    } - found == set()  # fmt: skip


def with_element(extra: str) -> str:
    """A good file with something more in its process."""
    return GOOD.replace("</bpmn:process>", f"{extra}</bpmn:process>")


def in_task(attributes: str = "", content: str = "") -> str:
    """A good file with something more on its task."""
    xml = GOOD.replace('<bpmn:userTask id="A"', f'<bpmn:userTask id="A" {attributes}')
    return xml.replace("</bpmn:userTask>", f"{content}</bpmn:userTask>")


def in_extensions(content: str, root: str = "") -> str:
    return GOOD.replace("<zeebe:userTask", f"{content}<zeebe:userTask").replace(
        "<bpmn:definitions ", f"<bpmn:definitions {root} "
    )


CAMUNDA = 'xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'


@pytest.mark.parametrize(
    ("xml", "rule", "element"),
    [
        (line('<bpmn:complexGateway id="X" />'), "unsupported-element", "X"),
        (line('<bpmn:transaction id="X"><bpmn:startEvent id="S2" /></bpmn:transaction>'), "unsupported-element", "X"),
        (line('<bpmn:adHocSubProcess id="X"><bpmn:task id="T" /></bpmn:adHocSubProcess>'), "unsupported-element", "X"),
        (with_element('<bpmn:subProcess id="X" triggeredByEvent="true"><bpmn:startEvent id="S2"><bpmn:timerEventDefinition>'
                      "<bpmn:timeDuration>PT1H</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:startEvent>"
                      "</bpmn:subProcess>"), "unsupported-attribute", "X"),
        (line('<bpmn:task id="X"><bpmn:standardLoopCharacteristics /></bpmn:task>'), "unsupported-element", "X"),
        (line('<bpmn:task id="X" isForCompensation="true" />'), "unsupported-attribute", "X"),
        (line(throw("X", "<bpmn:compensateEventDefinition />")), "unsupported-element", "X"),
        (line(throw("X", "<bpmn:cancelEventDefinition />")), "unsupported-element", "X"),
        (GOOD.replace("</bpmn:definitions>", '<bpmn:dataStore id="X" /></bpmn:definitions>'), "unsupported-element", "X"),
        (line('<bpmn:choreographyTask id="X" />'), "unsupported-element", "X"),
        (line('<bpmn:teaTask id="X" />'), "unknown-element", "X"),
        (line('<bpmn:scriptTask id="X"><bpmn:script>print(1)</bpmn:script></bpmn:scriptTask>'), "unsupported-element", "X"),
        (with_element('<bpmn:task id="A" />'), "duplicate-id", "A"),
        (with_element('<bpmn:sequenceFlow id="F" sourceRef="A" targetRef="Nowhere" />'), "dangling-reference", "F"),
        (with_element('<bpmn:sequenceFlow id="F" sourceRef="A" />'), "dangling-reference", "F"),
        (with_element('<bpmn:sequenceFlow sourceRef="A" targetRef="End_1" />'), "id-missing", ""),
        (with_element("<bpmn:task />"), "id-missing", ""),
        (with_element(boundary("X", "Nowhere", timer("Duration", "PT1H"))), "dangling-reference", "X"),
        (with_element(boundary("X", "Start_1", timer("Duration", "PT1H"))), "boundary-place", "X"),
        (in_task('default="Nowhere"'), "dangling-reference", "A"),
        (in_task(content=boundary("X", "A", on("error"))), "misplaced-element", "X"),
        (in_task(content='<bpmn:sequenceFlow id="X" sourceRef="A" targetRef="End_1" />'), "misplaced-element", "X"),
        (in_extensions('<bpmn:task id="X" />'), "misplaced-element", "X"),
        (in_task(content="<bpmn:extensionElements />"), "repeated-element", "A"),
        (line(service("X", extensions='<zeebe:taskDefinition type="b" />')), "repeated-element", "X"),
        (line(catch("X", "<bpmn:timerEventDefinition><bpmn:timeDate>2030-01-01</bpmn:timeDate><bpmn:timeDuration>P1D"
                         "</bpmn:timeDuration></bpmn:timerEventDefinition>")), "repeated-element", "X"),
        (GOOD.replace("<bpmn:incoming>Flow_1<", "<bpmn:incoming>Flow_9<"), "flow-list", "A"),
        (GOOD.replace("<bpmn:definitions ", '<bpmn:definitions expressionLanguage="http://java.com/java" '),
         "expression-language", "Definitions_Process_1"),
        (line(script("X", "=nope(1)", "y")), "unknown-function", "X"),
        (line('<bpmn:receiveTask id="X" />'), "event-name-missing", "X"),
        (line('<bpmn:receiveTask id="X" messageRef="Gone" />'), "dangling-reference", "X"),
        (line(catch("X", on("message", "M")), roots=message("M", "m")), "correlation-key-missing", "X"),
        (line(catch("X", on("signal"))), "event-name-missing", "X"),
        (line(catch("X", conditional(""))), "event-condition-missing", "X"),
        (line(catch("X", "")), "trigger-not-allowed", "X"),
        (line(catch("X", "<bpmn:timerEventDefinition />")), "timer-missing", "X"),
        (line(catch("X", timer("Cycle", "R3/PT1H"))), "timer-kind", "X"),
        (line(throw("X", timer("Duration", "PT1H"))), "trigger-not-allowed", "X"),
        (line(throw("X", on("error"))), "trigger-not-allowed", "X"),
        (line(throw("X", on("escalation"))), "code-missing", "X"),
        (line(catch("X", link("a"))), "link-pair", "X"),
        (line(service("X", "")), "job-missing", "X"),
        (line('<bpmn:serviceTask id="X" />'), "job-missing", "X"),
        (line('<bpmn:sendTask id="X" />'), "job-missing", "X"),
        (line('<bpmn:scriptTask id="X" />'), "script-missing", "X"),
        (line(script("X", "=1", "")), "result-missing", "X"),
        (line('<bpmn:businessRuleTask id="X" />'), "decision-missing", "X"),
        (line('<bpmn:callActivity id="X" />'), "called-missing", "X"),
        (line(user("X", mapping(("=1 +", "a")))), "feel-syntax", "X"),
        (line(user("X", mapping(("=1", "")))), "mapping-incomplete", "X"),
        (line(user("X", mapping(("=1", "a b")))), "mapping-target", "X"),
        (line(user("X", content=each("", "a"))), "multi-instance-collection", "X"),
        (line(user("X", content=each("=a", "b").replace("inputElement", 'outputCollection="c" inputElement'))),
         "multi-instance-output", "X"),
        (line(user("X", content="<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>3</bpmn:loopCardinality>"
                               "</bpmn:multiInstanceLoopCharacteristics>")), "unsupported-element", "X"),
        (line(user("X", '<zeebe:executionListeners><zeebe:executionListener eventType="start" type="a" />'
                       "</zeebe:executionListeners>")), "unsupported-extension", "X"),
        (line(user("X", "<zeebe:tea />")), "unknown-extension", "X"),
        (line(user("X", '<zeebe:formDefinition formKey="camunda-forms:bpmn:UserTaskForm_1" />')), "unsupported-attribute", "X"),
        (line(user("X", '<zeebe:priorityDefinition priority="=" />')), "feel-syntax", "X"),
        (in_extensions('<camunda:formData />', CAMUNDA), "foreign-extension", "A"),
        (in_task(f'{CAMUNDA} camunda:assignee="x"'), "foreign-extension", "A"),
        (in_task('xmlns:activiti="http://activiti.org/bpmn" activiti:assignee="x"'), "foreign-extension", "A"),
        (in_extensions('<foo:bar xmlns:foo="urn:foo" />'), "unknown-namespace", "A"),
        (in_task('tea="green"'), "unknown-attribute", "A"),
        (process(start() + sub("X", "") + end(), "Start_1 > X > End_1"), "sub-process-start", "X"),
        (process(start() + sub("X", start("S2", on("message", "M"))) + end(), "Start_1 > X > End_1",
                 roots=message("M", "m", "=k")), "sub-process-start", "X"),
        (process(user("A") + end(), "A > End_1"), "no-start", "Process_1"),
        (process(start() + start("S2") + user("A") + end(), "Start_1 > A > End_1\nS2 > A"), "several-starts", "S2"),
        (process(start() + user("A"), "Start_1 > A"), "dead-end", "A"),
        (process(start() + user("A") + end(), "Start_1 > A > End_1 > A"), "flow-direction", "End_1"),
        (process(start() + user("A") + end(), "Start_1 > A > End_1\nA > Start_1"), "flow-direction", "Start_1"),
        (process(start() + sub("S", start("S2") + user("A")) + end(), "Start_1 > S > End_1\nS2 > A > End_1"),
         "flow-across-scopes", "Flow_4"),
        (process(start() + gateway("G", "eventBased") + user("A") + end(), "Start_1 > G > A > End_1"), "event-gateway-arm", "A"),
        (process(start() + gateway("G", "parallel") + user("A") + end(), "Start_1 > G\nG > A : =x\nA > End_1"),
         "condition-not-asked", "Flow_2"),
        (process(start() + gateway("G") + user("A") + user("B") + end(), "Start_1 > G\nG > A : =a\nG > B : =b\nA > End_1\nB > End_1"),
         "no-default", "G"),
        (process(start() + gateway("G") + gateway("H") + end(), "Start_1 > G > H\nH > G : =x\nH > End_1 : default"),
         "cycle-without-wait", "G"),
        (GOOD.replace('isExecutable="true"', 'isExecutable="false"'), "no-process", ""),
        (line(catch("X", conditional("=a >"))), "feel-syntax", "X"),
        (line(user("X").replace("candidateGroups=", "nothing=")), "unknown-attribute", "X"),
        (line('<bpmn:userTask id="X" />'), "assignment-missing", "X"),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 40 else "",
)  # fmt: skip
def test_every_kind_of_mistake_is_named(tmp_path: Path, xml: str, rule: str, element: str) -> None:
    found = {(rule, element) for rule, _, element in findings(tmp_path, xml)}
    assert (rule, element) in found or (not element and rule in {rule for rule, _ in found}), found


def test_a_mistake_in_feel_is_named_with_its_place(tmp_path: Path) -> None:
    _, files = lint(tmp_path, ("x.bpmn", line(script("X", "=1 + * 2", "y"))))
    sentences = [f["message"] for f in files[0]["findings"] if f["rule"] == "feel-syntax"]
    assert len(sentences) == 1
    assert "6" in sentences[0] or "5" in sentences[0]


def test_a_file_with_hundreds_of_mistakes_names_them_all(tmp_path: Path) -> None:
    many = "".join(f'<bpmn:userTask id="T{n}" />' for n in range(300))
    found = errors(tmp_path, with_element(many))
    assert {("unreachable", f"T{n}") for n in range(300)} <= found


def test_deep_nesting_is_read(tmp_path: Path) -> None:
    content, flows = user("A", FORM), ""
    for n in range(60):
        content = sub(f"Sub{n}", start(f"S{n}") + content + end(f"E{n}"))
        inner = "A" if n == 0 else f"Sub{n - 1}"
        flows += f"S{n} > {inner} > E{n}\n"
    assert findings(tmp_path, process(start() + content + end(), flows + "Start_1 > Sub59 > End_1")) == set()


def test_a_large_diagram_is_checked_in_seconds(tmp_path: Path) -> None:
    ids = [f"T{n}" for n in range(1000)]
    gates = "".join(throw(f"G{n}") for n in range(1000))
    xml = process(
        start() + "".join(user(id, FORM) for id in ids) + gates + end(),
        f"Start_1 > {' > '.join(ids)} > G0\n" + " > ".join(f"G{n}" for n in range(1000)) + " > End_1",
    )
    begun = perf_counter()
    assert errors(tmp_path, xml) == set()
    assert perf_counter() - begun < 10


def test_xml_ids_and_names_in_chinese_are_named_as_they_stand(tmp_path: Path) -> None:
    xml = process(start("开始") + user("初审") + user("孤儿") + end("结束"), "开始 > 初审 > 结束")
    assert ("unreachable", "孤儿") in errors(tmp_path, xml)


def test_an_other_prefix_is_checked_as_well(tmp_path: Path) -> None:
    xml = (
        with_element('<bpmn:complexGateway id="X" />').replace("bpmn:", "bpmn2:").replace("xmlns:bpmn=", "xmlns:bpmn2=")
    )
    assert ("unsupported-element", "X") in errors(tmp_path, xml)


def test_a_file_without_diagram_is_fine(tmp_path: Path) -> None:
    xml = (
        f"<bpmn:definitions {NAMESPACES}><bpmn:process id='P' isExecutable='true'><bpmn:startEvent id='s'/>"
        "<bpmn:endEvent id='e'/><bpmn:sequenceFlow id='f' sourceRef='s' targetRef='e'/></bpmn:process></bpmn:definitions>"
    )
    assert findings(tmp_path, xml) == set()


def test_what_the_modeler_draws_besides_is_no_finding(tmp_path: Path) -> None:
    drawn = (
        '<bpmn:textAnnotation id="Note"><bpmn:text>请注意</bpmn:text></bpmn:textAnnotation>'
        '<bpmn:association id="Assoc" associationDirection="None" sourceRef="A" targetRef="Note" />'
        '<bpmn:group id="Group_1" categoryValueRef="CategoryValue_1" />'
        '<bpmn:dataObjectReference id="DataRef" name="申报表" dataObjectRef="Data" /><bpmn:dataObject id="Data" />'
        '<bpmn:dataStoreReference id="StoreRef" name="档案" />'
    )
    roots = (
        '<bpmn:category id="Category_1"><bpmn:categoryValue id="CategoryValue_1" value="单位" /></bpmn:category>'
        '<bpmn:message id="M" name="unused" /><bpmn:error id="E" name="unused" errorCode="X" />'
    )
    task = (
        '<bpmn:userTask id="A" name="初审&#10;单位" zeebe:modelerTemplate="x" zeebe:modelerTemplateVersion="1" '
        'zeebe:modelerTemplateIcon="data:image/svg+xml,%3Csvg/%3E"><bpmn:documentation>说明</bpmn:documentation>'
        '<bpmn:extensionElements><zeebe:userTask /><zeebe:formDefinition formId="review" bindingType="deployment" />'
        '<zeebe:assignmentDefinition candidateGroups="staff" /><zeebe:taskHeaders><zeebe:header key="a" value="b" />'
        '</zeebe:taskHeaders><zeebe:properties><zeebe:property name="status" value="审核中" /></zeebe:properties>'
        "</bpmn:extensionElements></bpmn:userTask>"
    )
    held = '<bpmn:extensionElements><zeebe:versionTag value="2026" /></bpmn:extensionElements>'
    xml = line(task, roots=roots, extensions=held).replace("</bpmn:process>", f"{drawn}</bpmn:process>")
    xml = xml.replace('id="A_di"', 'id="A_di" bioc:stroke="#831311" color:border-color="#831311"').replace(
        "<bpmn:definitions ",
        '<bpmn:definitions xmlns:bioc="http://bpmn.io/schema/bpmn/biocolor/1.0" '
        'xmlns:color="http://www.omg.org/spec/BPMN/non-normative/color/1.0" ',
    )
    assert findings(tmp_path, xml) == set()
