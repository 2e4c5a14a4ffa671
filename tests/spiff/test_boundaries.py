"""Events on the border of an activity: armed after it is entered, stopped before it is left."""

import pytest

from engine.errors import ProcessFault, StaleTask
from tests.spiff.play import Play
from tests.support.diagram import Diagram


def declaration() -> Diagram:
    """A task with a deadline, a reminder and a withdrawal, and a way back."""
    diagram = Diagram().start().exclusive("again").user("fill").user("review").exclusive("ok").when("=ok").end()
    diagram.at("ok").otherwise().to("again")
    diagram.boundary("review", "deadline", date="=closing").end("too-late")
    diagram.boundary("review", "reminder", interrupting=False, cycle="R3/P1D").service("remind").end("reminded")
    diagram.boundary("review", "withdraw", message="withdraw", key="=id").user("edit").to("again")
    return diagram


def test_the_order_around_a_task_that_is_completed() -> None:
    play = Play(declaration(), {"ok": True}).start().complete("fill")
    assert play.log[-5:] == ["took fill-review", "entered review", "waits deadline", "waits reminder", "waits withdraw"]
    play.complete("review")
    assert play.log[:5] == [
        "stops deadline",
        "stops reminder",
        "stops withdraw",
        "left review completed",
        "took review-ok",
    ]
    assert play.run.state == "completed"
    assert play.host.waiting == {}


def test_an_interrupting_event_takes_the_place_of_the_task() -> None:
    play = Play(declaration(), {"ok": True}).start().complete("fill")
    key = play.key("withdraw")
    assert play.log
    play.fire("withdraw")
    assert play.log == [
        "stops withdraw",
        "stops deadline",
        "stops reminder",
        "left review cancelled",
        "entered withdraw",
        "left withdraw completed",
        "took withdraw-edit",
        "entered edit",
    ]
    assert play.where == ["edit"]
    with pytest.raises(StaleTask):
        play.run.fire(key)


def test_an_event_that_does_not_interrupt_happens_as_often_as_it_is_fired() -> None:
    play = Play(declaration(), {"ok": True}).start().complete("fill").fire("reminder", "reminder")
    assert play.where == ["deadline", "remind", "remind", "reminder", "review", "withdraw"]
    assert play.complete("remind").where == ["deadline", "remind", "reminder", "review", "withdraw"]
    assert play.complete("review").where == ["remind"]
    assert play.run.state == "running"
    assert play.complete("remind").run.state == "completed"


def test_a_late_interrupting_event_never_acts_on_a_task_that_is_done() -> None:
    """In the library both act."""
    play = Play(declaration(), {"ok": False}).start().complete("fill")
    late = play.key("deadline")
    play.complete("review")
    assert play.where == ["fill"]
    with pytest.raises(StaleTask):
        play.run.fire(late)
    assert play.complete("fill").where == ["deadline", "reminder", "review", "withdraw"]
    with pytest.raises(StaleTask):
        play.run.fire(late)


def test_a_completion_after_an_interrupting_event_is_stale() -> None:
    play = Play(declaration(), {"ok": False}).start().complete("fill")
    review = play.key("review")
    play.fire("deadline")
    with pytest.raises(StaleTask):
        play.run.complete(review)
    assert play.run.state == "completed"


def test_an_event_that_cannot_be_armed_is_armed_when_tried_again() -> None:
    play = Play(declaration(), {"ok": True})
    play.host.faults["waits reminder"] = ProcessFault("时间无效。", "reminder", "timer")
    play.start().complete("fill")
    assert play.log[-3:] == ["entered review", "waits deadline", "failed review timer"]
    play.retry("review")
    assert play.log == ["waits reminder", "waits withdraw"]
    assert play.where == ["deadline", "reminder", "review", "withdraw"]


def failing() -> Diagram:
    inner = Diagram("inner").start("s2").service("work").exclusive("g").when("=bad").end("broken", error="E1")
    inner.at("g").otherwise().end("e2")
    diagram = Diagram().start().sub("box", inner).end()
    diagram.boundary("box", "e1", error="E1").user("mend").to("end")
    diagram.boundary("box", "any-error", error="").user("call-help").to("end")
    return diagram


