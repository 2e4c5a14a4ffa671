"""Activities: entered, resting, left; several flows in and out; what one cannot do twice."""

import pytest

from engine.errors import InvalidInput, NotFound, ProcessFault, StaleTask
from tests.spiff.play import Play
from tests.support.diagram import Diagram


@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        ("user", ()),
        ("service", ()),
        ("script", ("=1",)),
        ("rule", ("decide",)),
        ("task", ()),
        ("call", ("child",)),
    ],
)
def test_every_activity_rests_until_it_is_completed(method: str, arguments: tuple[str, ...]) -> None:
    diagram = getattr(Diagram().start(), method)("a", *arguments).end()
    play = Play(diagram).start()
    assert play.log == ["entered start", "left start completed", "took start-a", "entered a"]
    play.complete("a")
    assert play.log == ["left a completed", "took a-end", "entered end", "left end completed"]
    assert play.run.state == "completed"
    assert play.where == []


def test_a_completed_key_is_stale() -> None:
    play = Play(Diagram().start().user("a").user("b").end()).start()
    key = play.key("a")
    play.complete("a")
    with pytest.raises(StaleTask):
        play.run.complete(key)
    with pytest.raises(StaleTask):
        play.run.fire(play.key("b"))
    with pytest.raises(StaleTask):
        play.run.retry(play.key("b"))
    with pytest.raises(StaleTask):
        play.run.complete(12345)
    assert play.where == ["b"]


def test_several_flows_out_of_a_task_are_a_fork() -> None:
    diagram = Diagram().start().user("a").user("b").end().at("a").user("c").to("end")
    play = Play(diagram).start().complete("a")
    assert play.where == ["b", "c"]
    assert play.complete("b").run.state == "running"
    assert play.complete("c").run.state == "completed"


def test_conditions_on_the_flows_out_of_a_task_decide_when_it_is_done() -> None:
    """The library drops such conditions without a word."""
    diagram = Diagram().start().user("a").when("=x > 1").user("b").end().at("a").when("=x > 0").user("c").to("end")
    diagram.at("a").otherwise().user("d").to("end")
    for x, expected in [(2, ["b", "c"]), (1, ["c"]), (0, ["d"])]:
        assert Play(diagram.xml(), {"x": x}).start().complete("a").where == expected


def test_a_task_none_of_whose_flows_holds_has_been_left_and_waits_to_be_tried_again() -> None:
    diagram = Diagram().start().user("a").when("=x").user("b").end()
    play = Play(diagram, {"x": False}).start().complete("a")
    assert play.log[-2:] == ["left a completed", "failed a no_flow"]
    with pytest.raises(StaleTask):
        play.complete("a")
    play.host.variables["x"] = True
    assert play.retry("a").where == ["b"]
    assert play.log == ["took a-b", "entered b"]


def test_every_token_that_comes_runs_the_task() -> None:
    diagram = Diagram().start().parallel("fork").user("a").user("end-of-all").end().at("fork").user("b").to("a")
    diagram.at("fork").to("end-of-all")
    play = Play(diagram).start()
    assert play.where == ["a", "b", "end-of-all"]
    assert play.complete("b").where == ["a", "a", "end-of-all"]
    assert len({active.key for active in play.run.active()}) == 3


def test_a_process_starts_at_the_event_that_is_named() -> None:
    diagram = Diagram().start().user("a").end().start("by-mail", message="begin").user("b").to("end")
    assert Play(diagram.xml()).start().where == ["a"]
    assert Play(diagram.xml()).start("by-mail").where == ["b"]
    for unknown in ("a", "nowhere"):
        with pytest.raises(InvalidInput):
            Play(diagram.xml()).start(unknown)


def test_a_process_that_only_a_message_starts_has_no_plain_start() -> None:
    diagram = Diagram().start("by-mail", message="begin").user("b").end()
    with pytest.raises(InvalidInput):
        Play(diagram).start()


def test_only_what_rests_for_a_completion_is_completed() -> None:
    content = Diagram("i").start("s2").user("b").end("e2")
    diagram = (
        Diagram()
        .start()
        .parallel("f")
        .first_of("g")
        .catch("c", message="m")
        .end()
        .at("f")
        .sub("box", content)
        .to("end")
    )
    diagram.at("f").sub("many", Diagram("i2").start("s3").user("d").end("e3"), each="=[1]").to("end")
    play = Play(diagram).start()
    for active in play.run.active():
        if active.role != "task":
            with pytest.raises(StaleTask):
                play.run.complete(active.key)
    with pytest.raises(InvalidInput):
        play.run.move(play.actives("many")[1].key, "box")
    assert play.where == ["b", "box", "c", "d", "g", "many", "many"]


@pytest.mark.parametrize("node_id", ["Start", "End", "Root", "StartEventSplit", "p.EndJoin", "a.BoundaryEventSplit"])
def test_the_names_the_library_keeps_for_itself_are_ids_like_any_other(node_id: str) -> None:
    """In the library a task called `End` ends the process."""
    diagram = Diagram().start("s").user("a").user(node_id).user("b").end("e").boundary("a", "x", duration="P1D").to("e")
    play = Play(diagram).start().complete("a")
    assert play.where == [node_id]
    assert play.complete(node_id).where == ["b"]
    assert play.complete("b").run.state == "completed"


