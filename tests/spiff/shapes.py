"""Small diagrams of every kind of element, for walks through all of them."""

from collections.abc import Callable

from tests.support.diagram import Diagram


def line() -> Diagram:
    return Diagram().start("s").user("a").service("b").task("c").end("e")


def decision_loop() -> Diagram:
    diagram = Diagram().start("s").exclusive("m").user("a").exclusive("g").when("=one").user("b").end("e")
    return diagram.at("g").when("=two").user("c").to("m").at("g").otherwise().to("m")


def fork_join() -> Diagram:
    diagram = Diagram().start("s").parallel("f").user("a").user("a2").parallel("j").user("z").end("e")
    return diagram.at("f").user("b").to("j").at("f").user("c").to("j")


def nested_forks() -> Diagram:
    diagram = (
        Diagram().start("s").parallel("f").parallel("f1").user("a").parallel("j1").parallel("j").user("z").end("e")
    )
    return diagram.at("f1").user("b").to("j1").at("f").user("c").to("j")


def inclusive() -> Diagram:
    diagram = Diagram().start("s").inclusive("f").when("=one").user("a").inclusive("j").user("z").end("e")
    return diagram.at("f").when("=two").user("b").user("b2").to("j").at("f").otherwise().user("c").to("j")


def join_in_loop() -> Diagram:
    diagram = Diagram().start("s").exclusive("m").parallel("f").user("a").parallel("j").user("z").exclusive("g")
    diagram = diagram.when("=one").end("e").at("g").otherwise().to("m")
    return diagram.at("f").user("b").to("j")


def inclusive_in_loop() -> Diagram:
    diagram = Diagram().start("s").exclusive("m").inclusive("f").when("=one").user("a").inclusive("j").user("z")
    diagram = diagram.exclusive("g").when("=two").end("e").at("g").otherwise().to("m")
    return diagram.at("f").when("=three").user("b").to("j").at("f").otherwise().user("c").to("j")


def loop_in_branch() -> Diagram:
    diagram = Diagram().start("s").parallel("f").user("a").parallel("j").user("z").end("e")
    diagram.at("f").exclusive("m").user("b").exclusive("g").when("=one").to("j").at("g").otherwise().user("c").to("m")
    return diagram


def boundaries() -> Diagram:
    diagram = Diagram().start("s").user("a").user("z").end("e")
    diagram.boundary("a", "stop", message="stop").user("b").to("z")
    return diagram.boundary("a", "note", interrupting=False, message="note").user("c").end("e2")


def boundary_loop() -> Diagram:
    diagram = (
        Diagram().start("s").exclusive("m").user("a").exclusive("g").when("=one").end("e").at("g").otherwise().to("m")
    )
    diagram.boundary("a", "deadline", message="deadline").user("late").to("m")
    return diagram.boundary("a", "withdraw", message="withdraw").to("m")


def sub_process() -> Diagram:
    content = Diagram("i").start("s2").parallel("f").user("a").end("e2").at("f").user("b").to("e2")
    diagram = Diagram().start("s").sub("box", content).user("z").end("e")
    return diagram.boundary("box", "stop", message="stop").user("c").to("e")


def nested_sub_processes() -> Diagram:
    small = (
        Diagram("i")
        .start("s3")
        .exclusive("m2")
        .user("a")
        .exclusive("g2")
        .when("=one")
        .end("e3")
        .at("g2")
        .otherwise()
        .to("m2")
    )
    big = Diagram("o").start("s2").user("b").sub("small", small).end("e2")
    diagram = (
        Diagram()
        .start("s")
        .exclusive("m")
        .sub("big", big)
        .exclusive("g")
        .when("=two")
        .end("e")
        .at("g")
        .otherwise()
        .to("m")
    )
    return diagram.boundary("big", "note", interrupting=False, message="note").user("c").end("noted")


