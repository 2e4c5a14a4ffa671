"""The account of a committee's pool (R6): its login is the committee's code, and it comes with the committee."""

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from engine.access import Actor
from engine.committee.tables import committee
from engine.db import Transaction
from engine.errors import InvalidInput
from engine.notification import Recipient, notify
from engine.organisation.accounts import add_role, end_access, insert_account
from engine.organisation.events import record
from engine.organisation.lockout import account_subject, forgive
from engine.organisation.roles import Role
from engine.organisation.sessions import normal_login
from engine.organisation.tables import AccountKind, account, membership

TAKEN = "这个代码已被用作登录名，请换一个"
c = committee.c


def open_account(tx: Transaction, actor: Actor, committee_id: int, password_hash: str | None) -> int:
    """Open the account of a committee's pool and give it its role in the forming unit; the account's id.

    Raises `InvalidInput` where the code is somebody's login already.
    """
    row = tx.row(sa.select(c.code, c.name, c.forming_unit).where(c.id == committee_id))
    assert row is not None
    try:
        key = insert_account(
            tx,
            login=normal_login(row.code),
            name=row.name,
            kind=AccountKind.COMMITTEE,
            password_hash=password_hash,
            by=actor.login,
        )
    except InvalidInput:
        raise InvalidInput(fields={"code": [TAKEN]}) from None
    add_role(tx, key, Role.COMMITTEE, row.forming_unit)
    tx.execute(sa.update(committee).where(c.id == committee_id).values(account=key))
    return key


def follow_committee(tx: Transaction, committee_id: int) -> None:
    """Let the account bear the committee's code and name and belong to its forming unit, as they are now."""
    row = tx.row(sa.select(c.code, c.name, c.forming_unit, c.account).where(c.id == committee_id))
    if row is None or row.account is None:
        return
    try:
        with tx.savepoint():
            told = {"login": normal_login(row.code), "name": row.name}
            tx.execute(sa.update(account).where(account.c.id == row.account).values(**told))
    except IntegrityError:
        raise InvalidInput(fields={"code": [TAKEN]}) from None
    mine = sa.and_(membership.c.account == row.account, membership.c.role == Role.COMMITTEE.value)
    tx.execute(sa.update(membership).where(mine).values(unit=row.forming_unit))


def reset_committee_password(tx: Transaction, actor: Actor, committee_id: int, password_hash: str) -> str:
    """重置评委会密码 (K1): a first password again, which has to be changed; sessions end. The login. The caller has authorised.

    A committee that has no account yet gets one.
    """
    row = tx.row(sa.select(c.account, c.code, c.forming_unit).where(c.id == committee_id))
    assert row is not None
    held = row.account
    if held is None:
        held = open_account(tx, actor, committee_id, password_hash)
    else:
        this = account.c.id == held
        tx.execute(sa.update(account).where(this).values(password_hash=password_hash, must_change=True))
        end_access(tx, held)
        forgive(tx, account_subject(normal_login(row.code)))
    record(
        tx, actor, "committee:password_reset", unit=row.forming_unit, account=held, detail={"committee": committee_id}
    )
    notify(
        tx,
        Recipient(held),
        "plain",
        {"subject": "密码已重置", "text": "本评委会账号的密码已重置，请用初始密码登录并设置新密码。"},
    )
    return normal_login(row.code)
