"""Random walks through a diagram whose conditions are answered by a die both sides throw alike."""

from hashlib import sha256
from random import Random

from engine.feel import Expression
from engine.flow.model import Element
from tests.spiff.play import FakeHost, Play


class Die:
    """Answers a condition by its text, the number of the step and a seed: no variables, every path is open."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.step = 0

    def throws(self, text: str) -> bool:
        return sha256(f"{self.seed} {self.step} {text.strip().removeprefix('=')}".encode()).digest()[0] % 2 == 0


class DiceHost(FakeHost):
    """Every condition is a throw, every collection has up to three items, every code is the same text."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.die = Die(seed)

    def evaluate(self, expression: Expression, scope: int, element: Element) -> object:
        return self.die.throws(expression.text)

    def collection(self, element: Element, scope: int) -> list[object]:
        self.say(f"collection {element.id}")
        return list(range(sum(self.die.throws(f"{element.id} {item}") for item in range(3))))


def walk(xml: bytes, seed: int, steps: int, *, restart: bool, process: str | None = None) -> list[str]:
    """Everything the host heard on the walk of that seed."""
    host = DiceHost(seed)
    play = Play(xml, host=host, restart=restart, process=process, step_limit=100_000)
    start = play.compiled.process.starts[0].id
    choose = Random(seed)
    play.start(start)
    for number in range(steps):
        host.die.step = number + 1
        moves = list(play.moves())
        if not moves:
            break
        verb, key = choose.choice(moves)
        host.log.append(f"-- {verb} {key}: {sorted((a.element.id, a.key, a.state) for a in play.run.active())}")
        play.step(lambda run, verb=verb, key=key: getattr(run, verb)(key))
    if play.run.state != "running":
        assert (host.open, host.waiting, host.failures) == ({}, {}, {})
    return [*host.log, play.run.state]
