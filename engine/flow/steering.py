"""How an open case follows a merged unit where no slice has said how: processes that staff drew themselves.

What a variable means is known to the slices alone, so a number that happens to be the unit's stays. But the variables a diagram names
where it says who does a task, or who may press a button, steer: without them later tasks would be offered to a unit that ended.
"""

from collections.abc import Mapping
from typing import Any

from engine.feel import compile_expression
from engine.flow.actions import ACTION_GROUP
from engine.flow.contexts import Succession
from engine.flow.model import Element, Process


def steering_names(process: Process) -> frozenset[str]:
    """The variables in the expressions for candidate groups of tasks, and for the groups of buttons."""
    return frozenset().union(*map(_names, process.elements.values()))


def _names(element: Element) -> frozenset[str]:
    groups = element.user_task.candidate_groups if element.user_task is not None else None
    found = groups.expression.names if groups is not None and groups.expression is not None else frozenset()
    button = element.properties.get(ACTION_GROUP, "")
    return found | compile_expression(button).names if button.startswith("=") else found


def follow_steering(process: Process, told: Succession) -> Mapping[str, Any]:
    """The default follower: of the steering variables those that hold the old unit's key, or a group of it, alone or in a list.

    What lies deeper, inside a context, stays; so does everything where the unit only got another superior.
    """
    if told.old == told.new:
        return {}
    held = {name: told.variables.get(name) for name in sorted(steering_names(process))}
    moved = {name: moved_value(value, told.old, told.new) for name, value in held.items()}
    return {name: value for name, value in moved.items() if value != held[name]}


def moved_value(value: Any, old: int, new: int) -> Any:
    """The key of `old` as a number or a text, or a group `role@old`, with `new` in its place; anything else as it is."""
    if isinstance(value, list):
        return [moved_value(one, old, new) for one in value]
    if isinstance(value, str):
        return str(new) if value == str(old) else moved_group(value, old, new)
    return new if type(value) is int and value == old else value


def moved_group(group: str, old: int, new: int) -> str:
    """`role@old` as `role@new`; another group as it is."""
    role, at, key = group.partition("@")
    return f"{role}@{new}" if at and key == str(old) else group
