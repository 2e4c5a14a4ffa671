"""The snapshot: small, the same after many returns, in our words, and readable in later releases."""

from pathlib import Path

import orjson
import pytest

from engine.errors import ProcessFault
from engine.flow.spiff.runner import Run
from engine.flow.spiff.snapshot import COMPILER, FORMAT
from tests.spiff.play import FakeHost, Play
from tests.spiff.shapes import SHAPES
from tests.spiff.test_boundaries import declaration
from tests.spiff.walk import DiceHost
from tests.support.diagram import Diagram

GOLDEN = Path(__file__).parent / "golden"


def four_events() -> Diagram:
    """A review with a deadline, two reminders and a withdrawal, named as a real declaration names them."""
    diagram = Diagram("declaration").start("declaration_started").exclusive("fill_again").user("fill_declaration")
    diagram = diagram.user("review_by_unit_officer").exclusive("review_outcome").when("=over").end("declaration_done")
    diagram.at("review_outcome").otherwise().to("fill_again")
    for task in ("fill_declaration", "review_by_unit_officer"):
        diagram.boundary(task, f"{task}_deadline", date="=closing").end(f"{task}_closed")
        diagram.boundary(task, f"{task}_reminder", interrupting=False, cycle="R/P1D").service(f"{task}_remind").end(
            f"{task}_r"
        )
        diagram.boundary(task, f"{task}_withdrawn", message="withdraw", key="=id").end(f"{task}_w")
        diagram.boundary(task, f"{task}_discarded", message="discard", key="=id").end(f"{task}_d")
    return diagram


def test_a_declaration_is_kept_in_under_a_kilobyte_after_1_and_after_200_returns() -> None:
    play = Play(four_events(), {"over": False})
    play.host.keys = 4_503_599_627_370_000
    play.start().complete("fill_declaration")
    first = len(play.snapshot)
    for _ in range(200):
        play.complete("review_by_unit_officer", "fill_declaration")
    assert len(play.snapshot) == first
    assert first < 1024


def test_two_hundred_long_returns_lose_nothing() -> None:
    """The library stops looking at depth 1000, which 62 returns of 16 tasks reach."""
    diagram = Diagram().start("s").exclusive("m")
    for number in range(16):
        diagram.user(f"u{number}")
    diagram.exclusive("g").when("=over").end("e").at("g").otherwise().to("m")
    play = Play(diagram, {"over": False}, restart=False).start()
    for _ in range(200):
        play.complete(*(f"u{number}" for number in range(16)))
    assert play.where == ["u0"]
    assert len(play.run._machine.tasks) == 2
    play.host.variables["over"] = True
    play.complete(*(f"u{number}" for number in range(16)))
    assert play.run.state == "completed"


def test_the_snapshot_speaks_of_elements_and_roles() -> None:
    play = Play(declaration(), {"ok": True}).start().complete("fill")
    keys = {active.element.id: active.key for active in play.run.active()}
    assert orjson.loads(play.snapshot) == [
        FORMAT,
        COMPILER,
        0,
        {
            "state": "running",
            "tokens": [
                ["review", "task", keys["review"], 0],
                ["deadline", "boundary", keys["deadline"], keys["review"]],
                ["reminder", "boundary", keys["reminder"], keys["review"]],
                ["withdraw", "boundary", keys["withdraw"], keys["review"]],
            ],
        },
    ]


def test_no_name_of_the_library_is_in_a_snapshot() -> None:
    words = ("node:", "flow:", "item:", "arm:", "link:", "READY", "STARTED", "typename", "uuid", "End")
    for shape in SHAPES:
        for snapshot in _snapshots(shape()):
            assert [word for word in words if word in snapshot.decode()] == []


def _snapshots(diagram: Diagram) -> list[bytes]:
    play = Play(diagram, host=DiceHost(7))
    play.start()
    found = [play.snapshot]
    for number in range(20):
        play.host.die.step = number + 1  # type: ignore[attr-defined]
        move = next(play.moves(), None)
        if move is None:
            break
        play.step(lambda run, move=move: getattr(run, move[0])(move[1]))
        found.append(play.snapshot)
    return found


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_the_snapshots_of_this_format_stay_what_they_are(shape: object) -> None:
    """A change that makes these differ needs a new format, and a reader for this one."""
    name = shape.__name__  # type: ignore[attr-defined]
    kept = orjson.loads((GOLDEN / f"format-{FORMAT}.json").read_bytes())
    assert [orjson.loads(snapshot) for snapshot in _snapshots(shape())] == kept[name]  # type: ignore[operator]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_the_snapshots_of_every_released_format_are_read(shape: object) -> None:
    diagram = shape()  # type: ignore[operator]
    compiled = Play(diagram).compiled
    for path in sorted(GOLDEN.glob("format-*.json")):
        for snapshot in orjson.loads(path.read_bytes())[shape.__name__]:  # type: ignore[attr-defined]
            run = Run(compiled, FakeHost(), orjson.dumps(snapshot))
            assert orjson.loads(run.dump())[3]["state"] == snapshot[3]["state"]
            assert len(run.active()) == len(snapshot[3]["tokens"])


def test_an_unknown_format_and_a_vanished_element_are_named() -> None:
    play = Play(Diagram().start().user("a").end()).start()
    with pytest.raises(ProcessFault):
        Run(play.compiled, play.host, orjson.dumps([99, 1, 0, {"state": "running", "tokens": []}]))
    other = Play(Diagram().start().user("b").end())
    with pytest.raises(ProcessFault) as caught:
        Run(other.compiled, other.host, play.snapshot)
    assert caught.value.element == "a"


def test_the_definition_key_is_kept_in_the_snapshot() -> None:
    play = Play(Diagram().start().user("a").end())
    run = Run(play.compiled, play.host, definition_key=4711)
    run.start()
    assert orjson.loads(run.dump())[2] == 4711
