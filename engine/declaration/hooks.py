"""What must hold before a form of the declaration becomes variables. The flow calls these at its one door, after the
form's own checks, so that a page, a batch and the API are held to the same rules."""

from collections.abc import Iterable, Mapping

from engine.access import Actor
from engine.clock import local
from engine.db import Transaction
from engine.declaration.dossier import SECTIONS, Values, section, with_identity
from engine.declaration.dossier_problem import DossierProblem
from engine.declaration.registers import answers_of
from engine.declaration.rules import cross_section_problems, missing_materials
from engine.declaration.standing import standing_of
from engine.document import attach_to_case
from engine.document.mentioned import DESCRIPTOR, file_keys
from engine.errors import InvalidInput, NotFound
from engine.flow.contexts import TaskContext
from engine.organisation import identity_of
from engine.reference import CodeBook, CodeLists

__all__ = [
    "DESCRIPTOR",
    "book_of",
    "check_dossier",
    "check_forwarding",
    "file_keys",
    "refuse",
    "sections_of",
    "year_of",
]

#: what a unit adds to the dossier before it goes up (Q34)
UNIT_MATERIALS = ("ranking_sheet", "publicity_proof")


def check_dossier(tx: Transaction, actor: Actor, task: TaskContext, values: dict[str, object]) -> Mapping[str, object]:
    """The hook of the filling form: all sections together, the account's identity in place of what was sent.

    Raises `InvalidInput` with every rule over several sections that is broken.
    """
    year = year_of(tx, task)
    identity = identity_of(tx, task.variables["person"])
    if identity is None:
        raise NotFound
    setup = task.variables.get("setup") or {}
    dossier = with_identity({**sections_of(task.variables), **values}, identity, setup.get("unit_name", ""))
    standing = standing_of(tx, identity, year)
    found = cross_section_problems(tx, year, dossier, book_of(tx, year), standing)
    refuse([problem for problem in found if problem.severity == "error"])
    attach_to_case(tx, actor, file_keys(values), task.case_key)
    answers = answers_of(tx, task.variables)
    return {**dossier, "standing": standing, "registers": dict(answers.connected)}


def check_forwarding(
    tx: Transaction, actor: Actor, task: TaskContext, values: dict[str, object]
) -> Mapping[str, object]:
    """The hook of the own unit's officer: what is due on forwarding must be there before it is recommended (Q34).

    An agency ranks nobody and has no sheet of ranks (J24)."""
    if task.outcome == "approve":
        year = year_of(tx, task)
        dossier = sections_of(task.variables)
        added = {name: values[name] for name in UNIT_MATERIALS if values.get(name)}
        given = {**dossier, "base_material": {**section(dossier, "base_material"), **added}}
        standing = task.variables.get("standing") or {}
        missing = missing_materials(tx, year, given, book_of(tx, year), standing, due="forward")
        if task.variables.get("is_agency") is True:
            missing = (problem for problem in missing if problem.path != "base_material.ranking_sheet")
        refuse([DossierProblem(p.section, p.path.removeprefix("base_material."), p.message) for p in missing])
    attach_to_case(tx, actor, file_keys(values), task.case_key)
    return values


def refuse(problems: Iterable[DossierProblem]) -> None:
    """Raise `InvalidInput` with these problems unless there are none."""
    fields: dict[str, list[str]] = {}
    for problem in problems:
        fields.setdefault(problem.path, []).append(problem.message)
    if fields:
        raise InvalidInput(fields=fields)


def sections_of(variables: Values) -> dict[str, object]:
    """The sections as they were last submitted."""
    return {name: value for name in SECTIONS if (value := variables.get(name)) is not None}


def year_of(tx: Transaction, task: TaskContext) -> int:
    return task.year if task.year is not None else local(tx.now).year


def book_of(tx: Transaction, year: int) -> CodeBook:
    """The code lists of that year."""
    return tx.service(CodeLists).book(tx, year)
