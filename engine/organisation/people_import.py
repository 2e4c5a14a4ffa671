"""Many accounts from a workbook (U4, U5): its columns, what is wrong with its rows, and making them row by row as a batch."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from engine.access import Actor, Permission, authorize
from engine.clock import local
from engine.db import Transaction
from engine.document.workbooks import Column, Row, read_rows, template
from engine.errors import InvalidInput, NotAllowed
from engine.flow.batches import BatchKind
from engine.organisation.accounts import LOGIN_LENGTH, Details, create_account, give_staff_role
from engine.organisation.enrolments import Applicant, contact_problems, create_enrolment, identity_problems
from engine.organisation.import_rows import LOGIN_TAKEN, TITLES_STAY, Checked, in_portions, start_rows, taken_logins
from engine.organisation.queries import is_agency
from engine.organisation.roles import ROLES, STAFF_ROLES
from engine.organisation.sessions import normal_login
from engine.organisation.tables import enrolment, person, unit
from engine.reference import CodeBook
from engine.reference.check_digits import tidy_code

STAFF_IMPORT, APPLICANT_IMPORT = "staff_import", "applicant_import"
MOST_ROWS = 5_000
NOTES = (f"每行一人。{TITLES_STAY}", "证件号码、手机号码请按文本填写。")

_ROLE_LABELS = {ROLES[role].label: role for role in ROLES if role in STAFF_ROLES}


def staff_columns() -> list[Column]:
    return [
        Column("login", "登录名", f"2 至 {LOGIN_LENGTH} 个字符，全省不重复。", required=True),
        Column("name", "姓名", "最多 50 个字符。", required=True),
        Column("role", "角色", "从下拉列表选择。", required=True, choices=tuple(_ROLE_LABELS)),
        Column("mobile", "手机号码", "11 位。", required=True),
        Column("email", "电子邮箱", "形如 name@example.com。", width=24),
        Column("department", "科室", "最多 50 个字符。"),
    ]


def applicant_columns(book: CodeBook, *, agency: bool) -> list[Column]:
    types = tuple(code.label for code in book.codes("identity_type") if code.active)
    employer = [Column("employer", "实际工作单位", "代理的用人单位名称，自由职业者不填。", width=30)] if agency else []
    return [
        Column("name", "姓名", "最多 50 个字符。", required=True),
        Column("identity_type", "证件类型", "从下拉列表选择。", required=True, choices=types, width=22),
        Column("identity_number", "证件号码", "即登录名；身份证按校验位核对。", required=True, width=22),
        Column("mobile", "手机号码", "11 位。", required=True),
        Column("department", "所在部门", "最多 100 个字符。", width=24),
        *employer,
    ]


def staff_template() -> bytes:
    return template(staff_columns(), NOTES, title="工作人员")


def applicant_template(tx: Transaction, actor: Actor, book: CodeBook) -> bytes:
    return template(applicant_columns(book, agency=is_agency(tx, actor.unit)), NOTES, title="申报人")


# --- reading ----------------------------------------------------------------------------------------------------------


def read_staff(tx: Transaction, actor: Actor, data: bytes) -> list[Checked]:
    """The rows of a workbook of staff for the own unit, each with what is wrong with it.

    Raises `InvalidInput` for a file that is no such workbook, and `NotAllowed`.
    """
    authorize(actor, Permission.ACCOUNTS_MANAGE)
    rows = read_rows(data, staff_columns(), most=MOST_ROWS)
    taken = taken_logins(tx, [normal_login(row.values["login"]) for row in rows])
    return list(_check_staff(rows, taken))


def _check_staff(rows: Sequence[Row], taken: set[str]) -> Iterator[Checked]:
    for row in rows:
        given, login = row.values, normal_login(row.values["login"])
        problems = Details(given["name"], given["mobile"], given["email"], given["department"]).tidy().problems()
        if not given["mobile"]:
            problems["mobile"] = ["请填写手机号码"]
        if given["role"] not in _ROLE_LABELS:
            problems["role"] = [f"角色请填写{'或'.join(_ROLE_LABELS)}"]
        if not 2 <= len(login) <= LOGIN_LENGTH:
            problems["login"] = [f"登录名应为 2 至 {LOGIN_LENGTH} 个字符"]
        elif login in taken:
            problems["login"] = [LOGIN_TAKEN]
        taken.add(login)
        yield Checked(row.number, dict(given), problems)


def read_applicants(tx: Transaction, actor: Actor, book: CodeBook, data: bytes) -> list[Checked]:
    """The rows of a workbook of this year's applicants for the own unit, each with what is wrong with it. Raises as `read_staff`."""
    authorize(actor, Permission.APPLICANTS_MANAGE)
    agency = is_agency(tx, actor.unit)
    rows = read_rows(data, applicant_columns(book, agency=agency), most=MOST_ROWS)
    known = _known(tx, [tidy_code(row.values["identity_number"]) for row in rows])
    types = {code.label: code.value for code in book.codes("identity_type") if code.active}
    return list(_check_applicants(rows, known, types, agency=agency))


