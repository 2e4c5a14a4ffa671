"""The tree of an expression. Nodes are plain data; `compiler` gives them meaning."""

from collections.abc import Iterator
from dataclasses import dataclass, fields

from engine.feel.values import Value


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    def children(self) -> Iterator["Node"]:
        """The nodes directly below, in the order of the text."""
        for field in fields(self):
            yield from _nodes(getattr(self, field.name))


def _nodes(value: object) -> Iterator[Node]:
    if isinstance(value, Node):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _nodes(item)


@dataclass(frozen=True, slots=True, eq=False)
class Literal(Node):
    value: Value


@dataclass(frozen=True, slots=True, eq=False)
class Name(Node):
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Input(Node):
    """`?`, the value under test."""


@dataclass(frozen=True, slots=True, eq=False)
class ListOf(Node):
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True, eq=False)
class ContextOf(Node):
    entries: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True, eq=False)
class RangeOf(Node):
    """`start` or `end` is None in a range written with one operator: `(< 5)`."""

    start: Node | None
    end: Node | None
    start_included: bool
    end_included: bool


@dataclass(frozen=True, slots=True, eq=False)
class Arithmetic(Node):
    """`first + a - b …` of one precedence, from left to right."""

    first: Node
    rest: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Negation(Node):
    operand: Node


@dataclass(frozen=True, slots=True, eq=False)
class Comparison(Node):
    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True, eq=False)
class Between(Node):
    value: Node
    low: Node
    high: Node


@dataclass(frozen=True, slots=True, eq=False)
class Logic(Node):
    """`and` or `or` over two operands or more."""

    operator: str
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True, eq=False)
class CompareTest(Node):
    """`< 5` as a test of the input."""

    operator: str
    operand: Node


@dataclass(frozen=True, slots=True, eq=False)
class ValueTest(Node):
    """An expression as a test of the input: equal to it, holding it, or true."""

    operand: Node


@dataclass(frozen=True, slots=True, eq=False)
class Tests(Node):
    """One test or several of which one must hold; no test at all is `-`."""

    tests: tuple[Node, ...]
    negated: bool


@dataclass(frozen=True, slots=True, eq=False)
class In(Node):
    value: Node
    tests: Tests


@dataclass(frozen=True, slots=True, eq=False)
class If(Node):
    condition: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True, slots=True, eq=False)
class Iterate(Node):
    """`name in source`, or `name in source..end`."""

    name: str
    source: Node
    end: Node | None


@dataclass(frozen=True, slots=True, eq=False)
class For(Node):
    iterators: tuple[Iterate, ...]
    body: Node


@dataclass(frozen=True, slots=True, eq=False)
class Quantified(Node):
    """`kind` is `some` or `every`."""

    kind: str
    iterators: tuple[Iterate, ...]
    condition: Node


@dataclass(frozen=True, slots=True, eq=False)
class Filter(Node):
    source: Node
    condition: Node


@dataclass(frozen=True, slots=True, eq=False)
class Path(Node):
    source: Node
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Call(Node):
    """`names` holds the parameter names of an invocation by name, else nothing."""

    function: Node
    names: tuple[str, ...]
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True, eq=False)
class FunctionOf(Node):
    parameters: tuple[str, ...]
    body: Node


@dataclass(frozen=True, slots=True, eq=False)
class InstanceOf(Node):
    operand: Node
    type_name: str


def depth_of(root: Node, limit: int) -> int:
    """Levels of the tree, counted without recursion and no further than `limit` + 1."""
    level, depth = [root], 0
    while level and depth <= limit:
        depth += 1
        level = [child for node in level for child in node.children()]
    return depth


def walk(root: Node) -> Iterator[Node]:
    """Every node of the tree, in no particular order."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(node.children())


def count_nodes(root: Node) -> int:
    """How many nodes evaluating the tree once may visit."""
    return sum(1 for _ in walk(root))
