"""Drawing by lot so that everybody can repeat it (J17).

A secret is made when the meeting is called, and only its SHA-256, the commitment, is shown. On the day of the draw

    seed  = SHA-256("{day}|{meeting number}|{committee code}|{secret}")
    place = SHA-256("{seed}|{number of the candidate}")

and the candidates stand in the order of their places, read as hexadecimal text. The first `outside_seats` of those from outside
are taken, then whoever comes first until the seats are full; who declines is followed by the next. The secret is published
afterwards: whoever has it, the list of candidates and any program for SHA-256 comes to the same names.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

FORMAT = "zhiping-draw-1"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing replaying a draw has compared."""

    what: str
    ok: bool


def commitment_of(secret: str) -> str:
    """What is shown before the draw."""
    return _hash(secret)


def seed_of(day: str, meeting_no: str, committee_code: str, secret: str) -> str:
    """The seed of one committee's draw; `day` is ISO."""
    return _hash(f"{day}|{meeting_no}|{committee_code}|{secret}")


def order_by_lot(seed: str, numbers: Collection[int]) -> list[int]:
    """The numbers in the order of the lot."""
    return sorted(numbers, key=lambda number: _hash(f"{seed}|{number}"))


def pick(
    order: Sequence[int], outside: Collection[int], seats: int, outside_seats: int, taken: Collection[int] = ()
) -> list[int]:
    """Who is drawn: as many from outside as must be, then the first of the order, in its order.

    `taken` are passed over: they sit in the meeting already, or declined.
    """
    free = [number for number in order if number not in taken]
    first = [number for number in free if number in outside][: min(outside_seats, seats)]
    rest = [number for number in free if number not in first]
    chosen = {*first, *rest[: seats - len(first)]}
    return [number for number in free if number in chosen]


def replay_draw(record: Mapping[str, Any]) -> list[Check]:
    """Repeat a draw from what the page exports, and say for each part whether it comes out the same.

    `record` has meeting_no, committee_code, drawn_on, secret, commitment, seed, candidates (number, outside), order, seats,
    outside_seats, drawn. Nothing but this is read.
    """
    secret, seed = str(record["secret"]), str(record["seed"])
    numbers = [int(one["number"]) for one in record["candidates"]]
    outside = {int(one["number"]) for one in record["candidates"] if one["outside"]}
    order = order_by_lot(seed, numbers)
    made = seed_of(str(record["drawn_on"]), str(record["meeting_no"]), str(record["committee_code"]), secret)
    drawn = pick(order, outside, int(record["seats"]), int(record["outside_seats"]))
    return [
        Check("事先公布的承诺与种子密文一致", commitment_of(secret) == record["commitment"]),
        Check("种子由抽取日期、会议编号、评委会代码和密文算出", made == seed),
        Check("候选人的抽取顺序由种子算出", order == list(record["order"])),
        Check("抽中的人由顺序得出", drawn == list(record["drawn"])),
    ]


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
