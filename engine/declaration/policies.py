"""What a year's policy asks of a dossier beyond its form: examinations, hours of continuing education, how many works.

Each is a decision table in `processes/declaration/`, so staff change it without a release.
"""

from dataclasses import dataclass
from typing import Any, Literal

from engine.db import Transaction
from engine.declaration.decisions import decide
from engine.declaration.dossier import Values, section

EXAM_AND_REVIEW = "exam_and_review"


@dataclass(frozen=True, slots=True)
class ExamRequirement:
    """`mode` is `review`, or `exam_and_review` where a certificate of the examination comes first (考评结合, P14)."""

    mode: str
    reason: str


@dataclass(frozen=True, slots=True)
class EducationPolicy:
    """Hours of continuing education a year, of which `professional_hours`; records are due for the `years` before the
    year of review (J26). `policy` says what too few hours do."""

    hours: int
    professional_hours: int
    years: int
    policy: Literal["warn", "block", "off"]


def exam_requirement(tx: Transaction, year: int, values: Values) -> ExamRequirement:
    """Whether what is declared takes an examination first."""
    setup = section(values, "setup")
    facts = {name: setup.get(name) for name in ("title_series", "specialty", "title_level")}
    return ExamRequirement(**decide(tx, "exam_requirement", year, facts))


def education_policy(tx: Transaction, year: int, values: Values) -> EducationPolicy:
    """The hours of continuing education that count for what is declared."""
    facts = {"title_level": section(values, "setup").get("title_level")}
    return EducationPolicy(**decide(tx, "continuing_education_policy", year, facts))


def representative_limit(tx: Transaction, year: int, values: Values) -> int:
    """How many works may be marked as representative (W11)."""
    setup = section(values, "setup")
    facts: dict[str, Any] = {name: setup.get(name) for name in ("title_series", "title_level")}
    answer = decide(tx, "representative_works", year, facts)
    return int(answer["limit"] if isinstance(answer, dict) else answer)
