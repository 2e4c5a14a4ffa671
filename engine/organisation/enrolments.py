"""The yearly account of an applicant: one per person and year in the whole province (catalogue U5, Q28, Q36)."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from engine.access import Actor, Permission, authorize
from engine.db import Transaction
from engine.errors import InvalidInput, NotAllowed, NotFound, Refused
from engine.organisation.accounts import add_role, insert_account
from engine.organisation.events import record
from engine.organisation.queries import is_agency
from engine.organisation.roles import Role
from engine.organisation.sessions import normal_login
from engine.organisation.tables import AccountKind, State, account, enrolment, membership, person, session, unit
from engine.reference import code
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
    department: str = ""


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What came of it. `new_account` is false where the person signed in before: then the password stays as it is."""

    enrolment: int
    person: int
    account: int
    login: str
    new_account: bool


class EnrolledElsewhere(Refused):
    """该人员本年度的账户已由其他单位建立。"""

    def __init__(self, message: str, person: int, unit: int) -> None:
        super().__init__(message)
        self.person, self.unit = person, unit


def create_enrolment(tx: Transaction, actor: Actor, *, year: int, applicant: Applicant, password_hash: str) -> Enrolled:
    """Enrol a person for a year in the actor's own unit, never in a lower one; person and account are made where there is none yet.

    Raises `InvalidInput` by field, and `EnrolledElsewhere` naming the unit and its contact where the person is enrolled already.
    Who was enrolled by another unit in an earlier year belongs to this one from now on.
    """
    authorize(actor, Permission.APPLICANTS_MANAGE)
    if actor.unit is None:
        raise NotAllowed
    applicant = checked(tx, actor.unit, applicant)
    person_id = _person(tx, applicant)
    login, account_id, new = _account(tx, actor, applicant, person_id, password_hash)
    key = enrol(tx, person_id, year, actor.unit, by=actor.login, applicant=applicant)
    move_role(tx, account_id, actor.unit)
    record(tx, actor, "person:enrolled", unit=actor.unit, account=account_id, person=person_id, detail={"year": year})
    return Enrolled(key, person_id, account_id, login, new)


def enrol(
    tx: Transaction, person_id: int, year: int, unit_id: int, *, by: str, applicant: Applicant | None = None
) -> int:
    """Write the enrolment. Raises `EnrolledElsewhere`, or `Refused` where it is of this very unit."""
    key = tx.next_key()
    row = {
        "id": key,
        "person": person_id,
        "year": year,
        "unit": unit_id,
        "employer": (applicant.employer if applicant else "") or None,
        "department": (applicant.department if applicant else "") or None,
        "created_at": tx.now,
        "created_by": by,
    }
    try:
        with tx.savepoint():
            tx.execute(sa.insert(enrolment).values(**row))
    except IntegrityError:
        raise _enrolled(tx, person_id, year, unit_id) from None
    return key


def _enrolled(tx: Transaction, person_id: int, year: int, unit_id: int) -> Refused:
    row = tx.row(
        sa.select(unit.c.id, unit.c.name, unit.c.contact_person, unit.c.contact_phone)
        .join(enrolment, enrolment.c.unit == unit.c.id)
        .where(enrolment.c.person == person_id, enrolment.c.year == year)
    )
    assert row is not None
    if row.id == unit_id:
        return Refused(f"该人员 {year} 年度的账户已在本单位，请在列表中查找。")
    contact = "、".join(part for part in (row.contact_person, row.contact_phone) if part)
    said = f"该人员 {year} 年度的账户已由“{row.name}”建立" + (
        f"，如需调整请与该单位联系（{contact}）。" if contact else "，如需调整请与该单位联系。"
    )
    return EnrolledElsewhere(said, person_id, row.id)


