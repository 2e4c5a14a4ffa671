"""From a dossier to the facts the decision tables ask for."""

from typing import Any

from engine.declaration.dossier import Values, has_title, marked, rows, section
from engine.declaration.standing import Standing
from engine.reference import CodeBook


def eligibility_facts(values: Values, standing: Standing) -> dict[str, Any]:
    """The inputs of `eligibility`, the same as the diagram maps them."""
    return {
        **standing,
        "employer_type": section(values, "present_position").get("employer_type"),
        "retirement_deferred": bool(section(values, "base_material").get("deferred_retirement_form")),
    }


def level_facts(values: Values, book: CodeBook) -> dict[str, Any]:
    """The inputs of `level_rule`: levels as steps, whether the field changes, the rank of the highest education."""
    setup, present = section(values, "setup"), title_held(values, book)
    titled = bool(present)
    current_level = present.get("current_title_level")
    return {
        "declaration_route": setup.get("declaration_route"),
        "has_title": titled,
        "title_level": setup.get("title_level"),
        "current_title_level": current_level,
        "target_step": _step(book, setup.get("title_level")),
        "current_step": _step(book, current_level),
        "changes_field": titled and _field(setup, "") != _field(present, "current_title_"),
        "education_rank": education_rank(book, marked(rows(values, "education"), "is_highest").get("education_level")),
        "target_level_label": book.label("title_level", setup.get("title_level")),
        "current_level_label": book.label("title_level", current_level),
    }


def title_held(values: Values, book: CodeBook) -> Values:
    """The fields `current_title_*` of the title the person has; without one, those of the highest certificate of an
    examination in lieu of review, which counts as a title (Q39). Empty where there is neither."""
    if has_title(values):
        return section(values, "present_position")
    held = [row for row in rows(values, "exam_in_lieu_certificate") if row.get("title_level")]
    best = max(held, key=lambda row: _step(book, row["title_level"]) or 0, default=None)
    if best is None:
        return {}
    return {f"current_title_{name.removeprefix('title_')}": value for name, value in best.items()}


def material_facts(values: Values, book: CodeBook, *, past_retirement_age: bool) -> dict[str, Any]:
    """The inputs of `required_materials`."""
    setup, present = section(values, "setup"), section(values, "present_position")
    series = book.find("title_series", setup.get("title_series"))
    return {
        "series": series.extra.get("series") if series else None,
        "title_level": setup.get("title_level"),
        "declaration_route": setup.get("declaration_route"),
        "has_title": has_title(values),
        "title_obtained_by": present.get("current_title_obtained_by"),
        "recruited": section(values, "overview_supplement").get("recruited_talent") == "yes",
        "past_retirement_age": past_retirement_age,
    }


def education_rank(book: CodeBook, level: object) -> int | None:
    """1 for a doctor's to 9; None where nothing is chosen."""
    found = book.find("education_level", level if isinstance(level, str) else None)
    return found.rank if found else None


def _step(book: CodeBook, level: object) -> int | None:
    found = book.find("title_level", level if isinstance(level, str) else None)
    return int(found.extra["step"]) if found else None


def _field(values: Values, prefix: str) -> tuple[object, object]:
    specialty = "specialty" if not prefix else f"{prefix}specialty"
    return values.get("title_series" if not prefix else f"{prefix}series"), values.get(specialty)
