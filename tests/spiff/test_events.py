"""Start, intermediate and end events, links."""

import pytest

from engine.errors import ProcessFault, StaleTask
from tests.spiff.play import Play
from tests.support.diagram import Diagram


@pytest.mark.parametrize(
    "trigger", [{"message": "m"}, {"signal": "s"}, {"duration": "PT1H"}, {"date": "=d"}, {"condition": "=x > 1"}]
)
def test_an_intermediate_event_waits_until_it_is_fired(trigger: dict[str, str]) -> None:
    play = Play(Diagram().start().catch("wait", **trigger).user("a").end()).start()
    assert play.log[-2:] == ["entered wait", "waits wait"]
    with pytest.raises(StaleTask):
        play.run.complete(play.key("wait"))
    play.fire("wait")
    assert play.log == ["stops wait", "left wait completed", "took wait-a", "entered a"]


def test_a_receive_task_waits_for_its_message_and_its_border() -> None:
    diagram = Diagram().start().receive("in", "paper").user("a").end().boundary("in", "late", duration="P1D").to("end")
    play = Play(diagram.xml()).start()
    assert play.log[-3:] == ["entered in", "waits late", "waits in"]
    with pytest.raises(StaleTask):
        play.run.complete(play.key("in"))
    assert play.fire("in").where == ["a"]
    assert play.log[:3] == ["stops in", "stops late", "left in completed"]
    play = Play(diagram.xml()).start().fire("late")
    assert play.run.state == "completed"
    assert play.host.waiting == {}


@pytest.mark.parametrize("trigger", [{"message": "m", "job": "publish"}, {"signal": "s"}])
def test_what_is_sent_rests_until_it_is_sent(trigger: dict[str, str]) -> None:
    diagram = Diagram().start().throw("send", **trigger).end("sent", **trigger)
    play = Play(diagram).start()
    assert play.where == ["send"]
    assert play.complete("send").where == ["sent"]
    assert play.complete("sent").run.state == "completed"


def test_a_throwing_event_without_trigger_is_a_milestone() -> None:
    play = Play(Diagram().start().throw("half-way").user("a").end()).start()
    assert play.where == ["a"]
    assert play.log[3:5] == ["entered half-way", "left half-way completed"]


def test_links_lead_to_their_namesake() -> None:
    """In the library the process ends there without a sign."""
    diagram = Diagram().start().user("a").throw("out", link="over").start("dummy")
    diagram = Diagram().start().user("a").throw("out", link="over")
    diagram.at("a").throw("out2", link="over")
    diagram._current = None
    diagram.catch("in", link="over").user("b").end()
    play = Play(diagram).start().complete("a")
    assert play.where == ["b", "b"]
    assert play.log[4:] == [
        "left a completed",
        "took a-out",
        "took a-out2",
        "entered out",
        "left out completed",
        "entered out2",
        "left out2 completed",
        "entered in",
        "left in completed",
        "took in-b",
        "entered in",
        "left in completed",
        "took in-b",
        "entered b",
        "entered b",
    ]


def test_a_terminate_end_event_cancels_the_rest_of_the_case() -> None:
    diagram = Diagram().start().parallel("fork").user("a").end("stop", terminate=True).at("fork").user("b").end()
    play = Play(diagram).start().complete("a")
    assert play.log[-3:] == ["entered stop", "left stop completed", "left b cancelled"]
    assert play.run.state == "completed"


def test_a_terminate_end_event_in_a_sub_process_ends_only_that() -> None:
    inner = (
        Diagram("inner")
        .start("s2")
        .parallel("fork")
        .user("a")
        .end("stop", terminate=True)
        .at("fork")
        .user("b")
        .end("e2")
    )
    play = Play(Diagram().start().sub("box", inner).user("after").end()).start().complete("a")
    assert play.where == ["after"]
    assert play.log[-6:] == [
        "entered stop",
        "left stop completed",
        "left b cancelled",
        "left box completed",
        "took box-after",
        "entered after",
    ]


def test_a_code_may_be_an_expression() -> None:
    inner = Diagram("inner").start("s2").end("broken", error="=code")
    diagram = Diagram().start().sub("box", inner).end().boundary("box", "e1", error="E1").user("mend").to("end")
    assert Play(diagram.xml(), {"code": "E1"}).start().where == ["mend"]
    assert Play(diagram.xml(), {"code": None}).start().log[-1] == "failed broken code"


def test_an_event_that_cannot_be_armed_waits_when_tried_again() -> None:
    play = Play(Diagram().start().catch("wait", date="=d").end())
    play.host.faults["waits wait"] = ProcessFault("时间无效。", "wait", "timer")
    play.start()
    assert play.log[-2:] == ["entered wait", "failed wait timer"]
    play.retry("wait")
    assert play.log == ["waits wait"]
    assert play.fire("wait").run.state == "completed"
