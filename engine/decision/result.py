"""What an evaluation answers: the value, and for each decision on the way the rules that fired."""

from dataclasses import dataclass, field

from engine.feel import Value


@dataclass(frozen=True, slots=True)
class Cell:
    """One input of a rule: its label, the value it had, and the test the rule makes of it."""

    label: str
    value: Value
    test: str


@dataclass(frozen=True, slots=True)
class FiredRule:
    """A rule that fired. `index` counts from 1 in the order of the table; `outputs` go by output name."""

    decision: str
    index: int
    id: str
    annotation: str
    inputs: tuple[Cell, ...]
    outputs: dict[str, Value]


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A rule that only one of its inputs kept from firing."""

    index: int
    id: str
    cell: Cell


@dataclass(slots=True)
class Evaluated:
    """One decision that was evaluated. `inputs` are the inputs of its table with their values."""

    id: str
    name: str
    value: Value = None
    hit_policy: str = ""
    inputs: dict[str, Value] = field(default_factory=dict)
    rules: list[FiredRule] = field(default_factory=list)
    near_misses: list[NearMiss] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Result:
    """The value of the decision asked for; `evaluated` holds it last, after the decisions it requires."""

    evaluated: tuple[Evaluated, ...]

    @property
    def value(self) -> Value:
        return self.evaluated[-1].value

    @property
    def rules(self) -> tuple[FiredRule, ...]:
        """The rules that fired in the decision asked for."""
        return tuple(self.evaluated[-1].rules)
