"""A DMN model: its decisions, what they require, and their evaluation in that order."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple

from engine.clock import Clock
from engine.decision.document import Element, attribute, child, children, name_of, read_document, referred
from engine.decision.errors import DecisionError
from engine.decision.logic import Broken, Environment, Logic
from engine.decision.phrases import Phrases, Problem
from engine.decision.reader import read_function, read_logic
from engine.decision.result import Evaluated, Result
from engine.feel import Run, Value, Variables, WorkingDays

#: models held in memory at once
MODELS_KEPT = 256


class DecisionName(NamedTuple):
    id: str
    name: str


class Finding(NamedTuple):
    """A problem of the model: the id of the element at fault and a sentence."""

    element: str
    message: str


@dataclass(frozen=True, slots=True)
class _Node:
    """A decision or a business knowledge model. `variable` is the name its value goes by."""

    id: str
    name: str
    variable: str
    logic: Logic
    requires: tuple[str, ...]
    problems: tuple[Problem, ...]


class Model:
    """A DMN 1.1–1.5 file. Raises `DecisionError` where it is not one; other faults are `findings`."""

    def __init__(self, xml: str | bytes) -> None:
        root = read_document(xml)
        self.id = attribute(root, "id")
        self.name = attribute(root, "name")
        self.version_tag = next((attribute(tag, "value") for tag in root.iter("{*}versionTag")), "")
        phrases = Phrases(frozenset(_names(root)))
        self._decisions = tuple(_nodes(root, "decision", phrases))
        self._by_id = {node.id: node for node in (*_nodes(root, "businessKnowledgeModel", phrases), *self._decisions)}
        self._tags = {attribute(found, "id"): _version_tag(found) for found in children(root, "decision")}
        self._problems = [*phrases.problems, *_check_ids(root), *self._check_requirements()]

    @property
    def decisions(self) -> tuple[DecisionName, ...]:
        """The decisions in the order of the file."""
        return tuple(DecisionName(node.id, node.name) for node in self._decisions)

    def version_tag_of(self, decision: str) -> str:
        """The version tag of a decision, by its id; where it has none, the model's."""
        return self._tags.get(decision) or self.version_tag

    def findings(self) -> list[Finding]:
        """What is wrong with the model, in the order of the file; nothing when it can be evaluated."""
        return [Finding(*problem) for problem in self._problems]

    def names(self, decision: str) -> frozenset[str]:
        """The names that the inputs must hold for a decision and the decisions it requires."""
        found: set[str] = set()
        given: set[str] = set()
        for node in self._order(self._find(decision)):
            found |= node.logic.names()
            given |= {node.variable, node.name, node.id}
        return frozenset(found - given)

    def evaluate(
        self, decision: str, inputs: Variables, clock: Clock | None = None, calendar: WorkingDays | None = None
    ) -> Result:
        """Evaluate a decision, named by id or name, after the decisions it requires.

        `inputs` are JSON or FEEL values by name. All of it shares the limits of one FEEL evaluation.
        Raises `DecisionError` where the model has findings on the way or contradicts itself, and `FeelLimitError`.
        """
        node = self._find(decision)
        run = Run(clock, calendar)
        environment = Environment(run, inputs, {})
        evaluated: list[Evaluated] = []
        for required in self._order(node):
            if required.problems:
                raise DecisionError(required.problems[0][1], required.problems[0][0])
            record = Evaluated(required.id, required.name)
            value = self._value(required, environment, record)
            environment.own.update(dict.fromkeys((required.id, required.name, required.variable), value))
            if required in self._decisions:
                record.value = value
                evaluated.append(record)
        return Result(tuple(evaluated))

    def _value(self, node: _Node, environment: Environment, record: Evaluated) -> Value:
        try:
            return node.logic.evaluate(environment, record)
        except RecursionError:
            raise DecisionError(f"决策“{node.name}”的函数互相调用太多，请检查是否循环调用。", node.id) from None

    def _find(self, decision: str) -> _Node:
        """A decision by id, else by name. Raises `DecisionError` where there is none."""
        for key in ("id", "name"):
            for node in self._decisions:
                if getattr(node, key) == decision:
                    return node
        raise DecisionError(f"决策模型中没有“{decision}”这个决策，请检查编号或名称。")

    def _order(self, node: _Node) -> list[_Node]:
        """The node after all it requires. Raises `DecisionError` where something is missing or goes in a circle."""
        graph: dict[str, tuple[str, ...]] = {}
        waiting = [node.id]
        while waiting:
            current = waiting.pop()
            if current in graph:
                continue
            missing = [required for required in self._by_id[current].requires if required not in self._by_id]
            if missing:
                raise DecisionError(_missing(self._by_id[current], missing[0]), current)
            graph[current] = self._by_id[current].requires
            waiting += graph[current]
        try:
            return [self._by_id[key] for key in TopologicalSorter(graph).static_order()]
        except CycleError as error:
            raise DecisionError(_circle(self._by_id, error), node.id) from None

    def _check_requirements(self) -> Iterator[Problem]:
        for node in self._by_id.values():
            for required in node.requires:
                if required not in self._by_id:
                    yield node.id, _missing(node, required)
        graph = {
            node.id: [required for required in node.requires if required in self._by_id]
            for node in self._by_id.values()
        }
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as error:
            yield error.args[1][0], _circle(self._by_id, error)