def _check_applicants(
    rows: Sequence[Row],
    known: Mapping[tuple[str, str], tuple[str, str | None]],
    types: Mapping[str, str],
    *,
    agency: bool,
) -> Iterator[Checked]:
    seen: set[tuple[str, str]] = set()
    for row in rows:
        given = {**row.values, "employer": row.values.get("employer", "")}
        kind, number = types.get(given["identity_type"], ""), tidy_code(given["identity_number"])
        problems = identity_problems(given["name"], kind, number, known=bool(kind))
        problems |= contact_problems(given["mobile"], given["department"], given["employer"], agency=agency)
        name, where = known.get((kind, number), (given["name"], None))
        if (kind, number) in seen:
            problems["identity_number"] = ["与前面的行重复"]
        elif where is not None:
            problems["identity_number"] = [f"本年度的账户已由“{where}”建立"]
        elif name != given["name"]:
            problems["name"] = ["该证件号码已登记为另一姓名，请核对"]
        seen.add((kind, number))
        yield Checked(row.number, {**given, "identity_type": kind or given["identity_type"]}, problems)


def _known(tx: Transaction, numbers: Sequence[str]) -> dict[tuple[str, str], tuple[str, str | None]]:
    """Of those who are known, the name, and the unit that enrolled them this year."""
    found: dict[tuple[str, str], tuple[str, str | None]] = {}
    year = local(tx.now).year
    joined = person.outerjoin(enrolment, sa.and_(enrolment.c.person == person.c.id, enrolment.c.year == year))
    for some in in_portions(numbers):
        rows = tx.rows(
            sa.select(person.c.identity_type, person.c.identity_number, person.c.name, unit.c.name.label("unit"))
            .select_from(joined.outerjoin(unit, unit.c.id == enrolment.c.unit))
            .where(person.c.identity_number.in_(some))
        )
        found |= {(row.identity_type, row.identity_number): (row.name, row.unit) for row in rows}
    return found


# --- making -----------------------------------------------------------------------------------------------------------


def start_import(
    tx: Transaction,
    actor: Actor,
    kind: str,
    rows: Sequence[Checked],
    *,
    password_hash: str,
    title: str,
    command_key: str | None = None,
) -> int:
    """Make the accounts of these rows in the background, all with one first password; the batch's key.

    Rows with something wrong are left out and named by the batch as well. Raises `InvalidInput` where every row is wrong.
    """
    authorize(actor, Permission.ACCOUNTS_MANAGE if kind == STAFF_IMPORT else Permission.APPLICANTS_MANAGE)
    if actor.unit is None:
        raise NotAllowed
    return start_rows(
        tx,
        actor,
        kind,
        rows,
        lambda row: row.values["name"],
        password_hash=password_hash,
        title=title,
        command_key=command_key,
    )


def make_staff(tx: Transaction, actor: Actor, params: Mapping[str, Any], item: Mapping[str, Any]) -> dict[str, Any]:
    """One row of staff."""
    given = dict(item["values"])
    role = _ROLE_LABELS.get(given.pop("role"))
    if role is None or actor.unit is None:
        raise InvalidInput(f"角色请填写{'或'.join(_ROLE_LABELS)}。")
    if not given["mobile"]:
        raise InvalidInput("请填写手机号码。")
    held = give_staff_role(tx, actor, role=role, login=given["login"], name=given["name"])
    if held is not None:
        return {"account": held, "login": normal_login(given["login"])}
    key = create_account(tx, actor, unit=actor.unit, role=role, password_hash=params["password_hash"], **given)
    return {"account": key, "login": normal_login(given["login"])}


def make_applicant(tx: Transaction, actor: Actor, params: Mapping[str, Any], item: Mapping[str, Any]) -> dict[str, Any]:
    """One row of applicants."""
    made = create_enrolment(
        tx,
        actor,
        year=local(tx.now).year,
        applicant=Applicant(**item["values"]),
        password_hash=params["password_hash"],
    )
    return {"enrolment": made.enrolment, "login": made.login}


KINDS: Mapping[str, BatchKind] = {
    STAFF_IMPORT: BatchKind("批量新增工作人员", make_staff),
    APPLICANT_IMPORT: BatchKind("批量新增申报人", make_applicant),
}
