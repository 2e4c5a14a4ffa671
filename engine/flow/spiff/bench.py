"""How long one step of the interpreter takes, and how much a case weighs: the numbers of docs/performance.md."""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median
from time import process_time

from engine.feel import Expression
from engine.flow.model import Element, EventDetails, Trigger
from engine.flow.spiff.library import CompiledProcess, compile_resource
from engine.flow.spiff.runner import Run

_ROUNDS = 300


@dataclass(frozen=True, slots=True)
class Measure:
    """Median CPU milliseconds of restoring, completing a task and dumping; bytes of the snapshot."""

    name: str
    milliseconds: float
    bytes: int


class NullHost:
    """A host that does nothing, so that only the interpreter is measured. Conditions hold as `answer` says."""

    def __init__(self) -> None:
        self.keys = 4_503_599_627_370_496
        self.answer = False

    def new_key(self) -> int:
        self.keys += 1
        return self.keys

    def evaluate(self, expression: Expression, scope: int, element: Element) -> object:
        return self.answer

    def entered(self, element: Element, key: int, scope: int, item: int | None) -> None: ...

    def left(self, element: Element, key: int, scope: int, outcome: str) -> None: ...

    def waits(self, element: Element, event: EventDetails, key: int, owner: int, scope: int) -> None: ...

    def stops_waiting(self, element: Element, key: int) -> None: ...

    def took(self, flow_id: str) -> None: ...

    def failed(self, element: Element, key: int, scope: int, code: str, message: str) -> None:
        raise AssertionError(message)

    def collection(self, element: Element, scope: int) -> list[object]:
        return []

    def item_completed(self, element: Element, key: int, scope: int, item: int) -> None: ...

    def uncaught(self, element: Element, key: int, scope: int, trigger: Trigger, code: str | None) -> bool:
        return False


def measure_steps(rounds: int = _ROUNDS) -> list[Measure]:
    """A plain line of user tasks, and a declaration with deadline, reminder and withdrawal, after 1 and 200 returns."""
    line = compile_resource(_line(15).encode()).processes["p"]
    declaration = compile_resource(_declaration().encode()).processes["p"]
    return [
        _measure("plain line", line, 0, rounds),
        _measure("declaration, 1 return", declaration, 1, rounds),
        _measure("declaration, 200 returns", declaration, 200, rounds),
    ]


def _measure(name: str, compiled: CompiledProcess, returns: int, rounds: int) -> Measure:
    host = NullHost()
    run = Run(compiled, host)
    run.start()
    for _ in range(2 * returns):
        run.complete(_task(run))
        run = Run(compiled, host, run.dump())
    snapshot, times = run.dump(), []
    for _ in range(rounds):
        key = _task(run)
        begun = process_time()
        again = Run(compiled, host, snapshot)
        again.complete(key)
        again.dump()
        times.append(process_time() - begun)
    return Measure(name, median(times) * 1000, len(snapshot))


def _task(run: Run) -> int:
    return next(active.key for active in run.active() if active.role == "task")


def _file(parts: Iterable[str]) -> str:
    return (
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">'
        f'<message id="m" name="withdraw"/><process id="p" isExecutable="true">{"".join(parts)}</process></definitions>'
    )


def _flows(*ids: str) -> Iterable[str]:
    for source, target in itertools.pairwise(ids):
        yield f'<sequenceFlow id="{source}-{target}" sourceRef="{source}" targetRef="{target}"/>'


def _line(length: int) -> str:
    tasks = [f"task_{number}" for number in range(length)]
    nodes = [f'<userTask id="{task}"/>' for task in tasks]
    return _file(['<startEvent id="s"/><endEvent id="e"/>', *nodes, *_flows("s", *tasks, "e")])


def _declaration() -> str:
    """Fill and review with a way back; each task has an interrupting deadline and withdrawal and a reminder."""
    parts = ['<startEvent id="s"/><endEvent id="approved"/><exclusiveGateway id="again"/>']
    for task in ("fill_declaration", "review_declaration"):
        parts.append(f'<userTask id="{task}"/><endEvent id="{task}_closed"/>')
        for event, rest, definition in (
            ("deadline", "", "<timerEventDefinition><timeDate>=closing</timeDate></timerEventDefinition>"),
            (
                "reminder",
                ' cancelActivity="false"',
                "<timerEventDefinition><timeCycle>R/P1D</timeCycle></timerEventDefinition>",
            ),
            ("withdrawal", "", '<messageEventDefinition messageRef="m"/>'),
        ):
            border = f"{task}_{event}"
            parts.append(f'<boundaryEvent id="{border}" attachedToRef="{task}"{rest}>{definition}</boundaryEvent>')
            parts += _flows(border, f"{task}_closed")
    parts.append('<exclusiveGateway id="outcome" default="outcome-again"/>')
    parts += _flows("s", "again", "fill_declaration", "review_declaration", "outcome", "again")
    parts.append(
        '<sequenceFlow id="outcome-approved" sourceRef="outcome" targetRef="approved">'
        "<conditionExpression>=outcome = 1</conditionExpression></sequenceFlow>"
    )
    return _file(parts)
