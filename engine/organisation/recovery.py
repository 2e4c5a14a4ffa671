"""忘记密码 by a code to the bound telephone or e-mail address, and binding them (A4, Q2)."""

import sqlalchemy as sa

from engine.access import Actor
from engine.db import Database, Transaction
from engine.errors import InvalidInput, Refused
from engine.notification import Channel, Recipient, notify
from engine.organisation.accounts import check_email, end_access
from engine.organisation.codes import Purpose, make_code, send_code, use_code
from engine.organisation.events import record
from engine.organisation.lockout import Subject, account_subject, count_failure, forgive, locked_until
from engine.organisation.passwords import Passwords, check_new_password
from engine.organisation.sessions import normal_login
from engine.organisation.tables import State, account
from engine.organisation.tokens import hash_token
from engine.reference.check_digits import check_mobile, tidy_code

WRONG = "验证码不正确或已失效，请核对；输错 5 次须重新获取。"
OFTEN = "获取验证码过于频繁，请 15 分钟后再试。"

_BOUND = {Channel.SMS: account.c.mobile, Channel.MAIL: account.c.email}
_VERIFIED = {Channel.SMS: "mobile_verified_at", Channel.MAIL: "email_verified_at"}
_BINDING = {Channel.SMS: Purpose.BIND_MOBILE, Channel.MAIL: Purpose.BIND_EMAIL}


def channel_of(address: str) -> Channel:
    """By which way an address is reached."""
    return Channel.MAIL if "@" in address else Channel.SMS


def request_reset(database: Database, passwords: Passwords, *, login: str, address: str, client: str = "") -> None:
    """Send a code to the address where it is the account's own; where it is not, nothing happens and nobody learns of it.

    Opens its own transactions. `client` is where the request comes from. Raises `Refused` after too many requests for what was
    typed or from that place, whether or not there is such an account.
    """
    login, address = normal_login(login), tidy_address(address)
    code = make_code(passwords)
    with database.transaction() as tx:
        _count(tx, _asked(login), Subject(hash_token(f"codes-from:{client}"), 30))
        channel = channel_of(address)
        mine = sa.and_(account.c.login == login, _BOUND[channel] == address, account.c.state == State.ACTIVE)
        found = tx.value(sa.select(account.c.id).where(mine)) if address else None
        if found is not None:
            send_code(tx, found, Purpose.RESET, channel, address, code)


def reset_by_code(
    database: Database, passwords: Passwords, *, login: str, code: str, password: str, repeated: str
) -> None:
    """Set a new password for the one who has the code: sessions and tokens end, a lock is lifted, the owner is told.

    Opens its own transactions. Raises `InvalidInput` beside the field; a wrong code and an unknown account read the same.
    """
    login = normal_login(login)
    check_new_password(password, repeated, login)
    with database.transaction() as tx:
        _count(tx, Subject(hash_token(f"code-tries:{login}"), 10))
        found = tx.row(sa.select(account).where(account.c.login == login, account.c.state == State.ACTIVE))
    hashed = passwords.hash(password)
    address = use_code(database, passwords, found.id if found else None, Purpose.RESET, code)
    if found is None or address is None:
        raise InvalidInput(fields={"code": [WRONG]})
    itself = Actor(account=found.id, login=login, name=found.name)
    with database.transaction() as tx:
        this = account.c.id == found.id
        verified = {_VERIFIED[channel_of(address)]: tx.now}
        tx.execute(sa.update(account).where(this).values(password_hash=hashed, must_change=False, **verified))
        end_access(tx, found.id)
        forgive(tx, account_subject(login))
        record(tx, itself, "account:password_recovered", account=found.id)
        told = Recipient(found.id, email=found.email or "", mobile=found.mobile or "")
        notify(tx, told, "password_changed", {})


def request_binding(database: Database, passwords: Passwords, actor: Actor, address: str) -> Channel:
    """Send a code to an address the actor wants to bind, and say by which way. Raises `InvalidInput`, `Refused`."""
    address = tidy_address(address)
    channel = channel_of(address)
    problem = check_email(address) if channel is Channel.MAIL else check_mobile(address)
    if problem:
        said = problem if channel is Channel.MAIL else f"手机号码{problem}；绑定邮箱请填写 name@example.com"
        raise InvalidInput(fields={"address": [said]})
    code = make_code(passwords)
    with database.transaction() as tx:
        _count(tx, _asked(actor.login))
        send_code(tx, actor.account, _BINDING[channel], channel, address, code)
    return channel


def bind_address(database: Database, passwords: Passwords, actor: Actor, channel: Channel, code: str) -> str:
    """Bind the address the code was sent to; returns it. Raises `InvalidInput` for a code that is not right."""
    with database.transaction() as tx:
        _count(tx, Subject(hash_token(f"code-tries:{actor.login}"), 10))
    address = use_code(database, passwords, actor.account, _BINDING[channel], code)
    if address is None:
        raise InvalidInput(fields={"code": [WRONG]})
    with database.transaction() as tx:
        values = {_BOUND[channel].name: address, _VERIFIED[channel]: tx.now}
        tx.execute(sa.update(account).where(account.c.id == actor.account).values(values))
        record(tx, actor, "account:address_bound", account=actor.account, detail={"channel": channel.value})
    return address


def bound_addresses(tx: Transaction, actor: Actor) -> dict[Channel, tuple[str, bool]]:
    """The actor's own telephone and e-mail address, and whether each was verified."""
    row = tx.row(sa.select(account).where(account.c.id == actor.account))
    assert row is not None
    return {
        Channel.SMS: (row.mobile or "", row.mobile_verified_at is not None),
        Channel.MAIL: (row.email or "", row.email_verified_at is not None),
    }


def tidy_address(address: str) -> str:
    return address.strip() if "@" in address else tidy_code(address)


def _asked(login: str) -> Subject:
    return Subject(hash_token(f"codes-for:{login}"), 5)


def _count(tx: Transaction, *subjects: Subject) -> None:
    """Count one more of each. Raises `Refused`, kept, where that is too often."""
    if locked_until(tx, list(subjects)) is not None:
        raise Refused(OFTEN)
    for subject in subjects:
        count_failure(tx, subject)
