"""Messages, signals, timers and conditions."""

from datetime import UTC, datetime, timedelta

import pytest

from engine.flow.sandbox import Sandbox
from tests.support.diagram import Diagram


def open_tasks(sandbox: Sandbox) -> list[str]:
    return sorted(task.element_id for task in sandbox.tasks())


def test_a_message_reaches_the_case_with_its_key() -> None:
    sandbox = Sandbox(
        Diagram().start().catch("paid", message="payment", key="=order").user("ship", groups="g").end().xml()
    )
    first = sandbox.start({"order": "A"})
    second = sandbox.start({"order": 17})
    sandbox.publish_message("payment", 17, {"sum": 5})
    assert [task.case_key for task in sandbox.tasks()] == [second]
    assert sandbox.variables(second) == {"order": 17, "sum": 5}
    assert sandbox.variables(first) == {"order": "A"}


def test_a_message_is_kept_for_its_time() -> None:
    diagram = Diagram().start().user("a", groups="g").catch("paid", message="payment", key="=order").end()
    sandbox = Sandbox(diagram.xml())
    sandbox.start({"order": "A"})
    sandbox.publish_message("payment", "A", {"n": 1})
    sandbox.publish_message("payment", "A", {"n": 2}, time_to_live=60)
    sandbox.complete("a")
    assert (sandbox.state, sandbox.variables()) == ("completed", {"order": "A", "n": 2})


def test_a_message_that_nobody_took_in_time_is_gone() -> None:
    diagram = Diagram().start().user("a", groups="g").catch("paid", message="payment", key="=order").end()
    sandbox = Sandbox(diagram.xml())
    sandbox.start({"order": "A"})
    sandbox.publish_message("payment", "A", time_to_live=60)
    sandbox.advance(61)
    sandbox.complete("a")
    assert sandbox.state == "running"


def test_a_message_starts_a_case() -> None:
    sandbox = Sandbox(Diagram().start("in", message="order").user("a", groups="g").end().xml())
    sandbox.publish_message("order", None, {"x": 1})
    assert (open_tasks(sandbox), sandbox.variables()) == (["a"], {"x": 1})


def test_one_message_starts_one_case_per_key_at_a_time() -> None:
    sandbox = Sandbox(Diagram().start("in", message="order").user("a", groups="g").end().xml())
    sandbox.publish_message("order", "K")
    sandbox.publish_message("order", "K", time_to_live=60)
    assert open_tasks(sandbox) == ["a"]
    sandbox.complete("a")
    assert open_tasks(sandbox) == ["a"]


def test_cases_send_each_other_messages() -> None:
    sender = Diagram("sender").start("s1").throw("tell", message="news", key="=to", job="publish_message").end("e1")
    receiver = Diagram("receiver").start("s2").catch("hear", message="news", key="=me").end("e2")
    sandbox = Sandbox(sender.xml(), receiver.xml())
    waiting = sandbox.start({"me": "X"}, "receiver")
    sandbox.start({"to": "X", "private": 1}, "sender")
    assert (sandbox.state, sandbox.variables(waiting)) == ("completed", {"me": "X"})


def test_only_named_fields_travel() -> None:
    sender = (
        Diagram("sender")
        .start("s1")
        .service(
            "tell",
            "publish_message",
            tag="sendTask",
            inputs={"correlationKey": "=to", "messageName": '="news"', "score": "=points * 2"},
        )
    )
    receiver = Diagram("receiver").start("s2").catch("hear", message="news", key="=me").end("e2")
    sandbox = Sandbox(sender.end("e1").xml(), receiver.xml())
    waiting = sandbox.start({"me": "X"}, "receiver")
    sandbox.start({"to": "X", "points": 2}, "sender")
    assert sandbox.variables(waiting) == {"me": "X", "score": 4}


def test_a_message_sent_before_anybody_waits_is_kept() -> None:
    sender = (
        Diagram("sender")
        .start("s1")
        .service("tell", "publish_message", inputs={"correlationKey": "=to", "name": '="news"', "variables": "={a: 1}"})
    )
    receiver = Diagram("receiver").start("s2").catch("hear", message="news", key="=me").end("e2")
    sandbox = Sandbox(sender.end("e1").xml(), receiver.xml())
    sandbox.start({"to": "X"}, "sender")
    waiting = sandbox.start({"me": "X"}, "receiver")
    assert (sandbox.state, sandbox.variables(waiting)) == ("completed", {"me": "X", "a": 1})


