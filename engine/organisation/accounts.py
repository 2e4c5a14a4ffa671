"""Accounts: opening one, giving it a role, a new first password, closing it. Whoever gives a role may also take it back."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from engine.access import Actor, Permission, authorize, in_scope
from engine.db import Transaction
from engine.errors import InvalidInput, NotAllowed, NotFound
from engine.notification import Recipient, notify
from engine.organisation.events import record
from engine.organisation.lockout import account_subject, forgive
from engine.organisation.roles import GRANTS, STAFF_ROLES, Role
from engine.organisation.sessions import normal_login
from engine.organisation.tables import AccountKind, Density, State, Theme, account, api_token, membership, session, unit
from engine.organisation.units import find_unit
from engine.reference.check_digits import check_mobile, tidy_code

LOGIN_LENGTH = 30
#: people come with their enrolment or into a pool, a pool's account with its committee
_MADE_ELSEWHERE = frozenset({Role.APPLICANT, Role.EXPERT, Role.COMMITTEE})


@dataclass(frozen=True, slots=True)
class Details:
    """What the one who keeps an account may write of it besides role and login."""

    name: str
    mobile: str = ""
    email: str = ""
    department: str = ""

    def tidy(self) -> "Details":
        return Details(self.name.strip(), tidy_code(self.mobile), self.email.strip(), self.department.strip())

    def problems(self) -> dict[str, list[str]]:
        """Sentences by field, for details that are tidy."""
        problems: dict[str, list[str]] = {}
        if not 1 <= len(self.name) <= 50:
            problems["name"] = ["请填写姓名，最多 50 个字符"]
        if self.mobile and (problem := check_mobile(self.mobile)):
            problems["mobile"] = [f"手机号码{problem}"]
        if self.email and (problem := check_email(self.email)):
            problems["email"] = [problem]
        if len(self.department) > 50:
            problems["department"] = ["科室最多 50 个字符"]
        return problems


def check_email(address: str) -> str | None:
    """What is wrong with an e-mail address; nothing where it could be one."""
    name, at, host = address.partition("@")
    if not (name and at and "." in host.strip(".")) or len(address) > 100 or " " in address:
        return "电子邮箱应形如 name@example.com，最多 100 个字符"
    return None


def create_account(
    tx: Transaction,
    actor: Actor,
    *,
    unit: int,
    role: Role,
    login: str,
    name: str,
    password_hash: str,
    mobile: str = "",
    email: str = "",
    department: str = "",
) -> int:
    """Open the account of a unit's administrator or of its staff (U2, U4); returns its id.

    Staff accounts are made in the actor's own unit, administrators in the units below it. The password is the first one and has to be
    changed. Raises `InvalidInput` by field, `NotAllowed` for a role the actor cannot give, `NotFound` for a unit it does not see.
    """
    authorize(actor, Permission.ACCOUNTS_MANAGE)
    find_unit(tx, actor, unit)
    if role not in GRANTS.get(actor.role, frozenset()) or role in _MADE_ELSEWHERE:
        raise NotAllowed
    if role in STAFF_ROLES and unit != actor.unit and actor.role != Role.SYSTEM_ADMIN:
        raise NotAllowed("经办人和单位领导账号由本单位管理员建立。")
    login = normal_login(login)
    details = Details(name, mobile, email, department).tidy()
    problems = details.problems()
    if not 2 <= len(login) <= LOGIN_LENGTH:
        problems = {"login": [f"登录名应为 2 至 {LOGIN_LENGTH} 个字符"], **problems}
    if problems:
        raise InvalidInput(fields=problems)
    key = insert_account(
        tx,
        login=login,
        name=details.name,
        kind=AccountKind.UNIT_ADMIN if role == Role.UNIT_ADMIN else AccountKind.STAFF,
        password_hash=password_hash,
        mobile=details.mobile,
        email=details.email,
        department=details.department,
        by=actor.login,
    )
    add_role(tx, key, role, unit)
    record(tx, actor, "account:created", unit=unit, account=key, detail={"role": role})
    return key


def give_staff_role(tx: Transaction, actor: Actor, *, role: Role, login: str, name: str) -> int | None:
    """Let somebody who has an account as a person of the actor's unit be its officer or leader too (Q35); the account's id.

    One person, one sign-in: the login is the identity number, the name has to fit, the password stays. None where there is no such
    person's account in the unit.
    """
    authorize(actor, Permission.ACCOUNTS_MANAGE)
    if actor.unit is None or role not in STAFF_ROLES & GRANTS.get(actor.role, frozenset()):
        raise NotAllowed
    here = sa.select(membership.c.account).where(
        membership.c.unit == actor.unit, membership.c.role == Role.APPLICANT.value
    )
    mine = sa.and_(account.c.login == normal_login(login), account.c.name == name.strip(), account.c.id.in_(here))
    found = tx.value(sa.select(account.c.id).where(mine, account.c.kind == AccountKind.PERSON))
    if found is None:
        return None
    add_role(tx, found, role, actor.unit)
    record(tx, actor, "account:role_given", unit=actor.unit, account=found, detail={"role": role.value})
    return int(found)


def insert_account(
    tx: Transaction,
    *,
    login: str,
    name: str,
    kind: AccountKind,
    password_hash: str | None,
    by: str,
    person: int | None = None,
    mobile: str = "",
    email: str = "",
    department: str = "",
    must_change: bool = True,
) -> int:
    """Write the account without asking anybody. Raises `InvalidInput` where the login name is taken."""
    key = tx.next_key()
    try:
        with tx.savepoint():
            tx.execute(
                sa.insert(account).values(
                    id=key,
                    login=login,
                    name=name,
                    kind=kind,
                    password_hash=password_hash,
                    must_change=must_change,
                    person=person,
                    mobile=mobile or None,
                    email=email or None,
                    department=department or None,
                    state=State.ACTIVE,
                    density=Density.COMFORTABLE if kind == AccountKind.PERSON else Density.COMPACT,
                    theme=Theme.AUTO,
                    created_at=tx.now,
                    created_by=by,
                )
            )
    except IntegrityError:
        raise InvalidInput(fields={"login": ["该登录名已被使用，请换一个"]}) from None
    return key


def add_role(tx: Transaction, account_id: int, role: Role, unit: int) -> int:
    """Give an account a role in a unit, unless it has it already; returns the membership's id."""
    held = tx.value(
        sa.select(membership.c.id).where(
            membership.c.account == account_id, membership.c.role == role.value, membership.c.unit == unit
        )
    )
    if held is not None:
        return int(held)
    key = tx.next_key()
    tx.insert(membership, id=key, account=account_id, role=role.value, unit=unit)
    return key


