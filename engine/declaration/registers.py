"""What other registers know of a person, so that nobody is asked for it: social security, CHSI, continuing education (J21, J26).

`Registers` is the port. Where it does not answer, the form asks for the field and its proof instead. `ImportedRegisters`
answers from files that an administrator takes in (`engine.declaration.register_files`); until then nothing is connected.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from engine.db import Transaction
from engine.declaration.dossier import Values, rows, section
from engine.declaration.tables import register_entry, register_source


class RegisterKind(StrEnum):
    SOCIAL_INSURANCE = "social_insurance"
    EDUCATION = "education"
    CONTINUING_EDUCATION = "continuing_education"


@dataclass(frozen=True, slots=True)
class Answers:
    """What the registers say of one person. `connected` holds each register that is connected, true where it knows the
    person; a register that is not connected is not in it."""

    connected: Mapping[str, bool] = field(default_factory=dict)
    social_insurance: Values = field(default_factory=dict)
    education: Sequence[Values] = ()
    continuing_education: Sequence[Values] = ()


NOTHING = Answers()


class Registers:
    """The port, and its simplest case: no register is connected. Found by `tx.service(Registers)`."""

    def answers(self, tx: Transaction, identity_number: str) -> Answers:
        """What is known of the person with that number. Asked whenever a dossier is shown or handed in: it must be quick."""
        return NOTHING


class ImportedRegisters(Registers):
    """Answers from what was taken in from files, in one statement."""

    def answers(self, tx: Transaction, identity_number: str) -> Answers:
        known = sa.and_(
            register_entry.c.kind == register_source.c.kind, register_entry.c.identity_number == identity_number
        )
        wanted = sa.select(register_source.c.kind, register_entry.c.value).outerjoin(register_entry, known)
        held: dict[str, Any] = {row.kind: row.value for row in tx.rows(wanted)}
        given = {kind: value for kind, value in held.items() if value is not None}
        return Answers(connected={kind: kind in given for kind in held}, **given)


def answers_of(tx: Transaction, variables: Values) -> Answers:
    """The registers' answers for the applicant of a case."""
    number = section(variables, "basic_info").get("identity_number")
    return tx.service(Registers).answers(tx, number) if isinstance(number, str) and number else NOTHING


def with_answers(values: Values, answers: Answers) -> dict[str, Any]:
    """The values with what the registers say in place of what was typed."""
    ready = dict(values)
    if answers.social_insurance:
        ready["basic_info"] = {**section(values, "basic_info"), **answers.social_insurance}
    if answers.continuing_education:
        ready["continuing_education"] = [dict(row) for row in answers.continuing_education]
    if values.get("education") or answers.education:
        ready["education"] = _education(values, answers.education)
    return ready


def _education(values: Values, known: Sequence[Values]) -> list[dict[str, Any]]:
    """The rows typed, each marked where the register has the same course; courses of the register stand ready where
    nothing was typed yet."""
    held = rows(values, "education")
    if not any(row.get("school") for row in held):
        return [{**row, "verified": True} for row in known] or [dict(row) for row in held]
    return [{**row, "verified": True} if _is_known(row, known) else _unverified(row) for row in held]


def _unverified(row: Values) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "verified"}


def _is_known(row: Values, known: Sequence[Values]) -> bool:
    return any(
        (one.get("school"), one.get("education_level")) == (row.get("school"), row.get("education_level"))
        for one in known
    )