def move_role(tx: Transaction, account_id: int, unit_id: int) -> None:
    """Let the account be an applicant of that unit and of no other: its sessions go on in the role."""
    m = membership.c
    mine = sa.and_(m.account == account_id, m.role == Role.APPLICANT.value)
    held = tx.rows(sa.select(m.id, m.unit).where(mine).order_by(m.id))
    if not held:
        add_role(tx, account_id, Role.APPLICANT, unit_id)
        return
    keep = next((row for row in held if row.unit == unit_id), held[0])
    gone = [row.id for row in held if row.id != keep.id]
    if gone:
        tx.execute(sa.update(session).where(session.c.membership.in_(gone)).values(membership=keep.id))
        tx.execute(sa.update(account).where(account.c.last_role.in_(gone)).values(last_role=keep.id))
        tx.execute(sa.delete(membership).where(m.id.in_(gone)))
    tx.execute(sa.update(membership).where(m.id == keep.id).values(unit=unit_id))


def checked(tx: Transaction, unit_id: int, applicant: Applicant) -> Applicant:
    """The applicant's fields as they are kept. Raises `InvalidInput` by field."""
    applicant = Applicant(
        applicant.name.strip(),
        applicant.identity_type,
        tidy_code(applicant.identity_number),
        tidy_code(applicant.mobile),
        applicant.employer.strip(),
        applicant.department.strip(),
    )
    problems = identity_problems(
        applicant.name,
        applicant.identity_type,
        applicant.identity_number,
        known=is_identity_type(tx, applicant.identity_type),
    )
    agency = is_agency(tx, unit_id)
    problems |= contact_problems(applicant.mobile, applicant.department, applicant.employer, agency=agency)
    if problems:
        raise InvalidInput(fields=problems)
    return applicant


def is_identity_type(tx: Transaction, value: str) -> bool:
    """Whether the code list has that kind of document."""
    known = sa.select(code.c.value).where(code.c.list == "identity_type", code.c.value == value).limit(1)
    return tx.value(known) is not None


def identity_problems(name: str, identity_type: str, number: str, *, known: bool) -> dict[str, list[str]]:
    """Sentences about who somebody is, by field; `known` says whether there is that kind of document."""
    problems: dict[str, list[str]] = {}
    if not 1 <= len(name) <= 50:
        problems["name"] = ["请填写姓名，最多 50 个字符"]
    if not known:
        problems["identity_type"] = ["请选择证件类型"]
    if not number or len(number) > 30:
        problems["identity_number"] = ["请填写证件号码，最多 30 个字符"]
    elif identity_type in NUMBERED and (problem := check_identity_number(number)):
        problems["identity_number"] = [f"证件号码{problem}"]
    return problems


def contact_problems(mobile: str, department: str, employer: str, *, agency: bool) -> dict[str, list[str]]:
    """Sentences about the rest, by field. Only an agency enrols for another employer (W4)."""
    problems: dict[str, list[str]] = {}
    if problem := check_mobile(mobile):
        problems["mobile"] = [f"手机号码{problem}"]
    if len(department) > 100:
        problems["department"] = ["所在部门最多 100 个字符"]
    if len(employer) > 100:
        problems["employer"] = ["实际工作单位最多 100 个字符"]
    elif employer and not agency:
        problems["employer"] = ["只有代理机构填写实际工作单位，请清空此项"]
    return problems


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
    held = tx.row(sa.select(account).where(account.c.person == person_id))
    if held is not None:
        _take_over(tx, actor, held, applicant.mobile)
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


def _take_over(tx: Transaction, actor: Actor, held: sa.Row[tuple[object, ...]], mobile: str) -> None:
    """Whoever enrols somebody again opens the account, and knows the telephone unless its owner verified one."""
    values: dict[str, object] = {}
    if held.state != State.ACTIVE:
        values["state"] = State.ACTIVE
        record(tx, actor, "account:enabled", account=held.id)
    if held.mobile_verified_at is None and mobile != held.mobile:
        values["mobile"] = mobile
    if values:
        tx.execute(sa.update(account).where(account.c.id == held.id).values(**values))


def person_of(tx: Transaction, enrolment_id: int) -> tuple[int, int]:
    """The person and the year of an enrolment. The caller has authorised. Raises `NotFound`."""
    row = tx.row(sa.select(enrolment.c.person, enrolment.c.year).where(enrolment.c.id == enrolment_id))
    if row is None:
        raise NotFound
    return row.person, row.year
