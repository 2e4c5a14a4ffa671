"""What the sections must say together: rules that no single field of a form can state (§1.11)."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from engine.db import Transaction
from engine.declaration.consistency import consistency_problems
from engine.declaration.decisions import RequiredMaterial, check_eligibility, check_level, required_materials
from engine.declaration.dossier import Values, rows, section
from engine.declaration.dossier_problem import DossierProblem
from engine.declaration.facts import education_rank, eligibility_facts, level_facts, material_facts
from engine.declaration.standing import Standing
from engine.declaration.years import year_plan
from engine.reference import CodeBook


def cross_section_problems(
    tx: Transaction, year: int, values: Values, book: CodeBook, standing: Standing
) -> Iterator[DossierProblem]:
    """Every rule over more than one field, in the order of the sections."""
    eligible = check_eligibility(tx, year, eligibility_facts(values, standing))
    if not eligible.holds:
        yield DossierProblem("present_position", "present_position.employer_type", eligible.message)
    yield from missing_materials(tx, year, values, book, standing, due="submit")
    if section(values, "setup").get("title_level"):
        level = check_level(tx, year, level_facts(values, book))
        if not level.holds:
            yield DossierProblem("setup", "setup.title_level", level.message)
    yield from _highest_is_highest(values, book)
    yield from _overlaps(values)
    yield from consistency_problems(tx, year, values, book)


def missing_materials(
    tx: Transaction, year: int, values: Values, book: CodeBook, standing: Standing, *, due: str
) -> Iterator[DossierProblem]:
    """Base materials that must be there at that stage (`submit` or `forward`) and are not."""
    given = section(values, "base_material")
    for material in materials_of(tx, year, values, book, standing):
        if material.due == due and not given.get(material.material):
            label = book.label("base_material", material.material)
            message = f"请上传“{label}”（{material.reason}）"
            yield DossierProblem("base_material", f"base_material.{material.material}", message)


def materials_of(
    tx: Transaction, year: int, values: Values, book: CodeBook, standing: Standing
) -> Sequence[RequiredMaterial]:
    """The materials this dossier must have, as it stands; age counts to the cut-off date of the year (J27)."""
    retires = standing.get("retires_on")
    past = retires is not None and retires <= year_plan(tx, year).cutoff_on.isoformat()
    return required_materials(tx, year, material_facts(values, book, past_retirement_age=past))


def _highest_is_highest(values: Values, book: CodeBook) -> Iterator[DossierProblem]:
    """The row ticked 最高学历 has the highest rank of all."""
    ranked = [
        (number, row, education_rank(book, row.get("education_level")))
        for number, row in enumerate(rows(values, "education"))
    ]
    best = min((rank for _, _, rank in ranked if rank is not None), default=None)
    for number, row, rank in ranked:
        if row.get("is_highest") == "yes" and rank is not None and best is not None and rank > best:
            message = f"第 {number + 1} 行：标为最高学历的应是层次最高的学历，请核对“是否最高学历”"
            yield DossierProblem("education", f"education[{number}].is_highest", message)


def _overlaps(values: Values) -> Iterator[DossierProblem]:
    """Periods of study that overlap are unusual, not wrong."""
    periods = [
        (number, row["started_on"], row["ended_on"])
        for number, row in enumerate(rows(values, "education"), 1)
        if isinstance(row.get("started_on"), str) and isinstance(row.get("ended_on"), str)
    ]
    for (one, begin, end), (other, other_begin, other_end) in combinations(periods, 2):
        if begin < other_end and other_begin < end:
            message = f"第 {one} 行与第 {other} 行的学习时间有重叠，请核对；确属在职学习等情形的可不修改"
            yield DossierProblem("education", f"education[{other - 1}].started_on", message, "warning")
