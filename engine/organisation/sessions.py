"""Signing in and out, switching the role, changing one's password."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from engine.access import Actor
from engine.clock import local
from engine.db import Database, Transaction
from engine.errors import InvalidInput, NotFound, Refused
from engine.organisation.actors import Session
from engine.organisation.events import record
from engine.organisation.lockout import (
    account_subject,
    address_subject,
    count_failure,
    forgive,
    locked_until,
)
from engine.organisation.passwords import Passwords, check_new_password
from engine.organisation.roles import ROLES, rights_of
from engine.organisation.tables import Density, State, Theme, account, membership, session, unit
from engine.organisation.tokens import hash_token, new_token
from engine.reference.check_digits import tidy_code

#: the time of the last request is written no oftener than this
SEEN = timedelta(minutes=5)
WRONG = "账号或密码不正确，请核对后重新输入。"


@dataclass(frozen=True, slots=True)
class RoleChoice:
    """A role the account may switch to."""

    membership: int
    role: str
    label: str
    unit_name: str


def normal_login(text: str) -> str:
    """A login name as it is kept: no spaces, in lower case, identity numbers with a capital X."""
    tidy = tidy_code(text)
    return tidy if len(tidy) == 18 and tidy[:17].isdigit() else tidy.lower()


def sign_in(
    database: Database,
    passwords: Passwords,
    *,
    login: str,
    password: str,
    address: str = "",
    hours: int = 8,
    previous: str = "",
) -> str:
    """Check the password and open a session of `hours`; returns its token, for a cookie.

    `previous` is the cookie the browser still had: where it was the same account's, its pages that are still open stay valid.

    Opens its own transactions: the password is checked between them, so that nobody waits for a lock meanwhile. An unknown
    account and a wrong password cost the same time and read the same (`InvalidInput`); five failures of an account within a
    quarter of an hour lock it for another (`Refused`), known or not, and fifty lock an address.
    """
    login = normal_login(login)
    subjects = [account_subject(login), address_subject(address)]
    with database.read() as tx:
        until = locked_until(tx, subjects)
        if until is not None:
            raise _locked(until, tx.now)
        kept = tx.value(sa.select(account.c.password_hash).where(account.c.login == login))
    matches = passwords.verify(password, kept)
    with database.transaction() as tx:
        until = locked_until(tx, subjects)
        left = 0 if until or matches else min(count_failure(tx, subject) for subject in subjects)
        if matches and until is None:
            forgive(tx, subjects[0])
            return _open_session(tx, login, hours, previous)
        until = until or locked_until(tx, subjects)
        now = tx.now
    if until is not None:
        raise _locked(until, now)
    raise InvalidInput(WRONG + (f"再错 {left} 次账号将锁定 15 分钟。" if left <= 2 else ""))


def _locked(until: datetime, now: datetime) -> Refused:
    minutes = -int((now - until).total_seconds() // 60)
    return Refused(
        f"登录失败次数过多，已锁定，请在 {local(until):%H:%M}（约 {minutes} 分钟后）再试，或联系单位管理员重置密码。"
    )


def _open_session(tx: Transaction, login: str, hours: int, previous: str) -> str:
    found = tx.row(sa.select(account).where(account.c.login == login))
    assert found is not None
    if found.state != State.ACTIVE:
        raise Refused("该账号已停用，请联系单位管理员。")
    roles = role_choices(tx, found.id)
    if not roles and tx.row(sa.select(membership.c.id).where(membership.c.account == found.id).limit(1)):
        raise Refused("您所在的单位已停用或撤销，请联系上级机构。")
    last = next((role for role in roles if role.membership == found.last_role), roles[0] if roles else None)
    token = new_token()
    before = sa.and_(session.c.account == found.id, session.c.token_hash == hash_token(previous))
    csrf = tx.value(sa.select(session.c.csrf).where(before)) or new_token()
    over = sa.and_(session.c.account == found.id, session.c.expires_at <= tx.now)
    tx.execute(sa.delete(session).where(sa.or_(before, over)))
    tx.insert(
        session,
        token_hash=hash_token(token),
        account=found.id,
        membership=last.membership if last else None,
        csrf=csrf,
        created_at=tx.now,
        seen_at=tx.now,
        expires_at=tx.now + timedelta(hours=hours),
    )
    return token


def is_due(details: Session, now: datetime) -> bool:
    """True when the time of the last request should be written again."""
    return now - details.seen_at >= SEEN


def touch_session(tx: Transaction, details: Session, hours: int = 8) -> None:
    """Note that the session is in use, and let it last `hours` from now."""
    this = session.c.token_hash == details.token_hash
    tx.execute(sa.update(session).where(this).values(seen_at=tx.now, expires_at=tx.now + timedelta(hours=hours)))


def sign_out(tx: Transaction, details: Session) -> None:
    """End this session."""
    tx.execute(sa.delete(session).where(session.c.token_hash == details.token_hash))


def last_account(tx: Transaction, token: str) -> int | None:
    """Whose sign-in that cookie was, even where it is over; nothing once it was signed out or cleared away."""
    found = tx.value(sa.select(session.c.account).where(session.c.token_hash == hash_token(token)))
    return None if found is None else int(found)


def role_choices(tx: Transaction, account_id: int) -> list[RoleChoice]:
    """The roles of an account in the order they are offered; nobody acts for a unit that is disabled or was dissolved."""
    order = list(ROLES)
    rows = tx.rows(
        sa.select(membership.c.id, membership.c.role, unit.c.name, unit.c.state)
        .join(unit, unit.c.id == membership.c.unit)
        .where(membership.c.account == account_id)
    )
    choices = [
        RoleChoice(row.id, row.role, rights.label, row.name)
        for row in rows
        if (rights := rights_of(row.role)) and (row.state == State.ACTIVE or not rights.of_unit)
    ]
    return sorted(choices, key=lambda choice: (order.index(choice.role), choice.unit_name))  # type: ignore[arg-type]


def switch_role(tx: Transaction, details: Session, membership_id: int) -> RoleChoice:
    """Act in another of one's roles from now on, and at the next sign-in. Raises `NotFound` for a role that is not one's own."""
    for choice in role_choices(tx, details.account):
        if choice.membership == membership_id:
            this = session.c.token_hash == details.token_hash
            tx.execute(sa.update(session).where(this).values(membership=membership_id))
            tx.execute(sa.update(account).where(account.c.id == details.account).values(last_role=membership_id))
            return choice
    raise NotFound


def change_password(
    database: Database,
    passwords: Passwords,
    actor: Actor,
    details: Session,
    *,
    current: str,
    password: str,
    repeated: str,
) -> None:
    """Set a new password of one's own; every other session of the account ends.

    Opens its own transactions, as `sign_in` does. Raises `InvalidInput` with the sentence beside the field.
    """
    check_new_password(password, repeated, actor.login)
    subject = account_subject(actor.login)
    with database.read() as tx:
        until = locked_until(tx, [subject])
        if until is not None:
            raise _locked(until, tx.now)
        kept = tx.value(sa.select(account.c.password_hash).where(account.c.id == actor.account))
    if not passwords.verify(current, kept):
        with database.transaction() as tx:
            count_failure(tx, subject)
        raise InvalidInput(fields={"current": ["当前密码不正确，请重新输入"]})
    if current == password:
        raise InvalidInput(fields={"password": ["新密码不能与当前密码相同"]})
    hashed = passwords.hash(password)
    with database.transaction() as tx:
        forgive(tx, subject)
        tx.execute(
            sa.update(account).where(account.c.id == actor.account).values(password_hash=hashed, must_change=False)
        )
        others = sa.and_(session.c.account == actor.account, session.c.token_hash != details.token_hash)
        tx.execute(sa.delete(session).where(others))
        record(tx, actor, "account:password_changed", account=actor.account)


def set_preferences(tx: Transaction, actor: Actor, *, density: str | None = None, theme: str | None = None) -> None:
    """Remember how the account likes its pages; what is not named stays. Raises `InvalidInput` for words that are no choice."""
    try:
        values = {
            **({"density": Density(density)} if density is not None else {}),
            **({"theme": Theme(theme)} if theme is not None else {}),
        }
    except ValueError:
        raise InvalidInput("请在列出的显示方式中选择。") from None
    if values:
        tx.execute(sa.update(account).where(account.c.id == actor.account).values(values))