def test_a_loop_straight_back_into_a_task() -> None:
    """In the library it recurses without end at the start."""
    diagram = Diagram().start().user("a").when("=again").to("a").at("a").otherwise().end()
    play = Play(diagram, {"again": True}).start().complete("a", "a", "a")
    assert play.where == ["a"]
    play.host.variables["again"] = False
    assert play.complete("a").run.state == "completed"


def test_a_fault_on_entering_leaves_the_token_until_it_is_tried_again() -> None:
    play = Play(Diagram().start().user("a").end())
    play.host.faults["entered a"] = ProcessFault("输入映射失败。", "a", "mapping")
    play.start()
    assert play.log[-1] == "failed a mapping"
    with pytest.raises(StaleTask):
        play.complete("a")
    assert play.retry("a").where == ["a"]
    assert play.log == ["entered a"]
    assert play.complete("a").run.state == "completed"


def test_what_another_branch_did_is_not_undone_by_a_fault() -> None:
    play = Play(Diagram().start().parallel("fork").user("a").end().at("fork").user("b").to("end"))
    play.host.faults["entered a"] = ProcessFault("失败。", "a", "mapping")
    play.start()
    assert [(active.element.id, active.state) for active in play.run.active()] == [("a", "failed"), ("b", "resting")]


def test_an_automatic_loop_ends_in_an_incident_that_names_it() -> None:
    diagram = Diagram().start().exclusive("again", name="再来").exclusive("check", name="检查")
    diagram.when("=false").end().at("check").otherwise().to("again")
    play = Play(diagram, step_limit=500).start()
    assert play.log[-1].endswith("loop")
    [failed] = play.run.active()
    assert failed.state == "failed"
    message = play.host.failures[failed.key]
    assert "再来" in message
    assert "检查" in message


def test_a_loop_of_ten_thousand_steps_needs_no_deeper_stack() -> None:
    diagram = (
        Diagram().start().exclusive("again").exclusive("check").when("=false").end().at("check").otherwise().to("again")
    )
    play = Play(diagram, restart=False).start()
    assert play.run.steps == 10_000


def test_time_that_has_run_out_stops_what_moves() -> None:
    play = Play(Diagram().start().user("a").end())
    from engine.flow.spiff.runner import Run

    run = Run(play.compiled, play.host, deadline=0.0)
    run.start()
    assert play.log == ["failed start loop"]


def test_the_host_may_not_command_the_run_that_calls_it() -> None:
    play = Play(Diagram().start().user("a").end(), restart=False)
    play.host.took = lambda flow_id: play.run.start()  # type: ignore[method-assign]
    with pytest.raises(RuntimeError):
        play.start()


def test_the_case_is_cancelled_as_a_whole() -> None:
    inner = Diagram("inner").start("s2").user("b").end("e2")
    diagram = Diagram().start().parallel("fork").user("a").end().at("fork").sub("box", inner).to("end")
    play = Play(diagram).start()
    assert play.log[-1] == "entered b"
    play.step(lambda run: run.cancel())
    assert play.log == ["left a cancelled", "left b cancelled", "left box cancelled"]
    assert play.run.state == "terminated"
    assert play.where == []


# Recorded modifications


def test_a_step_that_was_done_is_taken_back() -> None:
    diagram = Diagram().start().user("a").user("b").end().boundary("b", "late", duration="P1D").to("end")
    play = Play(diagram).start().complete("a")
    assert play.log[-2:] == ["entered b", "waits late"]
    play.step(lambda run: run.move(play.key("b"), "a"))
    assert play.log == ["stops late", "left b cancelled", "entered a"]
    assert play.complete("a", "b").run.state == "completed"


def test_a_move_stays_in_its_scope() -> None:
    inner = Diagram("inner").start("s2").user("b").user("c").end("e2")
    diagram = Diagram().start().user("a").sub("box", inner).end()
    play = Play(diagram).start().complete("a")
    for wrong, error in (("a", InvalidInput), ("nowhere", NotFound)):
        with pytest.raises(error):
            play.run.move(play.key("b"), wrong)
    play.step(lambda run: run.move(play.key("b"), "c"))
    assert play.where == ["box", "c"]


def test_an_element_is_activated_in_an_open_scope() -> None:
    inner = Diagram("inner").start("s2").user("b").user("c").end("e2")
    play = Play(Diagram().start().user("a").sub("box", inner).end()).start()
    play.step(lambda run: run.activate("box"))
    assert play.where == ["a", "b", "box"]
    play.step(lambda run: run.activate("c", play.key("box")))
    assert play.where == ["a", "b", "box", "c"]


def test_the_last_instance_that_is_terminated_takes_its_scopes_with_it() -> None:
    inner = Diagram("inner").start("s2").user("b").end("e2")
    diagram = Diagram().start().parallel("fork").user("a").end().at("fork").sub("box", inner).to("end")
    play = Play(diagram).start()
    play.step(lambda run: run.terminate_instance(play.key("b")))
    assert play.where == ["a"]
    assert play.log[-2:] == ["left b cancelled", "left box cancelled"]
    play.step(lambda run: run.terminate_instance(play.key("a")))
    assert play.run.state == "terminated"


def test_a_token_stuck_at_a_join_can_be_moved() -> None:
    diagram = (
        Diagram().start().exclusive("g").when("=true").parallel("join").user("a").end().at("g").otherwise().to("join")
    )
    play = Play(diagram).start()
    play.step(lambda run: run.move(play.key("join"), "a"))
    assert play.log[-2:] == ["left join cancelled", "entered a"]
    assert play.complete("a").run.state == "completed"
