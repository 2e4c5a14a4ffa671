"""What decisions are called, as the buttons of the forms say."""

from collections.abc import Mapping

from engine.db import Transaction
from engine.declaration.forms import latest_form
from engine.errors import NotFound

#: the forms in which a unit, the title office or a committee's unit decides
REVIEW_FORMS = (
    "declaration_officer_review",
    "declaration_officer_check",
    "declaration_recommendation",
    "declaration_leader_review",
    "declaration_superior_review",
    "declaration_special_approval",
    "declaration_title_confirmation",
    "declaration_committee_placement",
    "declaration_entrustment",
    "declaration_entrustment_acceptance",
    "declaration_committee_screening",
)


def outcome_labels(tx: Transaction) -> Mapping[str, str]:
    """The words of every outcome by its value; the first form that has a value names it."""
    found: dict[str, str] = {}
    for form_id in REVIEW_FORMS:
        try:
            outcome = latest_form(tx, form_id).outcome
        except NotFound:
            continue
        for value in outcome.values if outcome else ():
            found.setdefault(value.value, value.label)
    return found
