"""How an open declaration follows its units: what has left a unit goes on the old way, what has not takes the new one."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from engine.db import Transaction
from engine.declaration.dossier import section
from engine.declaration.drafts import amend_draft
from engine.declaration.tables import declaration
from engine.flow.contexts import Succession
from engine.organisation import unit_chain, unit_names

Level = Mapping[str, Any]


def chain_of(tx: Transaction, unit: int) -> list[dict[str, Any]]:
    """The units a declaration of that unit climbs, the own one first, as they stand now."""
    return [
        {
            "unit": ref.id,
            "name": ref.name,
            "level": ref.level,
            "leader_review": ref.leader_review,
            "recommendation_mode": ref.recommendation_mode.value,
            "is_agency": ref.is_agency,
        }
        for ref in unit_chain(tx, unit)
    ]


def follow_unit(tx: Transaction, told: Succession) -> dict[str, Any]:
    """The follower of the process `declaration`: chain, reviewing unit, placement and the unit's name, with their columns."""
    changed: dict[str, Any] = {}
    name = unit_names(tx, {told.new}).get(told.new, "")
    chain = told.variables.get("chain") or []
    fresh = chain_of(tx, told.unit_id) if told.unit_id is not None else []
    rerouted = reroute(chain, told.variables.get("review_position"), told.old, told.new, name, fresh)
    if rerouted != chain:
        changed["chain"] = rerouted
    if told.old != told.new:
        # what the old unit decided stays its decision: reviews are derived from the tasks as they were done
        changed |= _renamed(told, name)
    own = bool(chain) and chain[0]["unit"] == told.old != told.new
    if own:
        changed["setup"] = {**section(told.variables, "setup"), "unit_name": name}
        amend_draft(tx, told.case_key, "setup", {"unit_name": name})
    columns = _columns(told, name, rerouted, own=own)
    tx.execute(sa.update(declaration).where(declaration.c.case_key == told.case_key).values(columns))
    return changed


def reroute(
    chain: Sequence[Level], position: int | None, old: int, new: int, name: str, fresh: Sequence[Level]
) -> list[Level]:
    """The chain after `old` gave its work to `new`, or got another superior.

    While the declaration is at `old` or below, its way is the `fresh` one. Once it has gone up from there it keeps its way; only
    the level it would come back to is the new unit's.
    """
    at = next((index for index, level in enumerate(chain) if level["unit"] == old), None)
    if at is None:
        return list(chain)
    if (position if position is not None else -1) <= at:
        return list(fresh)
    # positions count levels: a level stays even where the one above it is the same unit now
    return [{**level, "unit": new, "name": name} if level["unit"] == old else level for level in chain]


def _renamed(told: Succession, name: str) -> dict[str, Any]:
    """The variables that name the unit that acts now or will."""
    changed: dict[str, Any] = {}
    if told.variables.get("review_unit") == told.old:
        changed |= {"review_unit": told.new, "review_unit_name": name}
    last = section(told.variables, "last_review")
    if last.get("unit") == told.old:
        # who reviewed last may take back where the declaration was placed
        changed["last_review"] = {**last, "unit": told.new}
    placement = section(told.variables, "placement")
    if placement.get("forming_unit") == told.old:
        changed["placement"] = {**placement, "forming_unit": told.new, "forming_unit_name": name}
    return changed


def _columns(told: Succession, name: str, chain: Sequence[Level], *, own: bool) -> dict[str, Any]:
    columns: dict[str, Any] = {"governing_unit": chain[1]["unit"] if len(chain) > 1 else None}
    if own:
        columns |= {"unit": told.new, "unit_name": name}
    return columns
