"""The declaration: what the applicant fills in and follows, what officers and leaders list, read and decide."""

from collections.abc import Callable, Mapping

#: forms whose tasks have a page of their own here: form id → address from the keys of a task and its case
PAGES: Mapping[str, Callable[[int, int], str]] = {
    "declaration_filling": lambda task, case: f"/declaration/{case}/fill",
    "declaration_officer_review": lambda task, case: f"/declarations/{case}/review",
    "declaration_leader_review": lambda task, case: f"/declarations/{case}/review",
    "declaration_superior_review": lambda task, case: f"/declarations/{case}/review",
    "declaration_officer_check": lambda task, case: f"/declarations/{case}/review",
    "declaration_recommendation": lambda task, case: f"/declarations/{case}/review",
    "declaration_special_approval": lambda task, case: f"/declarations/{case}/review",
    "declaration_title_confirmation": lambda task, case: f"/declarations/{case}/review",
    "declaration_committee_placement": lambda task, case: f"/declarations/{case}/review",
    "declaration_entrustment": lambda task, case: f"/declarations/{case}/review",
    "declaration_entrustment_acceptance": lambda task, case: f"/declarations/{case}/review",
    "declaration_committee_screening": lambda task, case: f"/declarations/{case}/review",
    "recommendation_ranking": lambda task, case: f"/recommendation/rounds/{case}/ranking",
}
