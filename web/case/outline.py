"""The diagram as text: each step with how far it is. The same answers as the colours of the picture."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from engine.flow.model import Element, Kind, Process
from engine.flow.tables import ElementState
from web.case.order import GATEWAYS, STEPS, in_order

StepState = Literal["done", "current", "failed", ""]

WORDS: Mapping[StepState, str] = {"done": "已经过", "current": "正在办理", "failed": "出现异常", "": "未到达"}


@dataclass(frozen=True, slots=True)
class Passage:
    """How an element has been passed so far: its state, how often it was entered, when last."""

    state: StepState
    times: int
    entered_at: datetime


@dataclass(frozen=True, slots=True)
class OutlineLine:
    """A line of the outline. `at` is when it was entered last, `note` what else there is to say."""

    element_id: str
    name: str
    lane: str
    state: StepState
    words: str
    at: datetime | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """A large step of the line above the journal."""

    label: str
    state: StepState
    note: str = ""


def passages(instances: Sequence[Mapping[str, Any]]) -> dict[str, Passage]:
    """What the element instances of a case say about each element, in the order they were entered."""
    found: dict[str, Passage] = {}
    for row in instances:
        before = found.get(row["element_id"])
        times = (before.times if before else 0) + (row["state"] is not ElementState.CANCELLED)
        state = _stronger(_state(row["state"]), before.state if before else "")
        found[row["element_id"]] = Passage(state, times, row["entered_at"])
    return found


def _state(state: ElementState) -> StepState:
    match state:
        case ElementState.ACTIVE:
            return "current"
        case ElementState.FAILED:
            return "failed"
        case ElementState.COMPLETED:
            return "done"
        case _:
            return ""


def _stronger(one: StepState, other: StepState) -> StepState:
    """Of several passages through one element the one that matters most: failed, then current, then done."""
    order: list[StepState] = ["failed", "current", "done", ""]
    return min(one, other, key=order.index)


def outline(process: Process, passed: Mapping[str, Passage]) -> list[OutlineLine]:
    """What people do, and of the rest what has been reached: a reader looks for steps, not for gateways."""
    lanes = lane_of(process)
    return [
        _line(element, passed.get(element.id), lanes.get(element.id, ""))
        for element in in_order(process)
        if element.name
        and element.kind not in GATEWAYS
        and (element.kind in STEPS or _was_reached(process, element, passed))
    ]


def _was_reached(process: Process, element: Element, passed: Mapping[str, Passage]) -> bool:
    """Whether the case has been there; an event that listens beside the work counts once it has fired."""
    passage = passed.get(element.id)
    return passage is not None and (passage.state == "done" or not listens(process, element))


def listens(process: Process, element: Element) -> bool:
    """A boundary event, or one that a parallel gateway lets wait beside all that people do."""
    if element.kind is Kind.BOUNDARY_EVENT:
        return True
    sources = (process.elements[process.flows[flow].source] for flow in element.incoming)
    return element.kind is Kind.CATCH_EVENT and any(one.kind is Kind.PARALLEL_GATEWAY for one in sources)


def _line(element: Element, passage: Passage | None, lane: str) -> OutlineLine:
    state: StepState = passage.state if passage else ""
    times = passage.times if passage else 0
    return OutlineLine(
        element_id=element.id,
        name=element.name,
        lane=lane,
        state=state,
        words=WORDS[state],
        at=passage.entered_at if passage and state else None,
        note=f"第 {times} 次" if times > 1 else "",
    )


def lane_of(process: Process) -> dict[str, str]:
    """The name of the lane each element lies in."""
    return {element: name for name, elements in process.lanes.values() for element in elements}


def steps(process: Process, passed: Mapping[str, Passage], *, ended: bool, status: str, note: str = "") -> list[Step]:
    """The large steps: the lanes in which people work, in the order the diagram lists them, else the user tasks, and the end.

    A step lies behind where people have worked in it and the case stands further on; after a return the steps to come are
    open again. `note` goes to where the case stands.
    """
    found = _marked(_stages(process), passed)
    here = max((number for number, step in enumerate(found) if step in ("current", "failed")), default=None)
    labels = [label for label, _ in _stages(process)]
    made = []
    for number, (label, state) in enumerate(zip(labels, found, strict=True)):
        if state == "done" and not ended and here is not None and number > here:
            state = ""
        made.append(Step(label, state, note if state == "current" else ""))
    return [*made, Step(status or "办结", "done") if ended else Step("办结", "")]


def _stages(process: Process) -> list[tuple[str, tuple[str, ...]]]:
    people = {element.id for element in process.elements.values() if element.kind is Kind.USER_TASK}
    lanes = [(name, elements) for name, elements in process.lanes.values() if name and people.intersection(elements)]
    if len(lanes) > 1:
        return lanes
    return [(one.name, (one.id,)) for one in in_order(process) if one.kind is Kind.USER_TASK and one.name]


def _marked(stages: Sequence[tuple[str, tuple[str, ...]]], passed: Mapping[str, Passage]) -> list[StepState]:
    marked: list[StepState] = []
    for _, elements in stages:
        state: StepState = ""
        for element in elements:
            if element in passed:
                state = _stronger(passed[element].state, state)
        marked.append(state)
    return marked
