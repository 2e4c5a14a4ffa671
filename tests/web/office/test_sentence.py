"""What the page of a case says while it waits for no person."""

import pytest
from lxml import etree

from engine.flow.spiff.dialect import read_processes
from engine.flow.spiff.source import parse_source
from tests.processes.walk import PROCESSES
from web.case.outline import listens
from web.case.sentence import sentence_of_system

KINDS = {"receiveTask": "receive_task", "intermediateCatchEvent": "intermediate_catch_event"}
#: it stands beside all that people do and is waited for by nobody
LISTENING = "applicant_barred"


@pytest.mark.catalogue("U9")
def test_what_a_declaration_waits_for_is_said_in_plain_words() -> None:
    said = [
        sentence_of_system([(KINDS[etree.QName(node).localname], node.get("name"))])
        for path in ("declaration.bpmn", "recommendation_round.bpmn")
        for node in etree.fromstring((PROCESSES / path).read_bytes()).iter(*(f"{{*}}{tag}" for tag in KINDS))
        if node.get("id") != LISTENING
    ]
    assert said == [
        "正在等待单位推荐",
        "正在等待评审会议",
        "正在等待公示",
        "正在等待上报",
        "正在等待审核",
        "正在等待发文",
        "正在等待复查申请",
        "正在等待复查结论",
        "正在等待复查期满",
        "正在等待公示期满",
    ]


@pytest.mark.parametrize(
    ("kind", "name", "said"),
    [
        ("event_based_gateway", "公示中", "目前处于“公示中”"),
        ("call_activity", "评委会评审", "正在办理“评委会评审”"),
        ("service_task", "生成通用表", "系统正在处理“生成通用表”，完成后自动继续"),
    ],
)
def test_other_elements_are_named_as_the_diagram_names_them(kind: str, name: str, said: str) -> None:
    assert sentence_of_system([(kind, name)]) == said


def test_only_what_stands_beside_the_work_is_no_step_of_it() -> None:
    (process,) = read_processes(parse_source((PROCESSES / "declaration.bpmn").read_bytes()))
    catching = [one for one in process.elements.values() if one.kind == "intermediate_catch_event"]
    assert {one.id for one in catching if listens(process, one)} == {LISTENING}