def _version_tag(element: Element) -> str:
    return attribute(child(child(element, "extensionElements"), "versionTag"), "value")


def _check_ids(root: Element) -> Iterator[Problem]:
    """A file has decisions, each with an id of its own: of two with the same only one could be asked."""
    if child(root, "decision") is None:
        yield attribute(root, "id"), "文件中没有决策，请补充。"
    seen: set[str] = set()
    for element in children(root, "decision", "businessKnowledgeModel", "inputData"):
        id_ = attribute(element, "id")
        if not id_:
            yield attribute(root, "id"), f"“{attribute(element, 'name')}”没有 id，请填写。"
        elif id_ in seen:
            yield id_, f"id {id_} 重复，请改成不同的 id。"
        seen.add(id_)


def _missing(node: _Node, required: str) -> str:
    return f"“{node.name}”所需的“{required}”不在这个文件中，请补充或去掉连线。"


def _circle(nodes: dict[str, _Node], error: CycleError) -> str:
    names = "→".join(nodes[key].name for key in error.args[1])
    return f"决策互相依赖成环：{names}，请去掉其中一条连线。"


def _requirements(element: Element) -> Iterator[str]:
    """The ids of the decisions and the business knowledge that an element points to."""
    for requirement in children(element, "informationRequirement", "knowledgeRequirement"):
        for required in children(requirement, "requiredDecision", "requiredKnowledge"):
            yield referred(required)


def _variable(element: Element) -> str:
    return attribute(child(element, "variable"), "name") or attribute(element, "name") or attribute(element, "id")


@lru_cache(maxsize=MODELS_KEPT)
def read_model(xml: bytes) -> Model:
    """The model of a file; the same bytes are read once. Nothing in it changes, so it is shared by all requests.

    Raises `DecisionError` where the file is not DMN.
    """
    return Model(xml)


def _names(root: Element) -> Iterator[str]:
    """Names that expressions of the model may use with their spaces."""
    for element in children(root, "decision", "inputData", "businessKnowledgeModel"):
        yield from (_variable(element), attribute(element, "name"))
    for parameter in root.iter("{*}formalParameter", "{*}contextEntry"):
        yield attribute(child(parameter, "variable") if name_of(parameter) == "contextEntry" else parameter, "name")


def _nodes(root: Element, tag: str, phrases: Phrases) -> Iterator[_Node]:
    for element in children(root, tag):
        name = attribute(element, "name") or attribute(element, "id")
        before = len(phrases.problems)
        logic = _logic(element, name, phrases)
        yield _Node(
            attribute(element, "id"),
            name,
            _variable(element),
            logic,
            tuple(_requirements(element)),
            tuple(phrases.problems[before:]),
        )


def _logic(element: Element, name: str, phrases: Phrases) -> Logic:
    if name_of(element) == "decision":
        return read_logic(phrases, element, name)
    body = child(element, "encapsulatedLogic")
    if body is None:
        phrases.note(element, f"业务知识“{name}”没有函数，请补充。")
        return Broken()
    return read_function(phrases, body, name)
