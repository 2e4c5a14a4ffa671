"""What the lint says, and what it may be told beforehand."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from engine.flow.model import Element, Process, SequenceFlow
from engine.flow.spiff.lint.rules import RULES, Severity
from engine.flow.spiff.source import Node, Source
from engine.flow.spiff.values import element_id

__all__ = ["Check", "File", "Finding", "Known", "Notes", "Severity"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark on a file. An error refuses publishing, a warning does not.

    `rule` is a stable English word of `docs/lint.md`, `element` the id in the diagram (empty where there is none),
    `name` its label, `message` a Chinese sentence that says what to do.
    """

    rule: str
    severity: Severity
    element: str
    name: str
    message: str


@dataclass(frozen=True, slots=True)
class Known:
    """What exists outside the file. A field that is None is not known, and nothing is said about it."""

    forms: frozenset[str] | None = None
    jobs: frozenset[str] | None = None
    decisions: frozenset[str] | None = None
    processes: frozenset[str] | None = None
    #: names some process in force catches
    messages: frozenset[str] | None = None


_OF_WHAT_IS_THERE = {"gateway-condition-missing", "inclusive-always", "script-missing", "correlation-key-missing"}


class Notes:
    """Collects findings; the same thing is said once. It is the `report` of reading, too."""

    def __init__(self) -> None:
        self._found: dict[Finding, None] = {}

    def __call__(self, rule: str, node: Node, message: str) -> None:
        owner = _named(node)
        self.add(rule, element_id(node), owner.get("name", "") if owner is not None else "", message)

    def about(self, rule: str, thing: Element | SequenceFlow | Process, message: str) -> None:
        """A remark on something that was read. What could not be read is not said to be missing besides."""
        if rule in _OF_WHAT_IS_THERE and any(f.rule == "feel-syntax" and f.element == thing.id for f in self._found):
            return
        self.add(rule, thing.id, thing.name, message)

    def add(self, rule: str, element: str, name: str, message: str) -> None:
        self._found.setdefault(Finding(rule, RULES[rule], element, " ".join(name.split()), message))

    @property
    def findings(self) -> list[Finding]:
        """Errors first, each in the order found."""
        return sorted(self._found, key=lambda finding: finding.severity != "error")


def _named(node: Node) -> Node | None:
    found: Node | None = node
    while found is not None and found.get("id") is None:
        found = found.getparent()
    return found


@dataclass(frozen=True, slots=True)
class File:
    """A file as read: its XML, and its executable processes as far as they could be read."""

    source: Source
    processes: Sequence[Process]
    known: Known

    def elements(self) -> Iterable[tuple[Process, Element]]:
        return ((process, element) for process in self.processes for element in process.elements.values())


Check = Callable[[File, Notes], None]
"""One family of rules."""
