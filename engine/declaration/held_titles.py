"""The title a person holds by a certificate of this system: nobody types it again (W15, P7, P12).

`HeldTitles` is the port: results stand above declarations and answer it. A new declaration begins with what it says, and what
is taken over from an earlier declaration does not put an older title in its place.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from engine.db import Transaction
from engine.declaration.dossier import Values, section
from engine.reference import CodeLists

POSITION, CERTIFICATE = "present_position", "qualification_certificate"
#: fields of the section on the certificate, as long as its inputs take
LONGEST = 36


@dataclass(frozen=True, slots=True)
class HeldTitle:
    """A title with the numbers of document and certificate; codes as the lists of its year have them."""

    title_category: str | None
    title_series: str | None
    specialty: str | None
    title_name: str | None
    title_level: str | None
    obtained_on: date
    document_no: str
    certificate_no: str
    #: how it was obtained, as the form's choice has it
    obtained_by: str


class HeldTitles:
    """The port, and its simplest case: nobody holds one. Found by `tx.service(HeldTitles)`."""

    def title_of(self, tx: Transaction, person: int) -> HeldTitle | None:
        """What the person holds now: the title obtained last by a certificate that is valid."""
        return None


def held_title_values(tx: Transaction, person: int, year: int) -> dict[str, dict[str, Any]]:
    """What a new declaration of that year knows of the title: parts of two sections, nothing where there is none.

    A code the year's lists do not have any more is left out, to be chosen anew.
    """
    held = tx.service(HeldTitles).title_of(tx, person)
    if held is None:
        return {}
    book = tx.service(CodeLists).book(tx, year)
    codes = {
        "current_title_category": ("title_category", held.title_category),
        "current_title_series": ("title_series", held.title_series),
        "current_title_specialty": ("specialty", held.specialty),
        "current_title_name": ("title_name", held.title_name),
        "current_title_level": ("title_level", held.title_level),
    }
    known = {name: code for name, (names, code) in codes.items() if code and book.find(names, code) is not None}
    return {
        POSITION: {
            "has_title": "yes",
            **known,
            "current_title_obtained_on": held.obtained_on.isoformat(),
            "current_title_obtained_by": held.obtained_by,
            "current_title_origin": "province",
        },
        CERTIFICATE: {
            "approval_document_no": held.document_no[:LONGEST],
            "management_no": held.certificate_no[:LONGEST],
        },
    }


def with_held_title(tx: Transaction, person: int, year: int, values: Values) -> dict[str, Any]:
    """Sections of an earlier declaration with the title that is held now in place of the one of that time."""
    known: Mapping[str, Mapping[str, Any]] = held_title_values(tx, person, year)
    return {**values, **{name: {**section(values, name), **part} for name, part in known.items() if name in values}}
