"""What a unit's officer and leader do with a declaration: decide, park, take up again (U10–U13)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from engine.access import Actor, Permission, authorize
from engine.db import Transaction
from engine.errors import InvalidInput
from engine.flow.completion import Completion, complete_task
from engine.flow.tasks import hold_task, resume_task

LONGEST_REASON = 500


def review_declaration(
    tx: Transaction,
    actor: Actor,
    task_key: int,
    *,
    outcome: str,
    opinion: str = "",
    recommendation_notice: str | None = None,
    panel_opinion: str | None = None,
    files: Mapping[str, Sequence[str]] | None = None,
    more: Mapping[str, Any] | None = None,
    version: int | None = None,
    arrived_at: datetime | None = None,
    command_key: str | None = None,
) -> Completion:
    """Decide on a declaration; the diagram says where it goes then.

    `outcome` is a value of the form's field of that name: `approve`, `return_for_revision`, and `not_recommended` at the
    own unit or `not_eligible` above it. All but `approve` need an `opinion` (at most 1,000 characters).
    `recommendation_notice` and `panel_opinion` are filled in at the own unit (U13); `files` names what the unit adds
    (`ranking_sheet`, `publicity_proof`) by the ids of its uploads, `more` are further inputs of the task's form. Raises
    `InvalidInput` by field, `StaleTask` where a colleague was faster.
    """
    authorize(actor, Permission.DECLARATIONS_REVIEW)
    optional = {
        "recommendation_notice": recommendation_notice,
        "panel_opinion": panel_opinion,
        **(files or {}),
        **(more or {}),
    }
    values: dict[str, Any] = {"outcome": outcome, "opinion": opinion.strip()}
    values |= {name: value for name, value in optional.items() if value is not None}
    return complete_task(tx, actor, task_key, values, version=version, arrived_at=arrived_at, command_key=command_key)


def hold_declaration(tx: Transaction, actor: Actor, task_key: int, *, reason: str) -> int:
    """Park a review with a note (审核待定, Q6): it leaves 未审核, nothing moves. The task's version."""
    authorize(actor, Permission.DECLARATIONS_REVIEW)
    reason = reason.strip()
    if not reason:
        raise InvalidInput(fields={"reason": ["请写明待定的原因"]})
    if len(reason) > LONGEST_REASON:
        raise InvalidInput(fields={"reason": [f"待定原因最多 {LONGEST_REASON} 个字，现有 {len(reason)} 个"]})
    return hold_task(tx, actor, task_key, reason)


def resume_declaration(tx: Transaction, actor: Actor, task_key: int) -> int:
    """Take a parked review up again. The task's version."""
    authorize(actor, Permission.DECLARATIONS_REVIEW)
    return resume_task(tx, actor, task_key)
