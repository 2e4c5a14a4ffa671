"""Reading and writing a value by its steps inside nested objects."""

from collections.abc import Mapping, Sequence
from typing import Any

MISSING: Any = object()
"""No value at all, as different from null."""


def get(data: Mapping[str, Any], steps: Sequence[str], otherwise: Any = None) -> Any:
    """The value at the end of the steps; `otherwise` where the way ends early."""
    found: Any = data
    for step in steps:
        if not isinstance(found, Mapping) or step not in found:
            return otherwise
        found = found[step]
    return found


def put(data: dict[str, Any], steps: Sequence[str], value: Any) -> None:
    """Set the value, making the objects on the way; what is in the way and no object is replaced."""
    for step in steps[:-1]:
        inner = data.get(step)
        if not isinstance(inner, dict):
            inner = data[step] = {}
        data = inner
    data[steps[-1]] = value


def drop(data: dict[str, Any], steps: Sequence[str]) -> None:
    """Remove the value, if it is there."""
    holder = get(data, steps[:-1])
    if isinstance(holder, dict):
        holder.pop(steps[-1], None)
