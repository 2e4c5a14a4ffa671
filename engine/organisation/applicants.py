"""申报人帐号管理: the people a unit declares for in a year (U5); only its own, never those of lower units."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine.access import Actor, Permission, authorize
from engine.db import Transaction
from engine.errors import InvalidInput, NotAllowed, NotFound
from engine.organisation.accounts import Details, change_details, end_access
from engine.organisation.enrolments import NUMBERED, contact_problems, identity_problems, is_identity_type
from engine.organisation.events import record
from engine.organisation.paging import read_slice
from engine.organisation.queries import is_agency
from engine.organisation.sessions import normal_login
from engine.organisation.staff import Event, events_of, name_of
from engine.organisation.tables import State, account, enrolment, organisation_event, person, unit
from engine.reference.check_digits import birth_date, sex, tidy_code


@dataclass(frozen=True, slots=True)
class ApplicantFilter:
    """What the list is narrowed to."""

    name: str = ""
    identity_number: str = ""
    mobile: str = ""
    department: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class ApplicantRow:
    """One enrolment of the list."""

    id: int
    person: int
    account: int
    year: int
    unit: int
    name: str
    identity_type: str
    identity_number: str
    mobile: str
    department: str
    employer: str
    state: State
    must_change: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ApplicantPage:
    rows: Sequence[ApplicantRow]
    previous: str | None
    next: str | None


@dataclass(frozen=True, slots=True)
class ApplicantDetails:
    """An enrolment with what was done to the person and the account, the latest first."""

    row: ApplicantRow
    unit_name: str
    created_by: str
    events: Sequence[Event]


_COLUMNS = (
    enrolment.c.id,
    enrolment.c.person,
    account.c.id.label("account"),
    enrolment.c.year,
    enrolment.c.unit,
    person.c.name,
    person.c.identity_type,
    person.c.identity_number,
    sa.func.coalesce(account.c.mobile, "").label("mobile"),
    sa.func.coalesce(enrolment.c.department, "").label("department"),
    sa.func.coalesce(enrolment.c.employer, "").label("employer"),
    account.c.state,
    account.c.must_change,
    enrolment.c.created_at,
)
_JOINED = enrolment.join(person, person.c.id == enrolment.c.person).join(account, account.c.person == person.c.id)


def list_applicants(
    tx: Transaction,
    actor: Actor,
    year: int,
    wanted: ApplicantFilter,
    *,
    limit: int = 20,
    before: str | None = None,
    after: str | None = None,
) -> ApplicantPage:
    """A page of the own unit's enrolments of a year, the newest first, in one statement. Raises `NotAllowed`, `InvalidInput`."""
    authorize(actor, Permission.APPLICANTS_MANAGE)
    where: list[sa.ColumnElement[bool]] = [enrolment.c.unit == actor.unit, enrolment.c.year == year]
    if wanted.name:
        where.append(person.c.name.contains(wanted.name, autoescape=True))
    if wanted.identity_number:
        where.append(person.c.identity_number.startswith(tidy_code(wanted.identity_number), autoescape=True))
    if wanted.mobile:
        where.append(account.c.mobile.startswith(wanted.mobile, autoescape=True))
    if wanted.department:
        where.append(enrolment.c.department.contains(wanted.department, autoescape=True))
    if wanted.state:
        where.append(account.c.state == wanted.state)
    query = sa.select(*_COLUMNS).select_from(_JOINED).where(*where)
    found = read_slice(tx, query, enrolment.c.id, limit=limit, before=before, after=after)
    rows = [ApplicantRow(**row._mapping) for row in found.rows]
    return ApplicantPage(rows, found.previous, found.next)


def find_applicant(tx: Transaction, actor: Actor, enrolment_id: int) -> ApplicantRow:
    """An enrolment of the actor's own unit. Raises `NotFound` for those of others, `NotAllowed`."""
    authorize(actor, Permission.APPLICANTS_MANAGE)
    query = sa.select(*_COLUMNS).select_from(_JOINED)
    row = tx.row(query.where(enrolment.c.id == enrolment_id, enrolment.c.unit == actor.unit))
    if row is None:
        raise NotFound
    return ApplicantRow(**row._mapping)


