"""Accounts: opening one, giving it a role, a new first password, closing it. Whoever gives a role may also take it back."""

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from engine.access import Actor, Permission, authorize, in_scope
from engine.db import Transaction
from engine.errors import InvalidInput, NotAllowed, NotFound
from engine.organisation.events import record
from engine.organisation.lockout import account_subject, forgive
from engine.organisation.roles import GRANTS, STAFF_ROLES, Role
from engine.organisation.sessions import normal_login
from engine.organisation.tables import AccountKind, Density, State, Theme, account, api_token, membership, session
from engine.organisation.units import find_unit
from engine.reference.check_digits import check_mobile

LOGIN_LENGTH = 30


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
) -> int:
    """Open the account of a unit's administrator or of its staff (U2, U4); returns its id.

    Staff accounts are made in the actor's own unit, administrators in the units below it. The password is the first one and has to be
    changed. Raises `InvalidInput` by field, `NotAllowed` for a role the actor cannot give, `NotFound` for a unit it does not see.
    """
    authorize(actor, Permission.ACCOUNTS_MANAGE)
    find_unit(tx, actor, unit)
    if role not in GRANTS.get(actor.role, frozenset()) or role in {Role.APPLICANT, Role.EXPERT}:
        raise NotAllowed
    if role in STAFF_ROLES and unit != actor.unit and actor.role != Role.SYSTEM_ADMIN:
        raise NotAllowed("经办人和单位领导账号由本单位管理员建立。")
    login = normal_login(login)
    _check(login, name, mobile)
    key = insert_account(
        tx,
        login=login,
        name=name.strip(),
        kind=AccountKind.UNIT_ADMIN if role == Role.UNIT_ADMIN else AccountKind.STAFF,
        password_hash=password_hash,
        mobile=mobile.strip(),
        email=email.strip(),
        by=actor.login,
    )
    add_role(tx, key, role, unit)
    record(tx, actor, "account:created", unit=unit, account=key, detail={"role": role})
    return key


def _check(login: str, name: str, mobile: str) -> None:
    problems: dict[str, list[str]] = {}
    if not 2 <= len(login) <= LOGIN_LENGTH:
        problems["login"] = [f"登录名应为 2 至 {LOGIN_LENGTH} 个字符"]
    if not 1 <= len(name.strip()) <= 50:
        problems["name"] = ["请填写姓名，最多 50 个字符"]
    problem = check_mobile(mobile) if mobile.strip() else None
    if problem:
        problems["mobile"] = [f"手机号码{problem}"]
    if problems:
        raise InvalidInput(fields=problems)


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


def reset_password(tx: Transaction, actor: Actor, account_id: int, password_hash: str) -> None:
    """Give an account a first password again (Q2): it has to be changed, its sessions and tokens end, a lock is lifted."""
    login = _governed(tx, actor, account_id)
    this = account.c.id == account_id
    tx.execute(sa.update(account).where(this).values(password_hash=password_hash, must_change=True))
    _end_access(tx, account_id)
    forgive(tx, account_subject(login))
    record(tx, actor, "account:password_reset", account=account_id)


def disable_account(tx: Transaction, actor: Actor, account_id: int) -> None:
    """Close an account: it cannot sign in, its sessions and tokens end. What it did stays."""
    _governed(tx, actor, account_id)
    if account_id == actor.account:
        raise NotAllowed("不能停用自己的账号。")
    tx.execute(sa.update(account).where(account.c.id == account_id).values(state=State.DISABLED))
    _end_access(tx, account_id)
    record(tx, actor, "account:disabled", account=account_id)


def enable_account(tx: Transaction, actor: Actor, account_id: int) -> None:
    """Open a closed account again, with the password it had."""
    _governed(tx, actor, account_id)
    tx.execute(sa.update(account).where(account.c.id == account_id).values(state=State.ACTIVE))
    record(tx, actor, "account:enabled", account=account_id)


def _end_access(tx: Transaction, account_id: int) -> None:
    tx.execute(sa.delete(session).where(session.c.account == account_id))
    tx.execute(sa.delete(api_token).where(api_token.c.account == account_id))


def _governed(tx: Transaction, actor: Actor, account_id: int) -> str:
    """The login of an account every role of which the actor could give, in units it sees."""
    if not (actor.may(Permission.ACCOUNTS_MANAGE) or actor.may(Permission.APPLICANTS_MANAGE)):
        raise NotAllowed
    login = tx.value(sa.select(account.c.login).where(account.c.id == account_id))
    own = sa.select(membership.c.role, in_scope(actor, membership.c.unit).label("seen"))
    roles = tx.rows(own.where(membership.c.account == account_id))
    if login is None or not any(row.seen for row in roles):
        raise NotFound
    grants = GRANTS.get(actor.role, frozenset())
    if not all(row.seen and row.role in grants for row in roles):
        raise NotAllowed("该账号还有其他单位或更高权限的角色，请由其上级单位办理。")
    return str(login)
