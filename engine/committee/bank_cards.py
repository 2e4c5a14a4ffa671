"""银行卡号 (for the review fee): kept encrypted with a key outside the database and its backups, read by its owner alone."""

import os
import secrets
from pathlib import Path

import sqlalchemy as sa
from nacl.exceptions import CryptoError
from nacl.secret import Aead

from engine.access import Actor, Permission, authorize
from engine.committee.tables import expert
from engine.db import Transaction
from engine.errors import InvalidInput, NotFound, Refused
from engine.settings import Settings

KEY_FILE = "expert_cards.key"
SHORTEST, LONGEST = 12, 30
e = expert.c


def save_bank_card(tx: Transaction, actor: Actor, number: str) -> None:
    """Keep the actor's own card number, or drop it where nothing is given. Raises `InvalidInput`, and `NotFound` for who is no expert."""
    authorize(actor, Permission.PROFILE_KEEP)
    key = _own(tx, actor).id
    digits = number.replace(" ", "").replace("-", "")
    if digits and not (digits.isascii() and digits.isdigit() and SHORTEST <= len(digits) <= LONGEST):
        raise InvalidInput(fields={"bank_card": [f"银行卡号应为 {SHORTEST} 至 {LONGEST} 位数字，请核对"]})
    sealed = bytes(_box(tx).encrypt(digits.encode(), str(key).encode())) if digits else None
    tx.execute(sa.update(expert).where(e.id == key).values(bank_card=sealed))


def own_bank_card(tx: Transaction, actor: Actor) -> str:
    """The actor's own card number, in groups of four; empty where none is kept. Raises `NotFound` for who is no expert, `Refused`
    where the key that opens it is not there."""
    authorize(actor, Permission.PROFILE_KEEP)
    row = _own(tx, actor)
    if row.bank_card is None:
        return ""
    try:
        digits = _box(tx).decrypt(bytes(row.bank_card), str(row.id).encode()).decode()
    except CryptoError:
        raise Refused("银行卡号的密钥已更换，无法读取原来的号码，请重新填写。") from None
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))


def _own(tx: Transaction, actor: Actor) -> sa.Row[tuple[int, bytes | None]]:
    row = tx.row(sa.select(e.id, e.bank_card).where(e.account == actor.account))
    if row is None:
        raise NotFound
    return row


def _box(tx: Transaction) -> Aead:
    return Aead(_key(tx.service(Settings).secrets))


def _key(folder: Path) -> bytes:
    """The key, made where there is none; of two that make it at once one wins."""
    path = folder / KEY_FILE
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        made = folder / f".{KEY_FILE}.{secrets.token_hex(4)}"
        made.touch(mode=0o600)
        made.write_bytes(secrets.token_bytes(Aead.KEY_SIZE))
        try:
            os.link(made, path)
        except FileExistsError:
            pass
        finally:
            made.unlink()
    return path.read_bytes()
