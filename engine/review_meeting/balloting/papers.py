"""What is written on a paper: one byte a dossier, so that all papers of a round are equally long whatever they say."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

from engine.review_meeting.balloting.tables import Choice

HEAD = b"ZP1"
#: letters nobody confuses when reading them out
LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
GROUPS, LETTERS_A_GROUP = 3, 4
RECEIPT_LENGTH = GROUPS * (LETTERS_A_GROUP + 1) - 1
RECUSED = 0
CODES: Mapping[Choice, int] = {Choice.YES: 1, Choice.NO: 2, Choice.ABSTAIN: 3}
CHOICES: Mapping[int, Choice | None] = {RECUSED: None, **{code: choice for choice, code in CODES.items()}}


class BrokenPaper(Exception):
    """A paper that cannot be opened, or is not of this round."""


@dataclass(frozen=True, slots=True)
class Paper:
    """`choices` go by the places of the round's dossiers, None where the expert is recused. `receipt` is known to whoever
    cast the paper and to nobody else."""

    receipt: str
    choices: Sequence[Choice | None]


def new_receipt() -> str:
    """A code for one paper: `7K3F-9QXD-2M8P`."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(LETTERS_A_GROUP)) for _ in range(GROUPS))


def is_receipt(text: str) -> bool:
    groups = text.split("-")
    return len(groups) == GROUPS and all(len(one) == LETTERS_A_GROUP and set(one) <= set(LETTERS) for one in groups)


def seal(paper: Paper, public_key: bytes) -> bytes:
    """Encrypt to the public key of the round: who seals cannot open."""
    codes = bytes(RECUSED if choice is None else CODES[choice] for choice in paper.choices)
    return bytes(SealedBox(PublicKey(public_key)).encrypt(HEAD + paper.receipt.encode() + codes))


def unseal(ciphertext: bytes, box: "SealedBox[PrivateKey]", places: int) -> Paper:
    """Raises `BrokenPaper`."""
    try:
        plain = bytes(box.decrypt(ciphertext))
        body = plain[len(HEAD) + RECEIPT_LENGTH :]
        if not plain.startswith(HEAD) or len(body) != places:
            raise BrokenPaper
        return Paper(plain[len(HEAD) :][:RECEIPT_LENGTH].decode("ascii"), [CHOICES[code] for code in body])
    except (CryptoError, UnicodeDecodeError, KeyError) as error:
        raise BrokenPaper from error
