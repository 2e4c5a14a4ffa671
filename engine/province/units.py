"""The units of the province besides those of the small demo: departments below the title office, units below departments."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.access import unit_ancestor
from engine.db import Transaction
from engine.organisation import Role
from engine.organisation.tables import (
    AccountKind,
    Density,
    RecommendationMode,
    State,
    Theme,
    account,
    membership,
    unit,
)
from engine.province.people import full_name
from engine.province.writing import BulkWriter

BY = "demo"
#: departments; every unit below hangs on one of them
DEPARTMENTS = 60
#: kinds of units below a department: name, category, nature, industry.
KINDS = (
    ("中心医院", "hospital", "public_institution", "Q"),
    ("高级中学", "school", "public_institution", "P"),
    ("研究所", "research_institute", "public_institution", "M"),
    ("图书馆", "culture_institution", "public_institution", "R"),
    ("技术推广站", "agriculture_station", "public_institution", "A"),
)
#: of so many units the last recommends in rounds
A_ROUND_IN = 5
ROLES = ((Role.UNIT_ADMIN, "admin", "管"), (Role.CASE_OFFICER, "officer", "办"), (Role.UNIT_LEADER, "leader", "领"))


@dataclass(frozen=True, slots=True)
class BulkUnit:
    """A unit of the province. `slug` begins the logins of its people: administrator, officer and leader, whose accounts have three keys
    from `staff` on."""

    id: int
    name: str
    slug: str
    surname: str
    staff: int
    parent: "BulkUnit | None"
    by_round: bool = False

    @property
    def officer(self) -> int:
        """The account of its officer."""
        return self.staff + 1

    def login(self, role: str) -> str:
        return f"{self.slug}_{role}"

    def person(self, sign: str) -> str:
        """The name of whoever has the office that `sign` stands for."""
        return f"{self.surname}示{sign}"


def insert_units(writer: BulkWriter, top: int, count: int, password_hash: str) -> list[BulkUnit]:
    """So many units, and three people in each; those that are no department, of each department in turn."""
    tx = writer.tx
    first, accounts = writer.keys(count), writer.keys(2 * len(ROLES) * count)
    units = list(_tree(first, accounts, count))
    writer.insert(unit, (_unit_row(tx, top, one, number) for number, one in enumerate(units)))
    writer.insert(unit_ancestor, (line for one in units for line in _lines(top, one)))
    staff = [(one, role, word, sign) for one in units for role, word, sign in ROLES]
    writer.insert(
        account,
        (
            _account_row(tx, accounts + place, one.login(word), one.person(sign), role, password_hash)
            for place, (one, role, word, sign) in enumerate(staff)
        ),
    )
    writer.insert(
        membership,
        (
            {"id": accounts + len(staff) + place, "account": accounts + place, "role": role.value, "unit": one.id}
            for place, (one, role, *_) in enumerate(staff)
        ),
    )
    writer.flush()
    return [one for one in units if one.parent is not None]


def _tree(first: int, accounts: int, count: int) -> Iterator[BulkUnit]:
    departments: list[BulkUnit] = []
    for number in range(count):
        surname, place = full_name(number)[0], number % DEPARTMENTS
        staff = accounts + len(ROLES) * number
        if number < DEPARTMENTS:
            name = f"示范第{place + 1}主管部门（示例）"
            departments.append(BulkUnit(first + number, name, f"d{place:03d}", surname, staff, None))
            yield departments[-1]
        else:
            at = number // DEPARTMENTS
            name = f"示范第{place + 1}主管部门第{at}{KINDS[at % len(KINDS)][0]}（示例）"
            slug, by_round = f"u{place:03d}{at:03d}", number % A_ROUND_IN == A_ROUND_IN - 1
            yield BulkUnit(first + number, name, slug, surname, staff, departments[place], by_round)


def _unit_row(tx: Transaction, top: int, one: BulkUnit, number: int) -> dict[str, Any]:
    at, place = divmod(number, DEPARTMENTS)
    _, category, nature, industry = KINDS[at % len(KINDS)]
    if one.parent is None:
        category, nature, industry = "governing_department", "government", "S"
    return {
        "id": one.id,
        "parent": top if one.parent is None else one.parent.id,
        "code": f"{6000 + place if one.parent is None else at:04d}",
        "name": one.name,
        "region": "130000" if one.parent is None else "130100",
        "category": category,
        "nature": nature,
        "industry": industry,
        "may_create_committee": False,
        "may_form_committee": False,
        "contact_person": one.person("办"),
        "contact_phone": "0311-00000000",
        "responsible_person": one.person("领"),
        "leader_review": True,
        "is_agency": False,
        "recommendation_mode": RecommendationMode.ROUND if one.by_round else RecommendationMode.DIRECT,
        "state": State.ACTIVE,
        "created_at": tx.now,
    }


def _lines(top: int, one: BulkUnit) -> Sequence[dict[str, int]]:
    above = [one.id, top] if one.parent is None else [one.id, one.parent.id, top]
    return [{"ancestor": key, "unit": one.id, "distance": far} for far, key in enumerate(above)]


def _account_row(tx: Transaction, key: int, login: str, name: str, role: Role, password_hash: str) -> dict[str, Any]:
    kind = AccountKind.UNIT_ADMIN if role is Role.UNIT_ADMIN else AccountKind.STAFF
    return {
        "id": key,
        "login": login,
        "password_hash": password_hash,
        "must_change": False,
        "kind": kind,
        "name": name,
        "state": State.ACTIVE,
        "density": Density.COMPACT,
        "theme": Theme.AUTO,
        "created_at": tx.now,
        "created_by": BY,
    }


def top_unit(tx: Transaction) -> int:
    return int(tx.value(sa.select(unit.c.id).where(unit.c.parent.is_(None))))
