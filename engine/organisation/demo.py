"""The demo province: the manual's four levels and their neighbours, with plainly fictional people in every role.

Everybody signs in with the manual's initial password. Two accounts show the forced change of it; one unit, the agency, has no leader.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import sqlalchemy as sa

from engine.db import Transaction
from engine.organisation.accounts import add_role, insert_account
from engine.organisation.enrolments import Applicant, enrol, insert_person
from engine.organisation.passwords import INITIAL_PASSWORD, Passwords
from engine.organisation.roles import Role
from engine.organisation.tables import AccountKind, RecommendationMode, unit
from engine.organisation.units import AGENCY, UnitFields, insert_unit

DATA = Path(__file__).parent / "data"
BY = "demo"
TOP = "office"
#: the unit with a second officer, who stands in for the first (U15)
SECOND_OFFICER = "industry"
#: the applicant who sits in an expert pool too (Q35)
ALSO_EXPERT = "D20"


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """One sign-in of the demo province. `unit` is the unit's name, `roles` are words of `Role`."""

    login: str
    password: str
    roles: tuple[str, ...]
    unit: str
    name: str
    slug: str
    kind: AccountKind
    must_change: bool = False
    story: str = ""
    mobile: str = ""


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@cache
def demo_accounts() -> Sequence[DemoAccount]:
    """Every account of the demo province that a person can sign in with, unit by unit, the title office first."""
    units = _rows("demo_units.csv")
    return (*_keepers(units[0]), *(found for row in units for found in _staff(row)), *_applicants(units))


def _account(row: dict[str, str], login: str, name: str, *roles: Role, must_change: bool = False) -> DemoAccount:
    kind = AccountKind.UNIT_ADMIN if roles[0] in {Role.UNIT_ADMIN, Role.TITLE_OFFICE_ADMIN} else AccountKind.STAFF
    words = tuple(role.value for role in roles)
    return DemoAccount(login, INITIAL_PASSWORD, words, row["name"], name, row["slug"], kind, must_change)


def _keepers(top: dict[str, str]) -> Iterator[DemoAccount]:
    yield _account(top, "sysadmin", "石示系", Role.SYSTEM_ADMIN)
    yield _account(top, "designer", "石示流", Role.DESIGNER)
    yield _account(top, "auditor", "石示监", Role.AUDITOR)


def _staff(row: dict[str, str]) -> Iterator[DemoAccount]:
    slug, surname = row["slug"], row["surname"]
    admin = Role.TITLE_OFFICE_ADMIN if slug == TOP else Role.UNIT_ADMIN
    yield _account(row, f"{slug}_admin", f"{surname}示管", admin)
    if slug == "city":
        yield _account(row, f"{slug}_officer", f"{surname}示办", Role.CASE_OFFICER, Role.UNIT_ADMIN)
    else:
        yield _account(row, f"{slug}_officer", f"{surname}示办", Role.CASE_OFFICER)
    if slug == "hosp3":
        yield _account(row, f"{slug}_new", f"{surname}示新", Role.CASE_OFFICER, must_change=True)
    if slug == SECOND_OFFICER:
        yield _account(row, f"{slug}_deputy", f"{surname}示代", Role.CASE_OFFICER)
    if row["leader_review"]:
        yield _account(row, f"{slug}_leader", f"{surname}示领", Role.UNIT_LEADER)


def _applicants(units: list[dict[str, str]]) -> Iterator[DemoAccount]:
    names = {row["slug"]: row["name"] for row in units}
    for row in _rows("demo_applicants.csv"):
        yield DemoAccount(
            login=row["identity_number"],
            password=INITIAL_PASSWORD,
            roles=(Role.APPLICANT.value, *((Role.EXPERT.value,) if row["story"] == ALSO_EXPERT else ())),
            unit=names[row["unit"]],
            name=row["name"],
            slug=row["unit"],
            kind=AccountKind.PERSON,
            must_change=bool(row["must_change"]),
            story=row["story"],
            mobile=row["mobile"],
        )


def seed_demo_province(tx: Transaction, passwords: Passwords, year: int) -> bool:
    """Write units, people, accounts and this year's enrolments, unless there are units already; says whether it did.

    Also makes the service account `api`, which has no password.
    """
    if tx.value(sa.select(sa.func.count()).select_from(unit)):
        return False
    units = _seed_units(tx)
    people = demo_accounts()
    # one hash for all: it is the same password, and a hash costs what it is meant to cost
    hashes = {password: passwords.hash(password) for password in {found.password for found in people}}
    for found in people:
        _seed_account(tx, found, hashes[found.password], units[found.slug], year)
    service = insert_account(
        tx, login="api", name="接口服务（示例）", kind=AccountKind.SERVICE, password_hash=None, by=BY, must_change=False
    )
    add_role(tx, service, Role.SERVICE, units[TOP])
    return True


def _seed_units(tx: Transaction) -> dict[str, int]:
    ids: dict[str, int] = {}
    for number, row in enumerate(_rows("demo_units.csv"), 1):
        fields = UnitFields(
            code=row["code"],
            region=row["region"],
            name=row["name"],
            category=row["category"],
            nature=row["nature"],
            industry=row["industry"],
            responsible_person=f"{row['surname']}示领",
            may_create_committee=bool(row["may_create_committee"]),
            may_form_committee=bool(row["may_form_committee"]),
            contact_person=f"{row['surname']}示办",
            contact_phone=f"0311-000000{number:02d}",
            leader_review=bool(row["leader_review"]),
            is_agency=row["category"] == AGENCY,
            recommendation_mode=RecommendationMode.DIRECT,
        )
        ids[row["slug"]] = insert_unit(tx, fields, ids.get(row["parent"]))
    return ids


def _seed_account(tx: Transaction, found: DemoAccount, hashed: str, unit_id: int, year: int) -> None:
    person_id = None
    if found.kind == AccountKind.PERSON:
        person_id = insert_person(tx, Applicant(found.name, "01", found.login, found.mobile))
        enrol(tx, person_id, year, unit_id, by=BY)
    key = insert_account(
        tx,
        login=found.login,
        name=found.name,
        kind=found.kind,
        password_hash=hashed,
        by=BY,
        person=person_id,
        mobile=found.mobile,
        must_change=found.must_change,
    )
    for role in found.roles:
        add_role(tx, key, Role(role), unit_id)
