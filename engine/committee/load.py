"""How much an expert has to do and has done. The rooms above know meetings; they answer here by what `bootstrap` wires."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from engine.db import Transaction


@dataclass(frozen=True, slots=True)
class Sitting:
    """One meeting an expert was in: its number and name, when it began, the dossiers read there as first or second reviewer."""

    meeting_no: str
    name: str
    on: date
    post: str
    dossiers: int


#: the meetings of some experts in a review year, or in all years; the latest first
SittingSource = Callable[[Transaction, Collection[int], int | None], Mapping[int, Sequence[Sitting]]]


@dataclass(frozen=True, slots=True)
class Sittings:
    """Found by `tx.service(Sittings)`."""

    source: SittingSource

    def of(self, tx: Transaction, experts: Collection[int], year: int | None = None) -> Mapping[int, Sequence[Sitting]]:
        """The meetings of these experts, of one year or of all; who was in none is not named."""
        return self.source(tx, experts, year) if experts else {}


def loads(tx: Transaction, experts: Collection[int], year: int) -> Mapping[int, int]:
    """The dossiers each of these experts reads in that year as first or second reviewer."""
    found = tx.service(Sittings).of(tx, experts, year)
    return {expert: sum(sitting.dossiers for sitting in held) for expert, held in found.items()}
