"""Tokens: gateways, joins, loops, conditional flows, links, terminate, long ways."""

from typing import Any

import pytest

from engine.errors import InvalidInput
from engine.flow.sandbox import Sandbox
from tests.acceptance.modeler import (
    NAMESPACES,
    boundary,
    catch,
    conditional,
    end,
    gateway,
    link,
    mapping,
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


def open_tasks(sandbox: Sandbox) -> list[str]:
    return sorted(task.element_id for task in sandbox.tasks())


def passed(sandbox: Sandbox) -> list[str]:
    return [passage.element_id for passage in sandbox.history() if passage.outcome == "completed"]


def run(xml: str, variables: dict[str, Any] | None = None, *more: str) -> Sandbox:
    sandbox = Sandbox(xml, *more)
    sandbox.start(variables)
    return sandbox


LINE = process(start() + user("A") + user("B") + end(), "Start_1 > A > B > End_1")


def test_a_line_of_tasks_runs_from_start_to_end() -> None:
    sandbox = run(LINE)
    assert (open_tasks(sandbox), sandbox.state) == (["A"], "running")
    sandbox.complete(sandbox.tasks()[0], {"said": "yes"})
    assert open_tasks(sandbox) == ["B"]
    sandbox.complete(sandbox.tasks()[0])
    assert (sandbox.state, sandbox.variables()) == ("completed", {"said": "yes"})
    assert [(p.element_id, p.outcome) for p in sandbox.history()] == [
        ("Start_1", "completed"),
        ("A", "completed"),
        ("B", "completed"),
        ("End_1", "completed"),
    ]


@pytest.mark.parametrize("prefix", ["bpmn2:", "semantic:", ""])
def test_the_prefix_of_the_namespace_does_not_matter(prefix: str) -> None:
    declared = f"xmlns:{prefix[:-1]}" if prefix else "xmlns"
    xml = LINE.replace("bpmn:t", "BPMN_T").replace("bpmn:", prefix).replace("xmlns:bpmn=", f"{declared}=")
    sandbox = run(xml.replace("BPMN_T", f"{prefix}t"))
    sandbox.complete("A")
    sandbox.complete("B")
    assert sandbox.state == "completed"


def test_the_prefix_of_zeebe_does_not_matter() -> None:
    sandbox = run(LINE.replace("zeebe:", "z:").replace("xmlns:zeebe", "xmlns:z"))
    assert sandbox.tasks()[0].candidate_groups == ["staff"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gb18030"])
def test_a_file_may_be_bytes_in_any_encoding(encoding: str) -> None:
    text = LINE.replace('name="A"', 'name="单位初审"').replace('"UTF-8"', f'"{encoding}"')
    sandbox = run(text.encode(encoding))  # type: ignore[arg-type]
    assert sandbox.tasks()[0].name == "单位初审"


def test_ids_and_names_may_be_chinese() -> None:
    sandbox = run(process(start("开始") + user("初审") + end("结束"), "开始 > 初审 > 结束", id="申报流程"))
    assert open_tasks(sandbox) == ["初审"]
    sandbox.complete("初审", {"意见": "同意", "结果": {"等级": "甲"}})
    assert (passed(sandbox), sandbox.variables()) == (
        ["开始", "初审", "结束"],
        {"意见": "同意", "结果": {"等级": "甲"}},
    )


@pytest.mark.parametrize(
    "ids", [("Start", "End", "Root"), ("End", "Start", "Process_1.EndJoin"), ("a", "b", "a.BoundaryEventSplit")]
)
def test_ids_that_interpreters_reserve_are_ordinary(ids: tuple[str, str, str]) -> None:
    first, task, last = ids
    sandbox = run(process(start(first) + user(task) + end(last), f"{first} > {task} > {last}"))
    assert open_tasks(sandbox) == [task]
    sandbox.complete(task)
    assert (passed(sandbox), sandbox.state) == ([first, task, last], "completed")


CHOICE = process(
    start() + gateway("Which") + user("High") + user("Low") + user("None") + end(),
    """
    Start_1 > Which
    Which > High : =score >= 60
    Which > Low : =score < 60 and score >= 0
    Which > None : default
    High > End_1
    Low > End_1
    None > End_1
    """,
)


@pytest.mark.parametrize(("score", "way"), [(60, "High"), (59.5, "Low"), (-1, "None")])
def test_an_exclusive_gateway_takes_the_first_flow_that_holds(score: float, way: str) -> None:
    assert open_tasks(run(CHOICE, {"score": score})) == [way]


@pytest.mark.parametrize("score", [None, "many"])
def test_a_condition_that_is_neither_true_nor_false_is_an_incident(score: object) -> None:
    sandbox = run(CHOICE, {"score": score})
    assert (sandbox.state, open_tasks(sandbox)) == ("incident", [])


def test_a_gateway_without_a_flow_that_holds_is_an_incident_that_can_be_mended() -> None:
    xml = process(
        start() + gateway("Which") + user("A") + user("B") + end(),
        "Start_1 > Which\nWhich > A : =x = 1\nWhich > B : =x = 2\nA > End_1\nB > End_1",
    )
    sandbox = run(xml, {"x": 3})
    assert sandbox.state == "incident"
    sandbox.set_variables({"x": 2})
    sandbox.resolve()
    assert (sandbox.state, open_tasks(sandbox)) == ("running", ["B"])


def test_the_conditions_of_an_exclusive_gateway_are_asked_in_the_order_of_its_outgoing_flows() -> None:
    xml = process(
        start() + gateway("Which") + user("A") + user("B") + end(),
        "Start_1 > Which\nWhich > A : =x > 1\nWhich > B : =x > 2\nA > End_1\nB > End_1",
    )
    assert open_tasks(run(xml, {"x": 3})) == ["A"]


FORK = process(
    start() + gateway("Fork", "parallel") + user("A") + user("B") + gateway("Join", "parallel") + user("C") + end(),
    "Start_1 > Fork > A > Join > C > End_1\nFork > B > Join",
)


@pytest.mark.parametrize("order", ["AB", "BA"])
def test_a_parallel_join_waits_for_every_branch(order: str) -> None:
    sandbox = run(FORK)
    assert open_tasks(sandbox) == ["A", "B"]
    sandbox.complete(order[0])
    assert open_tasks(sandbox) == [order[1]]
    sandbox.complete(order[1])
    assert open_tasks(sandbox) == ["C"]
    sandbox.complete("C")
    assert (sandbox.state, passed(sandbox).count("Join")) == ("completed", 1)


def test_a_second_token_on_one_flow_does_not_stand_for_the_other() -> None:
    xml = process(
        start() + gateway("Fork", "parallel") + gateway("Merge") + user("A1") + user("A2") + user("B")
        + gateway("Join", "parallel") + user("C") + end(),
        """
        Start_1 > Fork
        Fork > A1 > Merge
        Fork > A2 > Merge
        Merge > Join
        Fork > B > Join
        Join > C > End_1
        """,
    )  # fmt: skip
    sandbox = run(xml)
    sandbox.complete("A1")
    sandbox.complete("A2")
    assert open_tasks(sandbox) == ["B"]
    sandbox.complete("B")
    assert open_tasks(sandbox) == ["C"]


@pytest.mark.parametrize("orders", [("AB", "AB"), ("AB", "BA"), ("BA", "AB"), ("BA", "BA")])
@pytest.mark.parametrize("kind", ["parallel", "inclusive"])
def test_joins_in_loops_wait_in_every_round(orders: tuple[str, ...], kind: str) -> None:
    xml = process(
        start() + gateway("Again") + gateway("Fork", kind) + user("A") + user("B") + gateway("Join", kind)
        + user("C") + gateway("Done") + end(),
        f"""
        Start_1 > Again > Fork
        Fork > A {": =true" if kind == "inclusive" else ""}
        Fork > B {": =true" if kind == "inclusive" else ""}
        A > Join
        B > Join
        Join > C > Done
        Done > Again : =more
        Done > End_1 : default
        """,
    )  # fmt: skip
    sandbox = run(xml)
    for number, order in enumerate([*orders, *orders]):
        assert open_tasks(sandbox) == ["A", "B"]
        sandbox.complete(order[0])
        assert open_tasks(sandbox) == [order[1]]
        sandbox.complete(order[1])
        assert open_tasks(sandbox) == ["C"]
        sandbox.complete("C", {"more": number < 3})
    assert sandbox.state == "completed"


@pytest.mark.parametrize(("given", "ways"), [((1, 0, 0), "A"), ((1, 0, 1), "AC"), ((1, 1, 1), "ABC"), ((0, 0, 0), "D")])
def test_an_inclusive_gateway_takes_all_that_hold_and_joins_them(given: tuple[int, ...], ways: str) -> None:
    xml = process(
        start() + gateway("Split", "inclusive") + "".join(user(x) for x in "ABCD") + gateway("Join", "inclusive")
        + user("Last") + end(),
        """
        Start_1 > Split
        Split > A : =a = 1
        Split > B : =b = 1
        Split > C : =c = 1
        Split > D : default
        A > Join
        B > Join
        C > Join
        D > Join
        Join > Last > End_1
        """,
    )  # fmt: skip
    sandbox = run(xml, dict(zip("abc", given, strict=True)))
    assert open_tasks(sandbox) == list(ways)
    for way in ways:
        sandbox.complete(way)
    assert open_tasks(sandbox) == ["Last"]
    sandbox.complete("Last")
    assert sandbox.state == "completed"


def test_an_inclusive_join_waits_for_a_token_that_can_still_come_over_a_loop() -> None:
    xml = process(
        start() + gateway("Split", "inclusive") + user("A") + gateway("Back") + user("B") + gateway("Check")
        + gateway("Join", "inclusive") + user("Last") + end(),
        """
        Start_1 > Split
        Split > A : =true
        Split > Back : =true
        Back > B > Check
        Check > Back : =again
        Check > Join : default
        A > Join
        Join > Last > End_1
        """,
    )  # fmt: skip
    sandbox = run(xml)
    sandbox.complete("A")
    sandbox.complete("B", {"again": True})
    assert open_tasks(sandbox) == ["B"]
    sandbox.complete("B", {"again": False})
    assert open_tasks(sandbox) == ["Last"]


def test_an_inclusive_join_goes_on_when_the_other_branch_ends_elsewhere() -> None:
    xml = process(
        start() + gateway("Split", "inclusive") + user("A") + user("B") + gateway("Check") + end("Elsewhere")
        + gateway("Join", "inclusive") + user("Last") + end(),
        """
        Start_1 > Split
        Split > A : =true
        Split > B : =true
        A > Join
        B > Check
        Check > Elsewhere : =stop
        Check > Join : default
        Join > Last > End_1
        """,
    )  # fmt: skip
    sandbox = run(xml)
    sandbox.complete("A")
    assert open_tasks(sandbox) == ["B"]
    sandbox.complete("B", {"stop": True})
    assert open_tasks(sandbox) == ["Last"]


def test_several_flows_out_of_a_task_are_a_fork_and_several_into_one_a_merge() -> None:
    xml = process(
        start() + user("A") + user("B") + user("C") + user("D") + end(),
        "Start_1 > A\nA > B > D\nA > C > D\nD > End_1",
    )
    sandbox = run(xml)
    sandbox.complete("A")
    assert open_tasks(sandbox) == ["B", "C"]
    sandbox.complete("B")
    sandbox.complete("C")
    assert open_tasks(sandbox) == ["D", "D"]
    for task in sandbox.tasks():
        sandbox.complete(task)
    assert (sandbox.state, passed(sandbox).count("End_1")) == ("completed", 2)


def test_several_flows_out_of_a_start_event_are_a_fork() -> None:
    assert open_tasks(run(process(start() + user("A") + user("B") + end(), "Start_1 > A > End_1\nStart_1 > B > End_1"))) == ["A", "B"]  # fmt: skip # noqa: E501


@pytest.mark.parametrize(("x", "ways"), [(1, ["B"]), (2, ["C"]), (3, ["B", "C"]), (0, ["D"])])
def test_conditional_flows_out_of_a_task(x: int, ways: list[str]) -> None:
    xml = process(
        start() + user("A") + user("B") + user("C") + user("D") + end(),
        """
        Start_1 > A
        A > B : =x = 1 or x = 3
        A > C : =x = 2 or x = 3
        A > D : default
        B > End_1
        C > End_1
        D > End_1
        """,
    )
    sandbox = run(xml)
    sandbox.complete("A", {"x": x})
    assert open_tasks(sandbox) == ways


def test_conditional_flows_of_which_none_holds_are_an_incident() -> None:
    xml = process(start() + user("A") + user("B") + end(), "Start_1 > A\nA > B : =x = 1\nB > End_1")
    sandbox = run(xml)
    sandbox.complete("A", {"x": 2})
    assert (sandbox.state, sandbox.history()[-1].outcome, sandbox.tasks()) == ("incident", "failed", [])
    sandbox.resolve()
    assert sandbox.state == "incident"
    sandbox.set_variables({"x": 1})
    sandbox.resolve()
    assert (sandbox.state, open_tasks(sandbox)) == ("running", ["B"])
    assert [(p.element_id, p.outcome) for p in sandbox.history()][1:] == [("A", "completed"), ("B", None)]
    sandbox.complete("B")
    assert sandbox.state == "completed"


def test_conditional_flows_out_of_a_sub_process_see_its_results() -> None:
    xml = process(
        start() + sub("Sub", start("S2") + user("A") + end("E2"), mapping(outputs=(("=inner * 2", "x"),))) + user("B")
        + user("C") + end(),
        "Start_1 > Sub\nS2 > A > E2\nSub > B : =x = 4\nSub > C : =x = 6\nB > End_1\nC > End_1",
    )  # fmt: skip
    sandbox = run(xml)
    sandbox.complete("A", {"inner": 1})
    assert (sandbox.state, sandbox.variables()) == ("incident", {"inner": 1, "x": 2})
    sandbox.set_variables({"x": 6})
    sandbox.resolve()
    assert (sandbox.state, open_tasks(sandbox)) == ("running", ["C"])


def test_link_events_lead_to_the_catch_of_their_name() -> None:
    xml = process(
        start() + gateway("Which") + throw("Jump_1", link("甲")) + throw("Jump_2", link("乙"))
        + catch("Land_1", link("甲")) + catch("Land_2", link("乙")) + user("A") + user("B") + end(),
        """
        Start_1 > Which
        Which > Jump_1 : =x = 1
        Which > Jump_2 : default
        Land_1 > A > End_1
        Land_2 > B > End_1
        """,
    )  # fmt: skip
    assert [open_tasks(run(xml, {"x": x})) for x in (1, 2)] == [["A"], ["B"]]


def test_a_terminate_end_ends_its_process_with_everything_open() -> None:
    xml = process(
        start() + gateway("Fork", "parallel") + user("A") + service("B") + end("Stop", on("terminate")) + end(),
        "Start_1 > Fork\nFork > A > Stop\nFork > B > End_1",
    )
    sandbox = run(xml)
    sandbox.complete("A")
    assert (sandbox.state in ("completed", "terminated"), sandbox.jobs(), sandbox.tasks()) == (True, [], [])
    assert [(p.element_id, p.outcome) for p in sandbox.history() if p.element_id in "BStop"] == [
        ("B", "cancelled"),
        ("Stop", "completed"),
    ]


def test_a_terminate_end_in_a_sub_process_ends_only_the_sub_process() -> None:
    inner = (
        start("S2") + gateway("Fork2", "parallel") + user("A") + user("B") + end("Stop", on("terminate")) + end("E2")
    )
    xml = process(
        start() + gateway("Fork", "parallel") + sub("Sub", inner) + user("Outside") + user("After") + end(),
        """
        Start_1 > Fork
        Fork > Sub > After > End_1
        Fork > Outside > End_1
        S2 > Fork2
        Fork2 > A > Stop
        Fork2 > B > E2
        """,
    )
    sandbox = run(xml)
    assert open_tasks(sandbox) == ["A", "B", "Outside"]
    sandbox.complete("A")
    assert open_tasks(sandbox) == ["After", "Outside"]
    sandbox.complete("After")
    assert sandbox.state == "running"
    sandbox.complete("Outside")
    assert sandbox.state == "completed"


def test_a_sub_process_ends_when_all_its_tokens_have() -> None:
    inner = start("S2") + user("A") + user("B") + end("E2")
    xml = process(
        start() + sub("Sub", inner) + user("After") + end(),
        "Start_1 > Sub > After > End_1\nS2 > A > E2\nS2 > B > E2",
    )
    sandbox = run(xml)
    sandbox.complete("B")
    assert open_tasks(sandbox) == ["A"]
    sandbox.complete("A")
    assert open_tasks(sandbox) == ["After"]


def test_three_hundred_returns_leave_a_case_as_it_was() -> None:
    xml = process(
        start() + gateway("Merge") + user("Fill", content="") + user("Check") + gateway("Ok") + end()
        + boundary("Remind", "Check", timer("Duration", "P3D"), interrupting=False) + end("Reminded"),
        """
        Start_1 > Merge > Fill > Check > Ok
        Ok > Merge : =not(ok)
        Ok > End_1 : default
        Remind > Reminded
        """,
    )  # fmt: skip
    sandbox = run(xml)
    for number in range(300):
        sandbox.complete("Fill")
        sandbox.complete("Check", {"ok": number == 299})
    assert (sandbox.state, passed(sandbox).count("Check")) == ("completed", 300)


def test_a_chain_of_three_hundred_tasks_runs_to_its_end() -> None:
    ids = [f"T{n}" for n in range(300)]
    xml = process(
        start() + "".join(f'<bpmn:manualTask id="{id}" />' for id in ids[:299]) + user("T299") + end(),
        f"Start_1 > {' > '.join(ids)} > End_1",
    )
    sandbox = run(xml)
    assert open_tasks(sandbox) == ["T299"]
    sandbox.complete("T299")
    assert (sandbox.state, len(passed(sandbox))) == ("completed", 302)


def test_a_loop_that_never_rests_is_refused() -> None:
    xml = process(
        start() + script("Count", "=n + 1", "n") + throw("Pause") + gateway("Enough") + user("Never") + end(),
        """
        Start_1 > Count > Pause > Enough
        Enough > Never : =n < 0
        Enough > Count : default
        Never > End_1
        """,
    )
    with pytest.raises(InvalidInput) as refused:
        Sandbox(xml)
    assert [f.rule for f in refused.value.findings if f.severity == "error"] == ["cycle-without-wait"]  # type: ignore[attr-defined]


def test_a_loop_around_a_job_ends_when_its_condition_says_so() -> None:
    xml = process(
        start() + gateway("Again") + service("Work") + gateway("Enough") + end(),
        """
        Start_1 > Again > Work > Enough
        Enough > End_1 : =n >= 1000
        Enough > Again : default
        """,
    )
    sandbox = run(xml, {"n": 0})
    for n in range(1, 20):
        sandbox.complete_job("Work", {"n": n})
    sandbox.complete_job("Work", {"n": 1000})
    assert sandbox.state == "completed"


def test_an_event_based_gateway_takes_what_comes_first() -> None:
    xml = process(
        start() + gateway("Race", "eventBased") + catch("Paid", on("signal", "Sig")) + catch("Late", timer("Duration", "PT1H"))
        + user("Ship") + user("Chase") + end(),
        "Start_1 > Race\nRace > Paid > Ship > End_1\nRace > Late > Chase > End_1",
        roots='<bpmn:signal id="Sig" name="paid" />',
    )  # fmt: skip
    first, second = run(xml), run(xml)
    first.broadcast_signal("paid")
    second.advance(3600)
    assert (open_tasks(first), open_tasks(second)) == (["Ship"], ["Chase"])
    first.advance(7200)
    second.broadcast_signal("paid")
    assert (open_tasks(first), open_tasks(second)) == (["Ship"], ["Chase"])


def test_a_conditional_event_waits_until_its_condition_holds() -> None:
    xml = process(
        start() + gateway("Fork", "parallel") + catch("Ready", conditional("=count(papers) >= 2")) + user("Go")
        + user("Add") + end(),
        "Start_1 > Fork\nFork > Ready > Go > End_1\nFork > Add > End_1",
    )  # fmt: skip
    sandbox = run(xml, {"papers": ["a"]})
    assert open_tasks(sandbox) == ["Add"]
    sandbox.complete("Add", {"papers": ["a", "b"]})
    assert open_tasks(sandbox) == ["Go"]


def test_a_conditional_event_whose_condition_holds_already_passes_at_once() -> None:
    xml = process(start() + catch("Ready", conditional("=x > 1")) + user("Go") + end(), "Start_1 > Ready > Go > End_1")
    assert open_tasks(run(xml, {"x": 2})) == ["Go"]


def test_lanes_and_pools_do_not_change_what_runs() -> None:
    elements = (
        '<bpmn:laneSet id="Lanes"><bpmn:lane id="Lane_1" name="单位"><bpmn:flowNodeRef>Start_1</bpmn:flowNodeRef>'
        "<bpmn:flowNodeRef>A</bpmn:flowNodeRef></bpmn:lane>"
        '<bpmn:lane id="Lane_2" name="主管部门"><bpmn:flowNodeRef>B</bpmn:flowNodeRef>'
        "<bpmn:flowNodeRef>End_1</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>"
    )
    pools = (
        '<bpmn:collaboration id="Collaboration_1"><bpmn:participant id="Pool_1" name="省" processRef="Process_1" />'
        '<bpmn:participant id="Pool_2" name="外部系统" /><bpmn:messageFlow id="Talk" sourceRef="A" targetRef="Pool_2" />'
        "</bpmn:collaboration>"
    )
    sandbox = run(process(elements + start() + user("A") + user("B") + end(), "Start_1 > A > B > End_1", roots=pools))
    sandbox.complete("A")
    sandbox.complete("B")
    assert sandbox.state == "completed"


def test_a_file_with_errors_is_refused_with_its_findings() -> None:
    xml = process(start() + user("A") + user("Lost") + end(), "Start_1 > A > End_1")
    with pytest.raises(InvalidInput) as refused:
        Sandbox(xml)
    assert {(f.rule, f.element) for f in refused.value.findings if f.severity == "error"} >= {("unreachable", "Lost")}  # type: ignore[attr-defined]


def test_a_file_without_di_or_formatting_runs() -> None:
    xml = (
        f"<bpmn:definitions {NAMESPACES}><bpmn:process id='P' isExecutable='true'><bpmn:startEvent id='s'/>"
        "<bpmn:userTask id='t'/><bpmn:endEvent id='e'/><bpmn:sequenceFlow id='f1' sourceRef='s' targetRef='t'/>"
        "<bpmn:sequenceFlow id='f2' sourceRef='t' targetRef='e'/></bpmn:process></bpmn:definitions>"
    )
    sandbox = run(xml)
    sandbox.complete("t")
    assert sandbox.state == "completed"
