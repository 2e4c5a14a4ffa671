"""Walking a diagram at random, many times: what can be reached, what never was, where it stops (`zhiping simulate`)."""

import random
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.errors import ZhipingError
from engine.flow.model import Kind, Process, Trigger
from engine.flow.sandbox import Sandbox
from engine.flow.spiff.library import compile_resource

#: a variable compared with a text, a number or a truth value: what it may usefully be
_COMPARED = re.compile(r'(\w+)\s*(?:!=|[<>]=?|=)\s*(?:"((?:[^"\\]|\\.)*)"|(-?\d+(?:\.\d+)?)|(true|false))')
HOUR = 3600.0


@dataclass(slots=True)
class Simulated:
    """What all walks together met. `never_reached` are elements no walk entered."""

    runs: int
    ended: Counter[str] = field(default_factory=Counter)
    entered: Counter[str] = field(default_factory=Counter)
    never_reached: tuple[str, ...] = ()
    incidents: Counter[str] = field(default_factory=Counter)
    unfinished: int = 0

    def as_json(self) -> dict[str, Any]:
        return {
            "runs": self.runs,
            "unfinished": self.unfinished,
            "ended": dict(self.ended),
            "entered": dict(self.entered),
            "neverReached": list(self.never_reached),
            "incidents": dict(self.incidents),
        }

    def as_text(self) -> str:
        lines = [f"{self.runs} 次运行，{self.unfinished} 次在步数内没有结束"]
        lines += [f"到达 {element}：{times} 次" for element, times in sorted(self.ended.items())]
        lines += [f"从未到达 {element}" for element in self.never_reached]
        lines += [f"异常 {times} 次：{message}" for message, times in self.incidents.most_common()]
        return "\n".join(lines)


def simulate(
    xml: bytes,
    *more: bytes,
    variables: Mapping[str, Any] | None = None,
    runs: int = 100,
    steps: int = 200,
    seed: int = 1,
) -> Simulated:
    """Start the first process of `xml` that often and do at random what waits, at most `steps` times each.

    Every case starts with `variables`; others are guessed from what the diagram's expressions compare them with.
    Raises the lint's findings.
    """
    process = next(iter(compile_resource(xml).processes.values())).process
    given = dict(variables or {})
    guesses = {name: values for name, values in guess_values(process).items() if name not in given}
    found = Simulated(runs)
    for number in range(runs):
        _walk(process, (xml, *more), given, guesses, steps, random.Random(seed * 1_000_003 + number), found)  # noqa: S311 - chance, not secrecy
    found.never_reached = tuple(sorted(set(process.elements) - set(found.entered)))
    return found


def guess_values(process: Process) -> Mapping[str, tuple[Any, ...]]:
    """For each variable the values a condition compares it with, and for numbers those beside them."""
    guesses: dict[str, set[Any]] = {}
    for flow in process.flows.values():
        if flow.condition is None:
            continue
        for name, words, number, truth in _COMPARED.findall(flow.condition.text):
            if name in flow.condition.names:
                guesses.setdefault(name, set()).update(_values(words, number, truth))
    return {name: tuple(sorted(values, key=repr)) for name, values in guesses.items()}


def _values(words: str, number: str, truth: str) -> Sequence[Any]:
    if number:
        value = float(number) if "." in number else int(number)
        return (value - 1, value, value + 1)
    return (True, False) if truth else (words, "")


def _walk(
    process: Process,
    files: tuple[bytes, ...],
    given: Mapping[str, Any],
    guesses: Mapping[str, tuple[Any, ...]],
    steps: int,
    dice: random.Random,
    found: Simulated,
) -> None:
    sandbox = Sandbox(*files)
    names = sorted(set(_messages(process)))

    def values() -> dict[str, Any]:
        return {name: dice.choice(choices) for name, choices in guesses.items() if choices}

    try:
        sandbox.start({**values(), **given}, process.id)
        for _ in range(steps):
            if sandbox.state != "running":
                break
            _step(sandbox, names, values(), dice)
    except ZhipingError as error:
        found.incidents[error.message] += 1
    for incident in sandbox.incidents():
        found.incidents[f"{incident.element_id}: {incident.message}"] += 1
    if sandbox.state == "running":
        found.unfinished += 1
    for passage in sandbox.history():
        found.entered[passage.element_id] += 1
        if passage.kind == Kind.END_EVENT:
            found.ended[passage.element_id] += 1


def _messages(process: Process) -> list[str]:
    """Names of the messages and signals something in the process waits for."""
    return [
        element.event.name.text.lstrip("=").strip('"')
        for element in process.elements.values()
        if element.event is not None
        and element.event.name is not None
        and element.event.trigger in (Trigger.MESSAGE, Trigger.SIGNAL)
    ]


def _step(sandbox: Sandbox, names: list[str], values: Mapping[str, Any], dice: random.Random) -> None:
    """One thing at random: a task, a job, time passing, a message to who waits."""
    tasks, jobs = sandbox.tasks(), sandbox.jobs()
    choices = ["task"] * (4 * bool(tasks)) + ["job"] * (4 * bool(jobs)) + ["time"] + ["message"] * bool(names)
    match dice.choice(choices):
        case "task":
            sandbox.complete(dice.choice(tasks), values)
        case "job":
            sandbox.complete_job(dice.choice(jobs), values)
        case "time":
            sandbox.advance(dice.choice([HOUR, 24 * HOUR, 24 * 14 * HOUR]))
        case _:
            name = dice.choice(names)
            for wait in sandbox.waits():
                if wait.name == name:
                    sandbox.publish_message(name, wait.correlation_key, values)
                    break
            else:
                sandbox.broadcast_signal(name, values)
