"""Who reads personal data whole. Lists, search, exports and statistics show no more of a person than the role needs. A dossier
is read whole by its applicant, the units of its chain and whoever has something to do in it; everybody else reads it masked
(`engine.declaration.looks` says who that is), until they ask for the numbers, which is written down."""

from collections.abc import Mapping
from typing import Any

from engine.access import Actor, Permission
from engine.declaration.dossier import Values, section

#: digits of an identity number that stay: the place at the front, the check at the end
FRONT, BACK = 6, 4
#: telephone numbers among 个人基本信息
PHONES = ("mobile_number", "employer_phone")


def shows_identity(actor: Actor, row: Mapping[str, Any]) -> bool:
    """Whether the actor reads the identity number of this row of a list whole.

    The applicant does, and who keeps the applicants' accounts of the unit; the officers whose desk it is at or has been at,
    since they check the number against the document. Leaders, the units above while it is elsewhere, and who only watches
    do not.
    """
    if actor.person is not None and actor.person == row.get("person"):
        return True
    if not actor.units:
        return False
    if row["unit"] == actor.unit:
        return actor.may(Permission.DECLARATIONS_REVIEW) or actor.may(Permission.APPLICANTS_MANAGE)
    return actor.may(Permission.APPLICANTS_MANAGE) and row.get("task_key") is not None


def masked_identity(number: str) -> str:
    """An identity number without the birthday in it: 990000********1014."""
    hidden = len(number) - FRONT - BACK
    return f"{number[:FRONT]}{'*' * hidden}{number[-BACK:]}" if hidden > 0 else number


def masked_phone(number: str) -> str:
    """A telephone number without its middle: 130****0000."""
    return f"{number[:3]}****{number[-4:]}" if len(number) > 7 else number


def masked_sections(values: Values) -> dict[str, Any]:
    """The sections, or all variables, of a declaration with the numbers of its person masked."""
    basic = section(values, "basic_info")
    known = {name: masked_phone(str(basic[name])) for name in PHONES if basic.get(name)}
    if basic.get("identity_number"):
        known["identity_number"] = masked_identity(str(basic["identity_number"]))
    return {**values, **({"basic_info": {**basic, **known}} if known else {})}


def masked_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row of a declaration with the identity number masked."""
    return {**row, "identity_number": masked_identity(row["identity_number"])}
