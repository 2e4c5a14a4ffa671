"""Events: messages, timers, signals, errors, escalations, conditions, on borders and between cases."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from engine.errors import InvalidInput
from engine.flow.sandbox import Sandbox
from tests.acceptance.modeler import (
    boundary,
    call,
    catch,
    conditional,
    each,
    end,
    gateway,
    mapping,
    message,
    on,
    process,
    service,
    start,
    sub,
    throw,
    timer,
    user,
)

HOUR = 3600


def open_tasks(sandbox: Sandbox) -> list[str]:
    return sorted(task.element_id for task in sandbox.tasks())


def outcomes(sandbox: Sandbox, *ids: str) -> list[tuple[str, str | None]]:
    return [(p.element_id, p.outcome) for p in sandbox.history() if p.element_id in ids]


def run(xml: str, variables: dict[str, Any] | None = None, *more: str) -> Sandbox:
    sandbox = Sandbox(xml, *more)
    sandbox.start(variables)
    return sandbox


# --- messages ---------------------------------------------------------------------------------------------------------

PAYMENT = process(
    start() + user("Before") + catch("Wait", on("message", "Message_1")) + user("After") + end(),
    "Start_1 > Before > Wait > After > End_1",
    roots=message("Message_1", "payment", "=order.id"),
)


def test_a_message_finds_the_case_by_its_correlation_key() -> None:
    sandbox = Sandbox(PAYMENT)
    first, second = sandbox.start({"order": {"id": "A1"}}), sandbox.start({"order": {"id": "B2"}})
    sandbox.complete("Before")
    sandbox.complete("Before")
    sandbox.publish_message("payment", "B2", {"paid": 12.5})
    assert open_tasks(sandbox) == ["After"]
    assert (sandbox.variables(first), sandbox.variables(second)) == (
        {"order": {"id": "A1"}},
        {"order": {"id": "B2"}, "paid": 12.5},
    )


def test_a_message_with_another_key_or_name_reaches_nobody() -> None:
    sandbox = run(PAYMENT, {"order": {"id": "A1"}})
    sandbox.complete("Before")
    sandbox.publish_message("payment", "A2")
    sandbox.publish_message("Payment", "A1")
    sandbox.publish_message("payment")
    assert (sandbox.tasks(), sandbox.state) == ([], "running")


def test_a_message_published_before_the_case_waits_is_kept_for_its_time_to_live() -> None:
    sandbox = run(PAYMENT, {"order": {"id": "A1"}})
    sandbox.publish_message("payment", "A1", {"paid": 1}, time_to_live=HOUR)
    sandbox.advance(HOUR - 1)
    sandbox.complete("Before")
    assert (open_tasks(sandbox), sandbox.variables()["paid"]) == (["After"], 1)


@pytest.mark.parametrize("lives", [0, HOUR])
def test_a_message_that_came_too_early_is_gone(lives: float) -> None:
    sandbox = run(PAYMENT, {"order": {"id": "A1"}})
    sandbox.publish_message("payment", "A1", time_to_live=lives)
    sandbox.advance(lives + 1)
    sandbox.complete("Before")
    assert sandbox.tasks() == []


def test_a_message_reaches_one_case_of_each_process_and_none_twice() -> None:
    def waiting(id: str) -> str:
        return process(
            start() + gateway("Again") + catch("Wait", on("message", "M")) + end(),
            "Start_1 > Again > Wait > Again" if id == "never" else "Start_1 > Again > Wait > End_1",
            id=id,
            roots=message("M", "news", "=key"),
        )

    sandbox = Sandbox(waiting("one"), waiting("two"))
    for id in ("one", "one", "two"):
        sandbox.start({"key": "K"}, id)
    sandbox.publish_message("news", "K", time_to_live=HOUR)
    assert [outcome for _, outcome in outcomes(sandbox, "End_1")] == ["completed"] * 2
    sandbox.publish_message("news", "K")
    assert [outcome for _, outcome in outcomes(sandbox, "End_1")] == ["completed"] * 3


def test_a_kept_message_does_not_run_a_loop_twice() -> None:
    xml = process(
        start() + gateway("Again") + catch("Wait", on("message", "M")) + gateway("Done") + end(),
        "Start_1 > Again > Wait > Done\nDone > End_1 : =stop\nDone > Again : default",
        roots=message("M", "news", "=key"),
    )
    sandbox = run(xml, {"key": "K", "stop": False})
    sandbox.publish_message("news", "K", time_to_live=HOUR)
    assert outcomes(sandbox, "Wait") == [("Wait", "completed"), ("Wait", None)]


def test_a_number_is_a_correlation_key_too() -> None:
    sandbox = run(PAYMENT, {"order": {"id": 17}})
    sandbox.complete("Before")
    sandbox.publish_message("payment", "17")
    assert open_tasks(sandbox) == ["After"]


def test_a_correlation_key_without_value_is_an_incident() -> None:
    sandbox = run(PAYMENT, {})
    sandbox.complete("Before")
    assert sandbox.state == "incident"
    sandbox.set_variables({"order": {"id": "A"}})
    sandbox.resolve()
    sandbox.publish_message("payment", "A")
    assert (sandbox.state, open_tasks(sandbox)) == ("running", ["After"])


def test_the_mappings_of_a_catching_event_choose_what_of_the_message_stays() -> None:
    event = (
        '<bpmn:intermediateCatchEvent id="Wait"><bpmn:extensionElements>'
        + mapping(outputs=(("=sum * 2", "double"),))
        + "</bpmn:extensionElements>"
        + on("message", "M")
        + "</bpmn:intermediateCatchEvent>"
    )
    xml = process(
        start() + event + user("After") + end(), "Start_1 > Wait > After > End_1", roots=message("M", "m", "=k")
    )
    sandbox = run(xml, {"k": "1"})
    sandbox.publish_message("m", "1", {"sum": 2, "secret": 1})
    assert sandbox.variables() == {"k": "1", "double": 4}


def test_a_message_start_event_starts_a_case_with_the_variables_of_the_message() -> None:
    xml = process(
        start(definition=on("message", "M")) + user("A") + end(), "Start_1 > A > End_1", roots=message("M", "apply")
    )
    sandbox = Sandbox(xml)
    sandbox.publish_message("apply", None, {"who": "测试申报人"})
    assert (open_tasks(sandbox), sandbox.variables(), sandbox.state) == (["A"], {"who": "测试申报人"}, "running")
    sandbox.publish_message("apply", "other")
    assert open_tasks(sandbox) == ["A", "A"]


def test_a_process_has_a_plain_start_beside_its_message_start() -> None:
    xml = process(
        start() + start("Start_2", on("message", "M")) + user("A") + user("B") + end(),
        "Start_1 > A > End_1\nStart_2 > B > End_1",
        roots=message("M", "apply"),
    )
    sandbox = run(xml)
    assert open_tasks(sandbox) == ["A"]
    sandbox.publish_message("apply")
    assert open_tasks(sandbox) == ["A", "B"]


def test_a_receive_task_waits_for_its_message() -> None:
    xml = process(
        start() + '<bpmn:receiveTask id="Wait" messageRef="M" />' + user("A") + end(),
        "Start_1 > Wait > A > End_1",
        roots=message("M", "m", "=k"),
    )
    sandbox = run(xml, {"k": "1"})
    assert sandbox.tasks() == []
    sandbox.publish_message("m", "1")
    assert open_tasks(sandbox) == ["A"]


def test_a_message_on_the_border_interrupts_or_not() -> None:
    def xml(interrupting: bool) -> str:
        return process(
            start() + user("A") + boundary("Stop", "A", on("message", "M"), interrupting=interrupting) + user("B") + end(),
            "Start_1 > A > End_1\nStop > B > End_1",
            roots=message("M", "withdraw", "=k"),
        )  # fmt: skip

    first, second = run(xml(True), {"k": "1"}), run(xml(False), {"k": "1"})
    for sandbox in (first, second):
        sandbox.publish_message("withdraw", "1", {"why": "错填"})
        sandbox.publish_message("withdraw", "1")
    assert (open_tasks(first), first.variables()["why"]) == (["B"], "错填")
    assert open_tasks(second) == ["A", "B", "B"]
    assert outcomes(first, "A", "Stop") == [("A", "cancelled"), ("Stop", "completed")]
    second.complete("A")
    second.publish_message("withdraw", "1")
    assert open_tasks(second) == ["B", "B"]


def test_a_thrown_message_is_a_job_in_the_dialect() -> None:
    held = '<zeebe:taskDefinition type="tell" />'
    xml = process(
        start() + throw("Tell", on("message", "M"), held) + end(),
        "Start_1 > Tell > End_1",
        roots=message("M", "m", "=k"),
    )
    sandbox = run(xml)
    assert [(job.type, job.element_id) for job in sandbox.jobs()] == [("tell", "Tell")]
    sandbox.complete_job("tell")
    assert sandbox.state == "completed"


# --- timers -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("definition", "seconds"),
    [
        (timer("Duration", "PT90M"), 5400),
        (timer("Duration", "P1DT1H"), 90000),
        (timer("Duration", "=wait"), 7200),
        (timer("Duration", '=duration("PT" + string(n) + "M")'), 180),
        (timer("Date", "2026-01-05T12:00:00+08:00"), 3 * HOUR),
        (timer("Date", "2026-01-05T02:00:00Z"), HOUR),
        (timer("Date", "2026-01-05T12:00:00+08:00[Asia/Shanghai]"), 3 * HOUR),
        (timer("Date", "=date and time(day + \"T12:00:00+08:00\")"), 3 * HOUR),
        (timer("Date", "=now() + duration(\"PT5M\")"), 300),
    ],
)  # fmt: skip
def test_a_timer_fires_when_it_is_due_and_not_before(definition: str, seconds: int) -> None:
    xml = process(start() + catch("Wait", definition) + user("A") + end(), "Start_1 > Wait > A > End_1")
    sandbox = run(xml, {"wait": "PT2H", "n": 3, "day": "2026-01-05"})
    sandbox.advance(seconds - 1)
    assert open_tasks(sandbox) == []
    sandbox.advance(1)
    assert open_tasks(sandbox) == ["A"]


def test_a_date_in_the_past_fires_at_once() -> None:
    xml = process(
        start() + catch("Wait", timer("Date", "2020-01-01T00:00:00Z")) + user("A") + end(), "Start_1 > Wait > A > End_1"
    )
    assert open_tasks(run(xml)) == ["A"]


def test_a_timer_whose_expression_gives_no_time_is_an_incident() -> None:
    xml = process(start() + catch("Wait", timer("Duration", "=wait")) + user("A") + end(), "Start_1 > Wait > A > End_1")
    sandbox = run(xml, {"wait": "soon"})
    assert sandbox.state == "incident"
    sandbox.set_variables({"wait": "PT1M"})
    sandbox.resolve()
    sandbox.advance(60)
    assert (sandbox.state, open_tasks(sandbox)) == ("running", ["A"])


def test_an_interrupting_deadline_takes_the_task_away() -> None:
    xml = process(
        start() + user("A") + boundary("Late", "A", timer("Duration", "P5D")) + user("B") + end(),
        "Start_1 > A > End_1\nLate > B > End_1",
    )
    sandbox = run(xml)
    sandbox.advance(timedelta(days=5) - timedelta(seconds=1))
    assert open_tasks(sandbox) == ["A"]
    sandbox.advance(1)
    assert (open_tasks(sandbox), outcomes(sandbox, "A", "Late")) == (["B"], [("A", "cancelled"), ("Late", "completed")])


def test_a_task_done_in_time_leaves_no_timer() -> None:
    xml = process(
        start() + user("A") + boundary("Late", "A", timer("Duration", "P5D")) + user("B") + user("C") + end(),
        "Start_1 > A > C > End_1\nLate > B > End_1",
    )
    sandbox = run(xml)
    sandbox.complete("A")
    sandbox.advance(timedelta(days=50))
    assert open_tasks(sandbox) == ["C"]


@pytest.mark.parametrize(
    ("cycle", "times"),
    [("R3/PT1H", 3), ("R1/PT1H", 1), ("R/PT1H", 10), ('=cycle(2, duration("PT1H"))', 2)],
)
def test_a_reminder_fires_as_often_as_its_cycle_says(cycle: str, times: int) -> None:
    xml = process(
        start()
        + user("A")
        + boundary("Remind", "A", timer("Cycle", cycle), interrupting=False)
        + service("Mail")
        + end(),
        "Start_1 > A > End_1\nRemind > Mail > End_1",
    )
    sandbox = run(xml)
    counts = []
    for _ in range(3):
        sandbox.advance(HOUR)
        counts.append(len(sandbox.jobs()))
    sandbox.advance(7 * HOUR)
    assert (counts, len(sandbox.jobs())) == ([min(times, n) for n in (1, 2, 3)], times)
    assert open_tasks(sandbox) == ["A"]
    assert [p.entered for p in sandbox.history() if p.element_id == "Mail"] == [
        datetime(2026, 1, 5, 1, tzinfo=UTC) + timedelta(hours=n + 1) for n in range(times)
    ]


@pytest.mark.parametrize(
    "definition",
    [
        timer("Date", "=when"),
        timer("Date", "0001-01-01T00:00:00+08:00"),
        timer("Cycle", "R0/PT1H"),
        timer("Cycle", "R/PT0S"),
        timer("Cycle", "R3/P9999999999D"),
        timer("Duration", "PT1H"),
    ],
)
def test_a_start_whose_time_is_none_is_refused(definition: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        Sandbox(process(start(definition=definition) + user("A") + end(), "Start_1 > A > End_1"))
    assert [f.element for f in refused.value.findings if f.severity == "error"] == ["Start_1"]  # type: ignore[attr-defined]


def test_a_timer_cycle_starts_cases() -> None:
    xml = process(start(definition=timer("Cycle", "R3/PT1H")) + user("A") + end(), "Start_1 > A > End_1")
    sandbox = Sandbox(xml)
    counts = []
    for _ in range(5):
        sandbox.advance(HOUR)
        counts.append(len(sandbox.tasks()))
    assert counts == [1, 2, 3, 3, 3]


def test_a_timer_date_starts_one_case() -> None:
    xml = process(
        start(definition=timer("Date", "2026-01-06T09:00:00+08:00")) + user("A") + end(), "Start_1 > A > End_1"
    )
    sandbox = Sandbox(xml)
    sandbox.advance(24 * HOUR - 1)
    assert sandbox.tasks() == []
    sandbox.advance(1)
    sandbox.advance(timedelta(days=30))
    assert len(sandbox.tasks()) == 1


def test_timers_fire_in_the_order_they_are_due() -> None:
    xml = process(
        start() + gateway("Fork", "parallel") + catch("Later", timer("Duration", "PT2H")) + catch("Sooner", timer("Duration", "PT1H"))
        + end(),
        "Start_1 > Fork\nFork > Later > End_1\nFork > Sooner > End_1",
    )  # fmt: skip
    sandbox = run(xml)
    sandbox.advance(5 * HOUR)
    left = {p.element_id: p.left for p in sandbox.history()}
    assert left["Later"] - left["Sooner"] == timedelta(hours=1)  # type: ignore[operator]
    assert sandbox.state == "completed"


def test_an_event_based_gateway_races_a_timer_with_messages() -> None:
    xml = process(
        start() + gateway("Race", "eventBased") + catch("Yes", on("message", "M1")) + catch("No", on("message", "M2"))
        + catch("Late", timer("Duration", "PT1H")) + user("A") + user("B") + user("C") + end(),
        "Start_1 > Race\nRace > Yes > A > End_1\nRace > No > B > End_1\nRace > Late > C > End_1",
        roots=message("M1", "yes", "=k") + message("M2", "no", "=k"),
    )  # fmt: skip
    sandbox = run(xml, {"k": "1"})
    sandbox.publish_message("no", "1", {"why": "x"})
    sandbox.publish_message("yes", "1")
    sandbox.advance(2 * HOUR)
    assert (open_tasks(sandbox), sandbox.variables()) == (["B"], {"k": "1", "why": "x"})


# --- signals ----------------------------------------------------------------------------------------------------------


def test_a_signal_reaches_everyone_who_waits() -> None:
    xml = process(
        start() + gateway("Fork", "parallel") + catch("One", on("signal", "S")) + catch("Two", on("signal", "S")) + user("A")
        + user("B") + end() + start("Start_2", on("signal", "S")) + user("C"),
        "Start_1 > Fork\nFork > One > A > End_1\nFork > Two > B > End_1\nStart_2 > C > End_1",
        roots='<bpmn:signal id="S" name="窗口关闭" />',
    )  # fmt: skip
    sandbox = Sandbox(xml)
    first, second = sandbox.start(), sandbox.start()
    sandbox.broadcast_signal("窗口关闭", {"x": 1})
    assert open_tasks(sandbox) == ["A", "A", "B", "B", "C"]
    assert (sandbox.variables(first), sandbox.variables(second)) == ({"x": 1}, {"x": 1})


def test_a_thrown_signal_reaches_other_cases() -> None:
    thrower = process(
        start() + throw("Tell", on("signal", "S")) + user("Z") + end(), "Start_1 > Tell > Z > End_1", id="thrower",
        roots='<bpmn:signal id="S" name="s" />',
    )  # fmt: skip
    hearer = process(
        start() + user("A") + boundary("Stop", "A", on("signal", "S")) + user("B") + end(),
        "Start_1 > A > End_1\nStop > B > End_1", id="hearer", roots='<bpmn:signal id="S" name="s" />',
    )  # fmt: skip
    sandbox = Sandbox(thrower, hearer)
    sandbox.start(process_id="hearer")
    sandbox.start(process_id="hearer")
    sandbox.start(process_id="thrower")
    assert open_tasks(sandbox) == ["B", "B", "Z"]


# --- errors and escalations -------------------------------------------------------------------------------------------

ERRORS = (
    '<bpmn:error id="E1" name="余额不足" errorCode="POOR" /><bpmn:error id="E2" name="Other" errorCode="OTHER" />'
    '<bpmn:escalation id="X1" name="Hey" escalationCode="HEY" />'
)


def test_an_error_of_a_job_takes_the_boundary_that_names_its_code() -> None:
    xml = process(
        start() + service("Work") + boundary("Poor", "Work", on("error", "E1")) + boundary("Any", "Work", on("error"))
        + user("A") + user("B") + end(),
        "Start_1 > Work > End_1\nPoor > A > End_1\nAny > B > End_1",
        roots=ERRORS,
    )  # fmt: skip
    named, other = run(xml), run(xml)
    named.fail_job(named.jobs()[0], error_code="POOR", message="没有钱")
    other.fail_job(other.jobs()[0], error_code="WHAT")
    assert (open_tasks(named), open_tasks(other)) == (["A"], ["B"])
    assert (named.state, named.jobs()) == ("running", [])


def test_an_error_nobody_catches_is_an_incident() -> None:
    xml = process(
        start() + service("Work") + boundary("Poor", "Work", on("error", "E1")) + user("A") + end(),
        "Start_1 > Work > End_1\nPoor > A > End_1",
        roots=ERRORS,
    )
    sandbox = run(xml)
    sandbox.fail_job("Work", error_code="OTHER", message="what")
    assert (sandbox.state, sandbox.tasks(), [i.element_id for i in sandbox.incidents()]) == ("incident", [], ["Work"])


@pytest.mark.parametrize(("reference", "task"), [("E1", "B"), ("", "B"), ("E2", None)])
def test_an_error_goes_out_through_nested_sub_processes(reference: str, task: str | None) -> None:
    inner = sub("Inner", start("S3") + service("Work") + end("E3"))
    outer = sub("Outer", start("S2") + gateway("Fork", "parallel") + inner + user("Beside") + end("E2_"))
    xml = process(
        start() + outer + boundary("Caught", "Outer", on("error", reference)) + user("B") + end(),
        """
        Start_1 > Outer > End_1
        S2 > Fork
        Fork > Inner > E2_
        Fork > Beside > E2_
        S3 > Work > E3
        Caught > B > End_1
        """,
        roots=ERRORS,
    )
    sandbox = run(xml)
    sandbox.fail_job("Work", error_code="POOR")
    if task is None:
        assert (sandbox.state, open_tasks(sandbox)) == ("incident", ["Beside"])
    else:
        assert (sandbox.state, open_tasks(sandbox)) == ("running", [task])
        assert sorted(outcomes(sandbox, "Outer", "Inner", "Work", "Beside")) == [
            ("Beside", "cancelled"), ("Inner", "cancelled"), ("Outer", "cancelled"), ("Work", "cancelled")
        ] or sorted(outcomes(sandbox, "Outer", "Inner", "Work", "Beside")) == [
            ("Beside", "cancelled"), ("Inner", "cancelled"), ("Outer", "cancelled"), ("Work", "failed")
        ]  # fmt: skip


@pytest.mark.parametrize("reference", ["E1", ""])
def test_an_error_end_event_in_a_called_process_reaches_the_caller(reference: str) -> None:
    child = process(
        start() + user("C") + end("Fail", on("error", "E1")), "Start_1 > C > Fail", id="child", roots=ERRORS
    )
    parent = process(
        start() + sub("Sub", start("S2") + call("Call", "child") + end("E2_")) + boundary("Caught", "Sub", on("error", reference))
        + user("A") + end(),
        "Start_1 > Sub > End_1\nS2 > Call > E2_\nCaught > A > End_1",
        id="parent", roots=ERRORS,
    )  # fmt: skip
    sandbox = Sandbox(parent, child)
    sandbox.start(process_id="parent")
    sandbox.complete("C")
    assert (open_tasks(sandbox), sandbox.state) == (["A"], "running")
    sandbox.complete("A")
    assert sandbox.state == "completed"


def test_an_error_of_a_job_in_a_called_process_reaches_the_caller() -> None:
    child = process(start() + service("Work") + end(), "Start_1 > Work > End_1", id="child")
    parent = process(
        start() + call("Call", "child") + boundary("Caught", "Call", on("error", "E1")) + user("A") + end(),
        "Start_1 > Call > End_1\nCaught > A > End_1", id="parent", roots=ERRORS,
    )  # fmt: skip
    sandbox = Sandbox(parent, child)
    sandbox.start(process_id="parent")
    sandbox.fail_job("Work", error_code="POOR")
    assert (open_tasks(sandbox), sandbox.state, sandbox.jobs()) == (["A"], "running", [])


def test_an_error_end_event_in_a_sub_process_cancels_what_else_runs_in_it() -> None:
    inner = (
        start("S2") + gateway("Fork", "parallel") + user("A") + user("B") + end("Fail", on("error", "E1")) + end("E2_")
    )
    xml = process(
        start() + sub("Sub", inner) + boundary("Caught", "Sub", on("error", "E1")) + user("C") + end(),
        "Start_1 > Sub > End_1\nS2 > Fork\nFork > A > Fail\nFork > B > E2_\nCaught > C > End_1",
        roots=ERRORS,
    )
    sandbox = run(xml)
    sandbox.complete("A")
    assert (open_tasks(sandbox), outcomes(sandbox, "B", "Sub")) == (["C"], [("Sub", "cancelled"), ("B", "cancelled")])


def test_an_escalation_that_does_not_interrupt_lets_the_sub_process_go_on() -> None:
    inner = start("S2") + user("A") + throw("Shout", on("escalation", "X1")) + user("B") + end("E2_")
    xml = process(
        start()
        + sub("Sub", inner)
        + boundary("Heard", "Sub", on("escalation", "X1"), interrupting=False)
        + user("C")
        + end(),
        "Start_1 > Sub > End_1\nS2 > A > Shout > B > E2_\nHeard > C > End_1",
        roots=ERRORS,
    )
    sandbox = run(xml)
    sandbox.complete("A")
    assert open_tasks(sandbox) == ["B", "C"]
    sandbox.complete("B")
    sandbox.complete("C")
    assert sandbox.state == "completed"


def test_an_escalation_end_event_may_interrupt() -> None:
    inner = (
        start("S2")
        + gateway("Fork", "parallel")
        + user("A")
        + user("B")
        + end("Shout", on("escalation", "X1"))
        + end("E2_")
    )
    xml = process(
        start() + sub("Sub", inner) + boundary("Heard", "Sub", on("escalation")) + user("C") + end(),
        "Start_1 > Sub > End_1\nS2 > Fork\nFork > A > Shout\nFork > B > E2_\nHeard > C > End_1",
        roots=ERRORS,
    )
    sandbox = run(xml)
    sandbox.complete("A")
    assert open_tasks(sandbox) == ["C"]


def test_an_escalation_nobody_hears_lets_the_case_go_on() -> None:
    xml = process(
        start() + throw("Shout", on("escalation", "X1")) + user("A") + end(),
        "Start_1 > Shout > A > End_1",
        roots=ERRORS,
    )
    assert open_tasks(run(xml)) == ["A"]


def test_an_escalation_of_a_called_process_reaches_the_caller() -> None:
    child = process(
        start() + throw("Shout", on("escalation", "X1")) + user("C") + end(),
        "Start_1 > Shout > C > End_1",
        id="child",
        roots=ERRORS,
    )
    parent = process(
        start() + call("Call", "child") + boundary("Heard", "Call", on("escalation", "X1"), interrupting=False) + user("A") + end(),
        "Start_1 > Call > End_1\nHeard > A > End_1", id="parent", roots=ERRORS,
    )  # fmt: skip
    sandbox = Sandbox(parent, child)
    sandbox.start(process_id="parent")
    assert open_tasks(sandbox) == ["A", "C"]


# --- borders ----------------------------------------------------------------------------------------------------------


def test_a_border_of_a_sub_process_takes_everything_in_it_away() -> None:
    inner = start("S2") + gateway("Fork", "parallel") + user("A") + service("Work") + call("Call", "child") + end("E2_")
    xml = process(
        start() + sub("Sub", inner) + boundary("Late", "Sub", timer("Duration", "PT1H")) + user("After") + end(),
        "Start_1 > Sub > End_1\nS2 > Fork\nFork > A > E2_\nFork > Work > E2_\nFork > Call > E2_\nLate > After > End_1",
    )
    child = process(start() + user("C") + end(), "Start_1 > C > End_1", id="child")
    sandbox = run(xml, None, child)
    assert (open_tasks(sandbox), len(sandbox.jobs())) == (["A", "C"], 1)
    sandbox.advance(HOUR)
    assert (open_tasks(sandbox), sandbox.jobs()) == (["After"], [])
    assert sorted(outcomes(sandbox, "Sub", "A", "Work", "Call", "C")) == [
        (id, "cancelled") for id in ("A", "C", "Call", "Sub", "Work")
    ]
    sandbox.complete("After")
    assert sandbox.state == "completed"


def test_a_border_of_a_sub_process_is_silent_once_the_sub_process_is_done() -> None:
    inner = start("S2") + user("A") + end("E2_")
    xml = process(
        start()
        + sub("Sub", inner)
        + boundary("Late", "Sub", timer("Duration", "PT1H"))
        + user("After")
        + user("B")
        + end(),
        "Start_1 > Sub > B > End_1\nS2 > A > E2_\nLate > After > End_1",
    )
    sandbox = run(xml)
    sandbox.complete("A")
    sandbox.advance(2 * HOUR)
    assert open_tasks(sandbox) == ["B"]


def test_a_border_without_a_way_out_ends_there() -> None:
    xml = process(
        start() + user("A") + boundary("Late", "A", timer("Duration", "PT1H")) + end("Gone") + end(),
        "Start_1 > A > End_1\nLate > Gone",
    )
    sandbox = run(xml)
    sandbox.advance(HOUR)
    assert sandbox.state == "completed"


def test_a_condition_on_a_border_fires_when_variables_make_it_true() -> None:
    xml = process(
        start() + gateway("Fork", "parallel") + user("A") + user("B")
        + boundary("High", "A", conditional("=level > 3")) + user("C") + end(),
        "Start_1 > Fork\nFork > A > End_1\nFork > B > End_1\nHigh > C > End_1",
    )  # fmt: skip
    sandbox = run(xml, {"level": 1})
    sandbox.set_variables({"level": 2})
    assert open_tasks(sandbox) == ["A", "B"]
    sandbox.complete("B", {"level": 5})
    assert open_tasks(sandbox) == ["C"]


def test_several_borders_of_one_task_work_side_by_side() -> None:
    xml = process(
        start() + user("A") + boundary("Remind", "A", timer("Duration", "PT1H"), interrupting=False)
        + boundary("Late", "A", timer("Duration", "PT3H")) + boundary("Back", "A", on("message", "M")) + user("R") + user("L")
        + user("W") + end(),
        "Start_1 > A > End_1\nRemind > R > End_1\nLate > L > End_1\nBack > W > End_1",
        roots=message("M", "back", "=k"),
    )  # fmt: skip
    first, second = run(xml, {"k": "1"}), run(xml, {"k": "1"})
    first.advance(4 * HOUR)
    second.advance(2 * HOUR)
    second.publish_message("back", "1")
    second.advance(4 * HOUR)
    assert (open_tasks(first), open_tasks(second)) == (["L", "R"], ["R", "W"])


def test_a_border_of_a_multi_instance_activity_takes_all_items_away() -> None:
    xml = process(
        start()
        + user("A", content=each("=items", "item"))
        + boundary("Late", "A", timer("Duration", "PT1H"))
        + user("B")
        + end(),
        "Start_1 > A > End_1\nLate > B > End_1",
    )
    sandbox = run(xml, {"items": [1, 2, 3]})
    assert open_tasks(sandbox) == ["A", "A", "A"]
    sandbox.complete("A")
    sandbox.advance(HOUR)
    assert open_tasks(sandbox) == ["B"]


def test_the_outputs_of_a_border_event_choose_what_of_the_message_stays() -> None:
    xml = process(
        start() + user("A") + boundary("Stop", "A", on("message", "M"), extensions=mapping(outputs=(("=why", "reason"),)))
        + user("B") + end(),
        "Start_1 > A > End_1\nStop > B > End_1",
        roots=message("M", "withdraw", "=k"),
    )  # fmt: skip
    sandbox = run(xml, {"k": "1"})
    sandbox.publish_message("withdraw", "1", {"why": "错填", "more": 1})
    assert sandbox.variables() == {"k": "1", "reason": "错填"}
