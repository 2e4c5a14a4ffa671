"""How far a dossier is: what has to be corrected before it can be submitted, and the state of each section."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from engine.clock import local
from engine.db import Transaction
from engine.declaration.forms import form_of_task, values_of_task
from engine.declaration.hooks import book_of
from engine.declaration.rules import DossierProblem, cross_section_problems, materials_of
from engine.flow.registry import clock_of, registry_of
from engine.form import Form, SectionState


def filling_context(
    tx: Transaction, year: int, values: Mapping[str, Any], variables: Mapping[str, Any]
) -> dict[str, Any]:
    """The case's variables as the filling form's expressions read them, with `required_materials` for the red stars."""
    standing = variables.get("standing") or {}
    needed = [m.material for m in materials_of(tx, year, values, book_of(tx, year), standing) if m.due == "submit"]
    return {**variables, "required_materials": needed}


def dossier_problems(tx: Transaction, task_key: int) -> list[DossierProblem]:
    """Everything that keeps the dossier of a filling task from being submitted, and warnings, in the order of the form.

    The caller has made sure that its reader may see the task. Raises `NotFound` where it is not open.
    """
    form = form_of_task(tx, task_key)
    values, variables = values_of_task(tx, task_key)
    return problems_of(tx, form, values, variables)


def problems_of(
    tx: Transaction, form: Form, values: Mapping[str, Any], variables: Mapping[str, Any]
) -> list[DossierProblem]:
    """The problems of these values: those of each field, then those over several sections, by section."""
    year = variables.get("year") or local(tx.now).year
    found = [
        DossierProblem(problem.section, problem.path, problem.message)
        for problem in form.validate(values, variables, options=registry_of(tx).options, clock=clock_of(tx))
    ]
    standing = variables.get("standing") or {}
    known = {problem.path for problem in found}
    crossing = cross_section_problems(tx, year, values, book_of(tx, year), standing)
    found += [problem for problem in crossing if problem.path not in known]
    order = {section.path: number for number, section in enumerate(form.sections)}
    return sorted(found, key=lambda problem: order.get(problem.section, len(order)))


def section_states(
    tx: Transaction,
    form: Form,
    values: Mapping[str, Any],
    variables: Mapping[str, Any],
    problems: Sequence[DossierProblem],
) -> list[SectionState]:
    """完整, 缺 3 项 or 未填 for each section, rules over several sections counted in."""
    states = form.states(values, variables, options=registry_of(tx).options, clock=clock_of(tx))
    errors = Counter(problem.section for problem in problems if problem.severity == "error")
    return [_counted(state, errors[state.path]) for state in states]


def _counted(state: SectionState, missing: int) -> SectionState:
    word = "incomplete" if state.state == "complete" and missing else state.state
    return replace(state, missing=missing, state=word)
