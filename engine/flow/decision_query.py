"""A deployed decision asked outside of any case."""

from collections.abc import Mapping
from typing import Any

from engine.db import Transaction
from engine.decision import Result
from engine.errors import InvalidInput, NotFound
from engine.feel import from_json
from engine.flow.definitions import Definition, get_definition, latest
from engine.flow.registry import registry_of
from engine.flow.tables import DefinitionKind


def evaluate_decision(
    tx: Transaction, decision_id: str | None, key: int | None, inputs: Mapping[str, Any]
) -> tuple[Definition, Result]:
    """The answer of a decision for JSON inputs, by its id (the version in force) or by the key of a version.

    Raises `NotFound` where it is not deployed, `DecisionError` where it gives no answer.
    """
    if key is not None:
        definition = get_definition(tx, key)
    elif decision_id is not None:
        found = latest(tx, DefinitionKind.DECISION, decision_id)
        if found is None:
            raise NotFound(f"决策 {decision_id} 尚未发布。")
        definition = found
    else:
        raise InvalidInput("请指明要计算的决策。")
    if definition.kind is not DefinitionKind.DECISION:
        raise NotFound(f"键为 {key} 的定义不是决策。")
    registry = registry_of(tx)
    _, model = registry.library.decision(tx, definition.key)
    values = {name: from_json(value) for name, value in inputs.items()}
    return definition, model.evaluate(definition.id, values, clock=tx.clock, calendar=registry.calendar)