def event_gateway() -> Diagram:
    diagram = Diagram().start("s").exclusive("m").first_of("g").catch("x", message="x").user("a").end("e")
    return diagram.at("g").catch("y", message="y").user("b").to("m")


def catching() -> Diagram:
    diagram = Diagram().start("s").parallel("f").catch("x", message="x").user("a").parallel("j").end("e")
    return diagram.at("f").receive("y", "y").to("j")


def terminating() -> Diagram:
    content = Diagram("i").start("s2").parallel("f").user("a").end("t", terminate=True).at("f").user("b").end("e2")
    return Diagram().start("s").sub("box", content).user("z").end("e")


def errors() -> Diagram:
    content = (
        Diagram("i")
        .start("s2")
        .user("a")
        .exclusive("g")
        .when("=one")
        .end("bad", error="E1")
        .at("g")
        .otherwise()
        .end("e2")
    )
    diagram = Diagram().start("s").sub("box", content).user("z").end("e")
    return diagram.boundary("box", "caught", error="E1").user("c").to("e")


def escalations() -> Diagram:
    content = Diagram("i").start("s2").user("a").throw("call", escalation="L1").user("b").end("e2", escalation="L2")
    diagram = Diagram().start("s").sub("box", content).user("z").end("e")
    diagram.boundary("box", "heard", interrupting=False, escalation="L1").user("c").end("e3")
    return diagram.boundary("box", "broken-off", escalation="L2").user("d").to("e")


def several_flows() -> Diagram:
    diagram = Diagram().start("s").user("a").when("=one").user("b").end("e").at("a").when("=two").user("c").to("e")
    diagram.at("a").otherwise().user("d").user("x").to("e").at("d").user("y").to("e")
    return diagram


def links() -> Diagram:
    diagram = (
        Diagram()
        .start("s")
        .user("a")
        .exclusive("g")
        .when("=one")
        .end("e")
        .at("g")
        .otherwise()
        .throw("out", link="back")
    )
    diagram._current = None
    return diagram.catch("in", link="back").user("b").to("a")


def many_items(*, sequential: bool = False) -> Diagram:
    content = (
        Diagram("i").start("s2").user("a").exclusive("g").when("=one").user("b").end("e2").at("g").otherwise().to("e2")
    )
    diagram = (
        Diagram().start("s").exclusive("m").sub("box", content, each="=items", sequential=sequential, until="=two")
    )
    diagram = diagram.user("z").exclusive("g2").when("=three").end("e").at("g2").otherwise().to("m")
    return diagram.boundary("box", "stop", message="stop").to("z")


def items_in_order() -> Diagram:
    return many_items(sequential=True)


def many_tasks() -> Diagram:
    diagram = Diagram().start("s").user("a", each="=items").call("b", "other", each="=items").end("e")
    return diagram.boundary("b", "stop", message="stop").user("c").to("e")


def sending() -> Diagram:
    return (
        Diagram()
        .start("s")
        .throw("x", message="x", job="send")
        .throw("y", signal="y")
        .end("e", message="z", job="send")
    )


SHAPES: list[Callable[[], Diagram]] = [
    line,
    decision_loop,
    fork_join,
    nested_forks,
    inclusive,
    join_in_loop,
    inclusive_in_loop,
    loop_in_branch,
    boundaries,
    boundary_loop,
    sub_process,
    nested_sub_processes,
    event_gateway,
    catching,
    terminating,
    errors,
    escalations,
    several_flows,
    links,
    many_items,
    items_in_order,
    many_tasks,
    sending,
]

IN_THE_LIBRARY: list[Callable[[], Diagram]] = [
    decision_loop,
    fork_join,
    nested_forks,
    inclusive,
    loop_in_branch,
    boundaries,
    boundary_loop,
    sub_process,
    nested_sub_processes,
    event_gateway,
    terminating,
    errors,
    escalations,
]
"""What the library's own parser reads and its own workflow runs as BPMN asks."""
