"""Walking diagrams at random."""

from engine.flow.simulation import guess_values, simulate
from engine.flow.spiff.library import compile_resource
from tests.support.diagram import Diagram


def test_every_end_that_can_be_reached_is_reached() -> None:
    diagram = (
        Diagram("review")
        .start()
        .user("check")
        .exclusive("which")
        .when('=outcome = "approve" and score >= 60')
        .end("approved")
        .at("which")
        .when('=outcome = "reject"')
        .end("rejected")
        .at("which")
        .otherwise()
        .to("check")
        .boundary("check", "late", duration="P3D")
        .end("expired")
    )
    found = simulate(diagram.xml(), runs=40)
    assert set(found.ended) == {"approved", "rejected", "expired"}
    assert (found.never_reached, dict(found.incidents), found.unfinished) == ((), {}, 0)


def test_what_cannot_be_reached_and_what_stops_is_named() -> None:
    diagram = Diagram("stops").start().exclusive("which").when("=n > 1").end("never")
    found = simulate(diagram.xml(), variables={"n": 0}, runs=3)
    assert found.never_reached == ("never",)
    assert sum(found.incidents.values()) == 3


def test_values_are_guessed_from_comparisons() -> None:
    diagram = Diagram("p").start().exclusive("x").when('=a = "b" and n > 3').end("e").at("x").otherwise().end("f")
    process = compile_resource(diagram.xml()).processes["p"].process
    guesses = guess_values(process)
    assert (set(guesses["a"]), set(guesses["n"])) == ({"b", ""}, {2, 3, 4})


def test_the_same_seed_walks_the_same_way() -> None:
    xml = Diagram("p").start().user("a").exclusive("x").when("=n > 3").end("e").at("x").otherwise().end("f").xml()
    assert simulate(xml, runs=4, seed=7).as_json() == simulate(xml, runs=4, seed=7).as_json()
