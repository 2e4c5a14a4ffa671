"""How far a dossier is: what has to be corrected before it can be submitted, and the state of each section."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from engine.clock import local
from engine.db import Transaction
from engine.declaration.claims import claim_warnings
from engine.declaration.dossier import SETUP_COLUMNS, section
from engine.declaration.dossier_problem import DossierProblem
from engine.declaration.forms import form_of_task, values_of_task
from engine.declaration.hooks import book_of
from engine.declaration.preparing import prepare_filling
from engine.declaration.rules import cross_section_problems
from engine.flow.registry import clock_of
from engine.form import Form, SectionState
from engine.reference import CodeBook


def dossier_problems(tx: Transaction, task_key: int) -> list[DossierProblem]:
    """Everything that keeps the dossier of a filling task from being submitted, and warnings, in the order of the form.

    The caller has made sure that its reader may see the task. Raises `NotFound` where it is not open.
    """
    form = form_of_task(tx, task_key)
    values, variables = values_of_task(tx, task_key)
    ready, context = prepare_filling(tx, variables.get("year"), values, variables)
    return problems_of(tx, form, ready, context)


def problems_of(
    tx: Transaction, form: Form, values: Mapping[str, Any], variables: Mapping[str, Any]
) -> list[DossierProblem]:
    """The problems of these values, made ready (`prepare_filling`): those of each field, then those over several sections, by section."""
    year = variables.get("year") or local(tx.now).year
    found = [
        DossierProblem(problem.section, problem.path, problem.message)
        for problem in form.validate(values, variables, options=book_of(tx, year), clock=clock_of(tx))
    ]
    standing = variables.get("standing") or {}
    known = {problem.path for problem in found}
    book = book_of(tx, year)
    crossing = [
        *cross_section_problems(tx, year, values, book, standing),
        *_warnings_of_use(tx, values, variables, book),
    ]
    found += [problem for problem in crossing if problem.path not in known]
    order = {section.path: number for number, section in enumerate(form.sections)}
    return sorted(found, key=lambda problem: order.get(problem.section, len(order)))


def made_invalid(
    tx: Transaction,
    form: Form,
    values: Mapping[str, Any],
    variables: Mapping[str, Any],
    problems: Sequence[DossierProblem],
) -> list[DossierProblem]:
    """The problems that came with another choice of what is declared: they would not be there with the settings as they
    were started or submitted last (Q13). `variables` are the case's; nothing where the choice is the same."""
    chosen, before = section(values, "setup"), section(variables, "setup")
    if all(chosen.get(name) == before.get(name) for name in SETUP_COLUMNS):
        return []
    ready, context = prepare_filling(tx, None, {**values, "setup": before}, variables)
    old = {(one.path, one.message) for one in problems_of(tx, form, ready, context)}
    return [one for one in problems if one.section != "setup" and (one.path, one.message) not in old]


def _warnings_of_use(
    tx: Transaction, values: Mapping[str, Any], variables: Mapping[str, Any], book: CodeBook
) -> Iterator[DossierProblem]:
    """Works claimed before, known by who declares now."""
    who = {name: variables.get(name) for name in ("person", "declaration_no")}
    return claim_warnings(tx, {**who, **values}, book)


def section_states(
    tx: Transaction,
    form: Form,
    values: Mapping[str, Any],
    variables: Mapping[str, Any],
    problems: Sequence[DossierProblem],
) -> list[SectionState]:
    """完整, 缺 3 项, 未填 or 选填 for each section, rules over several sections counted in."""
    errors = Counter(problem.section for problem in problems if problem.severity == "error")
    return form.counted_states(values, variables, errors, clock=clock_of(tx))