def test_a_message_on_the_border_of_a_task() -> None:
    diagram = Diagram().start().user("a", groups="g").end()
    diagram.boundary("a", "withdraw", message="withdraw", key="=id").user("again", groups="g").end("e2")
    sandbox = Sandbox(diagram.xml())
    sandbox.start({"id": "1"})
    sandbox.publish_message("withdraw", "1", {"why": "typo"})
    assert (open_tasks(sandbox), sandbox.variables()) == (["again"], {"id": "1", "why": "typo"})
    sandbox.publish_message("withdraw", "1")
    assert open_tasks(sandbox) == ["again"]


def test_a_message_that_does_not_interrupt_can_come_again() -> None:
    diagram = Diagram().start().user("a", groups="g").end()
    diagram.boundary("a", "remark", interrupting=False, message="remark", key="=id").user("read", groups="g").end("e2")
    sandbox = Sandbox(diagram.xml())
    sandbox.start({"id": "1"})
    sandbox.publish_message("remark", "1")
    sandbox.publish_message("remark", "1")
    assert open_tasks(sandbox) == ["a", "read", "read"]
    sandbox.complete("a")
    sandbox.complete("read")
    sandbox.complete("read")
    assert sandbox.state == "completed"


def test_the_first_of_several_events_decides() -> None:
    diagram = Diagram().start().first_of("wait").catch("yes", message="yes", key="=id").end("granted")
    diagram.at("wait").catch("late", duration="PT1H").end("over")
    sandbox = Sandbox(diagram.xml())
    sandbox.start({"id": 1})
    sandbox.publish_message("yes", 1, {"by": "x"})
    assert (sandbox.state, sandbox.variables()) == ("completed", {"id": 1, "by": "x"})
    assert [p.element_id for p in sandbox.history()] == ["start", "wait", "yes", "granted"]
    sandbox.advance(7200)
    assert sandbox.state == "completed"


def test_a_missing_key_is_an_incident() -> None:
    sandbox = Sandbox(Diagram().start().catch("paid", message="payment", key="=order").end().xml())
    sandbox.start()
    assert [(i.element_id, i.code) for i in sandbox.incidents()] == [("paid", "correlation")]
    sandbox.set_variables({"order": "A"})
    sandbox.resolve()
    assert sandbox.state == "running"
    sandbox.publish_message("payment", "A")
    assert sandbox.state == "completed"


def test_a_signal_reaches_everyone_who_waits_now() -> None:
    waits = Diagram("waits").start("s").catch("hear", signal="go").user("a", groups="g").end("e").xml()
    begins = Diagram("begins").start("in", signal="go").user("b", groups="g").end("e").xml()
    sandbox = Sandbox(waits, begins)
    sandbox.start()
    sandbox.start()
    sandbox.broadcast_signal("go", {"x": 1})
    assert open_tasks(sandbox) == ["a", "a", "b"]
    sandbox.start()
    assert open_tasks(sandbox) == ["a", "a", "b"]


def test_a_thrown_signal_is_heard() -> None:
    throws = Diagram("throws").start("s").throw("cry", signal="go").end("e").xml()
    waits = Diagram("waits").start("s").catch("hear", signal="go").end("e").xml()
    sandbox = Sandbox(waits, throws)
    first = sandbox.start()
    sandbox.start(process_id="throws")
    assert sandbox.state == "completed"
    assert sandbox.variables(first) == {}


@pytest.mark.parametrize(
    ("kind", "value", "seconds"),
    [
        ("duration", "PT90S", 90),
        ("duration", '=duration("PT2M")', 120),
        ("duration", "=wait", 60),
        ("duration", "P1DT1H", 90_000),
        ("date", "2026-01-05T09:05:00+08:00", 300),
        ("date", "2026-01-05T09:05:00", 300),
        ("date", '=date and time("2026-01-05T01:05:00Z")', 300),
        ("date", '=now() + duration("PT10M")', 600),
        ("duration", "P1M", 31 * 86400),
    ],
)
def test_a_timer_waits_exactly(kind: str, value: str, seconds: int) -> None:
    diagram = Diagram().start().catch("wait", **{kind: value}).end()
    sandbox = Sandbox(diagram.xml())
    sandbox.start({"wait": "PT1M"})
    sandbox.advance(seconds - 1)
    assert sandbox.state == "running"
    sandbox.advance(1)
    assert sandbox.state == "completed"


def test_timers_fire_in_the_order_in_which_they_are_due() -> None:
    diagram = Diagram().start().parallel("split").catch("long", duration="PT2H").end("e1")
    diagram.at("split").catch("short", duration="PT1H").catch("then", duration="PT30M").end("e2")
    sandbox = Sandbox(diagram.xml())
    sandbox.start()
    sandbox.advance(timedelta(days=1))
    left = {p.element_id: p.left for p in sandbox.history()}
    nine = datetime(2026, 1, 5, 1, tzinfo=UTC)
    assert (left["short"], left["then"], left["long"]) == (
        nine + timedelta(hours=1),
        nine + timedelta(minutes=90),
        nine + timedelta(hours=2),
    )


