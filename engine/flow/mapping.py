"""`zeebe:ioMapping`: values worked out in order and laid down at paths."""

from collections.abc import Callable, Mapping
from typing import Any

from engine.flow.model import IoMapping, Value


def apply_mappings(
    mappings: tuple[IoMapping, ...],
    evaluate: Callable[[Value], Any],
    existing: Callable[[str], Any],
    put: Callable[[str, Any], None],
) -> None:
    """`put` each result, so that the next source can see it; a target `a.b` changes the part `b` of the `existing` `a`."""
    for mapping in mappings:
        value = evaluate(mapping.source)
        name, *path = mapping.target.split(".")
        put(name, at_path(existing(name), path, value) if path else value)


def at_path(start: Any, path: list[str], value: Any) -> dict[str, Any]:
    """A copy of `start` in which the entry at `path` is `value`; what is no object on the way becomes one."""
    first, *rest = path
    copy = dict(start) if isinstance(start, Mapping) else {}
    copy[first] = at_path(copy.get(first), rest, value) if rest else value
    return copy