def applicant_details(tx: Transaction, actor: Actor, enrolment_id: int) -> ApplicantDetails:
    """One enrolment of the own unit with its history. Raises `NotFound`, `NotAllowed`."""
    found = find_applicant(tx, actor, enrolment_id)
    more = tx.row(
        sa.select(unit.c.name, enrolment.c.created_by)
        .join(enrolment, enrolment.c.unit == unit.c.id)
        .where(enrolment.c.id == found.id)
    )
    assert more is not None
    e = organisation_event.c
    events = events_of(tx, sa.or_(e.account == found.account, e.person == found.person))
    return ApplicantDetails(found, more.name, name_of(tx, more.created_by), events)


def edit_applicant(
    tx: Transaction, actor: Actor, enrolment_id: int, *, mobile: str, department: str, employer: str = ""
) -> None:
    """Write telephone, department and real employer again (U5). Raises `InvalidInput` by field, `NotFound`, `NotAllowed`."""
    found = find_applicant(tx, actor, enrolment_id)
    mobile, department, employer = tidy_code(mobile), department.strip(), employer.strip()
    if problems := contact_problems(mobile, department, employer, agency=is_agency(tx, found.unit)):
        raise InvalidInput(fields=problems)
    values = {"department": department or None, "employer": employer or None}
    if (department, employer) != (found.department, found.employer):
        tx.execute(sa.update(enrolment).where(enrolment.c.id == found.id).values(**values))
        record(tx, actor, "person:edited", unit=found.unit, person=found.person)
    if mobile != found.mobile:
        held = tx.row(sa.select(account).where(account.c.id == found.account))
        assert held is not None
        change_details(tx, actor, found.account, Details(held.name, mobile, held.email or "", held.department or ""))
        tx.execute(sa.update(person).where(person.c.id == found.person).values(mobile=mobile))


@dataclass(frozen=True, slots=True)
class Reissued:
    """An identity that was corrected: who the account was and is."""

    person: int
    old_login: str
    login: str
    name: str
    identity_number: str


def reissue_account(
    tx: Transaction,
    actor: Actor,
    enrolment_id: int,
    *,
    name: str,
    identity_type: str,
    identity_number: str,
    reason: str,
    password_hash: str,
) -> Reissued:
    """Correct who a person is (Q41): the account gets the right name and number, a first password again, and its sessions end.

    Both values go into the record of events. The caller has made sure that nothing was declared under the old ones. Raises
    `InvalidInput` by field, `NotFound`, `NotAllowed` for an account that is more than an applicant's.
    """
    found = find_applicant(tx, actor, enrolment_id)
    name, number, reason = name.strip(), tidy_code(identity_number), reason.strip()
    problems = identity_problems(name, identity_type, number, known=is_identity_type(tx, identity_type))
    if not 1 <= len(reason) <= 200:
        problems["reason"] = ["请写明更正的原因，最多 200 个字符"]
    other = sa.and_(person.c.identity_type == identity_type, person.c.identity_number == number)
    if tx.value(sa.select(person.c.id).where(other, person.c.id != found.person)) is not None:
        problems["identity_number"] = ["该证件号码已属于另一人，请核对；确有重复的请联系上级单位"]
    login = normal_login(number)
    if tx.value(sa.select(account.c.id).where(account.c.login == login, account.c.id != found.account)) is not None:
        problems.setdefault("identity_number", ["该证件号码已被用作另一账号的登录名，请联系上级单位"])
    if problems:
        raise InvalidInput(fields=problems)
    before = {"name": found.name, "identity_type": found.identity_type, "identity_number": found.identity_number}
    after = {"name": name, "identity_type": identity_type, "identity_number": number}
    if before == after:
        raise InvalidInput("姓名和证件号码没有变化，无需更正。")
    old = str(tx.value(sa.select(account.c.login).where(account.c.id == found.account)))
    numbered = identity_type in NUMBERED
    known = {"sex": sex(number), "born_on": birth_date(number)} if numbered else {"sex": None, "born_on": None}
    tx.execute(sa.update(person).where(person.c.id == found.person).values(**after, **known))
    tx.execute(
        sa.update(account)
        .where(account.c.id == found.account)
        .values(login=login, name=name, password_hash=password_hash, must_change=True)
    )
    end_access(tx, found.account)
    detail = {"before": before, "after": after, "reason": reason}
    record(tx, actor, "person:corrected", unit=found.unit, account=found.account, person=found.person, detail=detail)
    return Reissued(found.person, old, login, name, number)


def refuse_unless_applicants(actor: Actor) -> None:
    """Raise `NotAllowed` for who enrols nobody: who has the permission, and a unit to enrol in."""
    authorize(actor, Permission.APPLICANTS_MANAGE)
    if actor.unit is None:
        raise NotAllowed
