"""Passwords: how they are kept, what a new one must be, how the first one is made."""

import secrets
from threading import Semaphore

from pwdlib.hashers.argon2 import Argon2Hasher

from engine.errors import InvalidInput

#: the manual's first password of every kind of account (A5); outside demo mode each account gets one of its own
INITIAL_PASSWORD = "8" * 6
SHORTEST, LONGEST = 8, 128
#: without 0, 1, I, O, l: read from paper, typed once
_LEGIBLE = "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_RUNS = "01234567890123456789 9876543210987654321 abcdefghijklmnopqrstuvwxyz qwertyuiopasdfghjklzxcvbnm"


class Passwords:
    """argon2id with OWASP's least parameters: 25 ms each, at most two at a time in a process."""

    def __init__(self, *, time_cost: int = 2, memory_cost: int = 19_456) -> None:
        self._hasher = Argon2Hasher(time_cost=time_cost, memory_cost=memory_cost, parallelism=1)
        self._slots = Semaphore(2)
        self._nobody = self._hasher.hash(secrets.token_hex())

    def hash(self, password: str) -> str:
        with self._slots:
            return self._hasher.hash(password)

    def verify(self, password: str, hashed: str | None) -> bool:
        """True where the password is the one hashed. Without a hash it costs the same time and is False."""
        if len(password) > LONGEST:
            return False
        with self._slots:
            return self._hasher.verify(password, hashed or self._nobody) and hashed is not None


def make_initial_password(*, demo: bool) -> str:
    """The manual's 888888 in demo mode; elsewhere a random one, told to the person by who made the account."""
    return INITIAL_PASSWORD if demo else "".join(secrets.choice(_LEGIBLE) for _ in range(10))


def check_new_password(password: str, repeated: str, login: str) -> None:
    """Raise `InvalidInput` with a sentence beside the field unless the password may be used."""
    problem = _problem(password, login)
    if problem:
        raise InvalidInput(fields={"password": [problem]})
    if password != repeated:
        raise InvalidInput(fields={"repeated": ["两次填写的新密码不一致，请重新填写"]})


def _problem(password: str, login: str) -> str | None:
    if len(password) < SHORTEST:
        return f"新密码至少 {SHORTEST} 个字符"
    if len(password) > LONGEST:
        return f"新密码最多 {LONGEST} 个字符"
    folded = password.casefold()
    if set(password) == {"8"} or login.casefold() in folded or (len(folded) >= 6 and folded in login.casefold()):
        return "新密码不能是初始密码，也不能包含账号或取自账号"
    if len(set(folded)) < 4 or folded in _RUNS:
        return "新密码过于简单，请勿使用重复或连续的字符"
    return None
