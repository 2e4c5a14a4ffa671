"""Diagrams drawn at random from blocks that close what they open: however they nest, every case ends, and cleanly."""

from itertools import count
from random import Random

import pytest

from engine.flow.spiff.lint import RULES, check_resource
from tests.spiff.walk import walk
from tests.support.diagram import Diagram


class Blocks:
    """Draws one scope. Every block continues the diagram from its current node to one node where it ends."""

    def __init__(self, random: Random, ids: "count[int]", depth: int) -> None:
        self.random = random
        self.ids = ids
        self.depth = depth

    def name(self, kind: str) -> str:
        return f"{kind}{next(self.ids)}"

    def scope(self, process_id: str) -> Diagram:
        diagram = Diagram(process_id).start(self.name("start"))
        for _ in range(self.random.randint(1, 3)):
            self.block(diagram)
        return diagram.end(self.name("end"))

    def block(self, diagram: Diagram) -> None:
        if self.depth == 0:
            self.task(diagram)
            return
        kinds = (self.task, self.fork, self.choice, self.loop, self.sub, self.bordered, self.race)
        self.depth -= 1
        self.random.choice(kinds)(diagram)
        self.depth += 1

    def task(self, diagram: Diagram) -> None:
        diagram.user(self.name("task"))

    def fork(self, diagram: Diagram) -> None:
        """Parallel or inclusive, closed by a join of its kind."""
        inclusive = self.random.random() < 0.5
        draw = diagram.inclusive if inclusive else diagram.parallel
        fork, join = self.name("fork"), self.name("join")
        draw(fork)
        for branch in range(self.random.randint(2, 3)):
            diagram.at(fork)
            if inclusive and branch == 0:
                diagram.otherwise()
            elif inclusive:
                diagram.when(f"={fork}_{branch}")
            self.task(diagram)
            self.block(diagram)
            if branch == 0:
                draw(join)
            else:
                diagram.to(join)
        diagram.at(join)

    def choice(self, diagram: Diagram) -> None:
        gate, merge = self.name("gate"), self.name("merge")
        diagram.exclusive(gate).when(f"={gate}")
        self.block(diagram)
        diagram.exclusive(merge).at(gate).otherwise()
        self.task(diagram)
        diagram.to(merge).at(merge)

    def loop(self, diagram: Diagram) -> None:
        merge, gate = self.name("merge"), self.name("gate")
        diagram.exclusive(merge)
        self.task(diagram)
        self.block(diagram)
        diagram.exclusive(gate).when(f"={gate}").to(merge).at(gate).otherwise()
        self.task(diagram)

    def sub(self, diagram: Diagram) -> None:
        each = self.random.choice([None, None, "=items"])
        box, merge = self.name("box"), self.name("merge")
        sequential = self.random.random() < 0.5
        diagram.sub(
            box, self.scope(self.name("inner")), each=each, sequential=sequential, until="=enough" if each else None
        )
        diagram.exclusive(merge).boundary(box, self.name("late"), duration="P1D")
        self.task(diagram)
        diagram.to(merge).at(merge)

    def bordered(self, diagram: Diagram) -> None:
        task, merge, end = self.name("task"), self.name("merge"), self.name("end")
        diagram.user(task).exclusive(merge)
        diagram.boundary(task, self.name("note"), interrupting=False, message=self.name("m"), key="=k").end(end)
        diagram.boundary(task, self.name("stop"), message=self.name("m"), key="=k").to(merge).at(merge)

    def race(self, diagram: Diagram) -> None:
        gate, merge = self.name("race"), self.name("merge")
        diagram.first_of(gate).catch(self.name("event"), duration="P1D").exclusive(merge)
        diagram.at(gate).catch(self.name("event"), signal="s")
        self.task(diagram)
        diagram.to(merge).at(merge)


@pytest.mark.parametrize("seed", range(60))
def test_every_case_of_a_well_formed_diagram_ends(seed: int) -> None:
    xml = Blocks(Random(seed), count(1), depth=3).scope("p").xml()
    assert [finding for finding in check_resource(xml) if RULES[finding.rule] == "error"] == []
    for walked in range(3):
        log = walk(xml, 100 * seed + walked, 1500, restart=True)
        assert not [line for line in log if line.startswith("failed")]
        assert log[-1] == "completed"
        assert walk(xml, 100 * seed + walked, 1500, restart=False) == log
