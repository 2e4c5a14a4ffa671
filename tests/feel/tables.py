"""Tables of expression and value, in the manner of the DMN test kit."""

from collections.abc import Mapping
from typing import Any

from engine.feel import Value, evaluate, from_json


def check(text: str, expected: object, context: Mapping[str, Any] | None = None) -> None:
    """The expression has exactly this value, of exactly this type."""
    assert typed(evaluate(text, context or {})) == typed(from_json(expected))


def typed(value: Value) -> Any:
    """The value beside its type, all the way down: 1 is not true here."""
    if type(value) is list:
        return ["list", *(typed(item) for item in value)]
    if type(value) is dict:
        return {key: typed(item) for key, item in value.items()}
    return type(value).__name__, value
