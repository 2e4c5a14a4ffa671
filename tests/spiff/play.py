"""A case without a flow: a host that writes down what it is told, and a player that restarts after every step."""

from collections.abc import Callable, Iterator
from typing import Self

from engine.errors import ProcessFault
from engine.feel import Expression
from engine.flow.model import Element, EventDetails, Kind, Trigger
from engine.flow.spiff.library import compile_resource
from engine.flow.spiff.runner import Active, Run
from tests.support.diagram import Diagram


class FakeHost:
    """Keeps every call in `log` as a short sentence; `variables` answer expressions.

    `faults` are raised once each when the call of that sentence is made. `takes_errors` is the answer to `uncaught`.
    """

    def __init__(self, variables: dict[str, object] | None = None) -> None:
        self.variables = variables or {}
        self.log: list[str] = []
        self.faults: dict[str, ProcessFault] = {}
        self.takes_errors = False
        self.waiting: dict[int, Element] = {}
        self.open: dict[int, tuple[str, int, int | None]] = {}
        self.failures: dict[int, str] = {}
        self.keys = 0

    def say(self, sentence: str) -> None:
        fault = self.faults.pop(sentence, None)
        if fault is not None:
            raise fault
        self.log.append(sentence)

    def new_key(self) -> int:
        self.keys += 1
        return self.keys

    def evaluate(self, expression: Expression, scope: int, element: Element) -> object:
        return expression.evaluate(self.variables)

    def entered(self, element: Element, key: int, scope: int, item: int | None) -> None:
        self.say(f"entered {element.id}" + (f" {item}" if item is not None else ""))
        assert key not in self.open
        assert scope == 0 or scope in self.open
        self.open[key] = element.id, scope, item

    def left(self, element: Element, key: int, scope: int, outcome: str) -> None:
        self.say(f"left {element.id} {outcome}")
        if self.failures.pop(key, None) is None:
            assert self.open[key][:2] == (element.id, scope)
        self.open.pop(key, None)

    def waits(self, element: Element, event: EventDetails, key: int, owner: int, scope: int) -> None:
        self.say(f"waits {element.id}")
        assert owner in self.open
        self.waiting[key] = element

    def stops_waiting(self, element: Element, key: int) -> None:
        self.say(f"stops {element.id}")
        assert self.waiting.pop(key) is element

    def took(self, flow_id: str) -> None:
        self.say(f"took {flow_id}")

    def failed(self, element: Element, key: int, scope: int, code: str, message: str) -> None:
        self.say(f"failed {element.id} {code}")
        self.failures[key] = message

    def collection(self, element: Element, scope: int) -> list[object]:
        self.say(f"collection {element.id}")
        assert element.multi is not None
        assert element.multi.input_collection.expression is not None
        value = element.multi.input_collection.expression.evaluate(self.variables)
        assert isinstance(value, list)
        return value

    def item_completed(self, element: Element, key: int, scope: int, item: int) -> None:
        self.say(f"item {element.id} {item}")
        assert self.open[key] == (element.id, scope, item)

    def uncaught(self, element: Element, key: int, scope: int, trigger: Trigger, code: str | None) -> bool:
        self.say(f"uncaught {element.id} {trigger} {code}")
        return self.takes_errors


class Play:
    """One case, stored and loaded again after every step unless `restart` is off."""

    def __init__(
        self,
        diagram: Diagram | bytes,
        variables: dict[str, object] | None = None,
        *,
        restart: bool = True,
        step_limit: int = 10_000,
        process: str | None = None,
        host: FakeHost | None = None,
    ) -> None:
        resource = compile_resource(diagram if isinstance(diagram, bytes) else diagram.xml())
        self.compiled = resource.processes[process or next(iter(resource.processes))]
        self.host = host or FakeHost(variables)
        self.restart = restart
        self.step_limit = step_limit
        self.run = Run(self.compiled, self.host, step_limit=step_limit)
        self.snapshot = b""

    @property
    def log(self) -> list[str]:
        """What was said since the last look."""
        said, self.host.log = self.host.log, []
        return said

    def step(self, act: Callable[[Run], object]) -> object:
        result = act(self.run)
        self.snapshot = self.run.dump()
        if self.restart:
            before = self.run.active()
            self.run = Run(self.compiled, self.host, self.snapshot, step_limit=self.step_limit)
            assert self.run.active() == before
            assert self.run.dump() == self.snapshot
        return result

    def start(self, event: str | None = None) -> Self:
        self.step(lambda run: run.start(event))
        return self

    def complete(self, *element_ids: str) -> Self:
        """Complete the oldest resting token of each element."""
        for element_id in element_ids:
            key = self.key(element_id)
            self.step(lambda run, key=key: run.complete(key))
        return self

    def fire(self, *element_ids: str) -> Self:
        for element_id in element_ids:
            key = self.key(element_id)
            self.step(lambda run, key=key: run.fire(key))
        return self

    def retry(self, element_id: str) -> Self:
        key = next(
            active.key for active in self.run.active() if active.state == "failed" and active.element.id == element_id
        )
        self.step(lambda run: run.retry(key))
        return self

    def key(self, element_id: str, nth: int = 0) -> int:
        return self.actives(element_id)[nth].key

    def actives(self, element_id: str) -> list[Active]:
        return [active for active in self.run.active() if active.element.id == element_id]

    @property
    def where(self) -> list[str]:
        """The elements with a token or a waiting event, sorted."""
        return sorted(active.element.id for active in self.run.active())

    def moves(self) -> Iterator[tuple[str, int]]:
        """What a caller could do now: complete or fire, in a fixed order."""
        for active in self.run.active():
            if active.state == "failed" or active.role in ("arrival", "scope", "body", "item", "gateway"):
                continue
            waits = active.role in ("boundary", "arm", "event") or _receives(active)
            yield ("fire" if waits else "complete"), active.key


def _receives(active: Active) -> bool:
    return active.element.kind is Kind.RECEIVE_TASK and active.element.multi is None
