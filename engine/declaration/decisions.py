"""The decision tables of `processes/declaration/`, asked with the facts of a declaration.

The version is the newest that carries the review year as its tag, as the diagram binds them; where a year has none of
its own yet, the version in force.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from engine.db import Transaction
from engine.decision import DecisionError
from engine.declaration.years import year_plan
from engine.errors import ProcessFault
from engine.feel import FeelError, from_json, to_json
from engine.flow.registry import clock_of, registry_of
from engine.flow.tables import DefinitionKind


@dataclass(frozen=True, slots=True)
class Verdict:
    """Yes or no, with the sentence that explains it."""

    holds: bool
    message: str


@dataclass(frozen=True, slots=True)
class RequiredMaterial:
    """A base material that must be there when the declaration is submitted (`submit`) or goes up from its unit (`forward`)."""

    material: str
    due: str
    reason: str


def decide(tx: Transaction, decision_id: str, year: int, facts: Mapping[str, object]) -> Any:
    """What the table answers, as JSON. Raises `ProcessFault` where it is not deployed or cannot be worked out."""
    registry = registry_of(tx)
    library = registry.library
    kind = DefinitionKind.DECISION
    found = library.tagged(tx, kind, decision_id, str(year)) or library.latest(tx, kind, decision_id)
    if found is None:
        raise ProcessFault(f"决策表“{decision_id}”尚未发布，请联系管理员。", decision_id, "missing_decision")
    _, model = library.decision(tx, found.key)
    try:
        inputs = {name: from_json(value) for name, value in facts.items()}
        return to_json(model.evaluate(decision_id, inputs, clock_of(tx), registry.calendar).value)
    except (DecisionError, FeelError) as error:
        raise ProcessFault(f"决策表“{decision_id}”无法求值：{error}", decision_id, "decision") from error


def check_eligibility(tx: Transaction, year: int, facts: Mapping[str, object]) -> Verdict:
    """Whether the person may declare at all (J15, J16); age counts to the cut-off date of the year (J27)."""
    answer = decide(tx, "eligibility", year, {**facts, "cutoff_on": year_plan(tx, year).cutoff_on.isoformat()})
    return Verdict(answer["eligible"], answer["reason"])


def check_level(tx: Transaction, year: int, facts: Mapping[str, object]) -> Verdict:
    """Whether the level declared fits the route and the present title (§1.11, Q39)."""
    answer = decide(tx, "level_rule", year, facts)
    return Verdict(answer["allowed"], answer["message"])


def required_materials(tx: Transaction, year: int, facts: Mapping[str, object]) -> Sequence[RequiredMaterial]:
    """The base materials this declaration must have, in the order of the table (P8)."""
    return [RequiredMaterial(**row) for row in decide(tx, "required_materials", year, facts)]


def retirement_months(tx: Transaction, year: int, *, sex: str | None, born_on: date) -> int | None:
    """The age of retirement in months; None where the table has no row for it."""
    answer = decide(tx, "retirement_age", year, {"sex": sex, "birth_date": born_on.isoformat()})
    if isinstance(answer, Mapping):
        answer = answer.get("months")
    return None if answer is None else int(answer)
