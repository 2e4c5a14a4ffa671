"""The yearly account of an applicant: one per person and year in the whole province (catalogue U5, Q28, Q36)."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from engine.access import Actor, Permission, authorize
from engine.db import Transaction
from engine.errors import InvalidInput, NotAllowed, Refused
from engine.organisation.accounts import add_role, insert_account
from engine.organisation.events import record
from engine.organisation.roles import Role
from engine.organisation.sessions import normal_login
from engine.organisation.tables import AccountKind, account, enrolment, person, unit
from engine.reference.check_digits import birth_date, check_identity_number, check_mobile, sex, tidy_code

#: kinds of document whose number has a birth date, a sex and a check digit: identity card, residence permit
NUMBERED = {"01", "98"}


@dataclass(frozen=True, slots=True)
class Applicant:
    """What the unit fills in for an applicant. `employer` is the real one where the unit is an agency (W4)."""

    name: str
    identity_type: str
    identity_number: str
    mobile: str
    employer: str = ""


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What came of it. `new_account` is false where the person signed in before: then the password stays as it is."""

    enrolment: int
    person: int
    account: int
    login: str
    new_account: bool


def create_enrolment(tx: Transaction, actor: Actor, *, year: int, applicant: Applicant, password_hash: str) -> Enrolled:
    """Enrol a person for a year in the actor's own unit, never in a lower one; person and account are made where there is none yet.

    Raises `InvalidInput` by field, and `Refused` naming the unit and its contact where the person is enrolled already.
    """
    authorize(actor, Permission.APPLICANTS_MANAGE)
    if actor.unit is None:
        raise NotAllowed
    applicant = _checked(applicant)
    person_id = _person(tx, applicant)
    login, account_id, new = _account(tx, actor, applicant, person_id, password_hash)
    key = enrol(tx, person_id, year, actor.unit, by=actor.login, employer=applicant.employer)
    add_role(tx, account_id, Role.APPLICANT, actor.unit)
    record(tx, actor, "person:enrolled", unit=actor.unit, account=account_id, person=person_id, detail={"year": year})
    return Enrolled(key, person_id, account_id, login, new)


def enrol(tx: Transaction, person_id: int, year: int, unit_id: int, *, by: str, employer: str = "") -> int:
    """Write the enrolment. Raises `Refused` where the person has one for that year."""
    key = tx.next_key()
    row = {
        "id": key,
        "person": person_id,
        "year": year,
        "unit": unit_id,
        "employer": employer or None,
        "created_at": tx.now,
        "created_by": by,
    }
    try:
        with tx.savepoint():
            tx.execute(sa.insert(enrolment).values(**row))
    except IntegrityError:
        raise Refused(_enrolled_elsewhere(tx, person_id, year)) from None
    return key


def _enrolled_elsewhere(tx: Transaction, person_id: int, year: int) -> str:
    row = tx.row(
        sa.select(unit.c.name, unit.c.contact_person, unit.c.contact_phone)
        .join(enrolment, enrolment.c.unit == unit.c.id)
        .where(enrolment.c.person == person_id, enrolment.c.year == year)
    )
    assert row is not None
    contact = "、".join(part for part in (row.contact_person, row.contact_phone) if part)
    return f"该人员 {year} 年度的账户已由“{row.name}”建立" + (
        f"，如需调整请与该单位联系（{contact}）。" if contact else "，如需调整请与该单位联系。"
    )


def _checked(applicant: Applicant) -> Applicant:
    number = tidy_code(applicant.identity_number)
    problems: dict[str, list[str]] = {}
    if not 1 <= len(applicant.name.strip()) <= 50:
        problems["name"] = ["请填写姓名，最多 50 个字符"]
    if not number or len(number) > 30:
        problems["identity_number"] = ["请填写证件号码，最多 30 个字符"]
    elif applicant.identity_type in NUMBERED and (problem := check_identity_number(number)):
        problems["identity_number"] = [f"证件号码{problem}"]
    if problem := check_mobile(applicant.mobile):
        problems["mobile"] = [f"手机号码{problem}"]
    if len(applicant.employer.strip()) > 100:
        problems["employer"] = ["实际工作单位最多 100 个字符"]
    if problems:
        raise InvalidInput(fields=problems)
    return Applicant(
        applicant.name.strip(),
        applicant.identity_type,
        number,
        tidy_code(applicant.mobile),
        applicant.employer.strip(),
    )


def _person(tx: Transaction, applicant: Applicant) -> int:
    known = tx.row(
        sa.select(person.c.id, person.c.name).where(
            person.c.identity_type == applicant.identity_type, person.c.identity_number == applicant.identity_number
        )
    )
    if known is None:
        return insert_person(tx, applicant)
    if known.name != applicant.name:
        raise InvalidInput(fields={"name": ["该证件号码已登记为另一姓名，请核对姓名和证件号码"]})
    return int(known.id)


def insert_person(tx: Transaction, applicant: Applicant) -> int:
    """Write a person; birth date and sex are read from the number where it has them."""
    numbered = applicant.identity_type in NUMBERED
    key = tx.next_key()
    row = {
        "id": key,
        "name": applicant.name,
        "identity_type": applicant.identity_type,
        "identity_number": applicant.identity_number,
        "sex": sex(applicant.identity_number) if numbered else None,
        "born_on": birth_date(applicant.identity_number) if numbered else None,
        "mobile": applicant.mobile or None,
        "created_at": tx.now,
    }
    try:
        with tx.savepoint():
            tx.execute(sa.insert(person).values(**row))
    except IntegrityError:
        raise Refused("该人员刚由他人登记，请重新提交一次。") from None
    return key


def _account(
    tx: Transaction, actor: Actor, applicant: Applicant, person_id: int, password_hash: str
) -> tuple[str, int, bool]:
    held = tx.row(sa.select(account.c.id, account.c.login).where(account.c.person == person_id))
    if held is not None:
        return held.login, held.id, False
    login = normal_login(applicant.identity_number)
    key = insert_account(
        tx,
        login=login,
        name=applicant.name,
        kind=AccountKind.PERSON,
        password_hash=password_hash,
        by=actor.login,
        person=person_id,
        mobile=applicant.mobile,
    )
    return login, key, True