def test_a_reminder_repeats_while_the_task_is_open() -> None:
    diagram = Diagram().start().user("a", groups="g").end()
    diagram.boundary("a", "remind", interrupting=False, cycle="R3/PT10S").script("count", "=n + 1", "n").end("e2")
    sandbox = Sandbox(diagram.xml())
    sandbox.start({"n": 0})
    sandbox.advance(10)
    assert sandbox.variables() == {"n": 1}
    sandbox.advance(100)
    assert sandbox.variables() == {"n": 3}
    sandbox.complete("a")
    assert sandbox.state == "completed"


def test_a_reminder_without_end_stops_with_its_task() -> None:
    diagram = Diagram().start().user("a", groups="g").user("b", groups="g").end()
    diagram.boundary("a", "remind", interrupting=False, cycle="R/PT1H").script("count", "=n + 1", "n").end("e2")
    sandbox = Sandbox(diagram.xml())
    sandbox.start({"n": 0})
    sandbox.advance(5 * 3600)
    sandbox.complete("a")
    sandbox.advance(5 * 3600)
    assert sandbox.variables() == {"n": 5}


def test_a_deadline_interrupts() -> None:
    diagram = Diagram().start().user("a", groups="g").end().boundary("a", "late", duration="PT1H").end("over")
    sandbox = Sandbox(diagram.xml())
    sandbox.start()
    sandbox.advance(3600)
    assert (sandbox.state, sandbox.tasks()) == ("completed", [])
    assert [(p.element_id, p.outcome) for p in sandbox.history()] == [
        ("start", "completed"),
        ("a", "cancelled"),
        ("late", "completed"),
        ("over", "completed"),
    ]


def test_a_timer_starts_cases_again_and_again() -> None:
    sandbox = Sandbox(Diagram().start("daily", cycle="R2/P1D").user("a", groups="g").end().xml())
    sandbox.advance(timedelta(days=5))
    assert open_tasks(sandbox) == ["a", "a"]


def test_what_is_no_time_is_an_incident() -> None:
    sandbox = Sandbox(Diagram().start().catch("wait", duration="=span").end().xml())
    sandbox.start({"span": "soon"})
    assert [(i.element_id, i.code) for i in sandbox.incidents()] == [("wait", "timer")]


def test_a_condition_is_asked_when_armed_and_when_what_it_reads_changes() -> None:
    sandbox = Sandbox(Diagram().start().catch("enough", condition="=n > 2").user("a", groups="g").end().xml())
    sandbox.start({"n": 3})
    assert open_tasks(sandbox) == ["a"]
    sandbox.start({"n": 1})
    assert open_tasks(sandbox) == ["a"]
    sandbox.set_variables({"m": 5})
    assert open_tasks(sandbox) == ["a"]
    sandbox.set_variables({"n": 4})
    assert open_tasks(sandbox) == ["a", "a"]


def test_a_condition_on_the_border_of_a_task() -> None:
    diagram = Diagram().start().user("a", groups="g").end()
    diagram.boundary("a", "stop", condition="=cancelled = true").end("over")
    sandbox = Sandbox(diagram.xml())
    sandbox.start()
    sandbox.set_variables({"cancelled": False})
    assert open_tasks(sandbox) == ["a"]
    sandbox.set_variables({"cancelled": True})
    assert (sandbox.state, sandbox.history()[-1].element_id) == ("completed", "over")


def test_a_condition_that_does_not_interrupt_fires_at_each_change_that_leaves_it_true() -> None:
    diagram = Diagram().start().user("a", groups="g").end()
    diagram.boundary("a", "note", interrupting=False, condition="=n > 1").script("c", "=hits + 1", "hits").end("e2")
    sandbox = Sandbox(diagram.xml())
    sandbox.start({"n": 0, "hits": 0})
    for n in (2, 1, 3):
        sandbox.set_variables({"n": n})
    assert sandbox.variables() == {"n": 3, "hits": 2}


def test_a_condition_starts_a_case() -> None:
    diagram = Diagram().start("plain").user("a", groups="g").end("e1")
    sandbox = Sandbox(diagram.start("rich", condition="=n > 10").user("b", groups="g").end("e2").xml())
    sandbox.start({"n": 11})
    sandbox.start({"n": 1})
    assert open_tasks(sandbox) == ["a", "b"]