def edit_account(tx: Transaction, actor: Actor, account_id: int, details: Details) -> None:
    """Write the details of an account again (U4). An address that changes has to be verified anew by its owner.

    Raises `InvalidInput` by field, `NotFound` and `NotAllowed` as `reset_password` does.
    """
    authorize(actor, Permission.ACCOUNTS_MANAGE)
    governed(tx, actor, account_id)
    details = details.tidy()
    if problems := details.problems():
        raise InvalidInput(fields=problems)
    change_details(tx, actor, account_id, details)


def change_details(tx: Transaction, actor: Actor, account_id: int, details: Details) -> None:
    """Write details that were checked, and note which of them changed."""
    row = tx.row(sa.select(account).where(account.c.id == account_id))
    assert row is not None
    given = {name: value or None for name, value in asdict(details).items()}
    changed = {name: value for name, value in given.items() if value != row._mapping[name]}
    if not changed:
        return
    unverified = {f"{name}_verified_at": None for name in ("mobile", "email") if name in changed}
    tx.execute(sa.update(account).where(account.c.id == account_id).values(**changed, **unverified))
    record(tx, actor, "account:edited", account=account_id, detail={"changed": sorted(changed)})


def reset_password(tx: Transaction, actor: Actor, account_id: int, password_hash: str) -> None:
    """Give an account a first password again (Q2): it has to be changed, its sessions and tokens end, a lock is lifted."""
    login = governed(tx, actor, account_id)
    this = account.c.id == account_id
    tx.execute(sa.update(account).where(this).values(password_hash=password_hash, must_change=True))
    end_access(tx, account_id)
    forgive(tx, account_subject(login))
    record(tx, actor, "account:password_reset", account=account_id)
    notify(tx, Recipient(account_id), "password_reset", {"unit": _unit_name(tx, actor)})


def disable_account(tx: Transaction, actor: Actor, account_id: int) -> None:
    """Close an account: it cannot sign in, its sessions and tokens end. What it did stays."""
    governed(tx, actor, account_id)
    if account_id == actor.account:
        raise NotAllowed("不能停用自己的账号。")
    tx.execute(sa.update(account).where(account.c.id == account_id).values(state=State.DISABLED))
    end_access(tx, account_id)
    record(tx, actor, "account:disabled", account=account_id)


def enable_account(tx: Transaction, actor: Actor, account_id: int) -> None:
    """Open a closed account again, with the password it had."""
    governed(tx, actor, account_id)
    tx.execute(sa.update(account).where(account.c.id == account_id).values(state=State.ACTIVE))
    record(tx, actor, "account:enabled", account=account_id)


def _unit_name(tx: Transaction, actor: Actor) -> str | None:
    return tx.value(sa.select(unit.c.name).where(unit.c.id == actor.unit))  # type: ignore[no-any-return]


def end_access(tx: Transaction, account_id: int) -> None:
    """End the sessions and tokens of an account."""
    tx.execute(sa.delete(session).where(session.c.account == account_id))
    tx.execute(sa.delete(api_token).where(api_token.c.account == account_id))


def governed(tx: Transaction, actor: Actor, account_id: int) -> str:
    """The login of an account every role of which the actor could give, in units it sees."""
    if not (actor.may(Permission.ACCOUNTS_MANAGE) or actor.may(Permission.APPLICANTS_MANAGE)):
        raise NotAllowed
    login = tx.value(sa.select(account.c.login).where(account.c.id == account_id))
    seen = sa.select(membership.c.id).where(membership.c.account == account_id, in_scope(actor, membership.c.unit))
    if login is None or tx.row(seen) is None:
        raise NotFound
    if not among_governed(tx, actor, [account_id]):
        raise NotAllowed("该账号还有其他单位或更高权限的角色，请由其上级单位办理。")
    return str(login)


def among_governed(tx: Transaction, actor: Actor, accounts: Sequence[int]) -> frozenset[int]:
    """Those of the accounts every role of which the actor could give, in units it sees: one statement."""
    m = membership.c
    roles = tx.rows(sa.select(m.account, m.role, in_scope(actor, m.unit).label("seen")).where(m.account.in_(accounts)))
    grants = GRANTS.get(actor.role, frozenset())
    beyond = {row.account for row in roles if not (row.seen and row.role in grants)}
    return frozenset(row.account for row in roles) - beyond
