"""Gateways: who goes where, and who waits for whom."""

import pytest

from tests.spiff.play import Play
from tests.support.diagram import Diagram


def choice() -> Diagram:
    return (
        Diagram()
        .start()
        .exclusive("g")
        .when("=x > 1")
        .user("big")
        .end()
        .at("g")
        .when("=x > 0")
        .user("small")
        .to("end")
        .at("g")
        .otherwise()
        .user("rest")
        .to("end")
    )


@pytest.mark.parametrize(("x", "expected"), [(2, "big"), (1, "small"), (0, "rest")])
def test_the_first_condition_that_holds_decides_else_the_default(x: int, expected: str) -> None:
    assert Play(choice(), {"x": x}).start().where == [expected]


def test_the_order_of_a_decision() -> None:
    play = Play(choice(), {"x": 2}).start().complete("big")
    assert play.log == [
        "entered start",
        "left start completed",
        "took start-g",
        "entered g",
        "left g completed",
        "took g-big",
        "entered big",
        "left big completed",
        "took big-end",
        "entered end",
        "left end completed",
    ]
    assert play.run.state == "completed"


def test_without_a_matching_flow_the_token_stays_until_it_is_tried_again() -> None:
    diagram = Diagram().start().exclusive("g").when("=x > 1").user("a").end().at("g").when("=x < 0").user("b").to("end")
    play = Play(diagram, {"x": 1}).start()
    assert play.log[-1] == "failed g no_flow"
    assert [(a.element.id, a.state) for a in play.run.active()] == [("g", "failed")]
    play.host.variables["x"] = 5
    assert play.retry("g").where == ["a"]
    assert play.log == ["left g completed", "took g-a", "entered a"]


def test_a_condition_that_is_null_is_an_incident_and_no_decision() -> None:
    play = Play(choice(), {"x": None}).start()
    assert play.log[-1] == "failed g condition"


def fork(kind: str) -> Diagram:
    """Two tasks between a fork and a join of that kind."""
    diagram = getattr(Diagram().start(), kind)("fork").when("=a").user("a")
    if kind == "parallel":
        diagram = Diagram().start().parallel("fork").user("a")
        return diagram.parallel("join").user("after").end().at("fork").user("b").to("join")
    diagram = getattr(diagram, kind)("join").user("after").end().at("fork")
    return diagram.when("=b").user("b").to("join").at("fork").otherwise().user("c").to("join")


@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")])
def test_a_parallel_join_waits_for_every_branch(order: tuple[str, str]) -> None:
    play = Play(fork("parallel")).start()
    assert play.where == ["a", "b"]
    assert play.complete(order[0]).where == sorted([order[1], "join"])
    assert play.complete(order[1]).where == ["after"]
    assert play.log.count("entered join") == 1


@pytest.mark.parametrize(
    ("a", "b", "open_tasks"),
    [(True, True, ["a", "b"]), (True, False, ["a"]), (False, True, ["b"]), (False, False, ["c"])],
)
def test_an_inclusive_join_waits_for_the_branches_that_were_taken(a: bool, b: bool, open_tasks: list[str]) -> None:
    play = Play(fork("inclusive"), {"a": a, "b": b}).start()
    assert play.where == open_tasks
    for task in open_tasks:
        assert "after" not in play.where
        play.complete(task)
    assert play.where == ["after"]
    assert play.log.count("entered join") == 1


def test_an_unconditional_flow_of_an_inclusive_gateway_is_always_taken() -> None:
    diagram = Diagram().start().inclusive("g").when("=false").user("a").end().at("g").user("b").to("end")
    assert Play(diagram).start().where == ["b"]


def test_two_flows_between_the_same_elements_are_two_tokens() -> None:
    diagram = Diagram().start().parallel("fork").to("join").parallel("join").user("after").end()
    play = Play(diagram).start()
    assert play.where == ["after"]
    assert [line for line in play.log if line.startswith("took fork")] == ["took fork-join", "took fork-join-2"]


def test_a_second_token_on_one_flow_waits_for_the_next_round() -> None:
    """Camunda and BPMN count flows, not tokens."""
    diagram = Diagram().start().parallel("twice").exclusive("merge").user("a").parallel("join").user("after").end()
    diagram.at("twice").to("merge").at("twice").user("b").to("join").at("twice").user("c").to("join")
    play = Play(diagram).start()
    assert play.where == ["a", "a", "b", "c"]
    play.complete("a", "a")
    assert play.where == ["b", "c", "join", "join"]
    play.complete("b", "c")
    assert play.where == ["after", "join"]


