"""Hit policies: from the rules that match to the value of the table (DMN 1.3 §8.2.8)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from engine.decision.errors import DecisionError
from engine.feel import Run, Value
from engine.feel.builtins import FUNCTIONS
from engine.feel.operators import equal


@dataclass(frozen=True, slots=True)
class Match:
    """A matching rule: its place, its value as the table gives it, and the rank of each output for ordering."""

    index: int
    value: Value
    ranks: tuple[int, ...]


Policy = Callable[[Run, str, list[Match]], tuple[Value, list[Match]]]
"""Gives the value and the rules that count, from at least one match in the order of the table."""


def _unique(run: Run, name: str, matches: list[Match]) -> tuple[Value, list[Match]]:
    if len(matches) > 1:
        raise DecisionError(f"决策“{name}”只允许命中一条规则，但第 {_places(matches)} 条同时命中，请修改决策表。")
    return matches[0].value, matches


def _first(run: Run, name: str, matches: list[Match]) -> tuple[Value, list[Match]]:
    return matches[0].value, matches[:1]


def _any(run: Run, name: str, matches: list[Match]) -> tuple[Value, list[Match]]:
    if any(equal(run, match.value, matches[0].value) is not True for match in matches):
        raise DecisionError(f"决策“{name}”命中的第 {_places(matches)} 条规则结果不同，请修改决策表。")
    return matches[0].value, matches


def _priority(run: Run, name: str, matches: list[Match]) -> tuple[Value, list[Match]]:
    best = min(matches, key=lambda match: match.ranks)
    return best.value, [best]


def _all(run: Run, name: str, matches: list[Match]) -> tuple[Value, list[Match]]:
    return [match.value for match in matches], matches


def _output_order(run: Run, name: str, matches: list[Match]) -> tuple[Value, list[Match]]:
    return _all(run, name, sorted(matches, key=lambda match: match.ranks))


def _aggregate(function: str) -> Policy:
    def apply(run: Run, name: str, matches: list[Match]) -> tuple[Value, list[Match]]:
        return FUNCTIONS[function].call(run, [[match.value for match in matches]]), matches

    return apply


POLICIES: dict[str, Policy] = {
    "UNIQUE": _unique,
    "FIRST": _first,
    "PRIORITY": _priority,
    "ANY": _any,
    "COLLECT": _all,
    "RULE ORDER": _all,
    "OUTPUT ORDER": _output_order,
}
AGGREGATIONS: dict[str, Policy] = {
    "SUM": _aggregate("sum"),
    "MIN": _aggregate("min"),
    "MAX": _aggregate("max"),
    "COUNT": _aggregate("count"),
}
LISTS = frozenset({"COLLECT", "RULE ORDER", "OUTPUT ORDER"})
"""Policies whose value is a list unless it is aggregated."""

RANKED = frozenset({"PRIORITY", "OUTPUT ORDER"})
"""Policies that order the rules by the allowed values of their outputs (DMN 1.3 §8.2.8)."""


def _places(matches: Sequence[Match]) -> str:
    return "、".join(str(match.index) for match in matches)
