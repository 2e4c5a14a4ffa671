"""A declaration that was sent back: who said what, and by when to correct it (P24)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.db import Transaction
from engine.declaration.dossier import section
from engine.declaration.roles import UNIT_ROLES
from engine.flow.registry import registry_of
from web.due import Due, due_in

#: the task in which a declaration that was sent back is corrected
CORRECTING = "correct_declaration"


@dataclass(frozen=True, slots=True)
class Returned:
    """`who` is the unit with the role, or the system where eligibility was lost."""

    who: str
    opinion: str
    due: Due | None


def return_of(tx: Transaction, variables: Mapping[str, Any], task: Mapping[str, Any]) -> Returned | None:
    """What came with the return, while it is being corrected; nothing for a first filling."""
    if task["element_id"] != CORRECTING:
        return None
    due = due_in(task["due_at"], tx.now, registry_of(tx).calendar)
    checked = section(variables, "eligibility")
    if checked.get("eligible") is False:
        return Returned("系统核验", checked.get("reason") or "", due)
    review = section(variables, "last_review")
    return Returned(
        f"{review.get('unit_name') or ''}{UNIT_ROLES.get(review.get('role') or '', '')}",
        review.get("opinion") or "",
        due,
    )
