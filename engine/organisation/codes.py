"""Codes sent to a telephone or an e-mail address: six digits, kept as their hash, good once and for ten minutes."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

import sqlalchemy as sa

from engine.db import Database, Transaction
from engine.notification import Channel, Recipient, notify, send_secretly
from engine.organisation.passwords import Passwords
from engine.organisation.tables import verification_code

#: how long a code is good, and how often it may be typed wrong
GOOD_FOR = timedelta(minutes=10)
TRIES = 5


class Purpose(StrEnum):
    """What a code proves; each account has one code at most for each."""

    RESET = "reset"
    BIND_MOBILE = "bind_mobile"
    BIND_EMAIL = "bind_email"


@dataclass(frozen=True, slots=True)
class Code:
    """A code on its way: the text goes out, the hash stays."""

    text: str
    hash: str


def make_code(passwords: Passwords) -> Code:
    """A new code; to be made outside the transaction that uses it, as hashing takes its time."""
    text = f"{secrets.randbelow(1_000_000):06d}"
    return Code(text, passwords.hash(text))


def send_code(tx: Transaction, account_id: int, purpose: Purpose, channel: Channel, address: str, code: Code) -> None:
    """Send a code to the address; the one sent before for the same purpose is worth nothing any more.

    The bell of the account says that a code went out, never which: only the message holds it, until it is sent.
    """
    c = verification_code.c
    tx.execute(sa.delete(verification_code).where(c.account == account_id, c.purpose == purpose.value))
    tx.insert(
        verification_code,
        account=account_id,
        purpose=purpose.value,
        address=address,
        code_hash=code.hash,
        attempts=0,
        expires_at=tx.now + GOOD_FOR,
    )
    what = "重置密码" if purpose is Purpose.RESET else "绑定" + ("手机号码" if channel is Channel.SMS else "电子邮箱")
    bell = notify(tx, Recipient(account_id), "code_sent", {"what": what})
    minutes = GOOD_FOR.seconds // 60
    said = f"您正在{what}，验证码 {code.text}，{minutes} 分钟内有效。请勿告诉他人；非本人操作请忽略。"
    send_secretly(tx, bell, channel, address, said)


def use_code(
    database: Database, passwords: Passwords, account_id: int | None, purpose: Purpose, text: str
) -> str | None:
    """The address a right code was sent to, and the code is used up; nothing where it is wrong, old or tried too often.

    For an account that does not exist it costs the same time. Opens its own transactions: the hash is checked between them.
    """
    c = verification_code.c
    mine = sa.and_(c.account == (account_id or 0), c.purpose == purpose.value)
    with database.transaction() as tx:
        counted = (
            sa.update(verification_code)
            .where(mine, c.expires_at > tx.now, c.attempts < TRIES)
            .values(attempts=c.attempts + 1)
            .returning(c.code_hash, c.address)
        )
        row = tx.execute(counted).one_or_none()
    if not passwords.verify(text.strip(), row.code_hash if row else None):
        return None
    assert row is not None
    with database.transaction() as tx:
        used = tx.execute(sa.delete(verification_code).where(mine, c.code_hash == row.code_hash))
        return str(row.address) if used.rowcount else None
