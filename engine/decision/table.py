"""Decision tables: which rules match, and what they give."""

from dataclasses import dataclass
from decimal import Decimal

from engine.decision.errors import DecisionError
from engine.decision.logic import Environment
from engine.decision.policies import AGGREGATIONS, LISTS, POLICIES, Match, Policy
from engine.decision.result import Cell, Evaluated, FiredRule, NearMiss
from engine.feel import Expression, UnaryTests, Value, text_of


@dataclass(frozen=True, slots=True)
class Input:
    """A column to test. `allowed` are the values it may have."""

    id: str
    label: str
    expression: Expression
    allowed: UnaryTests | None


@dataclass(frozen=True, slots=True)
class Output:
    """A column to give. `allowed` are the values it may have, the most important first."""

    id: str
    name: str
    allowed: UnaryTests | None
    order: tuple[UnaryTests, ...]
    default: Expression | None

    def rank(self, environment: Environment, value: Value) -> int:
        """The place of the value among the allowed ones; the last for any other."""
        for place, test in enumerate(self.order):
            if test.within(environment.run, value, environment) is True:
                return place
        return len(self.order)


@dataclass(frozen=True, slots=True)
class Rule:
    id: str
    annotation: str
    tests: tuple[UnaryTests, ...]
    outputs: tuple[Expression | None, ...]


@dataclass(frozen=True, slots=True)
class DecisionTable:
    """A table as it was drawn. Evaluating it raises `DecisionError` where it contradicts itself."""

    name: str
    hit_policy: str
    aggregation: str
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]

    def evaluate(self, environment: Environment, record: Evaluated) -> Value:
        values = [self._input(environment, column) for column in self.inputs]
        record.hit_policy = " ".join(filter(None, (self.hit_policy, self.aggregation)))
        record.inputs = dict(zip((column.label for column in self.inputs), values, strict=True))
        matches: list[Match] = []
        outputs: dict[int, dict[str, Value]] = {}
        for index, rule in enumerate(self.rules, 1):
            if not self._matches(environment, rule, values):
                continue
            outputs[index] = self._outputs(environment, rule)
            matches.append(self._match(environment, index, outputs[index]))
            if self.hit_policy == "FIRST":
                break
        if not matches:
            record.near_misses = self._near_misses(environment, values)
            return self._default(environment)
        value, counted = self._policy()(environment.run, self.name, matches)
        record.rules = [self._fired(match.index, values, outputs[match.index]) for match in counted]
        return value

    def names(self) -> frozenset[str]:
        return frozenset().union(*(expression.names for expression in self._expressions()))

    def _expressions(self) -> list[Expression | UnaryTests]:
        columns: list[Expression | UnaryTests | None] = [column.expression for column in self.inputs]
        columns += [column.allowed for column in self.inputs]
        columns += [part for column in self.outputs for part in (column.allowed, column.default)]
        for rule in self.rules:
            columns += [*rule.tests, *rule.outputs]
        return [column for column in columns if column is not None]

    def _policy(self) -> Policy:
        return AGGREGATIONS[self.aggregation] if self.aggregation else POLICIES[self.hit_policy]

    def _input(self, environment: Environment, column: Input) -> Value:
        value = column.expression.within(environment.run, environment)
        self._check(environment, column.allowed, value, f"输入“{column.label}”", column.id)
        return value

    def _check(
        self, environment: Environment, allowed: UnaryTests | None, value: Value, what: str, element: str
    ) -> None:
        """Raise `DecisionError` for a value that is not among the allowed ones; null always is."""
        if value is None or allowed is None or allowed.within(environment.run, value, environment) is True:
            return
        raise DecisionError(
            f"决策“{self.name}”的{what}是 {text_of(value)}，不在允许的取值 {allowed.text} 之中，请检查。", element
        )

    def _matches(self, environment: Environment, rule: Rule, values: list[Value]) -> bool:
        return all(
            test.within(environment.run, value, environment) is True
            for test, value in zip(rule.tests, values, strict=True)
        )

    def _outputs(self, environment: Environment, rule: Rule) -> dict[str, Value]:
        found: dict[str, Value] = {}
        for column, expression in zip(self.outputs, rule.outputs, strict=True):
            value = None if expression is None else expression.within(environment.run, environment)
            self._check(environment, column.allowed, value, f"结果“{column.name}”", rule.id)
            found[column.name] = value
        return found

    def _match(self, environment: Environment, index: int, outputs: dict[str, Value]) -> Match:
        ranks = tuple(
            column.rank(environment, value) for column, value in zip(self.outputs, outputs.values(), strict=True)
        )
        return Match(index, self._value(outputs), ranks)

    def _value(self, outputs: dict[str, Value]) -> Value:
        return next(iter(outputs.values())) if len(self.outputs) == 1 else outputs

    def _default(self, environment: Environment) -> Value:
        """The value where no rule matches: the default outputs; without them nothing, an empty list or 0."""
        if any(column.default is not None for column in self.outputs):
            value = self._value(
                {
                    column.name: column.default and column.default.within(environment.run, environment)
                    for column in self.outputs
                }
            )
            return [value] if self.hit_policy in LISTS and not self.aggregation else value
        if self.hit_policy not in LISTS or self.aggregation in ("SUM", "MIN", "MAX"):
            return None
        return Decimal(0) if self.aggregation else []

    def _fired(self, index: int, values: list[Value], outputs: dict[str, Value]) -> FiredRule:
        rule = self.rules[index - 1]
        return FiredRule(self.name, index, rule.id, rule.annotation, self._cells(rule, values), outputs)

    def _cells(self, rule: Rule, values: list[Value]) -> tuple[Cell, ...]:
        return tuple(
            Cell(column.label, value, test.text)
            for column, value, test in zip(self.inputs, values, rule.tests, strict=True)
        )

    def _near_misses(self, environment: Environment, values: list[Value]) -> list[NearMiss]:
        found: list[NearMiss] = []
        for index, rule in enumerate(self.rules, 1):
            failed = [
                cell
                for cell, test in zip(self._cells(rule, values), rule.tests, strict=True)
                if test.within(environment.run, cell.value, environment) is not True
            ]
            if len(failed) == 1:
                found.append(NearMiss(index, rule.id, failed[0]))
        return found
