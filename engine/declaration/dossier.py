"""The dossier: its sections as plain values, what the account says of the person, what the lists want to know of it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from engine.organisation import Identity

FILLING_FORM = "declaration_filling"
SETUP_FORM = "declaration_setup"
OFFICER_FORM = "declaration_officer_review"
PROCESS = "declaration"

#: the sections of the filling form, each one variable
SECTIONS = (
    "basic_info",
    "present_position",
    "base_material",
    "setup",
    "education",
    "employment",
    "qualification_certificate",
    "exam_in_lieu_certificate",
    "exam_certificate",
    "other_certificate",
    "society_role",
    "annual_appraisal",
    "practice_record",
    "special_practice_record",
    "continuing_education",
    "honour",
    "award",
    "expert_title",
    "project",
    "patent",
    "other_achievement",
    "paper",
    "book",
    "overview_supplement",
)

#: documents whose number says sex and birth date (§1.11)
NUMBERED = frozenset({"01", "98"})

Values = Mapping[str, Any]


def identity_fields(identity: Identity) -> dict[str, Any]:
    """The fields of 个人基本信息 that the account gives and the applicant cannot change (Q41)."""
    fields: dict[str, Any] = {
        "name": identity.name,
        "identity_type": identity.identity_type,
        "identity_number": identity.identity_number,
    }
    if identity.identity_type in NUMBERED:
        fields["sex"] = identity.sex
        fields["birth_date"] = identity.born_on.isoformat() if identity.born_on else None
    return fields


def first_basic_info(identity: Identity) -> dict[str, Any]:
    """个人基本信息 as the applicant first meets it: identity fixed, the rest of what is known filled in to be changed."""
    known = {
        "sex": identity.sex,
        "birth_date": identity.born_on.isoformat() if identity.born_on else None,
        "mobile_number": identity.mobile,
    }
    return {**known, **identity_fields(identity)}


def with_identity(values: Values, identity: Identity, unit_name: str) -> dict[str, Any]:
    """The values with what the account says in place of what was sent."""
    return {
        **values,
        "basic_info": {**section(values, "basic_info"), **identity_fields(identity)},
        "setup": {**section(values, "setup"), "unit_name": unit_name},
    }


def section(values: Values, name: str) -> Values:
    """A section that is one object; empty where it is not there or is something else."""
    found = values.get(name)
    return found if isinstance(found, Mapping) else {}


def rows(values: Values, name: str) -> Sequence[Values]:
    """A section of repeated rows."""
    found = values.get(name)
    return [row for row in found if isinstance(row, Mapping)] if isinstance(found, list) else []


def marked(education: Iterable[Values], mark: str) -> Values:
    """The row ticked as first (`is_first`) or highest (`is_highest`); empty where none is."""
    return next((row for row in education if row.get(mark) == "yes"), {})


def has_title(values: Values) -> bool:
    return section(values, "present_position").get("has_title") == "yes"


def filter_columns(values: Values) -> dict[str, Any]:
    """The columns of U8 that the sections decide; empty where nothing is said yet."""
    setup, present = section(values, "setup"), section(values, "present_position")
    education = rows(values, "education")
    highest = marked(education, "is_highest")
    return {
        **{name: setup.get(name) or "" for name in SETUP_COLUMNS},
        **{name: (has_title(values) and present.get(name)) or "" for name in TITLE_COLUMNS},
        "highest_education": highest.get("education_level") or "",
        "school": highest.get("school") or "",
        "major": highest.get("major") or "",
        "first_education": marked(education, "is_first").get("education_level") or "",
        "special_experience": bool(rows(values, "special_practice_record")),
    }


SETUP_COLUMNS = (
    "title_category",
    "title_series",
    "specialty",
    "title_name",
    "title_level",
    "declaration_route",
    "review_mode",
)
TITLE_COLUMNS = ("current_title_name", "current_title_level", "current_title_obtained_on")
