"""Embedded sub-processes, one or many."""

import pytest

from engine.errors import ProcessFault, StaleTask
from tests.spiff.play import Play
from tests.support.diagram import Diagram


def inner() -> Diagram:
    return Diagram("inner").start("s2").user("b").end("e2")


def test_a_sub_process_is_done_when_its_last_token_ends() -> None:
    content = Diagram("inner").start("s2").parallel("fork").user("b").end("e2").at("fork").user("c").to("e2")
    play = Play(Diagram().start().sub("box", content).user("after").end()).start()
    assert play.log[3:7] == ["entered box", "entered s2", "left s2 completed", "took s2-fork"]
    assert {active.element.id: active.scope for active in play.run.active()} == {
        "box": 0,
        "b": play.key("box"),
        "c": play.key("box"),
    }
    play.complete("b")
    assert play.where == ["box", "c"]
    with pytest.raises(StaleTask):
        play.run.complete(play.key("box"))
    play.complete("c")
    assert play.log[-3:] == ["left box completed", "took box-after", "entered after"]


def test_an_interrupting_event_cancels_what_is_inside_innermost_first() -> None:
    middle = Diagram("middle").start("s1").sub("small", inner()).end("e1").boundary("small", "m", message="x").to("e1")
    diagram = Diagram().start().sub("big", middle).end().boundary("big", "late", duration="P1D").user("after").to("end")
    play = Play(diagram).start()
    assert play.log[-1] == "entered b"
    play.fire("late")
    assert play.log == [
        "stops late",
        "stops m",
        "left b cancelled",
        "left small cancelled",
        "left big cancelled",
        "entered late",
        "left late completed",
        "took late-after",
        "entered after",
    ]


def test_loops_in_a_sub_process_in_a_loop() -> None:
    content = Diagram("inner").start("s2").exclusive("m2").user("b").exclusive("g2").when("=done").end("e2")
    content.at("g2").otherwise().to("m2")
    diagram = (
        Diagram()
        .start()
        .exclusive("m")
        .sub("box", content)
        .exclusive("g")
        .when("=over")
        .end()
        .at("g")
        .otherwise()
        .to("m")
    )
    play = Play(diagram, {"done": False, "over": False}).start().complete("b", "b")
    assert play.where == ["b", "box"]
    play.host.variables["done"] = True
    play.complete("b", "b", "b")
    assert play.where == ["b", "box"]
    play.host.variables["over"] = True
    assert play.complete("b").run.state == "completed"


def test_a_fault_of_the_output_mapping_is_tried_again() -> None:
    play = Play(Diagram().start().sub("box", inner()).end()).start()
    play.host.faults["left box completed"] = ProcessFault("输出映射失败。", "box", "mapping")
    play.complete("b")
    assert play.log[-1] == "failed box mapping"
    assert play.retry("box").run.state == "completed"


def many(*, sequential: bool = False, until: str | None = None) -> Diagram:
    diagram = (
        Diagram().start().sub("box", inner(), each="=items", sequential=sequential, until=until).user("after").end()
    )
    return diagram.boundary("box", "late", duration="P1D").user("other").to("end")


def test_every_item_runs_its_own_content() -> None:
    play = Play(many(), {"items": ["x", "y", "z"]}).start()
    assert play.log[3:9] == [
        "entered box",
        "waits late",
        "collection box",
        "entered box 0",
        "entered box 1",
        "entered box 2",
    ]
    body, *items = play.actives("box")
    assert [(item.scope, item.item) for item in items] == [(body.key, 0), (body.key, 1), (body.key, 2)]
    assert [active.scope for active in play.actives("b")] == [item.key for item in items]
    play.step(lambda run: run.complete(play.key("b", 1)))
    assert play.log[-4:] == ["entered e2", "left e2 completed", "item box 1", "left box completed"]
    assert [item.item for item in play.actives("box")] == [None, 0, 2]
    play.complete("b", "b")
    assert play.where == ["after"]
    assert play.log[-6:] == [
        "item box 2",
        "left box completed",
        "stops late",
        "left box completed",
        "took box-after",
        "entered after",
    ]


def test_items_one_after_the_other() -> None:
    play = Play(many(sequential=True), {"items": ["x", "y"]}).start()
    assert [item.item for item in play.actives("box")] == [None, 0]
    play.complete("b")
    assert [item.item for item in play.actives("box")] == [None, 1]
    assert play.complete("b").where == ["after"]


@pytest.mark.parametrize("sequential", [True, False])
def test_no_items_are_done_at_once(sequential: bool) -> None:
    play = Play(many(sequential=sequential), {"items": []}).start()
    assert play.where == ["after"]
    assert play.log[3:8] == ["entered box", "waits late", "collection box", "stops late", "left box completed"]


def test_enough_items_cancel_the_others() -> None:
    play = Play(many(until="=enough"), {"items": [1, 2, 3], "enough": False}).start().complete("b")
    play.host.variables["enough"] = True
    assert play.complete("b").where == ["after"]
    assert play.log[-8:] == [
        "item box 1",
        "left box completed",
        "left b cancelled",
        "left box cancelled",
        "stops late",
        "left box completed",
        "took box-after",
        "entered after",
    ]


def test_a_completion_condition_that_fails_does_not_count_the_item_twice() -> None:
    play = Play(many(until="=enough"), {"items": [1, 2], "enough": None}).start().complete("b")
    assert play.log[-1] == "failed box condition"
    play.host.variables["enough"] = False
    play.retry("box")
    assert play.log == ["left box completed"]


def test_an_interrupting_event_cancels_all_items() -> None:
    play = Play(many(), {"items": [1, 2]}).start()
    assert play.log
    play.fire("late")
    assert play.log[:6] == [
        "stops late",
        "left b cancelled",
        "left box cancelled",
        "left b cancelled",
        "left box cancelled",
        "left box cancelled",
    ]
    assert play.where == ["other"]


def test_an_error_in_one_item_is_caught_on_the_body() -> None:
    content = Diagram("inner").start("s2").user("b").end("broken", error="E1")
    diagram = (
        Diagram()
        .start()
        .sub("box", content, each="=items")
        .end()
        .boundary("box", "e1", error="E1")
        .user("mend")
        .to("end")
    )
    play = Play(diagram, {"items": [1, 2, 3]}).start().complete("b")
    assert play.where == ["mend"]


def test_more_than_fifty_items_are_an_incident() -> None:
    play = Play(many(), {"items": list(range(51))}).start()
    assert play.log[-1] == "failed box too_many_items"
    assert play.where == ["box", "late"]
    play.host.variables["items"] = list(range(50))
    play.retry("box")
    assert len(play.actives("b")) == 50


def test_the_last_item_that_is_terminated_ends_the_body() -> None:
    play = Play(many(), {"items": [1, 2]}).start()
    play.step(lambda run: run.terminate_instance(play.actives("box")[1].key))
    assert [item.item for item in play.actives("box")] == [None, 1]
    play.step(lambda run: run.terminate_instance(play.key("b")))
    assert play.run.state == "terminated"


@pytest.mark.parametrize("method", ["user", "service", "receive", "call"])
def test_a_task_with_many_instances_is_one_token(method: str) -> None:
    arguments = {"user": (), "service": (), "receive": ("paper",), "call": ("child",)}[method]
    diagram = getattr(Diagram().start(), method)("a", *arguments, each="=items").end()
    play = Play(diagram, {"items": list(range(1000))}).start()
    assert [(active.element.id, active.item) for active in play.run.active()] == [("a", None)]
    assert play.complete("a").run.state == "completed"
