"""How open cases whose variables hold the keys of units follow a unit that was merged into another."""

from engine.db import Transaction
from engine.flow.contexts import Succession
from engine.flow.registry import Follower
from engine.organisation.queries import unit_names


def following(*names: str) -> Follower:
    """The follower of a process in which each of these variables holds the key of a unit, and `NAME_name` what it is called."""

    def follow(tx: Transaction, told: Succession) -> dict[str, object]:
        if told.old == told.new:
            return {}
        called = unit_names(tx, {told.new}).get(told.new, "")
        mine = [name for name in names if told.variables.get(name) == told.old]
        titles = {f"{name}_name": called for name in mine if told.variables.get(f"{name}_name") is not None}
        return {**dict.fromkeys(mine, told.new), **titles}

    return follow