def test_an_error_end_event_is_caught_on_the_sub_process() -> None:
    play = Play(failing(), {"bad": True}).start().complete("work")
    assert play.log[-8:] == [
        "took g-broken",
        "entered broken",
        "left broken completed",
        "left box cancelled",
        "entered e1",
        "left e1 completed",
        "took e1-mend",
        "entered mend",
    ]
    assert play.where == ["mend"]


@pytest.mark.parametrize(("code", "expected"), [("E1", "mend"), ("E2", "call-help"), (None, "call-help")])
def test_an_activity_that_fails_is_caught_by_code_and_else_by_the_event_for_all(code: str, expected: str) -> None:
    play = Play(failing(), {"bad": False}).start()
    assert play.step(lambda run: run.throw_error(play.key("work"), code)) is True
    assert play.where == [expected]


def test_an_error_on_the_task_itself_comes_first() -> None:
    inner = (
        Diagram("inner")
        .start("s2")
        .service("work")
        .end("e2")
        .boundary("work", "own", error="E1")
        .user("again")
        .to("e2")
    )
    diagram = Diagram().start().sub("box", inner).end().boundary("box", "outer", error="E1").user("help").to("end")
    play = Play(diagram).start()
    assert play.step(lambda run: run.throw_error(play.key("work"), "E1")) is True
    assert play.where == ["again", "box"]
    assert play.step(lambda run: run.throw_error(play.key("again"), "E1")) is True
    assert play.where == ["help"]


def test_an_error_that_nothing_catches_changes_nothing() -> None:
    play = Play(Diagram().start().service("work").end()).start()
    assert play.step(lambda run: run.throw_error(play.key("work"), "E1")) is False
    assert play.where == ["work"]


def test_an_uncaught_error_end_event_is_an_incident() -> None:
    play = Play(Diagram().start().end("broken", error="E1")).start()
    assert play.log[-3:] == ["entered broken", "uncaught broken error E1", "failed broken uncaught_error"]
    assert play.run.state == "running"


def test_an_error_the_caller_takes_ends_the_case() -> None:
    diagram = Diagram().start().parallel("fork").user("a").end().at("fork").end("broken", error="E1")
    play = Play(diagram)
    play.host.takes_errors = True
    play.start()
    assert play.log[-3:] == ["uncaught broken error E1", "left broken completed", "left a cancelled"]
    assert play.run.state == "terminated"


def escalating(*, interrupting: bool, end: bool) -> Diagram:
    inner = Diagram("inner").start("s2").user("work")
    inner = inner.end("call", escalation="L1") if end else inner.throw("call", escalation="L1").user("more").end("e2")
    diagram = Diagram().start().sub("box", inner).user("after").end()
    return diagram.boundary("box", "hear", escalation="L1", interrupting=interrupting).user("look").end("looked")


@pytest.mark.parametrize(
    ("interrupting", "end", "where"),
    [
        (True, False, ["look"]),
        (True, True, ["look"]),
        (False, False, ["box", "look", "more"]),
        (False, True, ["after", "look"]),
    ],
)
def test_an_escalation_is_caught_on_the_sub_process(interrupting: bool, end: bool, where: list[str]) -> None:
    play = Play(escalating(interrupting=interrupting, end=end)).start().complete("work")
    assert play.where == where


def test_an_escalation_that_nothing_catches_goes_on() -> None:
    play = Play(Diagram().start().throw("call", escalation="L1").user("a").end()).start()
    assert play.where == ["a"]
    assert play.log[3:6] == ["entered call", "uncaught call escalation L1", "left call completed"]


@pytest.mark.parametrize(("interrupting", "where"), [(True, ["look"]), (False, ["child", "look"])])
def test_an_escalation_of_a_called_case(interrupting: bool, where: list[str]) -> None:
    diagram = Diagram().start().call("child", "other").end()
    diagram.boundary("child", "hear", escalation="L1", interrupting=interrupting).user("look").to("end")
    play = Play(diagram).start()
    assert play.step(lambda run: run.throw_escalation(play.key("child"), "other")) is False
    assert play.step(lambda run: run.throw_escalation(play.key("child"), "L1")) is True
    assert play.where == where
