"""The puzzle of the sign-in page: handed out without writing anything, answered once.

The page carries a ticket that binds answer and time to a secret of the server; only the answering writes.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from engine.db import Database
from engine.errors import InvalidInput
from engine.organisation.tables import captcha_used, server_secret
from engine.organisation.tokens import new_token

LENGTH = 4
#: none that look alike in a crooked picture
_CHARACTERS = "acdefhjkmnprtuxy34579"
_DIGITS = "零一二三四五六七八九"
GOOD_FOR = timedelta(minutes=10)
_NAME = "captcha"


@dataclass(frozen=True, slots=True)
class Puzzle:
    """`ticket` travels with the page. `answer` is for the picture; `question` is what is read out instead of it."""

    ticket: str
    answer: str
    question: str = ""


def ensure_secret(database: Database) -> str:
    """The secret the tickets are bound to, made at the first start. Of several processes that start together one makes it."""
    wanted = sa.select(server_secret.c.value).where(server_secret.c.name == _NAME)
    with database.read() as tx:
        found = tx.value(wanted)
    if found is None:
        try:
            with database.transaction() as tx:
                tx.execute(sa.insert(server_secret).values(name=_NAME, value=new_token()))
        except IntegrityError:
            pass
        with database.read() as tx:
            found = tx.value(wanted)
    return str(found)


def make_puzzle(secret: str, now: datetime, *, sum_instead: bool = False) -> Puzzle:
    """Four characters for a picture, or a sum for who cannot see it."""
    if sum_instead:
        first, second = secrets.randbelow(8) + 2, secrets.randbelow(8) + 2
        answer, question = str(first + second), f"{_DIGITS[first]}加{_DIGITS[second]}等于几？请填写数字"
    else:
        answer, question = "".join(secrets.choice(_CHARACTERS) for _ in range(LENGTH)), ""
    head = f"{int((now + GOOD_FOR).timestamp())}.{secrets.token_urlsafe(12)}"
    return Puzzle(f"{head}.{_seal(secret, head, answer)}", answer, question)


def check_answer(database: Database, secret: str, ticket: str, answer: str) -> None:
    """Raise `InvalidInput` unless the answer fits the ticket, in time. Right or wrong, a ticket is good for one answer.

    Opens its own transaction, so that a wrong answer is remembered.
    """
    head, _, seal = ticket.rpartition(".")
    until, _, nonce = head.partition(".")
    if not until.isdecimal() or int(until) < database.clock.now().timestamp():
        raise _wrong("验证码已过期")
    if not _use_up(database, nonce):
        raise _wrong("验证码已用过")
    given = _seal(secret, head, answer.strip().lower())
    if not hmac.compare_digest(seal.encode(), given.encode()):
        raise _wrong("验证码不正确")


def _wrong(what: str) -> InvalidInput:
    return InvalidInput(fields={"captcha": [f"{what}，请按新的验证码重新输入"]})


def _use_up(database: Database, nonce: str) -> bool:
    try:
        with database.transaction() as tx:
            tx.execute(sa.insert(captcha_used).values(nonce=nonce[:64], at=tx.now))
            tx.execute(sa.delete(captcha_used).where(captcha_used.c.at < tx.now - 2 * GOOD_FOR))
    except IntegrityError:
        return False
    return True


def _seal(secret: str, head: str, answer: str) -> str:
    return hmac.new(secret.encode(), f"{head}.{answer}".encode(), hashlib.sha256).hexdigest()
