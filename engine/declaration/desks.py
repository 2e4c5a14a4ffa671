"""The desks of an officer: reviewing what lower levels send up (今年申报材料), placing with committees (预分配评委会), screening for a
committee (评委会审查申报材料). Each has a list of its own (U6, U19, U20)."""

from collections.abc import Mapping
from enum import StrEnum


class Desk(StrEnum):
    """What an officer does with a declaration; by which form its task has."""

    REVIEW = ""
    PLACEMENT = "placement"
    SCREENING = "screening"


FORMS: Mapping[str, Desk] = {
    "declaration_committee_placement": Desk.PLACEMENT,
    "declaration_entrustment": Desk.PLACEMENT,
    "declaration_entrustment_acceptance": Desk.SCREENING,
    "declaration_committee_screening": Desk.SCREENING,
}


def desk_of(form_id: str | None) -> Desk:
    """Whose list a task stands in; a step that staff drew with a form of its own in that of the reviews."""
    return FORMS.get(form_id or "", Desk.REVIEW)


def role_at(role: str, desk: Desk) -> str:
    """A role at a desk, as the read model keeps it: `case_officer`, `case_officer/placement`."""
    return f"{role}/{desk}" if desk else role