def loop(kind: str) -> Diagram:
    """Fork and join inside a loop, with a way back behind the join."""
    diagram = getattr(Diagram().start().exclusive("again"), kind)("fork")
    diagram = diagram.when("=true").user("a") if kind == "inclusive" else diagram.user("a")
    diagram = getattr(diagram, kind)("join").user("check").exclusive("ok").when("=done").end()
    diagram = diagram.at("ok").otherwise().to("again").at("fork")
    diagram = diagram.when("=true").user("b") if kind == "inclusive" else diagram.user("b")
    return diagram.to("join")


@pytest.mark.parametrize("kind", ["parallel", "inclusive"])
@pytest.mark.parametrize("restart", [True, False])
@pytest.mark.parametrize(
    "orders", [(0, 0, 0), (0, 1, 0), (1, 0, 1), (1, 1, 0), (0, 1, 1), (1, 0, 0), (0, 0, 1), (1, 1, 1)]
)
def test_a_join_in_a_loop_waits_in_every_round(kind: str, restart: bool, orders: tuple[int, ...]) -> None:
    """The library fires its joins early from the second round on."""
    play = Play(loop(kind), {"done": False}, restart=restart).start()
    for order in orders:
        first, second = (("a", "b"), ("b", "a"))[order]
        assert play.complete(first).where == sorted([second, "join"])
        assert play.complete(second).where == ["check"]
        play.complete("check")
    assert play.where == ["a", "b"]


def test_an_inclusive_join_waits_for_a_token_on_a_detour() -> None:
    """The second token loops inside its branch; while it can still come, the join waits."""
    diagram = Diagram().start().parallel("fork").user("a").inclusive("join").user("after").end()
    diagram.at("fork").exclusive("again").user("b").exclusive("ok").when("=done").to("join").at("ok").otherwise().to(
        "again"
    )
    play = Play(diagram, {"done": False}).start().complete("a", "b", "b")
    assert play.where == ["b", "join"]
    play.host.variables["done"] = True
    assert play.complete("b").where == ["after"]


def test_an_inclusive_join_passes_when_the_other_token_ends_elsewhere() -> None:
    diagram = Diagram().start().parallel("fork").user("a").inclusive("join").user("after").end()
    diagram.at("fork").user("b").exclusive("ok").when("=come").to("join").at("ok").otherwise().end("away")
    play = Play(diagram, {"come": False}).start().complete("a")
    assert play.where == ["b", "join"]
    assert play.complete("b").where == ["after"]


def test_an_inclusive_join_waits_for_what_a_boundary_event_may_still_bring() -> None:
    diagram = Diagram().start().parallel("fork").user("a").inclusive("join").user("after").end()
    diagram.at("fork").user("b").end("away").boundary("b", "late", duration="P1D").to("join")
    play = Play(diagram).start().complete("a")
    assert play.where == ["b", "join", "late"]
    assert play.fire("late").where == ["after"]


def test_a_join_that_nobody_can_complete_is_an_incident() -> None:
    diagram = Diagram().start().exclusive("g").when("=true").parallel("join").end().at("g").otherwise().to("join")
    play = Play(diagram).start()
    assert play.log[-1] == "failed join stuck"
    assert [(a.element.id, a.state, a.role) for a in play.run.active()] == [("join", "failed", "arrival")]
    assert play.run.state == "running"
    play.retry("join")
    assert play.log == ["failed join stuck"]


def events() -> Diagram:
    diagram = Diagram().start().first_of("g").catch("mail", message="reply").user("a").end()
    return (
        diagram.at("g")
        .catch("late", duration="P1D")
        .user("b")
        .to("end")
        .at("g")
        .receive("in", "paper")
        .user("c")
        .to("end")
    )


@pytest.mark.parametrize(("first", "expected"), [("mail", "a"), ("late", "b"), ("in", "c")])
def test_the_first_event_behind_an_event_based_gateway_wins(first: str, expected: str) -> None:
    play = Play(events()).start()
    assert play.where == ["g", "in", "late", "mail"]
    assert play.log[-4:] == ["entered g", "waits mail", "waits late", "waits in"]
    assert play.fire(first).where == [expected]
    assert play.log == [
        "stops mail",
        "stops late",
        "stops in",
        "left g completed",
        f"took g-{first}",
        f"entered {first}",
        f"left {first} completed",
        f"took {first}-{expected}",
        f"entered {expected}",
    ]


def test_a_loop_through_an_inclusive_join_with_a_token_outside_it() -> None:
    """A token that must pass the join itself to come again is not waited for."""
    diagram = (
        Diagram()
        .start()
        .inclusive("join")
        .user("a")
        .exclusive("ok")
        .when("=done")
        .end()
        .at("ok")
        .otherwise()
        .to("join")
    )
    play = Play(diagram, {"done": False}).start().complete("a", "a", "a")
    assert play.where == ["a"]
